package gate

import (
	"hypersim/core"
	"hypersim/core/job"
)

// outcome returns how the job ends by what its datacenters said.
func (x *record) outcome() (job.State, job.Completeness) {
	parts := make([]job.Part, 0, len(x.sites))
	for i := range x.sites {
		s := &x.sites[i]
		if !s.target {
			continue
		}
		p := job.Part{State: s.state}
		if len(s.result) > 0 {
			p.Data, p.Completeness = true, s.result[0].Completeness
		}
		parts = append(parts, p)
	}
	return job.Merge(parts)
}

// global is how the whole job ended, datacenters in the order of their numbers (spec 20 §8.4).
func (g *Gate) global(now core.Instant, x *record) job.Outcome {
	o := job.Outcome{Job: x.id, GE: x.ge, State: x.state, Completeness: x.completeness, Elapsed: now.Sub(x.begun)}
	if x.state.Terminal() {
		o.Elapsed = x.ended.Sub(x.begun)
	}
	for i := range x.sites {
		if s := &x.sites[i]; s.target {
			o.PerSite = append(o.PerSite, s.outcome(x.state))
		}
	}
	var longest core.Duration
	for i := range o.PerSite {
		p := &o.PerSite[i]
		o.Completed += p.Completed
		o.Failed += p.Failed
		longest = max(longest, p.Elapsed)
		if p.State == job.StateCompleted {
			o.SitesCompleted++
		} else {
			o.SitesLost++
		}
	}
	o.Errors = x.failures()
	o.Stats.Requests, o.Stats.Succeeded, o.Stats.Failed = o.Completed+o.Failed, o.Completed, o.Failed
	if sec := longest.Seconds(); sec > 0 {
		o.Stats.Rate = float64(o.Stats.Requests) / sec
	}
	return o
}

// failures are all that went wrong, datacenters in the order of their numbers.
func (x *record) failures() (list []job.Failure) {
	for i := range x.sites {
		if s := &x.sites[i]; s.target && len(s.result) > 0 && !s.late {
			list = append(list, s.result[0].Errors...)
		}
	}
	return append(list, x.errors...)
}

// outcome is how the job ended in a datacenter; one that has not said so ended as the job did.
func (s *site) outcome(whole job.State) job.SiteOutcome {
	o := job.SiteOutcome{Site: s.id, State: s.state}
	if !s.over() {
		o.State = whole
	}
	if len(s.result) > 0 && !s.late {
		r := &s.result[0]
		o.Completeness, o.Completed, o.Failed, o.Elapsed = r.Completeness, r.Completed, r.Failed, r.Elapsed
		for i := range r.Results {
			o.Results = job.Join(o.Results, r.Results[i].Results)
		}
	}
	return o
}
