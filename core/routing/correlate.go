package routing

import "hypersim/core"

// correlate brings up to date whether datacenters fail together (spec 30 §3.4, spec 02 no. 36).
func (r *Router) correlate(now core.Instant) {
	var n Toll
	for i := range r.sites {
		if x := &r.sites[i]; x.known {
			n.Known++
			x.trouble.count(now, &r.c.Correlation, &n)
		}
	}
	was := r.severity
	r.severity = r.verdict(now, n)
	r.signs = r.countSigns(now, n.Known)
	r.hold = r.severity >= SeverityMedium || r.signs >= r.c.Correlation.Signs
	if r.severity != was {
		f := r.fact(core.JobFactCorrelation)
		f.From, f.To, f.Code = uint8(was), uint8(r.severity), uint8(r.signs)
		f.Put("failing", int64(n.Confirmed+n.Flapping)).Put("known", int64(n.Known))
	}
	r.partition(now)
}

// verdict returns the severity: a serious one lasts for the backoff, and does not renew itself.
func (r *Router) verdict(now core.Instant, n Toll) Severity {
	c := &r.c.Correlation
	if r.serious != core.Never && now.Sub(r.serious) < c.Backoff {
		return SeverityMedium
	}
	s := c.Severity(n)
	if s >= SeverityMedium {
		r.serious = now
	}
	return s
}

// countSigns counts the secondary signals that at least half of the datacenters show.
func (r *Router) countSigns(now core.Instant, known int) int {
	c := &r.c.Correlation
	var slow, extended, ill int
	for i := range r.sites {
		x := &r.sites[i]
		if !x.known {
			continue
		}
		if r.elevated(now, x) {
			slow++
		}
		if x.extended != core.Never && now.Sub(x.extended) <= c.ExtensionFor {
			extended++
		}
		if r.ill(x) {
			ill++
		}
	}
	signs := 0
	for _, n := range [...]int{slow, extended, ill} {
		if n > 0 && float64(n) >= float64(c.Fraction*float64(known)) {
			signs++
		}
	}
	return signs
}

// elevated reports whether round trips to a datacenter take much longer than they should.
func (r *Router) elevated(now core.Instant, x *site) bool {
	c := &r.c.Correlation
	mean, n := x.echoes.mean(now, c.LatencyWindow)
	if n < c.LatencySamples {
		return false
	}
	limit := milliseconds(c.Latency)
	if lead := r.lead(x); lead != nil {
		if d := r.p.Distances.Distance(now, lead.id); d.Known {
			limit = max(limit, float64(c.LatencyFactor*d.RTT))
		}
	}
	return mean >= limit
}

// lead returns the manager that leads a datacenter by its last heartbeats, nil if none says so.
func (r *Router) lead(x *site) *manager {
	var lead *manager
	members := r.members(x)
	for k := range members {
		if m := &members[k]; m.known && m.leads && (lead == nil || m.term > lead.term) {
			lead = m
		}
	}
	return lead
}

func (r *Router) ill(x *site) bool {
	lead := r.lead(x)
	return lead != nil && lead.lhm >= float64(r.c.Correlation.LHM)
}

// partition notes which datacenters fail together, from the first serious verdict until all are well again. Jobs whose
// choice is among them choose anew.
func (r *Router) partition(now core.Instant) {
	if !r.split && r.severity < SeverityMedium {
		return
	}
	if !r.split {
		r.split = true
		r.fact(core.JobFactPartition).To = 1
	}
	calm := true
	for i := range r.sites {
		x := &r.sites[i]
		calm = calm && (!x.known || x.trouble.state == TroubleNone)
		if s := x.trouble.state; (s == TroubleFailed || s == TroubleFlapping) && !x.affected {
			x.affected = true
			r.restart(x.id)
		}
	}
	if calm && (r.serious == core.Never || now.Sub(r.serious) >= r.c.Correlation.Backoff) {
		r.split = false
		for i := range r.sites {
			r.sites[i].affected = false
		}
		r.fact(core.JobFactPartition).From = 1
	}
}

// restart takes back the choice of each job that stands on a datacenter.
func (r *Router) restart(site uint16) {
	for i := range r.states.slab {
		if s := &r.states.slab[i]; s.id != 0 && s.Primary == int32(site) {
			s.Primary, s.Reset = -1, true
		}
	}
}

// Severity returns how far failures are taken for one event, and how many other signs there are.
func (r *Router) Severity() (Severity, int) { return r.severity, r.signs }
