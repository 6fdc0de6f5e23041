package routing

import (
	"slices"

	"hypersim/core"
	"hypersim/core/health"
	"hypersim/core/job"
)

// fresh reports whether a manager counts: it is there, not evicted, and its heartbeat is not too old.
func (r *Router) fresh(now core.Instant, x *site, m *manager) bool {
	return m.known && now.Sub(m.told) <= r.c.Sites.Stale && x.tracker.Alive(now, m.member)
}

// closed reports whether the breaker of a manager lets calls through, be it one.
func (r *Router) closed(now core.Instant, m *manager) bool {
	return m.breaker.Phase(now, &r.p.Health.Breaker) != health.Open
}

// Managers appends whom to ask in a datacenter, in order: the manager that accepted the job before, the leader, then the
// others by their score, those without blame first (spec 30 §4.9 no. 6). Nobody is named who may get no work.
func (r *Router) Managers(now core.Instant, id uint16, j job.ID, dst []core.NodeID) []core.NodeID {
	i := r.index(id)
	if i < 0 {
		return dst
	}
	x := &r.sites[i]
	from := len(dst)
	before := core.NoNode
	if h := r.states.find(j); h != 0 {
		if p := r.states.of(r.states.at(h), i); p != 0 {
			before = r.states.pair(p).manager
		}
	}
	v := r.look(now, x)
	dst = r.offer(now, x, r.manager(before), dst, from)
	if v.best != nil && v.best.leads {
		dst = r.offer(now, x, v.best, dst, from)
	}
	for len(dst)-from < r.k.Managers {
		m := r.nextBest(now, x, dst[from:])
		if m == nil {
			break
		}
		dst = append(dst, m.id)
	}
	return dst
}

// offer appends a manager that may get work, unless there are enough.
func (r *Router) offer(now core.Instant, x *site, m *manager, dst []core.NodeID, from int) []core.NodeID {
	if m == nil || len(dst)-from >= r.k.Managers || !r.eligible(now, x, m) || slices.Contains(dst[from:], m.id) {
		return dst
	}
	return append(dst, m.id)
}

// eligible reports whether a manager may get work.
func (r *Router) eligible(now core.Instant, x *site, m *manager) bool {
	d, _ := x.tracker.Decide(now, m.member)
	return d <= health.Investigate && !m.alien && !m.draining && r.fresh(now, x, m) && r.closed(now, m)
}

// nextBest returns the best manager of a datacenter that is not named yet, nil if there is none.
func (r *Router) nextBest(now core.Instant, x *site, named []core.NodeID) *manager {
	var best *manager
	var least float64
	var blame health.Decision
	members := r.members(x)
	for k := range members {
		m := &members[k]
		if slices.Contains(named, m.id) || !r.eligible(now, x, m) {
			continue
		}
		d, _ := x.tracker.Decide(now, k)
		score := r.managerScore(now, m)
		if best == nil || d < blame || d == blame && score < least {
			best, least, blame = m, score, d
		}
	}
	return best
}

// managerScore is the score of spec 30 §4.6 with a manager's own figures.
func (r *Router) managerScore(now core.Instant, m *manager) float64 {
	d := r.p.Distances.Distance(now, m.id)
	c := Candidate{Available: m.load.CoresAvailable, Total: m.load.Cores, Queue: m.load.Pending, Managers: 2, RTT: r.clamp(d.Bound), Quality: d.Quality}
	if m.breaker.Phase(now, &r.p.Health.Breaker) == health.HalfOpen {
		c.Open = 1 // of two: one half
	}
	r.k.weigh(&c)
	return c.Raw
}

// Wait returns how long an attempt at a manager may take (spec 30 §4.9 no. 6). It rests on the distance itself, however
// near.
func (r *Router) Wait(now core.Instant, manager core.NodeID) core.Duration {
	d := r.p.Distances.Distance(now, manager)
	return min(max(fromMillis(float64(r.k.WaitFactor*d.Bound)), r.k.WaitMin), r.k.WaitMax)
}
