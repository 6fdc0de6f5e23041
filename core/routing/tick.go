package routing

import "hypersim/core"

// Deadline reports when Wake is next needed.
func (r *Router) Deadline() (core.Instant, bool) { return r.next, true }

// Wake looks at the health of managers, the classes of datacenters and their correlation.
func (r *Router) Wake(now core.Instant) {
	if now < r.next {
		return
	}
	r.lapse(now)
	r.next = now.Add(r.k.Tick)
	r.expire(now)
	for i := range r.sites {
		r.evictions(now, i)
	}
	for i := range r.sites {
		r.raws(now, i)
	}
	r.correlate(now)
	if mode := r.mode(now); mode != r.modeTold {
		f := r.fact(core.JobFactRouteMode)
		f.From, f.To = uint8(r.modeTold), uint8(mode)
		r.modeTold = mode
	}
	for i := range r.sites {
		r.publish(now, i)
	}
}

// lapse finds out that this gate stood still, by a tick that is more than another one late: what managers said meanwhile is still to be
// read, and counts as no silence of theirs.
func (r *Router) lapse(now core.Instant) {
	late := now.Sub(r.next)
	if late <= r.k.Tick {
		return
	}
	for i := range r.sites {
		r.sites[i].tracker.Lapse(now, late)
	}
	for i := range r.managers {
		m := &r.managers[i]
		m.told = min(m.told.Add(late), now)
	}
}

// evictions takes managers out that are gone.
func (r *Router) evictions(now core.Instant, i int) {
	x := &r.sites[i]
	r.evict = x.tracker.Tick(now, r.evict[:0])
	for _, k := range r.evict {
		m := &r.managers[x.first+k]
		x.tracker.Handed(k) // a manager's jobs are taken over by its peers, not by the gate
		f := r.fact(core.JobFactEvicted)
		f.Node = m.id
		_, label := x.tracker.Decide(now, k)
		f.Code = uint8(label)
		f.Put("site", int64(x.id))
	}
}

// raws notes datacenters that became UNHEALTHY, for the correlation.
func (r *Router) raws(now core.Instant, i int) {
	x := &r.sites[i]
	if !x.ready {
		return
	}
	raw, _ := r.judge(now, x)
	if raw == Unhealthy && x.raw != Unhealthy {
		r.fail(now, i)
	}
	x.raw = raw
	was := x.trouble.state
	x.trouble.tick(now, &r.c.Correlation)
	r.troubled(x, was)
}

// publish tells of changes of class.
func (r *Router) publish(now core.Instant, i int) {
	x := &r.sites[i]
	if !x.ready {
		return
	}
	class, why := r.judge(now, x)
	class, why = Adjust(class, why, r.around(now, x))
	if class != x.class {
		f := r.fact(core.JobFactSiteClass)
		f.From, f.To, f.Code = uint8(x.class), uint8(class), uint8(why)
		f.Put("site", int64(x.id))
	}
	x.class, x.why = class, why
}

// ClassOf returns the class of a datacenter as it was published last, and why.
func (r *Router) ClassOf(site uint16) (Class, ClassReason) {
	if i := r.index(site); i >= 0 {
		return r.sites[i].class, r.sites[i].why
	}
	return Unhealthy, ReasonNoManagers
}

// fact appends a fact to be told with Tell.
func (r *Router) fact(k core.JobFactKind) *core.JobFact {
	r.facts = append(r.facts, core.JobFact{Kind: k, Node: core.NoNode})
	return &r.facts[len(r.facts)-1]
}

// Tell appends the facts that came up since the last Tell. Whoever owns the router calls it at the end of each of its steps.
func (r *Router) Tell(fx *core.Effects) {
	fx.JobFacts = append(fx.JobFacts, r.facts...)
	r.facts = r.facts[:0]
}
