package metrics

import (
	"cmp"
	"slices"

	"hypersim/core"
)

// Result ends the recording and returns what was measured. Later calls return the same value.
func (r *Recorder) Result() *Result {
	if !r.finished {
		r.finish()
		r.finished = true
	}
	return &r.res
}

func (r *Recorder) finish() {
	end := max(r.res.End, r.livedAt, r.edgeAt)
	r.res.End = end
	r.edge(end, -1, 0)
	c := &r.res.Counters
	c.Unrejoined = uint64(len(r.healed))
	for i := range r.peers {
		p := &r.peers[i]
		r.closeCrash(end, core.NodeID(i))
		r.lives(end, core.NodeID(i))
		if p.joining >= 0 {
			c.Unjoined++
		}
	}
	for _, hook := range r.on.finished {
		hook(end)
	}
	r.collect()
}

// collect puts the observations of all metrics into one list, those of a metric in order of time.
func (r *Recorder) collect() {
	n := 0
	for m := range r.obs {
		n += len(r.obs[m])
	}
	r.res.Observations = make([]Observation, 0, n)
	for m := range r.obs {
		slices.SortStableFunc(r.obs[m], func(a, b Observation) int { return cmp.Compare(a.At, b.At) })
		r.res.Observations = append(r.res.Observations, r.obs[m]...)
		r.obs[m] = nil
	}
	for i := range r.crashes {
		c := &r.crashes[i]
		r.res.Crashes = append(r.res.Crashes, Crash{At: c.at, Until: c.until, Subject: c.subject, Suspect: c.marked[0], Dead: c.marked[1], Full: c.full})
	}
	r.res.Nodes, r.res.Sites, r.res.Workloads = r.ctx.Nodes, r.sites, r.ctx.Workloads
	r.res.Warmup, r.res.Duration, r.res.SampleEvery = r.ctx.Warmup, r.ctx.Duration, r.ctx.SampleEvery
	r.res.Faults, r.res.GroupNames, r.res.Scopes = r.faults, groupNames(&r.ctx), r.ctx.Scopes
}
