package check

import (
	"math"

	"hypersim/core"
	"hypersim/core/xmath"
	"hypersim/sim/trace"
)

// The rules.
var (
	M16 = rule("I-M16", "an update is not transmitted more often than its limit", "spec 10 §13")
)

// followSlots is how many queued updates of each node are followed at a time (I-M16): all of them, but in a storm.
const followSlots = 8

// followed counts how often one update of a node's queue is sent. It is followed beyond its end, until another
// one takes its place. What its node has composed before the update became news again may leave after that: late are such.
type followed struct {
	subject, from core.NodeID
	inc           uint32
	sent          uint16
	limit, late   uint16
	typ           core.UpdateType
	on, retired   bool
}

func (u *followed) is(x *core.Update) bool {
	return u.on && u.subject == x.Subject && u.inc == x.Incarnation && u.typ == x.Type && u.from == x.From
}

// follow begins to count the transmissions of an update that was queued.
func (k *cold) follow(f *core.Fact, limit int) {
	x := core.Update{Type: core.UpdateType(f.Get("update")), Subject: f.Subject, Incarnation: f.Inc, From: f.Other}
	free, late := -1, uint16(0)
	for i := range k.follows {
		u := &k.follows[i]
		if u.is(&x) { // once more, because it is news again
			free, late = i, u.late
			break
		}
		if !u.on || u.retired {
			free = i
		}
	}
	if free < 0 {
		return
	}
	k.follows[free] = followed{
		subject: x.Subject, from: x.From, inc: x.Incarnation, typ: x.Type, on: true,
		limit: uint16(min(limit+int(late), math.MaxUint16)), late: late,
	}
	k.following = true
}

// unfollow notes that an update left the queue.
func (k *cold) unfollow(f *core.Fact) {
	x := core.Update{Type: core.UpdateType(f.Get("update")), Subject: f.Subject, Incarnation: f.Inc, From: f.Other}
	for i := range k.follows {
		if u := &k.follows[i]; u.is(&x) {
			u.retired, u.late = true, uint16(max(0, int64(u.late)+f.Get("transmissions")-int64(u.sent)))
		}
	}
}

// limit is how often an update may be sent at most, ⌊λ·ln(n + 1)⌋ with the largest n that the node may reckon with, or, where that is how
// it counts (gossip.limit = decades), ⌊λ·⌈log10(n + 1)⌉⌋.
func (c *Checker) limit(o core.NodeID) int {
	_, most := c.sizes(o)
	decades := 0
	for n := 1; n < most+1; n *= 10 {
		decades++
	}
	l := &c.ctx.Limits
	return max(1, int(float64(l.Lambda*xmath.Log(float64(most+1)))+1e-9), int(float64(l.Decades*float64(decades))+1e-9))
}

// transmitted counts what a datagram spreads (I-M16). What its receiver must hear out of turn (§5.4 and §2.4) is
// about the receiver, or ahead of all the sender's own news, alive or, of a leaver, left; what a worker is told uses up nothing, nor does a LEAVE.
func (c *Checker) transmitted(r *trace.Record) {
	m, k := r.Msg, &c.cold[r.Node]
	if !k.following || c.ctx.Inherited || m.Kind.IsStream() || m.Kind == core.KindLeave || c.hot[m.To].worker {
		return
	}
	for i := range m.Updates {
		x := &m.Updates[i]
		if x.Subject == m.To || i == 0 && x.Subject == r.Node && (x.Type == core.UpdateAlive || x.Type == core.UpdateLeft) {
			continue
		}
		for j := range k.follows {
			u := &k.follows[j]
			if !u.is(x) {
				continue
			}
			if u.sent++; u.sent > u.limit && c.fails(M16) {
				c.detail(M16, r.At, []core.NodeID{r.Node, x.Subject}, "%s sends %v(%d) of %s for the %dth time, at most %d are allowed",
					c.name(r.Node), x.Type, x.Incarnation, c.name(x.Subject), u.sent, u.limit)
			}
		}
	}
}
