package routing

import (
	"slices"

	"hypersim/core"
)

// Route chooses the datacenters of a job, and records how (spec 30 §4).
func (r *Router) Route(now core.Instant, q *Query) Choice {
	r.expire(now)
	s := r.states.need(q.Job)
	s.touched = now
	if s.Primary >= 0 && slices.Contains(q.Has, uint16(s.Primary)) {
		s.taken() // a further place of the job is to be filled
	}
	d := r.ledger.draft
	d.reset()
	d.At, d.Job, d.Gate, d.Trigger, d.Requested = now, q.Job, r.p.Self, q.Trigger, int32(max(1, q.Count))
	d.Previous, d.Worse, d.Mode = s.Primary, core.Never, r.mode(now)
	d.Preferred = append(d.Preferred, q.Preferred...)
	eligible := r.collect(now, s, q, d)
	if eligible == 0 {
		return r.empty(now, s, d)
	}
	c := d.Candidates[:eligible]
	r.score(d, c, q)
	rule := r.settle(now, s, d, c)
	r.chain(d, c)
	if q.Trigger == TriggerTick && !rule.to {
		d.ID = 0
		return d.choice()
	}
	return r.keep(s)
}

// Routable says whether a job could go anywhere now, if these are the only datacenters that may run it (none: any). It decides nothing
// and records nothing.
func (r *Router) Routable(now core.Instant, only []uint16) Unroutable {
	r.expire(now)
	var nobody state
	out := NoUsable
	q := Query{Only: only}
	for i := range r.sites {
		if q.rules(r.sites[i].id) {
			continue
		}
		var c Candidate
		r.describe(now, &nobody, i, &c)
		switch c.Exclusion {
		case NotExcluded:
			return Routable
		case ExInitializing:
			out = Initializing
		default: // this one is out
		}
	}
	return out
}

// mode says by which rules candidates are ordered now (spec 30 §4.7, spec 02 no. 9).
func (r *Router) mode(now core.Instant) Mode {
	switch {
	case r.k.Policy != Learned:
		return ModePolicy
	case r.k.Bootstrap && r.bootstrap(now):
		return ModeBootstrap
	}
	return ModeScore
}

// bootstrap reports whether distances are not known yet.
func (r *Router) bootstrap(now core.Instant) bool {
	if r.k.Source == Measured {
		return !r.answered()
	}
	return r.unsure(now)
}

// unsure reports whether this gate's own coordinate is not good enough for distances to count.
func (r *Router) unsure(now core.Instant) bool {
	l := r.p.Distances.Local(now)
	return !l.Known || int(l.Samples) < r.k.BootstrapSamples || l.Error > milliseconds(r.k.ErrorMax) || l.Quality < r.k.BootstrapQuality
}

// answered reports whether half of the registered datacenters have answered a probe; once they have, it stays so.
func (r *Router) answered() bool {
	if r.booted {
		return true
	}
	ready, heard := 0, 0
	for i := range r.sites {
		if x := &r.sites[i]; x.ready {
			ready++
			if x.ack.heard {
				heard++
			}
		}
	}
	r.booted = ready > 0 && 2*heard >= ready
	return r.booted
}

// collect puts all datacenters into the record, the eligible ones first, and returns how many those are.
func (r *Router) collect(now core.Instant, s *state, q *Query, d *Record) int {
	eligible := 0
	for i := range r.sites {
		d.Candidates = append(d.Candidates, Candidate{})
		n := len(d.Candidates)
		c := &d.Candidates[n-1]
		r.describe(now, s, i, c)
		if q.rules(c.Site) || c.Exclusion == NotExcluded && slices.Contains(q.Exclude, c.Site) {
			c.Exclusion = ExJob
		}
		if c.Exclusion != NotExcluded {
			c.Verdict = Excluded
			continue
		}
		d.Candidates[eligible], d.Candidates[n-1] = d.Candidates[n-1], d.Candidates[eligible]
		eligible++
	}
	return eligible
}

// describe fills in what is known of a datacenter, and whether it is excluded (spec 30 §4.2, §4.3).
func (r *Router) describe(now core.Instant, s *state, i int, c *Candidate) {
	x := &r.sites[i]
	v := r.look(now, x)
	reserved := min(v.Available, x.reservedCores)
	v.Available -= reserved
	*c = Candidate{
		Site: x.id, Managers: int32(x.n), Available: v.Available, Total: v.total, Reserved: reserved, Queue: v.queue + x.reservedQueue,
		Leader: core.NoNode, CoolingLeft: r.states.cooling(now, s, i),
	}
	c.Class, c.Why = r.c.Sites.Classify(&v.Condition)
	c.Class, c.Why = Adjust(c.Class, c.Why, r.around(now, x))
	if v.best != nil {
		c.Leader, c.LHM = v.best.id, v.best.lhm
	}
	aliens := r.usable(now, x, c)
	r.distance(now, x, v.best, c)
	switch {
	case !x.ready, !x.begun: // registered are managers that still look for each other, too (spec 20 §1.2): nobody there can be asked yet
		c.Exclusion = ExInitializing
	case c.Class == Unhealthy:
		c.Exclusion = ExUnhealthy
	case c.Managers == 0:
		c.Exclusion = ExNoManagers
	case aliens == x.n:
		c.Exclusion = ExVersion
	case c.Open == c.Managers:
		c.Exclusion = ExBreakers
	case c.Usable == 0:
		c.Exclusion = ExStale
	}
}

// usable counts the managers of a datacenter by what can be done with them, and returns how many speak another protocol.
func (r *Router) usable(now core.Instant, x *site, c *Candidate) (aliens int) {
	members := r.members(x)
	for k := range members {
		m := &members[k]
		open := !r.closed(now, m)
		switch {
		case m.alien:
			aliens++
		case !open && r.fresh(now, x, m):
			c.Usable++
		}
		if open {
			c.Open++
		}
	}
	return aliens
}

// distance fills in the bound of the way to a datacenter: to its leader, else to the fresh manager whose coordinate is
// best (spec 30 §4.2, §4.4).
func (r *Router) distance(now core.Instant, x *site, best *manager, c *Candidate) {
	sigmas, floor := r.p.Distances.Measured()
	if r.k.Source == Measured {
		if ms, ok := x.echoes.bound(now, r.k, sigmas, floor); ok {
			c.RTT, c.Quality, c.Coordinate = r.clamp(ms), 1, true
			return
		}
	}
	to := core.NoNode
	if best != nil && best.leads {
		to = best.id
	}
	d := r.p.Distances.Distance(now, to)
	if to == core.NoNode {
		members := r.members(x)
		for k := range members {
			if m := &members[k]; r.fresh(now, x, m) {
				if e := r.p.Distances.Distance(now, m.id); e.Known && (!d.Known || e.Quality > d.Quality) {
					d = e
				}
			}
		}
	}
	c.RTT, c.Quality, c.Coordinate = r.clamp(d.Bound), d.Quality, d.Known
}

func (r *Router) clamp(ms float64) float64 { return max(ms, milliseconds(r.k.RTTMin)) }

// score weighs the eligible candidates and puts them in order.
func (r *Router) score(d *Record, c []Candidate, q *Query) {
	d.Best = Unhealthy
	for i := range c {
		d.Best = min(d.Best, c[i].Class)
	}
	for i := range c {
		c[i].Preferred = c[i].Class == d.Best && slices.Contains(q.Preferred, c[i].Site)
		r.k.weigh(&c[i])
	}
	r.order.order(r.k, d.Mode, c)
}

// settle applies the hysteresis, and puts the job's choice first among the primary class.
func (r *Router) settle(now core.Instant, s *state, d *Record, c []Candidate) ruling {
	n := 0
	for n < len(c) && c[n].Class == d.Best {
		n++
	}
	if s.Primary < 0 && r.k.Spread > 0 && d.Mode == ModeScore {
		d.Drawn = int32(r.order.first(r.k, c[:n]))
	}
	var p *Candidate
	for i := range c {
		if int32(c[i].Site) == s.Primary {
			p = &c[i]
		}
	}
	d.Before, d.BestScore, d.Since = s.Class, c[0].Score, s.Since
	if p != nil {
		d.Incumbent = p.Score
		d.HoldDown = max(0, r.k.HoldDown-now.Sub(s.Since))
	}
	rule := r.k.rule(now, &s.Standing, &c[0], p, d.Mode == ModeScore)
	d.Reason, d.Switched, d.Worse, d.Baseline = rule.reason, rule.to, s.Worse, s.Baseline
	if rule.reason == ExclusionForced {
		if i := r.index(uint16(s.Primary)); i >= 0 {
			r.cool(now, s, i)
		}
	}
	if r.k.Targets == TargetsRanked && int32(c[0].Site) != s.Primary {
		rule.to, d.Switched = true, true // whatever the rules say
	}
	if rule.to {
		s.choose(now, &c[0])
		return rule
	}
	for i := range c[:n] { // the choice that is kept stands first
		if int32(c[i].Site) == s.Primary && i > 0 {
			kept := c[i]
			copy(c[1:i+1], c[:i])
			c[0] = kept
			break
		}
	}
	return rule
}

// chain names targets and whom to try next (spec 30 §4.9).
func (r *Router) chain(d *Record, c []Candidate) {
	for i := range c {
		x := &c[i]
		switch {
		case int32(i) >= d.Requested:
			x.Verdict = Fallback
			d.Fallback = append(d.Fallback, x.Site)
			continue
		case x.Class == d.Best:
			x.Verdict = SelectedPrimary
			d.Primary = append(d.Primary, x.Site)
		default:
			x.Verdict = SelectedExtended
			d.Extended = append(d.Extended, x.Site)
		}
		d.Worst = max(d.Worst, x.Class)
	}
}

// empty ends a decision without a candidate. What the job stood on, if anything, is kept: it may come back.
func (r *Router) empty(now core.Instant, s *state, d *Record) Choice {
	d.Reason, d.Unroutable, d.Best, d.Worst, d.Before, d.Since = Empty, NoUsable, Unhealthy, Unhealthy, s.Class, s.Since
	for i := range d.Candidates {
		if d.Candidates[i].Exclusion == ExInitializing {
			d.Unroutable = Initializing
		}
	}
	if d.Trigger == TriggerTick {
		return d.choice()
	}
	return r.keep(s)
}

// keep records the decision under way.
func (r *Router) keep(s *state) Choice {
	d := r.ledger.keep()
	d.prev, s.last = s.last, d.ID
	f := r.fact(core.JobFactRoute)
	f.Job, f.Token, f.From, f.To, f.Code = uint64(d.Job), d.Digest(), uint8(d.Trigger), uint8(d.Best), uint8(d.Reason)
	f.Put("decision", int64(d.ID)).Put("site", -1)
	if len(d.Primary) > 0 {
		f.Put("site", int64(d.Primary[0]))
	}
	return d.choice()
}

// Decision returns the record of a decision, nil if it is no longer kept. It is valid until the next Route.
func (r *Router) Decision(id uint64) *Record { return r.ledger.find(id) }

// Decisions appends the last decisions about a job, the newest first.
func (r *Router) Decisions(dst []*Record, h uint64) []*Record {
	for n := 0; n < r.k.RingJob; n++ {
		d := r.ledger.find(h)
		if d == nil {
			break
		}
		dst, h = append(dst, d), d.prev
	}
	return dst
}
