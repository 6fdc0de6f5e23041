package world

import (
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
)

// lhmDeeds force the local health of processes; the one that began last has its way.
var lhmDeeds = []deed{{kind: fault.LHM, begin: beginLHM, end: endLHM, process: (*World).reforce}}

func beginLHM(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	w.scores.begin(a, f.Score)
	for _, id := range a.nodes {
		w.reforce(now, id)
	}
}

func endLHM(w *World, now core.Instant, _ *scenarios.Fault, a *activeFault) {
	w.scores.end(a)
	for _, id := range a.nodes {
		w.reforce(now, id)
	}
}

// reforce tells the machine of id which local health score is forced on it, if any is.
func (w *World) reforce(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	switch {
	case w.groups[w.sc.Nodes[id].Group] == nil:
		return // a member of no group judges nobody
	case !n.host.Up():
		return // its next process learns of it when it starts
	}
	if n.host.Paused() { // a frozen process changes nothing
		n.misses = true
		return
	}
	if score, is := w.scores.at(id); is {
		n.m.Swim.ForceLHM(score, &w.fx)
	} else {
		n.m.Swim.FreeLHM(&w.fx)
	}
	w.drain(now, now, id)
}
