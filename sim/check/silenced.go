package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M31 = rule("I-M31", "nobody that runs, is reachable and speaks stays NONE, DEAD or LEFT at somebody it speaks to", "spec 10 §13")
)

// I-M31: nobody that runs, is reachable and speaks stays NONE, DEAD or LEFT at somebody it speaks to (settled 87).
//
// The bound follows from the exchange that ends such a state, whatever is lost on the way. The subject spoke to the
// observer; after that a message of the observer's reached the subject, and so it knows what is demanded of it; it
// refutes then, or at the end of refute.window if it has done so too often. What it sends later than that is above all
// that the observer held against it: once one such message has been handled, the observer must think better of it. A
// checkpoint that finds the pair as before is the proof that it does not.

// silence is one pair of which the observer holds a member that runs as if it did not, and how far their exchange
// has come. Times are virtual, never = not yet.
type silence struct {
	inc              uint32 // at which the observer holds the subject
	byInst, ofInst   uint32 // processes of observer and subject
	spoke, told, due core.Instant
}

// silencedMost bounds the table: in a cold group of thousands almost all pairs begin so.
const silencedMost = 1 << 16

func silences(s core.MemberState) bool { return s == none || s == dead || s == left }

// listens reports whether observer o should hear s, and both could be asked.
func (c *Checker) listens(o, s core.NodeID) bool {
	return o != s && c.live(o) && c.live(s) && c.ctx.knows(c.hot[o].role, c.hot[s].role)
}

// silenced looks through what o holds of its group.
func (c *Checker) silenced(now core.Instant, o core.NodeID) {
	members := c.groups[c.hot[o].group].members
	if limit := c.ctx.Limits.MaxMembers; len(members) > allPairs || limit > 0 && len(members) > limit {
		return
	}
	for _, s := range members {
		if c.listens(o, s) && silences(c.ctx.View.State(o, s)) {
			c.follow(now, o, s)
		} else if len(c.silent) > 0 {
			delete(c.silent, pairKey(o, s))
		}
	}
}

// follow goes on with a pair that is silent at a checkpoint, or begins with it.
func (c *Checker) follow(now core.Instant, o, s core.NodeID) {
	key, inc := pairKey(o, s), c.ctx.View.Incarnation(o, s)
	o1, s1 := c.hot[o].inst, c.hot[s].inst
	e, known := c.silent[key]
	switch {
	case !known && len(c.silent) >= silencedMost:
		return
	case !known || e.inc != inc || e.byInst != o1 || e.ofInst != s1 || max(c.cold[o].impaired, c.cold[s].impaired) >= e.spoke:
		e = silence{inc: inc, byInst: o1, ofInst: s1, spoke: never, told: never, due: never}
	case e.due != never:
		if c.fails(M31) {
			c.detail(M31, now, []core.NodeID{o, s}, "%s holds %s, which runs at incarnation %d, %v at %d: it heard it at %v, told it at %v, and heard it again at %v",
				c.name(o), c.name(s), c.hot[s].inc, c.ctx.View.State(o, s), inc, e.spoke, e.told, e.due)
		}
		e.spoke, e.told, e.due = never, never, never // from the beginning, if it goes on
	}
	if c.silent == nil {
		c.silent = map[uint64]silence{}
	}
	c.silent[key] = e
}

// overheard takes a message that is about to be handled: of the subject of such a pair to its observer, or back.
func (c *Checker) overheard(r *trace.Record) {
	m := r.Msg
	if m.Kind > core.KindNack && m.Kind != core.KindGossip || m.Group == 0 { // those that carry what must be said
		return
	}
	key := pairKey(m.To, m.From)
	if e, ok := c.silent[key]; ok && m.Instance == c.hot[m.From].inst {
		switch {
		case e.spoke == never:
			e.spoke = r.At
		case e.told != never && e.due == never && r.Due >= e.told.Add(c.refuteLimit()):
			e.due = r.At
		}
		c.silent[key] = e
	}
	key = pairKey(m.From, m.To)
	if e, ok := c.silent[key]; ok && e.spoke != never && e.told == never && r.Due >= e.spoke {
		e.told = r.At
		c.silent[key] = e
	}
}
