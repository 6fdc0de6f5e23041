package routing

import (
	"hypersim/core"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// manager is what a gate knows of one manager.
type manager struct {
	id       core.NodeID
	site     int // index
	member   int // index in its site
	instance uint32
	known    bool // a heartbeat is on record
	blank    bool // it is one that was never sent: it says nothing of workers and cores
	leads    bool
	alien    bool // speaks another protocol
	draining bool
	overload core.Load
	breaker  health.Breaker
	heard    core.Instant // the last heartbeat
	told     core.Instant // the last word on its load: a heartbeat, or its answer to a probe
	term     uint64
	version  uint64
	load     job.Load
	counts
	lhm float64
}

// counts are the workers of a datacenter as a manager counts them.
type counts struct{ workers, fit, overloaded, extended uint32 }

// ack is what the leader of a datacenter answered to a probe last.
type ack struct {
	at                                    core.Instant
	heard                                 bool
	workers, fit, cores, available, queue uint32
	counted                               bool // it said something of cores
	self                                  Class
}

// site is what a gate knows of one datacenter.
type site struct {
	id            uint16
	reach         core.Reach
	ready         bool
	known         bool // it was ready once
	begun         bool // a manager of it has said that it takes jobs, and workers came or are missing
	affected      bool // it is among those that fail together
	class         Class
	why           ClassReason
	raw           Class // before correlation
	first         int   // index of its first manager
	n             int   // managers
	tracker       *health.Tracker
	trouble       trouble
	echoes        echoes
	ack           ack
	took          job.Load // at the last acceptance
	tookAt        core.Instant
	opened        core.Instant // when a manager said first that it takes jobs, core.Never: none has
	extended      core.Instant // when it last reported workers with extensions, core.Never: not yet
	held          uint32       // the first reservation
	reservedCores uint32
	reservedQueue uint32
}

// accepted takes in the load that came with an acceptance: it counts as a report of the datacenter.
func (x *site) accepted(now core.Instant, load job.Load) { x.took, x.tookAt = load, now }

// hear takes in a heartbeat.
func (m *manager) hear(now core.Instant, b *registry.ManagerBeat) {
	m.heard, m.told, m.known, m.blank = now, now, true, false
	m.leads, m.term, m.version, m.overload, m.load, m.lhm = b.Leads, b.Term, b.Version, b.Overload, b.Load, b.LHM
	m.counts = counts{b.Workers, b.WorkersHealthy, b.WorkersOverloaded, b.WorkersExtended}
	m.draining = b.State == registry.StateDraining
}

// before reports whether a's word on the datacenter counts more than b's: the leader of the highest term, else who knows
// the highest term and version (spec 30 §3.1).
func (m *manager) before(b *manager) bool {
	switch {
	case m.leads != b.leads:
		return m.leads
	case m.term != b.term:
		return m.term > b.term
	}
	return !m.leads && m.version > b.version
}

// view is what a gate believes of a datacenter at one moment: each group of figures as the newest report has it.
type view struct {
	Condition
	best  *manager // whose heartbeat counts, nil: nobody is alive
	total uint32
	queue uint32
}

// members returns the managers of a site.
func (r *Router) members(x *site) []manager { return r.managers[x.first : x.first+x.n] }

// look gathers what is known of a datacenter.
func (r *Router) look(now core.Instant, x *site) view {
	v := view{Condition: Condition{Reach: x.reach, Managers: x.n}}
	members := r.members(x)
	for k := range members {
		m := &members[k]
		if m.known {
			if age := now.Sub(m.heard); !v.Heard || age < v.Age {
				v.Heard, v.Age = true, age
			}
		}
		if !x.tracker.Alive(now, k) {
			continue
		}
		v.Alive++
		r.signals(x, m, &v)
		if m.known && (v.best == nil || m.before(v.best)) {
			v.best = m
		}
	}
	r.figures(x, &v)
	return v
}

// signals counts what an alive manager says of itself.
func (r *Router) signals(x *site, m *manager, v *view) {
	n := x.tracker.Node(m.member)
	if !n.IsReady() {
		v.NotReady++
	}
	if n.Progress() == health.Stuck {
		v.Stuck++
	}
	if m.overload == core.LoadOverloaded {
		v.Overloaded++
	}
}

// figures takes workers, cores and queue from whoever reported them last: the best heartbeat, the answer to a probe, an
// acceptance (spec 01 no. 53, spec 02 no. 11).
func (r *Router) figures(x *site, v *view) {
	var cores, workers core.Instant
	if b := v.best; b != nil {
		v.Workers, v.Fit, v.WorkersOverloaded = b.workers, b.fit, b.overloaded
		v.LeaderOverloaded = b.overload >= core.LoadStressed // spec 02 no. 27
		v.total, v.Available, v.queue = b.load.Cores, b.load.CoresAvailable, b.load.Pending
		cores, workers = b.heard, b.heard
		if b.blank { // there is something, until somebody says how much
			v.Workers, v.Fit, v.Available = 1, 1, 1
		}
	}
	if a := &x.ack; a.heard && a.at > workers && (a.workers > 0 || a.counted) {
		v.Workers, v.Fit = a.workers, a.fit
		v.WorkersOverloaded = min(v.WorkersOverloaded, v.Workers)
	}
	if a := &x.ack; a.counted && a.at > cores {
		v.total, v.Available, v.queue = a.cores, a.available, a.queue
		cores = a.at
	}
	if x.tookAt > cores && x.took.Cores > 0 {
		v.total, v.Available, v.queue = x.took.Cores, x.took.CoresAvailable, x.took.Pending
	}
	v.Cores = v.total
}

// self is the class that a datacenter gives itself, while that is fresh.
func (r *Router) self(now core.Instant, x *site) Class {
	if x.ack.heard && now.Sub(x.ack.at) < r.c.Sites.Fresh {
		return x.ack.self
	}
	return Healthy
}

// around is what is known beside a datacenter itself.
func (r *Router) around(now core.Instant, x *site) Around {
	hold := r.hold && (x.trouble.failed == core.Never || now.Sub(x.trouble.failed) < r.c.Correlation.MaxHold)
	return Around{Self: r.self(now, x), Affected: x.affected, Hold: hold}
}
