package world

import (
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/trace"
)

// lifeDeeds start and end processes.
var lifeDeeds = []deed{
	{kind: fault.Crash, begin: beginCrash, end: each(endHold)},
	{kind: fault.KillLeader, begin: beginCrash, end: each(endHold)},
	{kind: fault.Restart, begin: each(restart)},
	{kind: fault.Leave, begin: beginLeave},
	{kind: fault.Join, begin: beginJoins},
}

// beginCrash takes processes down: until its end, or for good, which only those feel who run; whoever is down already is
// held down, too.
func beginCrash(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	for _, id := range a.nodes {
		w.upgrade(id, f)
	}
	if f.For > 0 {
		for _, id := range a.nodes {
			w.hold(now, id, f.Refuse)
		}
		return
	}
	w.feel(a)
	for _, id := range a.nodes {
		w.crash(now, id, f.Refuse)
	}
}

// endHold ends the hold of a crash, or of the outage of a site.
func endHold(w *World, now core.Instant, f *scenarios.Fault, id core.NodeID) {
	w.release(now, id, f.Refuse, f.KeepState)
}

func restart(w *World, now core.Instant, f *scenarios.Fault, id core.NodeID) {
	w.stop(now, id, trace.KindCrash)
	w.upgrade(id, f)
	w.start(now, id, f.KeepState)
}

// upgrade lets the next process of a node speak what the fault says.
func (w *World) upgrade(id core.NodeID, f *scenarios.Fault) {
	if f.Version.Major > 0 {
		w.nodes[id].speaks = f.Version
	}
}

func beginLeave(w *World, now core.Instant, _ *scenarios.Fault, a *activeFault) {
	w.feel(a)
	for _, id := range a.nodes {
		w.leave(now, id)
	}
}

func (w *World) leave(now core.Instant, id core.NodeID) {
	if !w.Up(id) {
		return
	}
	n := &w.nodes[id]
	if n.host.Paused() { // it hears of it when it runs again
		n.departs = true
		return
	}
	w.mark(now, id, trace.KindLeave, 0)
	n.fate.wanted = false
	n.m.Leave(n.local(now), &w.fx)
	w.drain(now, now, id)
}

// beginJoins lets nodes join one after the other, evenly over f.Over.
func beginJoins(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	for i, id := range a.nodes {
		k, n := core.Duration(i), core.Duration(len(a.nodes))
		at := now.Add(f.Over/n*k + f.Over%n*k/n) // over·k/n, where over·k may exceed an int64
		w.pushTimerOf(at, id, wakeJoin, a.fault)
	}
}

// join starts the process of id if none runs, and tells one that runs to join again: those that the fault
// names, or its seeds.
func (w *World) join(now core.Instant, id core.NodeID, f int) {
	n, to := &w.nodes[id], w.sc.Faults[f].To
	ran := n.host.Up() && n.fate.wanted
	if !ran {
		w.upgrade(id, &w.sc.Faults[f])
		w.start(now, id, false)
	}
	switch {
	case !n.host.Up() || !n.fate.wanted: // held down, or still leaving
	case n.host.Paused(): // as for leave
		n.joins = int32(f) + 1
	case to != nil:
		n.m.Rejoin(n.local(now), to.Fixed, &w.fx)
		w.drain(now, now, id)
	case ran:
		n.m.Rejoin(n.local(now), nil, &w.fx)
		w.drain(now, now, id)
	}
}
