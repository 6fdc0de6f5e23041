package routing

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Outcome is how a call to a manager ended.
type Outcome uint8

// Outcomes. Only faults count against a manager: refusals would turn load into exclusion (spec 30 D23).
const (
	Answered Outcome = iota // accepted
	Refused                 // busy, redirected, of another version, invalid
	Silent                  // no answer in time, or an internal error: the breaker learns of it, and nothing is said of who lives (01-54)
	Fault                   // of transport: refused, reset, undeliverable (01-2)
)

// Accepted takes in that a manager accepted a job: with its load as it then was.
func (r *Router) Accepted(now core.Instant, id job.ID, site uint16, manager core.NodeID, load job.Load) {
	i := r.index(site)
	if i < 0 {
		return
	}
	s := r.states.need(id)
	s.touched = now
	h := r.states.needPair(s, i)
	p := r.states.pair(h)
	p.manager, p.report, p.took = manager, load.Report, true
	if r.k.XackLoad {
		r.sites[i].accepted(now, load)
		r.known(i, manager, load.Report)
	}
}

// Refused takes in that a datacenter did not take a job, through no fault of its own.
func (r *Router) Refused(now core.Instant, id job.ID, site uint16) {
	i, h := r.index(site), r.states.find(id)
	if i < 0 || h == 0 {
		return
	}
	s := r.states.at(h)
	s.touched = now
	if p := r.states.of(s, i); p != 0 {
		r.release(p)
	}
}

// Failed takes in that the dispatch of a job to a datacenter failed: for a while it counts as worse for that job.
// All says that each of its managers that was asked failed by a fault of transport (spec 30 §3.4).
func (r *Router) Failed(now core.Instant, id job.ID, site uint16, all bool) {
	i := r.index(site)
	if i < 0 {
		return
	}
	s := r.states.need(id)
	s.touched = now
	r.cool(now, s, i)
	r.release(r.states.of(s, i))
	if all {
		r.fail(now, i)
	}
}

// cool begins the cooldown of a job and a datacenter, or makes it longer.
func (r *Router) cool(now core.Instant, s *state, site int) {
	p := r.states.pair(r.states.needPair(s, site))
	p.cool = max(p.cool, now.Add(r.k.Cooldown))
}

// Called takes in how a call to a manager ended.
func (r *Router) Called(now core.Instant, id core.NodeID, o Outcome) {
	m := r.manager(id)
	if m == nil {
		return
	}
	switch o {
	case Fault:
		m.breaker.Failed(now, &r.p.Health.Breaker)
		if n := r.sites[m.site].tracker.Node(m.member); n != nil {
			n.Failed()
		}
	case Silent:
		m.breaker.Failed(now, &r.p.Health.Breaker)
	default:
		m.breaker.Succeeded(now, &r.p.Health.Breaker)
		r.sites[m.site].tracker.Hear(now, m.member)
	}
}

// Allow reports whether a manager may be called now, and uses up the trial of a breaker that is half open.
func (r *Router) Allow(now core.Instant, id core.NodeID) bool {
	m := r.manager(id)
	return m == nil || m.breaker.Allow(now, &r.p.Health.Breaker)
}

// Leads takes in that this gate leads a job from now on that another one dispatched: to these datacenters, the first of
// which is its choice (spec 30 §4.10).
func (r *Router) Leads(now core.Instant, id job.ID, sites []uint16, managers []core.NodeID) {
	s := r.states.need(id)
	s.touched = now
	for k, site := range sites {
		if i := r.index(site); i >= 0 {
			r.states.pair(r.states.needPair(s, i)).manager = managers[k]
		}
	}
	if len(sites) > 0 && s.Primary < 0 {
		s.Standing = Unset()
		s.Primary, s.Since, s.Ranked = int32(sites[0]), now, true // the next look's score is the baseline
	}
}

// End forgets a job: it ended, or another gate leads it.
func (r *Router) End(id job.ID) {
	h := r.states.find(id)
	if h == 0 {
		return
	}
	for p := r.states.at(h).pairs; p != 0; p = r.states.pair(p).next {
		r.release(p)
	}
	r.states.free(h)
}

// Sweep forgets jobs that were not touched for long and that nobody knows; never one that is active.
func (r *Router) Sweep(now core.Instant, active func(job.ID) bool) {
	for i := range r.states.slab {
		if s := &r.states.slab[i]; s.id != 0 && now.Sub(s.touched) > r.k.MaxAge && !active(s.id) {
			r.End(s.id)
		}
	}
}

// Jobs returns how many jobs are remembered.
func (r *Router) Jobs() int { return r.states.hash.Len() }
