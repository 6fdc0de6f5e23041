package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/federated"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/routing"
	"hypersim/core/vivaldi"
)

// Where jobs go is for core/routing to say. This file tells it what the gate hears, and asks.

// beginRouting makes a router, unless whoever made the gate brought routes.
func (g *Gate) beginRouting(now core.Instant) {
	if g.p.Distances == nil {
		return
	}
	g.router = routing.New(routing.Params{
		Config: g.p.Routing, Health: g.p.Health, Self: g.p.Self, Seed: g.p.Seed, Key: g.p.Key, Instance: g.p.Instance, Start: now,
		Sites: g.list, Distances: g.p.Distances,
	})
	g.routes = g.router
	if g.p.Formed {
		g.router.Form(now)
		for i := range g.list {
			for _, id := range g.list[i].Managers {
				g.shun(id)
			}
		}
	}
	g.readySites(now)
}

// readySites tells which datacenters are registered.
func (g *Gate) readySites(now core.Instant) {
	if g.router == nil {
		return
	}
	for i := range g.list {
		id := g.list[i].ID
		g.router.Ready(now, id, g.sites.State(id).TakesJobs())
	}
}

// tell passes on what the router found out.
func (g *Gate) tell(fx *core.Effects) {
	g.commits.Tell(fx)
	if g.router != nil {
		g.router.Tell(fx)
	}
}

// heardOf hands a word of a manager to whoever chooses datacenters.
func (g *Gate) heardOf(now core.Instant, from core.NodeID, b *registry.ManagerBeat) {
	if g.router != nil {
		g.router.Heard(now, from, b)
		g.readySites(now)
	}
}

// reached notes whether the way to a datacenter is open.
func (g *Gate) reached(now core.Instant, site uint16, r core.Reach) {
	if g.router != nil {
		g.router.Reach(now, site, r)
		g.readySites(now)
	}
}

// routable says whether a job can go anywhere now. It is no decision.
func (g *Gate) routable(now core.Instant, b *job.Submission) routing.Unroutable {
	if g.router == nil {
		return g.routes.Route(now, &routing.Query{Job: b.Job, Count: int(b.DatacenterCount), Only: b.Datacenters, Preferred: b.Preferred}).Unroutable
	}
	g.readySites(now)
	return g.router.Routable(now, b.Datacenters)
}

// allowed reports whether the manager whose turn it is may be called (spec 30 §9.2).
func (g *Gate) allowed(now core.Instant, s *site) bool {
	return g.router == nil || g.router.Allow(now, s.managers[s.turn])
}

// signed notes that somebody lives.
func (g *Gate) signed(now core.Instant, m *core.Message) {
	if g.router != nil && m.Role == core.RoleManager && m.Kind != core.KindStreamFailed {
		if g.router.Process(m.From, m.Instance) {
			g.pacts.Newer(m.From, m.Instance)
			g.shun(m.From)
		}
		g.router.Signed(now, m.From)
	}
}

// Fared implements call.Watcher: breakers learn from every call.
func (g *Gate) Fared(now core.Instant, s *call.Sending, answered bool, code call.Code) {
	if g.router == nil {
		return
	}
	switch {
	case !answered && g.p.Flow.State() > core.LoadHealthy: // the answer may wait in this gate's own inbox
	case !answered && s.Broke:
		g.router.Called(now, s.To, routing.Fault)
	case !answered, code == call.CodeInternal:
		g.router.Called(now, s.To, routing.Silent)
	case code == call.CodeOK:
		g.router.Called(now, s.To, routing.Answered)
	default:
		g.router.Called(now, s.To, routing.Refused)
	}
	if answered && code == call.CodeVersionIncompatible {
		g.router.Incompatible(s.To)
	}
}

// Acked implements federated.Listener.
func (g *Gate) Acked(now core.Instant, from core.NodeID, r *federated.SiteReport, rtt core.Duration) {
	g.router.Acked(now, from, r, rtt)
}

// Answered implements federated.Listener.
func (g *Gate) Answered(now core.Instant, from core.NodeID) { g.router.Signed(now, from) }

// Unanswered implements federated.Listener.
func (g *Gate) Unanswered(now core.Instant, to core.NodeID) { g.router.Unanswered(now, to) }

// chain names the datacenters of a job in the order in which they are to be asked. It is decided once a round (spec 30
// D13), and anew when the choice was taken back meanwhile.
func (g *Gate) chain(now core.Instant, x *record, t routing.Trigger) []uint16 {
	g.readySites(now)
	q := routing.Query{Job: x.id, Trigger: t, Count: x.want - x.count(isTarget), Only: x.spec[0].Datacenters, Preferred: x.spec[0].Preferred}
	for i := range x.sites {
		if s := &x.sites[i]; s.target || s.owed || s.never {
			q.Exclude = append(q.Exclude, s.id)
		}
		if x.sites[i].target {
			q.Has = append(q.Has, x.sites[i].id)
		}
	}
	c := g.routes.Route(now, &q)
	if t == routing.TriggerTick && !c.Switched {
		return x.chain
	}
	x.chain = append(append(append(x.chain[:0], c.Primary...), c.Extended...), c.Fallback...)
	return x.chain
}

// Probe decides where a job would go that nobody hands in: nothing is dispatched, and nothing reserved (01-59).
func (g *Gate) Probe(now core.Instant, id job.ID, fx *core.Effects) {
	if g.router == nil {
		return
	}
	g.readySites(now)
	g.router.Route(now, &routing.Query{Job: id, Trigger: routing.TriggerProbe, Count: 1})
	g.tell(fx)
}

// lookAgain asks once more for each job that not all of its datacenters have accepted yet (spec 30 §4.1, trigger tick).
func (g *Gate) lookAgain(now core.Instant) {
	if g.router == nil {
		return
	}
	if at, _ := g.router.Deadline(); now < at {
		return
	}
	g.readySites(now)
	g.router.Wake(now)
	for _, x := range g.records.order {
		if x.inRound && x.routed && !x.accepting && len(x.spec) > 0 && x.state < job.StateRunning {
			g.chain(now, x, routing.TriggerTick)
		}
	}
}

// reserve counts what a job takes of a datacenter as taken, until a report knows of it.
func (g *Gate) reserve(now core.Instant, x *record, s *site) {
	if g.router != nil {
		cores, flows := demand(&x.spec[0])
		g.router.Reserve(now, x.id, s.id, cores, flows)
	}
}

// demand is what a job needs at once: the workflows that wait for no other one.
func demand(s *job.Spec) (cores, flows uint32) {
	for i := range s.Workflows {
		if w := &s.Workflows[i]; len(w.Depends) == 0 {
			cores += max(1, uint32(w.Cores))
			flows++
		}
	}
	return cores, flows
}

// joined notes that a datacenter accepted a job, with the load that it then had.
func (g *Gate) joined(now core.Instant, x *record, s *site, from core.NodeID, a *job.Ack) {
	if g.router != nil {
		g.router.Accepted(now, x.id, s.id, from, a.Load)
	}
}

// notTaken notes that a datacenter did not take a job. Where nobody answered for want of a way there, that is a failure of the
// datacenter; where answers did not come in time, probes will tell (spec 30 §3.4, 01-54).
func (g *Gate) notTaken(now core.Instant, x *record, s *site) {
	if g.router == nil {
		return
	}
	if s.mute {
		g.router.Failed(now, x.id, s.id, !s.answered && !s.timed)
	} else {
		g.router.Refused(now, x.id, s.id)
	}
}

// patience sets how long the next attempt at a datacenter may take.
func (g *Gate) patience(now core.Instant, s *site) *call.Strategy {
	how := &g.how.submit[g.place(s.id)]
	if g.router != nil && s.turn < len(s.managers) {
		how.Timeout = g.router.Wait(now, s.managers[s.turn])
	}
	return how
}

// inherited tells the router of a job that another gate dispatched (spec 30 §4.10).
func (g *Gate) inherited(now core.Instant, x *record) {
	if g.router == nil || x.state.Terminal() {
		return
	}
	var sites []uint16
	var managers []core.NodeID
	for i := range x.sites {
		if s := &x.sites[i]; s.target {
			sites, managers = append(sites, s.id), append(managers, s.manager)
		}
	}
	if len(sites) > 0 {
		g.router.Leads(now, x.id, sites, managers)
	}
}

// unrouted forgets how a job was routed: it is over, or another gate's.
func (g *Gate) unrouted(id job.ID) {
	if g.router != nil {
		g.router.End(id)
	}
}

func (g *Gate) routerBytes() int {
	if g.router == nil {
		return 0
	}
	return g.router.MemoryBytes()
}

// Router returns what chooses datacenters here, nil if the gate has none. It is to be read only.
func (g *Gate) Router() *routing.Router { return g.router }

// ways are the distances of a gate: what its end of the link has of the coordinates of managers.
type ways struct {
	link *federated.Gate // nil: no link
	viv  *vivaldi.Node
	keys *vivaldi.Config
}

// Distance implements routing.Distances.
func (w *ways) Distance(now core.Instant, id core.NodeID) routing.Distance {
	if w.link != nil && w.keys.Enabled {
		if rtt, bound, quality, ok := w.viv.Distance(w.link.Slot(id), now); ok {
			return routing.Distance{Known: true, RTT: rtt, Bound: bound, Quality: quality}
		}
	}
	return routing.Distance{Bound: vivaldi.EstimateUCBms(nil, nil, w.keys)}
}

// Local implements routing.Distances.
func (w *ways) Local(now core.Instant) routing.Local {
	if w.link == nil || !w.keys.Enabled {
		return routing.Local{}
	}
	return routing.Local{Known: true, Samples: w.viv.Samples(), Error: w.viv.ErrorMS(), Quality: w.viv.LocalQuality(now)}
}

// Measured implements routing.Distances.
func (w *ways) Measured() (sigmas, floor float64) {
	return w.keys.KSigma, routing.Milliseconds(w.keys.SigmaMin)
}
