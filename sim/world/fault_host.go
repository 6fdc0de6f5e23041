package world

import (
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/host"
	"hypersim/sim/trace"
)

// hostDeeds change how hosts run.
var hostDeeds = []deed{
	{kind: fault.Pause, begin: beginPause, end: endPause},
	{kind: fault.Slow, begin: beginSlow, end: endSlow, host: stillSlow},
	{kind: fault.Overload, begin: beginOverload, end: endOverload, process: (*World).refloor},
	{kind: fault.Clock, begin: each(beginClock), end: each(endClock)},
}

// beginPause freezes the processes that run.
func beginPause(w *World, now core.Instant, _ *scenarios.Fault, a *activeFault) {
	a.nodes = w.running(a.nodes)
	for _, id := range a.nodes {
		a.lives = append(a.lives, w.nodes[id].life)
		w.pause(now, id)
	}
}

func endPause(w *World, now core.Instant, _ *scenarios.Fault, a *activeFault) {
	for i, id := range a.nodes {
		if w.nodes[id].life == a.lives[i] { // else the process that was frozen is gone
			w.resume(now, id)
		}
	}
}

// slowness is what a slow fault does to its nodes.
type slowness struct {
	factor float64
	until  core.Instant // core.Never if it is never undone
}

func beginSlow(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	if f.Execution {
		w.strains.begin(a, f.Factor)
		w.strain(now, a)
		return
	}
	w.slows.begin(a, slowness{f.Factor, undoneAt(now, f)})
	for _, id := range a.nodes {
		w.reslow(now, id)
	}
}

func endSlow(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	if f.Execution {
		w.strains.end(a)
		w.strain(now, a)
		return
	}
	w.slows.end(a)
	for _, id := range a.nodes {
		w.reslow(now, id)
	}
}

// strain tells the shards of all nodes of a fault how long they take from now on.
func (w *World) strain(now core.Instant, a *activeFault) {
	for _, id := range a.nodes {
		w.repaceShifts(now, id)
	}
}

// stillSlow tells a host of a new process, which begins at full pace, that it is slow.
func stillSlow(w *World, now core.Instant, id core.NodeID) {
	if _, is := w.slows.at(id); is {
		w.reslow(now, id)
	}
}

// reslow sets the product of all slow faults in force at id, now and after each of their ends.
func (w *World) reslow(now core.Instant, id core.NodeID) {
	var paces []host.Pace
	for from := now; from != core.Never; {
		p := host.Pace{Factor: 1, Until: core.Never}
		for _, s := range w.slows {
			if s.node == id && s.is.until > from {
				p.Factor = float64(p.Factor * s.is.factor)
				p.Until = min(p.Until, s.is.until)
			}
		}
		paces = append(paces, p)
		from = p.Until
	}
	w.nodes[id].host.SetPace(paces...)
	w.mark(now, id, trace.KindSlow, paces[0].Factor)
}

func beginClock(w *World, now core.Instant, f *scenarios.Fault, id core.NodeID) {
	w.shiftClock(now, id, f.Step, f.DriftPPM)
}

func endClock(w *World, now core.Instant, f *scenarios.Fault, id core.NodeID) {
	w.shiftClock(now, id, -f.Step, -f.DriftPPM)
}

// shiftClock changes id's clock; its pending wake-up is set anew, since it was computed with the old one.
func (w *World) shiftClock(now core.Instant, id core.NodeID, step core.Duration, ppm float64) {
	n := &w.nodes[id]
	c := n.host.Clock()
	c.Change(now, step, c.Drift()+ppm/1e6)
	w.mark(now, id, trace.KindClock, step.Seconds())
	if n.host.Up() && !n.host.Paused() {
		if at, ok := n.machine.Deadline(); ok {
			w.armAt(id, max(c.Virtual(at), now))
		}
	}
}
