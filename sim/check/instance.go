package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// The rules.
var (
	M23 = rule("I-M23", "a message of a lower instance changes nothing", "spec 10 §13")
)

var _ = judge(func(c *Checker, on *hooks) {
	on.checkpoint = append(on.checkpoint, c.pruneOld)
	on.sent = append(on.sent, c.zombieAnswered)
})

// After a restart, messages of the old process may still be under way. Which observers know the new one
// is kept per restarted node, a bit each, as long as that can matter (I-M23).
const oldMessages = core.Duration(60e9)

// expectOld begins to follow who knows of the new process of id.
func (c *Checker) expectOld(id core.NodeID) {
	k := &c.cold[id]
	if k.heard == nil {
		k.heard = make([]uint64, (len(c.hot)+63)/64)
		c.restarted = append(c.restarted, id)
		return
	}
	clear(k.heard)
}

// pruneOld forgets restarts that are long past.
func (c *Checker) pruneOld(now core.Instant) {
	kept := c.restarted[:0]
	for _, id := range c.restarted {
		if k := &c.cold[id]; now.Sub(k.startAt) > oldMessages {
			k.heard = nil
			continue
		}
		kept = append(kept, id)
	}
	c.restarted = kept
}

// instance looks at whose process sent the message that is delivered.
func (c *Checker) instance(r *trace.Record) {
	from := r.Msg.From
	heard := c.cold[from].heard
	if heard != nil && r.Msg.Instance < c.hot[from].inst && heard[r.Node>>6]>>(r.Node&63)&1 != 0 {
		c.step.zombie = true
	}
}

// current reports whether the step handles a message of the present process of subject.
func (c *Checker) current(subject core.NodeID) bool {
	s := &c.step
	return s.hand && s.from == subject && s.inst == c.hot[subject].inst && c.cold[subject].heard != nil
}

// learnInstance: a datagram or JOIN that made a record brought its instance along; a removed record has
// forgotten it.
func (c *Checker) learnInstance(r *trace.Record) {
	f := &r.Fact
	heard := c.cold[f.Subject].heard
	switch {
	case heard == nil:
	case f.To == none:
		heard[r.Node>>6] &^= 1 << (r.Node & 63)
	case f.From == none && c.current(f.Subject) && (!c.step.kind.IsStream() || c.step.kind == core.KindJoin):
		heard[r.Node>>6] |= 1 << (r.Node & 63)
	}
}

// toldRestart: the callback says that the instance in the record rose.
func (c *Checker) toldRestart(r *trace.Record) {
	if f := &r.Fact; f.Cause == core.CauseSeen && c.current(f.Subject) {
		c.cold[f.Subject].heard[r.Node>>6] |= 1 << (r.Node & 63)
	}
}

// zombieAnswered takes what leaves while a message of a process is handled that is known to be gone: it is dropped whole, so its question is
// not answered either (spec 10 §2.6).
func (c *Checker) zombieAnswered(r *trace.Record) {
	s := &c.step
	if !s.zombie || s.kind != core.KindPing || r.Msg.Kind != core.KindAck || r.Node != s.node || r.At != s.at || r.Msg.To != s.from || r.Msg.Seq != s.seq {
		return
	}
	if c.fails(M23) {
		c.detail(M23, r.At, []core.NodeID{r.Node, s.from}, "%s answers %v number %d of instance %d of %s, which runs as instance %d",
			c.name(r.Node), s.kind, s.seq, s.inst, c.name(s.from), c.hot[s.from].inst)
	}
}

func (c *Checker) zombieActs(r *trace.Record) {
	if c.fails(M23) {
		s := &c.step
		c.detail(M23, r.At, []core.NodeID{r.Node, s.from}, "%v of instance %d of %s, which runs as instance %d, causes %v at %s",
			s.kind, s.inst, c.name(s.from), c.hot[s.from].inst, r.Fact.Kind, c.name(r.Node))
	}
}

// resultEnds reports whether a suspicion for a job ends with a result: that counts by its token, whoever's process did the work
// (spec 20 §3.4).
func (c *Checker) resultEnds(k core.FactKind) bool {
	return k == core.FactScopeEnded && c.step.kind == core.KindWorkflowFinalResult
}
