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
	var shows [NumSigns]int
	for i := range r.sites {
		x := &r.sites[i]
		if !x.known {
			continue
		}
		if r.elevated(now, x) {
			shows[SignLatency]++
		}
		if x.extended != core.Never && now.Sub(x.extended) <= c.ExtensionFor {
			shows[SignExtension]++
		}
		if r.ill(x) {
			shows[SignLHM]++
		}
	}
	signs := 0
	for i, n := range shows {
		set := n > 0 && float64(n) >= float64(c.Fraction*float64(known))
		if set {
			signs++
		}
		if set != r.shown[i] {
			r.shown[i] = set
			f := r.fact(core.JobFactSign)
			f.Code = uint8(i)
			f.From, f.To = uint8(bit(!set)), uint8(bit(set))
			f.Put("showing", int64(n)).Put("known", int64(known))
		}
	}
	return signs
}

// elevated reports whether round trips to a datacenter take much longer than they should. What they should is what the coordinate said
// before: it learns a new way within seconds, sooner than a mean over the window moves, so that what it says now is never exceeded by
// what is new, and exceeded once it is over (ADR-0053).
func (r *Router) elevated(now core.Instant, x *site) bool {
	c := &r.c.Correlation
	mean, n := x.echoes.mean(now, c.LatencyWindow)
	if n < c.LatencySamples {
		return false
	}
	expected := x.echoes.expected(now, c.LatencyWindow)
	if lead := r.lead(x); expected == 0 && lead != nil {
		if d := r.p.Distances.Distance(now, lead.id); d.Known {
			expected = d.RTT
		}
	}
	return mean >= max(milliseconds(c.Latency), float64(c.LatencyFactor*expected))
}

// expects returns the round trip to a manager by its coordinate, ms; 0 while there is none, or this gate's own is not trusted.
func (r *Router) expects(now core.Instant, id core.NodeID) float64 {
	if d := r.p.Distances.Distance(now, id); d.Known && !r.unsure(now) {
		return d.RTT
	}
	return 0
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
		switch x.trouble.state {
		case TroubleNone: // its recovery is confirmed, whatever becomes of the others (ADR-0053)
			x.affected = false
		case TroubleFailed, TroubleFlapping:
			if !x.affected {
				x.affected = true
				r.restart(x.id)
			}
		default:
		}
	}
	if calm && (r.serious == core.Never || now.Sub(r.serious) >= r.c.Correlation.Backoff) {
		r.split = false
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
