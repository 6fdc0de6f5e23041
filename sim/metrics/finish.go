package metrics

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/sim/metrics/words"
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
	if end > r.livedAt || r.pending() {
		r.live(end)
		r.flushTraffic(end) // the rest after the last sample
	}
	c := &r.res.Counters
	c.Unrejoined = uint64(len(r.healed))
	for i := range r.peers {
		p := &r.peers[i]
		r.closeCrash(end, core.NodeID(i))
		r.lives(end, core.NodeID(i))
		if p.joining >= 0 {
			c.Unjoined++
		}
		for which := range p.news {
			r.drop(p, which)
		}
		if p.started >= 0 && p.group >= 0 {
			o := r.about(words.IncarnationMax, end, float64(p.incMax), core.NodeID(i), core.NoNode)
			r.keep(&o)
		}
	}
	r.finishDeaths(end)
	r.finishCrashes()
	r.finishSettled()
	r.collect()
}

func (r *Recorder) pending() bool {
	for d := range r.cells {
		for k := range r.cells[d] {
			if r.cells[d][k] != [core.NumRoles]tally{} {
				return true
			}
		}
	}
	return false
}

func (r *Recorder) finishDeaths(end core.Instant) {
	for i := range r.deaths {
		d := &r.deaths[i]
		o := r.about(words.DeathCallbacks, min(d.at, end), float64(d.callbacks), d.key.observer, d.key.subject)
		o.Inc = d.key.inc
		r.keep(&o)
	}
}

// finishCrashes says of each crash whether it was detected. One that nobody was left to notice says nothing.
func (r *Recorder) finishCrashes() {
	for i := range r.crashes {
		c := &r.crashes[i]
		for which, to := range [...]core.MemberState{core.StateSuspect, core.StateDead} {
			seen := 0.0
			switch {
			case c.marked[which] || c.marked[1]: // who is DEAD need not be SUSPECT first
				seen = 1
			case c.lost >= 0:
				continue
			}
			o := r.about(words.Detected, c.at, seen, core.NoNode, c.subject)
			o.Event, o.To, o.PeerClass = int32(i), to, c.class
			r.keep(&o)
		}
	}
}

func (r *Recorder) finishSettled() {
	for i, s := range r.coords.settled {
		if s == core.Never {
			continue
		}
		o := blank(words.CoordinateSettle, s, s.Seconds())
		o.Param = words.Thresholds[i]
		r.keep(&o)
	}
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
	r.res.Blocked = r.blocked()
	r.res.Nodes, r.res.Sites = r.ctx.Nodes, r.sites
	r.res.Warmup, r.res.Duration, r.res.SampleEvery = r.ctx.Warmup, r.ctx.Duration, r.ctx.SampleEvery
	r.res.Faults, r.res.GroupNames, r.res.Scopes = r.faults, groupNames(&r.ctx), r.ctx.Scopes
}
