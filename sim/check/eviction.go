package check

import (
	"hypersim/core"
	"hypersim/core/health"
	"hypersim/sim/trace"
)

// The rules.
var (
	H1 = rule("I-H1", "no new work goes to a worker that its manager drains or gives up", "spec 30 §14")
	H3 = rule("I-H3", "the same observer evicts the same node no sooner again than evict.backoff says", "spec 30 §14")
	H4 = rule("I-H4", "a worker of which something got on within the interval is never called STUCK", "spec 30 §14")
)

var _ = judge(func(c *Checker, on *hooks) {
	e := &evictions{Checker: c, seen: map[[2]core.NodeID]*judgedNode{}, cfg: c.ctx.Health}
	if e.cfg == nil {
		d := health.Default()
		e.cfg = &d
	}
	on.jobFact(e.decided, core.JobFactHealth)
	on.jobFact(e.evicted, core.JobFactEvicted)
	on.jobFact(e.placed, core.JobFactPlaced)
	on.jobFact(e.grew, core.JobFactProgress)
})

// evictions follow what observers think of those that they give work to.
type evictions struct {
	*Checker
	cfg  *health.Config
	seen map[[2]core.NodeID]*judgedNode // by observer and whom it judges
}

// judgedNode is what a process thinks of a node.
type judgedNode struct {
	inst     uint32 // of the observer
	decision health.Decision
	label    health.Label
	evicted  core.Instant // on its clock, core.Never: not yet
	grew     core.Instant // likewise: when something of it got on last
}

func (e *evictions) at(r *trace.JobRecord) *judgedNode {
	k := [2]core.NodeID{r.Node, r.Fact.Node}
	x := e.seen[k]
	if x == nil || x.inst != r.Inst {
		x = &judgedNode{inst: r.Inst, evicted: core.Never, grew: core.Never}
		e.seen[k] = x
	}
	return x
}

func (e *evictions) decided(r *trace.JobRecord) {
	x, label := e.at(r), health.Label(r.Fact.Code)
	worse := x.label != label || health.Decision(r.Fact.To) > x.decision // who was STUCK is so until its interval is over
	if label == health.LabelStuck && x.label != health.LabelSuspect && worse && e.moved(r, x) && e.fails(H4) {
		e.detail(H4, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s calls %s STUCK, of which something got on %v ago", e.name(r.Node), e.name(r.Fact.Node), r.Local.Sub(x.grew))
	}
	x.decision, x.label = health.Decision(r.Fact.To), label
}

func (e *evictions) evicted(r *trace.JobRecord) {
	x := e.at(r)
	if x.evicted != core.Never && r.Local.Sub(x.evicted) < e.cfg.Evict.Backoff && e.fails(H3) {
		e.detail(H3, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s evicts %s again after %v", e.name(r.Node), e.name(r.Fact.Node), r.Local.Sub(x.evicted))
	}
	if health.Label(r.Fact.Code) == health.LabelStuck && e.moved(r, x) && e.fails(H4) { // and one that was to be evicted, and is held back, may not be any more
		e.detail(H4, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s evicts %s for it is STUCK, and something of it got on %v ago", e.name(r.Node), e.name(r.Fact.Node), r.Local.Sub(x.grew))
	}
	x.evicted = r.Local
}

// moved reports whether something of a node got on so lately that it cannot be STUCK for another interval.
func (e *evictions) moved(r *trace.JobRecord, x *judgedNode) bool {
	return x.grew != core.Never && r.Local.Sub(x.grew) < e.cfg.Node.Interval
}

func (e *evictions) placed(r *trace.JobRecord) {
	if x := e.at(r); x.decision >= health.Drain && e.fails(H1) {
		e.detail(H1, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s gives a shard to %s, about which it decided %v, %v", e.name(r.Node), e.name(r.Fact.Node), x.decision, x.label)
	}
}

func (e *evictions) grew(r *trace.JobRecord) { e.at(r).grew = r.Local }
