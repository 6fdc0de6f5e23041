package metrics

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/routing"
	"hypersim/sim/metrics/words"
)

// The oracle is a policy that exists here only: who knew, at the moment of a decision, the true round trips, the cores that are free
// and the work that waits, would have sent the job to where it begins soonest. It is asked about each decision by itself, in the
// state to which the decisions that were made have led: it is the floor of what those cost, and not a run of its own.

// Load is how busy a datacenter truly is.
type Load struct {
	Cores int           // of workers that run
	Held  int           // of them, by shards
	Waits int           // cores that ready workflows wait for
	Mean  core.Duration // that a shard takes, over those of the run that have ended; 0: none has
}

// Delay is how long work that needs so many cores waits until it has them: what lacks, beyond what is free and behind what waits
// already, at the rate at which cores become free while all are busy. It is an expectation, not a promise: cores as a fluid, each
// shard as long as the mean. Work that is on its way from a gate is not seen.
func (l Load) Delay(need int) core.Duration {
	lacks := l.Waits + need - max(0, l.Cores-l.Held)
	if lacks <= 0 || l.Cores <= 0 {
		return 0
	}
	return core.Duration(float64(l.Mean) * float64(lacks) / float64(l.Cores))
}

// soonest names the datacenter where the job begins soonest, and says of each candidate how long that takes there. Candidates are
// those that the gate did not exclude, full ones among them, since load is the oracle's to judge; one without a worker, or without a
// manager that runs and can be reached, takes no job.
func (d *Decision) soonest(at func(site uint16) (Load, bool)) {
	d.Oracle = -1
	class := max(d.Best, routing.Busy)
	for i := range d.Candidates {
		o := &d.Candidates[i]
		if o.Place == 0 || o.Class > class {
			continue
		}
		load, there := at(o.Site)
		if !there {
			continue
		}
		o.Truth = load
		o.Begin = max(o.RTT, rttFloor) + float64(load.Delay(d.Need))/1e6
		if d.Oracle < 0 || o.Begin < d.OracleBegin {
			d.Oracle, d.OracleBegin, d.OracleRTT = int32(o.Site), o.Begin, o.RTT
		}
	}
}

// begin is how long until the job begins in the datacenter that was chosen, ms; 0: it was one that takes no job.
func (d *Decision) begin() float64 {
	for i := range d.Candidates {
		if o := &d.Candidates[i]; int32(o.Site) == d.Chosen {
			return o.Begin
		}
	}
	return 0
}

// Late is how much longer than at the oracle's datacenter the job waits for its begin, as a ratio; 0: the choice takes no job.
func (d *Decision) Late() float64 {
	if d.Oracle < 0 {
		return 0
	}
	return d.begin() / d.OracleBegin
}

// Floor is the regret that the oracle has: how much further its datacenter is than the nearest one that could have been chosen. It
// is above 1 where the nearest one is full, and below where one that the gate took for full is not.
func (d *Decision) Floor() float64 {
	if d.Oracle < 0 {
		return 0
	}
	return max(d.OracleRTT, rttFloor) / max(d.BestRTT, rttFloor)
}

// oracle asks what the oracle would have done.
func (r *routes) oracle(gate core.NodeID, d *Decision) {
	d.Need = r.jobs.need(d.Job)
	d.soonest(func(site uint16) (Load, bool) {
		load := r.jobs.load(int(site))
		return load, load.Cores > 0 && !r.gone(gate, int(site))
	})
	if d.Chosen < 0 || d.Oracle < 0 {
		return
	}
	if late := d.Late(); late > 0 {
		r.tell(words.RoutingLate, d, d.Chosen, late)
	}
	r.tell(words.RoutingFloor, d, d.Oracle, d.Floor())
}

// need is how many cores the workflows of a job want that are ready from its start, 1 for one that nobody handed in.
func (j *jobs) need(id job.ID) int {
	i := j.of(uint64(id))
	if i < 0 {
		return 1
	}
	t, n := &j.state[i], 0
	for k, c := range t.cores {
		if k >= len(t.needs) || len(t.needs[k]) == 0 {
			n += max(1, c)
		}
	}
	return max(1, n)
}

// load is how busy a site truly is.
func (j *jobs) load(site int) Load {
	s := &j.cores.site[site]
	l := Load{Cores: s.there, Held: s.held, Waits: s.waits}
	if c := &j.cores; c.shards > 0 {
		l.Mean = c.ran / core.Duration(c.shards)
	}
	return l
}
