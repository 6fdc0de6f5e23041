package check

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/sim/trace"
)

// Who talks to whom, and how (spec 30 §14).
var (
	N1 = rule("I-N1", "nothing is used towards a process that it did not say it can, and both sides of an agreement hold the same", "spec 30 §14")
	A1 = rule("I-A1", "what a node of another cluster or environment sends is handled by nobody, but that it sends somebody away", "spec 30 §14")
	A2 = rule("I-A2", "nobody asks anything of a role that it may not ask", "spec 30 §14, §11.2")
	C1 = rule("I-C1", "a breaker goes from open to half open, after its time, and from there to open or closed; an open one gets no new work, a half-open one a single trial", "spec 30 §14")
)

// agreed is what one process holds of another.
type agreed struct {
	by, of   uint32 // processes
	features registry.Features
	ok       bool
}

// broke is a breaker as its owner told of it.
type broke struct {
	by    uint32 // its owner's process
	phase health.Phase
	local core.Instant // since
	tried bool         // half open: a trial went out
	anew  bool         // its owner's membership told of another process since it is so
	told  core.Instant // when it told of one last
}

// entered is a worker of which a manager said that it takes work, and when.
type entered struct {
	of core.NodeID
	at core.Instant
}

type peers struct {
	*Checker
	entered  map[core.NodeID]entered // by manager, the last one
	agreed   map[uint64]agreed
	broke    map[uint64]broke
	keys     health.BreakerKeys
	gateless bool
}

var _ = judge(func(c *Checker, on *hooks) {
	p := &peers{Checker: c, agreed: map[uint64]agreed{}, broke: map[uint64]broke{}, entered: map[core.NodeID]entered{}, gateless: true, keys: health.Default().Breaker}
	c.pacts = p
	if c.ctx.Breaker != nil {
		p.keys = *c.ctx.Breaker
	}
	for i := range c.ctx.Nodes {
		if n := &c.ctx.Nodes[i]; n.Role == core.RoleGate && !n.Ghost {
			p.gateless = false
		}
	}
	on.jobFact(p.negotiated, core.JobFactNegotiated)
	on.jobFact(p.changed, core.JobFactBreaker)
	on.jobFact(p.placed, core.JobFactPlaced)
	on.jobFact(p.took, core.JobFactWorker)
	on.fact(p.restarted, core.FactCallback)
	if c.ctx.Negotiates {
		on.sent = append(on.sent, p.sent)
	}
	for k := range core.Kind(core.NumKinds) {
		if k.Travels() && k.Room() == core.RoomJobs {
			on.delivered[k] = append(on.delivered[k], p.handled)
		}
	}
})

// of returns what a process of n holds of id, told or from the start, and whether it holds anything.
func (p *peers) of(n, id core.NodeID) (agreed, bool) {
	if x, ok := p.agreed[pairKey(n, id)]; ok && x.by == p.hot[n].inst {
		return x, true
	}
	a, b := &p.ctx.Nodes[n], &p.ctx.Nodes[id]
	if !a.Stands || !b.Stands || p.hot[n].inst != 1 {
		return agreed{}, false
	}
	x := agreed{by: 1, of: 1}
	x.features, x.ok = registry.Negotiate(a.Speaks, b.Speaks, registry.FeaturesOf(a.Speaks), registry.FeaturesOf(b.Speaks))
	return x, true
}

func (p *peers) negotiated(r *trace.JobRecord) {
	f := &r.Fact
	v := f.Get("version")
	x := agreed{by: r.Inst, of: f.Epoch, features: registry.Features(f.Get("features")), ok: f.To == 1}
	said := registry.Version{Major: uint8(v >> 8), Minor: uint8(v)}
	if (x.features&^registry.FeaturesOf(said) != 0 || !x.ok && x.features != 0) && p.fails(N1) {
		p.detail(N1, r.At, []core.NodeID{r.Node, f.Node}, "%s agreed with %s, which speaks %d.%d, on %017b", p.name(r.Node), p.name(f.Node), said.Major, said.Minor, x.features)
	}
	p.agreed[pairKey(r.Node, f.Node)] = x
	if y, ok := p.of(f.Node, r.Node); ok && y.by == x.of && y.of == x.by && (y.features != x.features || y.ok != x.ok) && p.fails(N1) {
		p.detail(N1, r.At, []core.NodeID{r.Node, f.Node}, "%s holds %017b of %s, and that %017b of it", p.name(r.Node), x.features, p.name(f.Node), y.features)
	}
}

// used returns what not every version can and a message needs; false where there is nothing.
func used(m *core.Message) (f registry.Feature, ok bool) {
	switch m.Kind {
	case core.KindJobProgressBatch:
		return registry.FeatureProgressBatch, true
	case core.KindHealthcheckExtensionRequest:
		return registry.FeatureExtensions, true
	case core.KindWindowedStatsPush:
		return registry.FeatureBatchedStats, true
	case core.KindWorkflowDispatch:
		return registry.FeatureFences, true
	default:
		s := signalOf(m)
		return registry.FeaturePressureSeq, s != nil && s.Seq != 0
	}
}

// against looks at what anybody may be sent who has not said that it cannot read it: a worker's heartbeat on its ping, and where a
// client's pushes go.
func (p *peers) against(r *trace.Record) {
	var f registry.Feature
	switch {
	case r.Msg.Kind == core.KindRegisterCallback:
		f = registry.FeatureReconnection
	case r.Msg.Kind == core.KindPing && r.Msg.Extra != nil && r.Msg.Extra.Beat.Version != 0:
		f = registry.FeatureHealthPiggyback
	default:
		return
	}
	x, met := p.of(r.Node, r.Msg.To)
	if met && x.of == p.hot[r.Msg.To].inst && x.ok && !x.features.Has(f) && p.fails(N1) {
		p.detail(N1, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s uses %v towards %s (%v), with which it agreed on %017b", p.name(r.Node), f, p.name(r.Msg.To), r.Msg.Kind, x.features)
	}
}

// signalOf returns what a message says of pressure, nil if it has no room for it.
func signalOf(m *core.Message) *job.Backpressure {
	switch b := m.Body.(type) {
	case *job.WorkflowProgressAck:
		return &b.Backpressure
	case *job.ProgressBatchAck:
		return &b.Backpressure
	case *registry.ManagerHeartbeat:
		return &b.Pressure
	default:
		return nil
	}
}

func (p *peers) sent(r *trace.Record) {
	if r.Msg.Kind.Room() != core.RoomJobs {
		p.against(r)
		return
	}
	f, ok := used(r.Msg)
	if !ok {
		p.busy(r)
		p.against(r)
		return
	}
	if x, met := p.of(r.Node, r.Msg.To); (!met || !x.features.Has(f)) && p.fails(N1) {
		p.detail(N1, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s uses %v towards %s (%v), with which it agreed on %017b", p.name(r.Node), f, p.name(r.Msg.To), r.Msg.Kind, x.features)
	}
}

// busy takes what is said to who is refused: when to come again is for those who read it. Of a process with which nothing is agreed
// on yet it is not known whether it does.
func (p *peers) busy(r *trace.Record) {
	a, ok := r.Msg.Body.(call.Reply)
	if !ok || a.Head().Code != call.CodeBusy || a.Head().RetryAfter == 0 && a.Head().Reason == call.ReasonUntold {
		return
	}
	x, met := p.of(r.Node, r.Msg.To)
	if !met || x.of != p.hot[r.Msg.To].inst {
		return
	}
	if a.Head().Reason != call.ReasonUntold && !x.features.Has(registry.FeatureTypedBusy) && p.fails(N1) {
		p.detail(N1, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s tells %s why it is BUSY (%v), with which it agreed on %017b", p.name(r.Node), p.name(r.Msg.To), r.Msg.Kind, x.features)
	}
	if a.Head().RetryAfter > 0 && !x.features.Has(registry.FeatureRetryAfter) && p.fails(N1) {
		p.detail(N1, r.At, []core.NodeID{r.Node, r.Msg.To}, "%s tells %s when to come again (%v), with which it agreed on %017b", p.name(r.Node), p.name(r.Msg.To), r.Msg.Kind, x.features)
	}
}

// handled takes a message of the job layer that reached its receiver.
func (p *peers) handled(r *trace.Record) {
	if r.Spent == trace.Refused {
		return
	}
	from, to := &p.ctx.Nodes[r.Msg.From], &p.ctx.Nodes[r.Node]
	a, answer := r.Msg.Body.(call.Reply)
	if from.Cluster != to.Cluster && !(answer && a.Head().Code == call.CodeIsolation) && p.fails(A1) {
		p.detail(A1, r.At, []core.NodeID{r.Node, r.Msg.From}, "%s handles %v of %s, which is of another cluster or environment", to.Name, r.Msg.Kind, from.Name)
	}
	if r.Msg.Kind.Answers() == core.KindNone && !registry.May(from.Role, to.Role, p.gateless) && p.fails(A2) {
		p.detail(A2, r.At, []core.NodeID{r.Node, r.Msg.From}, "%s, a %v, handles %v of %s, a %v", to.Name, to.Role, r.Msg.Kind, from.Name, from.Role)
	}
}

func (p *peers) changed(r *trace.JobRecord) {
	key := pairKey(r.Node, r.Fact.Node)
	x := p.broke[key]
	if x.by != r.Inst {
		x = broke{by: r.Inst}
	}
	from, to := health.Phase(r.Fact.From), health.Phase(r.Fact.To)
	good := from == x.phase && from != to
	switch {
	case to == health.HalfOpen:
		good = good && from == health.Open && r.Local.Sub(x.local) >= p.keys.HalfOpen
	case to == health.Closed && from == health.Open:
		good = good && p.another(r, &x)
	}
	if !good && p.fails(C1) {
		p.detail(C1, r.At, []core.NodeID{r.Node}, "a breaker of %s went from %v to %v; it was %v for %v", p.name(r.Node), from, to, x.phase, r.Local.Sub(x.local))
	}
	x.phase, x.local, x.tried, x.anew = to, r.Local, false, false
	p.broke[key] = x
}

// restarted takes that membership tells of another process, or of what it has to take for one: a join that comes by gossip names none, and a
// process that joins twice is told of twice where its incarnation rose (spec 10 §2.6, 30 §9.2). A breaker that is closed then has nothing to
// forget but faults.
func (p *peers) restarted(r *trace.Record) {
	if r.Fact.Callback != core.CallbackPeerRestarted {
		return
	}
	key := pairKey(r.Node, r.Fact.Subject)
	x := p.broke[key]
	if inst := p.hot[r.Node].inst; x.by != inst {
		x = broke{by: inst}
	}
	x.anew, x.told = x.phase != health.Closed, r.At
	p.broke[key] = x
}

// another reports whether a breaker may begin anew, for whom it is for is another process: a worker's does when membership tells of that, which
// its worker tells of with what it does next; a manager's when it takes a worker in, be it one that it thought to be gone (spec 30 §9.2).
func (p *peers) another(r *trace.JobRecord, x *broke) bool {
	if p.ctx.Nodes[r.Node].Role == core.RoleWorker {
		return x.anew || x.told == r.At // it opened in this very step, perhaps
	}
	e, ok := p.entered[r.Node]
	return ok && e.of == r.Fact.Node && e.at == r.At && p.enrolled(r.Node)
}

// took takes that a manager says how a worker stands: the last word of a step that takes one in.
func (p *peers) took(r *trace.JobRecord) {
	if registry.WorkerState(r.Fact.To) == registry.WorkerHealthy {
		p.entered[r.Node] = entered{of: r.Fact.Node, at: r.At}
	}
}

// enrolled reports whether a node reads that a worker registers: one that it thought to be gone begins anew with it.
func (p *peers) enrolled(n core.NodeID) bool {
	k := p.step.kind
	return p.step.hand && p.step.node == n && (k == core.KindWorkerRegistration || k == core.KindWorkerDiscoveryBroadcast)
}

// placed takes new work for a worker.
func (p *peers) placed(r *trace.JobRecord) {
	key := pairKey(r.Node, r.Fact.Node)
	x, known := p.broke[key]
	switch {
	case !known || x.by != r.Inst || x.phase == health.Closed:
		return
	case x.phase == health.HalfOpen:
		if x.tried && p.fails(C1) {
			p.detail(C1, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s gives %s work, towards which its breaker is half open since %v, for the second time", p.name(r.Node), p.name(r.Fact.Node), x.local)
		}
		x.tried = true
		p.broke[key] = x
		return
	default: // it is open
	}
	if r.Local.Sub(x.local) < p.keys.HalfOpen && p.fails(C1) { // then a trial may go out, of which nobody need tell
		p.detail(C1, r.At, []core.NodeID{r.Node, r.Fact.Node}, "%s gives %s work, towards which its breaker has been open for %v", p.name(r.Node), p.name(r.Fact.Node), r.Local.Sub(x.local))
	}
}
