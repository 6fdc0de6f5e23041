package scenarios

import (
	"hypersim/core"
	"hypersim/scenarios/form"
)

// FaultKind says what a fault does. Comments name the fields of Fault that a kind uses beside ID, Kind,
// At, For and Repeat.
type FaultKind string

// Fault kinds (spec 40 §8.3, spec 50 §5).
const (
	// FaultCrash stops processes; undone by a restart. Target, Refuse, KeepState.
	FaultCrash FaultKind = "crash"
	// FaultRestart stops processes and starts new ones at once. Target, KeepState.
	FaultRestart FaultKind = "restart"
	// FaultLeave lets processes depart gracefully. Target.
	FaultLeave FaultKind = "leave"
	// FaultJoin starts processes, spread evenly over Over in id order; one that runs already is told to join
	// again. To says whom they ask, their seeds if it is nil. Target.
	FaultJoin FaultKind = "join"
	// FaultPause freezes processes for For. Target.
	FaultPause FaultKind = "pause"
	// FaultSlow multiplies service times by Factor. Target.
	FaultSlow FaultKind = "slow"
	// FaultClock steps clocks by Step and changes their drift by DriftPPM. Target.
	FaultClock FaultKind = "clock"
	// FaultPartition cuts A from B, or every two of Groups. OneWay, Refuse, Kinds and Classes.
	FaultPartition FaultKind = "partition"
	// FaultFlap is a partition that is Down and Up in turn, starting down. A, B, OneWay, Refuse, Kinds, Classes,
	// Down, Up.
	FaultFlap FaultKind = "flap"
	// FaultLoss adds independent loss on links: a datagram survives both. Loss; Links or Target.
	FaultLoss FaultKind = "loss"
	// FaultDuplicate adds duplication. P; Links or Target.
	FaultDuplicate FaultKind = "duplicate"
	// FaultReorder adds reordering. P, Extra; Links or Target.
	FaultReorder FaultKind = "reorder"
	// FaultCorrupt adds corruption. P; Links or Target.
	FaultCorrupt FaultKind = "corrupt"
	// FaultDelay adds Add to, or multiplies by Factor, the base delay; Ramp reaches it linearly.
	FaultDelay FaultKind = "delay"
	// FaultHold keeps what is sent back and delivers it when the fault ends: a path that stalls, a host that is moved.
	// Kinds and Classes; Links or Target.
	FaultHold FaultKind = "hold"
	// FaultBandwidth limits the egress rate of senders to Bandwidth and their queue to Queue.
	FaultBandwidth FaultKind = "bandwidth"
	// FaultSiteOutage crashes everything at Site, or isolates it when Blackhole. Site, Blackhole.
	FaultSiteOutage FaultKind = "site-outage"
	// FaultDiscovery lets names not resolve: a process cannot learn a seed's address. Target (who asks).
	FaultDiscovery FaultKind = "discovery"
	// FaultRaise lets members raise their incarnation and spread it as an alive claim, as a refutation
	// does: one marked piece of news (catalogue entry B1). Target.
	FaultRaise FaultKind = "raise"
	// FaultRumour tells members by hearsay that others are alive at incarnation 0 (catalogue entry A5).
	// Ghosts that a rumour is about are nobody's configured peers. Target (who hears it), About.
	FaultRumour FaultKind = "rumour"
	// FaultChurn lets nodes crash, leave and come back at random. Target, Churn, Downtime.
	FaultChurn FaultKind = "churn"
	// FaultPoison replaces the coordinates that processes send by Values (Poison…). Target.
	FaultPoison FaultKind = "poison"
	// FaultLHM forces the local health score of processes to Score (catalogue entry J2). Target.
	FaultLHM FaultKind = "lhm"
	// FaultStuckWorkflow stops the progress of a workload at its workers. Target, Workload.
	FaultStuckWorkflow FaultKind = "stuck-workflow"
)

// Fault is one disturbance. Times are virtual, from the start of the run.
type Fault struct {
	ID     string
	Index  int // position in the file, from 0
	Kind   FaultKind
	At     core.Duration
	For    core.Duration // undone after this; 0: it stays
	Repeat Repeat
	Force  bool // may lie in the warm-up or the settle time

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
	Site      int // site-outage; else −1

	Down, Up  core.Duration
	Over      core.Duration
	Factor    float64
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
func (f *Fault) End() core.Duration {
	last := f.At
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
func (f *Fault) Lasting() bool { return f.For == 0 && faultRules[f.Kind].lasts }
