package routing

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/health"
	"hypersim/core/registry"
	"hypersim/core/rng"
)

// Router is the routing of one gate.
type Router struct {
	p        Params
	c        *Config
	k        *Keys
	sites    []site
	managers []manager // site by site
	byID     []int32   // indexes of managers by their id
	states   states
	ledger   ledger
	order    orderer

	dues  []due // reservations, oldest first
	dueAt int

	severity Severity
	signs    int
	shown    [NumSigns]bool
	serious  core.Instant // the last verdict that counts for the backoff, core.Never: none
	hold     bool         // verdicts about datacenters are held back
	split    bool         // several of them fail together, and it is not over yet
	modeTold Mode         // by which rules candidates are ordered, as it was told last
	booted   bool         // with measured distances: enough datacenters have answered

	next  core.Instant // tick
	evict []int
	facts []core.JobFact
}

// New returns a router that has heard nothing yet.
func New(p Params) *Router {
	if p.Config == nil {
		c := Default()
		p.Config = &c
	}
	if p.Health == nil {
		c := health.Default()
		p.Health = &c
	}
	r := &Router{p: p, c: p.Config, k: &p.Config.Routing, ledger: newLedger(p.Config.Routing.Ring), serious: core.Never, modeTold: ModeBootstrap}
	r.order = orderer{random: r.stream("route.random"), choices: r.stream("p2c"), spread: r.stream("route.spread")}
	for i := range p.Sites {
		s := &p.Sites[i]
		r.sites = append(r.sites, site{
			id: s.ID, first: len(r.managers), n: len(s.Managers), trouble: newTrouble(&r.c.Correlation), extended: core.Never, opened: core.Never,
			tracker: health.NewTracker(p.Health, len(s.Managers), rng.New(p.Seed, "route.evict", p.Key, uint64(p.Instance), uint64(s.ID))),
		})
		for k, id := range s.Managers {
			r.byID = append(r.byID, int32(len(r.managers)))
			r.managers = append(r.managers, manager{id: id, site: i, member: k})
		}
	}
	slices.SortFunc(r.byID, func(a, b int32) int { return cmp.Compare(r.managers[a].id, r.managers[b].id) })
	r.next = p.Start.Add(r.k.Tick)
	return r
}

func (r *Router) stream(purpose string) rng.Stream {
	return rng.New(r.p.Seed, purpose, r.p.Key, uint64(r.p.Instance))
}

// Heard takes in a heartbeat of a manager.
func (r *Router) Heard(now core.Instant, from core.NodeID, b *registry.ManagerBeat) {
	m := r.manager(from)
	if m == nil {
		return
	}
	x := &r.sites[m.site]
	m.hear(now, b)
	n := x.tracker.Hear(now, m.member)
	open := b.Quorum && b.AcceptingJobs
	n.Ready(open && b.WorkersHealthy > 0)
	if open {
		x.opens(now, b.WorkersHealthy > 0, r.p.Health.Node.Timeout)
	}
	n.Progressed(now, r.p.Health.Node.OfServer(served(b)))
	if int(b.WorkersExtended) >= r.c.Correlation.Extensions {
		x.extended = now
	}
	r.known(m.site, from, b.Load.Report)
}

// opens takes in that a manager of the datacenter takes jobs: it has begun if it has a fit worker. In a cold start workers come a little
// later; where none has come within the patience that a worker's silence has, they are missing, and the datacenter is what it is without
// them rather than about to begin (30 §3.3 rows 4 and 6), however new this gate is.
func (x *site) opens(now core.Instant, fit bool, patience core.Duration) {
	if x.opened == core.Never {
		x.opened = now
	}
	x.begun = x.begun || fit || now.Sub(x.opened) >= patience
}

// served is what a manager did by its own account. Where nothing was expected, nothing was pending at the start of the
// interval, hence not all the time (spec 01 no. 60).
func served(b *registry.ManagerBeat) health.Served {
	w := health.Served{Done: float64(b.Throughput), Expected: float64(b.Expected)}
	if b.Expected > 0 {
		w.Pending = int(b.Waiting)
	}
	return w
}

// Form lets all managers be there from the start, their first leading: a formed start (spec 01 no. 11). How many workers
// and cores there are is not known before the first report.
func (r *Router) Form(now core.Instant) {
	for i := range r.managers {
		m := &r.managers[i]
		m.heard, m.told, m.known, m.blank, m.leads = now, now, true, true, m.member == 0
		r.sites[m.site].tracker.Hear(now, m.member)
		r.sites[m.site].begun = true
	}
}

// Signed takes in any other message of a manager: a sign of life.
func (r *Router) Signed(now core.Instant, from core.NodeID) {
	if m := r.manager(from); m != nil {
		r.sites[m.site].tracker.Hear(now, m.member)
	}
}

// Process takes in which process of a manager speaks: another one than before has no faults yet.
// It returns whether it is another one.
func (r *Router) Process(from core.NodeID, instance uint32) (another bool) {
	m := r.manager(from)
	if m == nil || instance <= m.instance {
		return false
	}
	m.instance, m.alien = instance, false
	m.breaker.Reset()
	return true
}

// Incompatible takes in that a manager speaks a protocol that this gate does not, as far as the process goes that it is now.
func (r *Router) Incompatible(id core.NodeID) {
	if m := r.manager(id); m != nil {
		m.alien = true
	}
}

// Acked takes in the answer of a datacenter's leader to a probe. RTT is how long that took, negative if it was late.
func (r *Router) Acked(now core.Instant, from core.NodeID, a *federated.SiteReport, rtt core.Duration) {
	m := r.manager(from)
	if m == nil {
		return
	}
	x := &r.sites[m.site]
	x.tracker.Hear(now, m.member)
	counted := a.Counter > 0 && r.k.XackLoad
	if counted {
		m.told = now // newer than its heartbeat (01-53), which a gate under load may have had to refuse
	}
	x.ack = ack{at: now, heard: true, workers: a.Workers, fit: a.WorkersHealthy, cores: a.Cores, available: a.CoresAvailable, queue: a.Pending, counted: counted}
	if a.Health > 0 {
		x.ack.self = Class(min(a.Health-1, NumClasses-1))
		x.begun = x.begun || x.ack.self <= Busy
	}
	if counted {
		r.known(m.site, from, a.Counter)
	}
	if rtt >= 0 {
		x.echoes.add(now, echo{ms: milliseconds(rtt), expected: r.expects(now, from)}, r.c.Correlation.LatencyWindow, r.k.Samples)
	}
	x.reach = core.ReachReachable // which is told after this (spec 30 §3.2)
	if class, _ := r.judge(now, x); class < Unhealthy {
		was := x.trouble.state
		x.trouble.recover(now, &r.c.Correlation)
		r.troubled(x, was)
	}
}

// Unanswered takes in that a probe of a manager ran out.
func (r *Router) Unanswered(now core.Instant, id core.NodeID) {
	if m := r.manager(id); m != nil {
		if n := r.sites[m.site].tracker.Node(m.member); n != nil {
			n.Failed()
		}
	}
}

// Reach takes in whether the way to a datacenter's leader is open.
func (r *Router) Reach(now core.Instant, id uint16, reach core.Reach) {
	i := r.index(id)
	if i < 0 {
		return
	}
	x := &r.sites[i]
	worse := reach != x.reach && (reach == core.ReachSuspected || reach == core.ReachUnreachable)
	x.reach = reach
	if worse && x.known {
		r.fail(now, i)
	}
}

// fail notes a failure of a datacenter for the correlation.
func (r *Router) fail(now core.Instant, i int) {
	x := &r.sites[i]
	was := x.trouble.state
	x.trouble.fail(now, &r.c.Correlation)
	r.troubled(x, was)
}

// troubled tells of a change in where a datacenter stands with that.
func (r *Router) troubled(x *site, was Trouble) {
	if x.trouble.state != was {
		f := r.fact(core.JobFactTrouble)
		f.From, f.To = uint8(was), uint8(x.trouble.state)
		f.Put("site", int64(x.id))
	}
}

// Ready takes in whether a datacenter is registered: READY or PARTIAL (spec 20 §1.3).
func (r *Router) Ready(now core.Instant, id uint16, ready bool) {
	if i := r.index(id); i >= 0 {
		r.sites[i].ready = ready
		r.sites[i].known = r.sites[i].known || ready
	}
}

// judge returns the class of a datacenter before correlation, by its reports alone.
func (r *Router) judge(now core.Instant, x *site) (Class, ClassReason) {
	v := r.look(now, x)
	return r.c.Sites.Classify(&v.Condition)
}

// Keys are what r decides by.
func (r *Router) Keys() *Keys { return r.k }

func (r *Router) manager(id core.NodeID) *manager {
	i, ok := slices.BinarySearchFunc(r.byID, id, func(k int32, id core.NodeID) int { return cmp.Compare(r.managers[k].id, id) })
	if !ok {
		return nil
	}
	return &r.managers[r.byID[i]]
}

func (r *Router) index(id uint16) int {
	for i := range r.sites {
		if r.sites[i].id == id {
			return i
		}
	}
	return -1
}
