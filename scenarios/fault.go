package scenarios

import (
	"hypersim/core"
	"hypersim/core/registry"
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// Fault is one disturbance. Times are virtual, from the start of the run.
type Fault struct {
	ID      string
	Index   int // position in the file, from 0
	Kind    fault.Kind
	At      core.Duration
	For     core.Duration // undone after this; 0: it stays
	Repeat  Repeat
	Process *Process // happens at random instants; nil: it does not
	On      *On      // begins with an event, which counts from At on; nil: at At
	Force   bool     // may lie in the warm-up or the settle time

	Target *Selector // nil: the kind has none
	A, B   *Selector // two sides of a partition, or of Links
	Groups []*Selector
	About  *Selector // of a rumour, in the order of the ids
	To     *Selector // of a join: whom it asks; nil: its seeds

	Kinds   []core.Kind  // with Classes: what a partition stops, or a fault of links is for; both empty: everything
	Classes []core.Class //

	OneWay    bool // only A to B is affected
	Refuse    bool // senders are told after one RTT; else silence
	Blackhole bool
	KeepState bool
	Version   registry.Version // of the new process; zero: that of the one before
	Site      int              // site-outage; else −1

	Down, Up  core.Duration
	Over      core.Duration
	Factor    float64
	Execution bool // slow: shards take longer; else messages do
	Add       Dist // seconds
	Ramp      core.Duration
	P         float64
	Loss      Loss
	Extra     Dist
	Bandwidth float64 // bit/s
	Queue     int64   // bytes
	Step      core.Duration
	DriftPPM  float64

	Churn    *Churn        // nil: another kind
	Downtime core.Duration // churn: who went comes back after this; 0: only by a join
	Values   string        // poison
	Score    int           // lhm
	Storm    *Storm        // stats-storm: what arrives
	CPU      float64       // overload: share of time taken, at least
	Memory   float64       // overload: share of memory taken, at least
	Queued   float64       // overload: share of the places for requests in flight, at least
	Workload int           // stuck-workflow: index into Scenario.Workloads
}

// Repeat lets a fault happen Count times, Every apart, each time later by up to Jitter (uniform, from the
// fault's own stream). Count is 1 for a fault without repetition.
type Repeat struct {
	Count  int
	Every  core.Duration
	Jitter core.Duration
}

// End returns when the last disturbance of the fault is over: its last undoing, or its last event for one
// that is never undone (Lasting tells whether something goes on).
// One that waits for an event ends then at the latest.
func (f *Fault) End() core.Duration {
	last := f.At
	if f.On != nil {
		last = max(last, f.On.Until+f.On.Delay)
	}
	if f.Process != nil {
		last = max(last, f.Process.Until)
	}
	if f.Repeat.Count > 1 {
		times := core.Duration(f.Repeat.Count - 1)
		if f.Repeat.Every > (form.DurationMax*100-last)/times { // beyond every run, and beyond an int64
			return form.DurationMax * 100
		}
		last += times*f.Repeat.Every + f.Repeat.Jitter
	}
	if f.For > 0 {
		last += f.Downtime // until the last who went is back
	}
	return last + max(f.For, f.Over)
}

// Lasting reports whether the fault goes on to the end of the run: it is a state of the world (a partition,
// a loss, a slow node) that nothing undoes.
func (f *Fault) Lasting() bool { return f.For == 0 && f.Kind.Row().Course.Lasts() }

// Cuts is how many cuts the fault makes in the network.
func (f *Fault) Cuts() int {
	switch {
	case !f.Kind.Row().Cuts, f.Kind == fault.SiteOutage && !f.Blackhole:
		return 0
	}
	return max(1, len(f.Groups))
}

// Churn is a Poisson process of departures and arrivals among the target's nodes (spec 40 §8.3). At each
// event one thing happens, drawn by weight: a running node crashes, a running node leaves, or one that does
// not run is started. Who crashed or left comes back as a new process after Downtime, under its old id;
// with a Downtime of 0 only a join brings it back. Events happen for For; the fault ends when the last one
// is back.
type Churn struct {
	Rate               float64 // events per second
	Relative           bool    // Rate is per node of the target, running or not
	Crash, Leave, Join float64 // weights, their sum > 0
}

// PerSecond is the rate of events among the nodes of target.
func (c *Churn) PerSecond(target *Selector) float64 {
	if !c.Relative {
		return c.Rate
	}
	return float64(c.Rate * float64(len(target.Fixed)))
}
