package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	W1  = rule("I-W1", "no message is delivered before it was sent plus the link's least delay", "spec 50 §8")
	W2  = rule("I-W2", "nothing reaches a process that is down", "spec 50 §8")
	W3  = rule("I-W3", "a node's handler never sees time go backwards", "spec 50 §8")
	M7  = rule("I-M7", "nobody probes, confirms or gossips to a worker", "spec 10 §13")
	M17 = rule("I-M17", "datagrams and their blocks keep their sizes, coordinates are on board", "spec 10 §13")
)

// onDelivered takes a message that a machine is about to handle (I-W1, I-W2, I-W3).
func (c *Checker) onDelivered(r *trace.Record) {
	m := r.Msg
	n := &c.hot[r.Node]
	c.delivered[m.Kind]++
	c.parting(m, -1, false)
	if !n.up {
		c.deliveredDown(r)
	}
	if n.paused {
		c.asleep(r.At, r.Node, "reads "+m.Kind.String())
	}
	if r.At < r.Due.Add(r.Min) {
		c.deliveredEarly(r)
	}
	if r.At < n.at {
		c.backwards(r, r.At, n.at)
	}
	n.at = r.At
	c.step = step{open: true, hand: true, node: r.Node, at: r.At, from: m.From, kind: m.Kind, inst: m.Instance, seq: m.Seq,
		link: isLink(m)}
	if !m.Kind.IsStream() {
		c.took(n, r.At)
	}
	if len(m.Updates) > 0 && n.up && !n.leaving {
		c.accusedBy(r, n)
	}
	if b, ok := m.Body.(core.Scoped); ok {
		c.step.scoped, c.step.scope = true, b.ScopeID()
	}
	if m.Kind == core.KindAck || m.Kind == core.KindXAck || m.Kind == core.KindSampleAck {
		n.acks++
		n.moves = min(n.moves+1, 2)
	}
	tell(c.on.delivered[m.Kind], r)
	if len(c.restarted) > 0 {
		c.instance(r)
	}
	if len(c.silent) > 0 {
		c.overheard(r)
	}
}

// onSent takes a message that leaves (I-M4, I-M7, I-M17, I-V1, I-V2, I-V4).
func (c *Checker) onSent(r *trace.Record) {
	m := r.Msg
	c.sent[m.Kind]++
	c.parting(m, 1, false)
	if r.Due != 0 && r.Due < r.At && c.fails(W1) {
		c.detail(W1, r.At, []core.NodeID{m.To, m.From}, "%v from %s to %s leaves at %v and arrives at %v",
			m.Kind, c.name(m.From), c.name(m.To), r.At, r.Due)
	}
	if m.Kind.IsStream() || r.Copy {
		if m.Kind == core.KindStreamPing {
			c.addressed(r)
		}
		return
	}
	if isLink(m) {
		c.linkSent(r)
	}
	if int(r.Size) > c.ctx.Limits.MaxDatagram && c.fails(M17) {
		c.detail(M17, r.At, []core.NodeID{m.From, m.To}, "%v has %d bytes, at most %d are allowed", m.Kind, r.Size, c.ctx.Limits.MaxDatagram)
	}
	if m.Kind.Room() == core.RoomElection { // it says nothing of membership, and measures nothing
		return
	}
	n := &c.hot[r.Node]
	if m.Incarnation != n.inc {
		c.adoptedBy(r.At, r.Node, r.Node, m.Incarnation)
	}
	c.addressed(r)
	if len(m.Updates) > 0 {
		c.transmitted(r)
	}
	if len(m.Updates) > c.updatesSafe {
		c.updatesFit(r)
	}
	if m.Extra != nil {
		c.extraFits(r)
	}
	if m.Coord.Dims != 0 {
		c.coordinate(r, n)
	} else if n.coords && c.fails(M17) {
		c.detail(M17, r.At, []core.NodeID{m.From, m.To}, "%v without a coordinate block", m.Kind)
	}
}

// onDropped takes a message that got lost. A departure that did may stay unknown to some (I-M24). A sender that
// refuses its own datagrams is a disturbance for as long as it does: what never leaves converges with nobody.
func (c *Checker) onDropped(r *trace.Record) {
	c.dropped[r.Msg.Kind]++
	if r.Reason == trace.ReasonMTU {
		c.disturbed(r.At)
	}
	c.parting(r.Msg, -1, r.Reason != trace.ReasonDown)
}

// parting counts the messages under way that tell of departures, and notes whose was lost.
func (c *Checker) parting(m *core.Message, by int32, lost bool) {
	for i := range m.Updates {
		if u := &m.Updates[i]; u.Type == core.UpdateLeft && int(u.Subject) < len(c.cold) {
			k := &c.cold[u.Subject]
			k.parting += by
			k.unheard = k.unheard || lost
		}
	}
}

// addressed looks at whom a message goes to (I-M7).
func (c *Checker) addressed(r *trace.Record) {
	if m := r.Msg; c.toWorker(m) && c.fails(M7) {
		c.detail(M7, r.At, []core.NodeID{m.From, m.To}, "%v from %s to %s about %s: nobody probes or gossips to a worker",
			m.Kind, c.name(m.From), c.name(m.To), c.name(m.Target))
	}
}

// isLink reports whether m is a datagram between a gate and a datacenter (spec 10 §9).
func isLink(m *core.Message) bool { return m.Kind.Room() == core.RoomLink }

// toWorker reports whether m goes where only answers may go. A worker is never asked and never asked about.
func (c *Checker) toWorker(m *core.Message) bool {
	switch m.Kind {
	case core.KindPing, core.KindGossip, core.KindStreamPing:
		return c.hot[m.To].worker
	case core.KindPingReq:
		return c.hot[m.To].worker || int(m.Target) < len(c.hot) && c.hot[m.Target].worker
	default:
		return false
	}
}

// Bytes of the membership block at most: header, and per update its tag, a varint and two keys (§3.1).
const (
	updatesHeader = 4
	updateKey     = 6
	updateMost    = 1 + 5 + 2*updateKey
)

func (c *Checker) updatesFit(r *trace.Record) {
	m := r.Msg
	size := updatesHeader
	for i := range m.Updates {
		u := &m.Updates[i]
		size += 2 + updateKey
		for v := u.Incarnation; v >= 0x80; v >>= 7 {
			size++
		}
		if u.From != core.NoNode {
			size += updateKey
		}
	}
	if size > c.ctx.Limits.MaxUpdates && c.fails(M17) {
		c.detail(M17, r.At, []core.NodeID{m.From, m.To}, "%v has a membership block of %d bytes, at most %d are allowed",
			m.Kind, size, c.ctx.Limits.MaxUpdates)
	}
}

func (c *Checker) deliveredDown(r *trace.Record) {
	if c.fails(W2) {
		c.detail(W2, r.At, []core.NodeID{r.Node, r.Peer}, "%v of %s is delivered to %s, which is down",
			r.Msg.Kind, c.name(r.Peer), c.name(r.Node))
	}
}

func (c *Checker) deliveredEarly(r *trace.Record) {
	if c.fails(W1) {
		c.detail(W1, r.At, []core.NodeID{r.Node, r.Peer}, "%v of %s, sent at %v over a link of at least %v, is delivered at %v",
			r.Msg.Kind, c.name(r.Peer), r.Due, r.Min, r.At)
	}
}

func (c *Checker) backwards(r *trace.Record, at, before core.Instant) {
	if c.fails(W3) {
		c.detail(W3, r.At, []core.NodeID{r.Node}, "%s handles something at %v after it handled something at %v",
			c.name(r.Node), at, before)
	}
}
