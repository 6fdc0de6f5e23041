package world

import (
	"hypersim/core"
)

// What an experiment does to a running world by its own hand, between two calls of Run and at the instant
// Now: what faults do, for experiments that decide in Go whom and when. Each is written to the trace as the
// fault of that name is.

// Crash ends the process of id without a word.
func (w *World) Crash(id core.NodeID) { w.crash(w.Now(), id, false) }

// Start starts the process of id, if none runs there.
func (w *World) Start(id core.NodeID) { w.pushTimer(w.Now(), id, wakeStart) }

// Tell hands m to id as if it had just been delivered, without network, host or a record of its own.
func (w *World) Tell(id core.NodeID, m *core.Message) {
	now := w.Now()
	n := &w.nodes[id]
	n.machine.Receive(n.local(now), m, &w.fx)
	w.drain(now, now, id)
}
