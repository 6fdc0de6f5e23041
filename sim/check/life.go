package check

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

var _ = judge(func(c *Checker, on *hooks) {
	on.often(func(r *trace.Record) { c.cold[r.Node].joining = r.Fact.Cause != core.CauseJoinAccepted }, core.FactJoin)
	on.quiet[core.FactTick], on.quiet[core.FactSync] = true, true
})

// onStart takes the start of a process. Nothing that an earlier process of the node knew is known now.
func (c *Checker) onStart(r *trace.Record) {
	c.remember(r)
	n, k := &c.hot[r.Node], &c.cold[r.Node]
	n.up, n.leaving, n.paused = true, false, false
	k.prior = n.inc
	n.inc, n.inst, n.lhm = r.Inc, r.Inst, 0
	n.hasCoord, n.moves, n.hasLocal = false, 0, false
	k.adopt(r.Inc)
	k.starts++
	k.joining, k.goneAt = false, never
	k.follows, k.following = [followSlots]followed{}, false
	k.known = c.census(r.Node)
	n.owes = 0
	k.startAt, k.left, k.declared = r.At, false, false
	c.disturbed(r.At)
	if k.starts > 1 {
		c.expectOld(r.Node)
	}
	tell(c.on.started, r)
}

// onGone takes a crash or the end of a process.
func (c *Checker) onGone(r *trace.Record) {
	c.remember(r)
	n, k := &c.hot[r.Node], &c.cold[r.Node]
	k.left = r.Kind == trace.KindStop && n.leaving
	n.up = false
	c.goesOn(r, n, k)
	c.forget(r.Node)
	c.disturbed(r.At)
	k.goneAt = r.At
	tell(c.on.gone, r)
}

// forget drops what is kept of a process as observer.
func (c *Checker) forget(id core.NodeID) {
	k := &c.cold[id]
	k.probes = k.probes[:0]
	k.watch = [watchSlots]watch{}
	k.accusedAt = never
	k.queued = 0
	for k.susp >= 0 {
		c.susp.drop(k, k.susp)
	}
	for k.held >= 0 {
		c.scopes.drop(k, k.held)
	}
	for _, s := range c.restarted {
		c.cold[s].heard[id>>6] &^= 1 << (id & 63)
	}
}

func (c *Checker) onLeave(r *trace.Record) {
	c.remember(r)
	n, k := &c.hot[r.Node], &c.cold[r.Node]
	if !n.leaving { // it may be told more than once
		n.leaving, k.unheard = true, k.joining // who lets it in afterwards does not know that it leaves
	}
	k.leaveAt, k.accusedAt = r.At, never // who leaves does not refute (§2.4)
	c.disturbed(r.At)
}

// goesOn ends a pause, or the process that stands still.
func (c *Checker) goesOn(r *trace.Record, n *hot, k *cold) {
	if n.paused {
		k.stood += r.At.Sub(k.pausedAt)
	}
	n.paused = false
}

// onPace takes a pause, its end, or a change of speed.
func (c *Checker) onPace(r *trace.Record) {
	c.remember(r)
	n, k := &c.hot[r.Node], &c.cold[r.Node]
	switch r.Kind {
	case trace.KindPause:
		if !n.paused { // pauses may overlap
			k.pausedAt = r.At
		}
		n.paused = true
	case trace.KindResume:
		c.goesOn(r, n, k)
	default:
		k.strained = r.At
		k.slow = r.X != 1
		k.service = core.Duration(max(k.pace, r.X-1) * float64(serviceMost))
		k.pace = r.X - 1
	}
	k.impaired = r.At
	if k.accusedAt != never { // it has the full time from now on
		k.accusedAt = r.At
		k.accusedLocal = core.Never
	}
	c.disturbed(r.At)
}

// onClock: local time may jump, in either direction.
func (c *Checker) onClock(r *trace.Record) {
	c.remember(r)
	c.hot[r.Node].hasLocal = false
	k := &c.cold[r.Node]
	k.accusedAt, k.impaired, k.strained = never, r.At, r.At
	c.disturbed(r.At)
}

// faults are what is known of the disturbances so far.
type faults struct {
	active  []int32 // per fault: occurrences in force
	cuts    int     // cutting faults in force
	lasting int     // lasting faults in force
	claims  int     // faults in force that load servers by themselves
	cutAt   core.Instant
	claimAt core.Instant // when the last of those began or ended
	last    core.Instant // of any disturbance
}

func (f *faults) init(n int) { f.active, f.cutAt, f.claimAt = make([]int32, n), never, never }

func (c *Checker) disturbed(at core.Instant) { c.faults.last = at }

func (f *faults) start(r *trace.Record, spec []Fault) {
	f.last = r.At
	if int(r.Fault) >= len(spec) || r.Fault < 0 {
		return
	}
	f.active[r.Fault]++
	if spec[r.Fault].Cuts {
		f.cuts++
		f.cutAt = r.At
	}
	if spec[r.Fault].Cuts || spec[r.Fault].Lasting {
		f.lasting++
	}
	if spec[r.Fault].Claims {
		f.claims++
		f.claimAt = r.At
	}
}

func (f *faults) end(r *trace.Record, spec []Fault) {
	f.last = r.At
	if int(r.Fault) >= len(spec) || r.Fault < 0 || f.active[r.Fault] == 0 {
		return
	}
	f.active[r.Fault]--
	if spec[r.Fault].Cuts {
		f.cuts--
		f.cutAt = r.At
	}
	if spec[r.Fault].Cuts || spec[r.Fault].Lasting {
		f.lasting--
	}
	if spec[r.Fault].Claims {
		f.claims--
		f.claimAt = r.At
	}
}

// wholeSince reports whether no cut has been in force since at.
func (f *faults) wholeSince(at core.Instant) bool { return f.cuts == 0 && f.cutAt < at }
