package world

import (
	"hypersim/core"
	"hypersim/core/overload"
	"hypersim/scenarios"
)

// floor is how much of a server's time, memory and places for requests others take, at least.
type floor = overload.Floors

func beginOverload(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	w.floors.begin(a, floor{Share: f.CPU, Memory: f.Memory, Queue: f.Queued})
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
			most = floor{Share: max(most.Share, x.is.Share), Memory: max(most.Memory, x.is.Memory), Queue: max(most.Queue, x.is.Queue)}
		}
	}
	n.flow.Floors(n.local(now), most, &w.fx)
	w.drain(now, now, id)
}
