package routing

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// manager is what a gate knows of one manager.
type manager struct {
	id      core.NodeID
	site    int // index
	heard   core.Instant
	known   bool // a heartbeat is on record
	leads   bool
	term    uint64
	version uint64
	workers uint32
	healthy uint32
	load    job.Load
}

// site is what a gate knows of one datacenter.
type site struct {
	id      uint16
	members []core.NodeID
	reach   core.Reach
	ready   bool
}

// Router is the routing of one gate.
type Router struct {
	p        Params
	sites    []site
	managers []manager // by id

	order    []candidate // of the decision under way
	primary  []uint16
	extended []uint16
	fallback []uint16
}

// candidate is one datacenter in a decision.
type candidate struct {
	site  int
	class Class
	bound float64 // ms
}

// New returns a router that has heard nothing yet.
func New(p Params) *Router {
	r := &Router{p: p}
	for i := range p.Sites {
		s := &p.Sites[i]
		r.sites = append(r.sites, site{id: s.ID, members: s.Managers})
		for _, id := range s.Managers {
			r.managers = append(r.managers, manager{id: id, site: i})
		}
	}
	slices.SortFunc(r.managers, func(a, b manager) int { return cmp.Compare(a.id, b.id) })
	return r
}

// Heard takes in a heartbeat of a manager.
func (r *Router) Heard(now core.Instant, from core.NodeID, b *registry.ManagerBeat) {
	m := r.manager(from)
	if m == nil {
		return
	}
	m.heard, m.known = now, true
	m.leads, m.term, m.version = b.Leads, b.Term, b.Version
	m.workers, m.healthy, m.load = b.Workers, b.WorkersHealthy, b.Load
}

// Reach takes in whether the way to a datacenter's leader is open.
func (r *Router) Reach(now core.Instant, id uint16, reach core.Reach) {
	if i := r.index(id); i >= 0 {
		r.sites[i].reach = reach
	}
}

// Ready takes in whether a datacenter is registered: READY or PARTIAL (spec 20 §1.3).
func (r *Router) Ready(now core.Instant, id uint16, ready bool) {
	if i := r.index(id); i >= 0 {
		r.sites[i].ready = ready
	}
}

// Route chooses the datacenters of a job.
func (r *Router) Route(now core.Instant, q *Query) Choice {
	r.order = r.order[:0]
	initializing := false
	for i := range r.sites {
		s := &r.sites[i]
		if slices.Contains(q.Exclude, s.id) {
			continue
		}
		if !s.ready {
			initializing = true
			continue
		}
		if c := r.classify(now, i); c != Unhealthy {
			r.order = append(r.order, candidate{site: i, class: c, bound: r.bound(now, i)})
		}
	}
	if len(r.order) == 0 {
		if initializing {
			return Choice{Unroutable: Initializing}
		}
		return Choice{Unroutable: NoUsable}
	}
	slices.SortFunc(r.order, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.bound, b.bound), cmp.Compare(a.site, b.site))
	})
	return r.split(max(1, q.Count))
}

// split names the first n candidates as targets and the others as whom to try next.
func (r *Router) split(n int) Choice {
	r.primary, r.extended, r.fallback = r.primary[:0], r.extended[:0], r.fallback[:0]
	for i := range r.order {
		c := &r.order[i]
		id := r.sites[c.site].id
		switch {
		case i >= n:
			r.fallback = append(r.fallback, id)
		case c.class == r.order[0].class:
			r.primary = append(r.primary, id)
		default:
			r.extended = append(r.extended, id)
		}
	}
	return Choice{Primary: r.primary, Extended: r.extended, Fallback: r.fallback}
}

// Managers appends whom to ask in a datacenter, in order: its leader, then the others by id. Managers that were never
// heard come last.
func (r *Router) Managers(now core.Instant, id uint16, _ job.ID, dst []core.NodeID) []core.NodeID {
	i := r.index(id)
	if i < 0 {
		return dst
	}
	best := r.best(now, i)
	if best != nil {
		dst = append(dst, best.id)
	}
	for _, known := range [...]bool{true, false} {
		for _, id := range r.sites[i].members {
			if m := r.manager(id); m != best && m.known == known {
				dst = append(dst, id)
			}
		}
	}
	return dst
}

// best returns the manager whose word on its datacenter counts: the leader of the highest term that was heard lately,
// else the one with the highest term and version; nil if none was.
func (r *Router) best(now core.Instant, i int) *manager {
	var best *manager
	for _, id := range r.sites[i].members {
		m := r.manager(id)
		if !m.known || now.Sub(m.heard) >= fresh {
			continue
		}
		if best == nil || better(m, best) {
			best = m
		}
	}
	return best
}

func better(a, b *manager) bool {
	if a.leads != b.leads {
		return a.leads
	}
	if a.term != b.term {
		return a.term > b.term
	}
	return !a.leads && a.version > b.version
}

// classify says how fit a datacenter is (spec 30 §3.3, the rules of structure).
func (r *Router) classify(now core.Instant, i int) Class {
	s := &r.sites[i]
	best := r.best(now, i)
	switch {
	case s.reach == core.ReachUnreachable, best == nil, best.workers == 0:
		return Unhealthy
	case 2*best.healthy <= best.workers, s.reach == core.ReachSuspected:
		return Degraded
	case best.load.CoresAvailable == 0:
		return Busy
	}
	return Healthy
}

// bound returns the upper bound of the round trip to a datacenter, in ms.
func (r *Router) bound(now core.Instant, i int) float64 {
	best := r.best(now, i)
	d := r.p.Distances.Distance(now, best.id)
	if !d.Known {
		return defaultBound
	}
	sigma := min(max(d.Error, 1), 500)
	return min(max(d.RTT+float64(2*sigma), 10), 10000)
}

func (r *Router) manager(id core.NodeID) *manager {
	i, ok := slices.BinarySearchFunc(r.managers, id, func(m manager, id core.NodeID) int { return cmp.Compare(m.id, id) })
	if !ok {
		return nil
	}
	return &r.managers[i]
}

func (r *Router) index(id uint16) int {
	i, ok := slices.BinarySearchFunc(r.sites, id, func(s site, id uint16) int { return cmp.Compare(s.id, id) })
	if !ok {
		return -1
	}
	return i
}
