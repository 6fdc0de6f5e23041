package world

import (
	"hypersim/core"
	"hypersim/scenarios"
)

// floor is how much of a server's time and memory others take, at least.
type floor struct{ cpu, memory float64 }

func beginOverload(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	w.floors.begin(a, floor{f.CPU, f.Memory})
	for _, id := range a.nodes {
		w.refloor(now, id)
	}
}

func endOverload(w *World, now core.Instant, _ *scenarios.Fault, a *activeFault) {
	w.floors.end(a)
	for _, id := range a.nodes {
		w.refloor(now, id)
	}
}

// refloor tells the front of id the most that faults in force there claim.
func (w *World) refloor(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	if n.flow == nil || !n.host.Up() {
		return // its next process learns of it when it starts
	}
	if n.host.Paused() { // a frozen process notices nothing
		n.misses = true
		return
	}
	var most floor
	for _, x := range w.floors {
		if x.node == id {
			most.cpu, most.memory = max(most.cpu, x.is.cpu), max(most.memory, x.is.memory)
		}
	}
	n.flow.Floors(n.local(now), most.cpu, most.memory, &w.fx)
	w.drain(now, now, id)
}
