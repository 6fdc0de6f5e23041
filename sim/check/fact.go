package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// step is one call of a machine, as the records show it: the message that it handles, then facts. Any
// other record, or another node or time, ends it.
type step struct {
	open   bool
	link   bool // the message is of no group
	hand   bool // a message is handled: from, kind
	zombie bool // it is of a process that the node knows to be gone (I-M23)
	kind   core.Kind
	inst   uint32 // of the process that sent the message
	seq    uint32 // of the message
	node   core.NodeID
	from   core.NodeID
	at     core.Instant

	moved   bool // the step had a transition; the last one follows
	to      core.MemberState
	cause   core.Cause
	subject core.NodeID
	inc     uint32

	counted bool // the step counted a confirmation; the last one follows
	accused core.NodeID
	accuser core.NodeID

	scoped bool   // the message is about one scope of the job layer,
	scope  uint64 // this one

	doubtful bool  // the step relayed an accusation that is news only if the record was UNCONFIRMED,
	doubt    claim // this one

	owed    int // Died callbacks that must still come
	owedFor core.NodeID
}

// claim is what a node passes on.
type claim struct {
	subject core.NodeID
	other   core.NodeID
	inc     uint32
	typ     core.UpdateType
	cause   core.Cause
}

// enter continues or begins a step.
func (c *Checker) enter(r *trace.Record) {
	if s := &c.step; s.open {
		if s.node == r.Node && s.at == r.At {
			return
		}
		c.closeStep()
	}
	c.step = step{open: true, node: r.Node, at: r.At}
}

func (c *Checker) closeStep() {
	s := &c.step
	if s.owed > 0 && c.fails(M15) {
		c.detail(M15, s.at, []core.NodeID{s.node, s.owedFor}, "%s declared %s DEAD and did not tell its role",
			c.name(s.node), c.name(s.owedFor))
	}
	if s.doubtful {
		c.echoed(s.at, s.node, s.doubt)
	}
	c.closeScopes()
	s.open, s.doubtful, s.owed = false, false, 0
}

// fact takes what a machine reports.
func (c *Checker) fact(r *trace.Record) {
	if c.step.open && r.Fact.Kind == core.FactLHM && r.Fact.Cause == core.CauseConfigured { // what is forced a fault does, which is over just then
		c.closeStep()
	}
	c.enter(r)
	n, f := &c.hot[r.Node], &r.Fact
	if !n.up {
		c.factDown(r)
	}
	if n.paused {
		c.asleep(r.At, r.Node, "reports "+f.Kind.String())
	}
	if r.At < n.at {
		c.backwards(r, r.At, n.at)
	}
	if n.hasLocal && r.Local < n.local {
		c.backwards(r, r.Local, n.local)
	}
	n.at, n.local, n.hasLocal = r.At, r.Local, true
	if c.step.zombie && f.Kind != core.FactJoin && !c.resultEnds(f.Kind) {
		c.zombieActs(r)
	}
	if c.step.link {
		c.linkStep(r)
	}
	if !c.on.quiet[f.Kind] {
		c.remember(r)
	}
	tell(c.on.facts[f.Kind], r) // FactFatal and FactStopped are followed by KindStop
}

func (c *Checker) factDown(r *trace.Record) {
	if c.fails(W2) {
		c.detail(W2, r.At, []core.NodeID{r.Node, r.Fact.Subject}, "%s is down and reports %v", c.name(r.Node), r.Fact.Kind)
	}
}
