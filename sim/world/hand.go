package world

import (
	"hypersim/core"
)

// What an experiment does to a running world by its own hand, between two calls of Run and at the instant
// Now: what faults do, for experiments that decide in Go whom and when. Each is written to the trace as the
// fault of that name is.

// Crash ends the process of id without a word.
func (w *World) Crash(id core.NodeID) { w.crash(w.Now(), id, false) }

// Pause freezes the process of id, timers and all, until Resume.
func (w *World) Pause(id core.NodeID) { w.pause(w.Now(), id) }

// Resume ends a pause of id: due timers fire, then what waited is served.
func (w *World) Resume(id core.NodeID) { w.resume(w.Now(), id) }

// Raise lets id raise its own incarnation and tell of it.
func (w *World) Raise(id core.NodeID) { w.raise(w.Now(), id) }

// Start starts the process of id, if none runs there.
func (w *World) Start(id core.NodeID) { w.pushTimer(w.Now(), id, wakeStart) }

// Tell hands m to id as if it had just been delivered, without network, host or a record of its own.
func (w *World) Tell(id core.NodeID, m *core.Message) {
	now := w.Now()
	n := &w.nodes[id]
	n.machine.Receive(n.local(now), m, &w.fx)
	w.drain(now, now, id)
}

// Wrap puts around(machine) in the place of id's machine, until the process ends: a layer between the
// protocol and the host.
func (w *World) Wrap(id core.NodeID, around func(core.Machine) core.Machine) {
	w.nodes[id].machine = around(w.nodes[id].machine)
}

// Local returns what the clock of id shows at virtual time at.
func (w *World) Local(id core.NodeID, at core.Instant) core.Instant { return w.nodes[id].local(at) }
