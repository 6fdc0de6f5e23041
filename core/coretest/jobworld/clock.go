package jobworld

import "hypersim/core"

// clock is how a node sees time: its clock runs at a rate of its own, and it does nothing while it is paused.
type clock struct {
	drift  int64 // parts in a million: positive runs fast
	paused core.Instant
}

const million = 1_000_000

// Local is what the clock of a node shows.
func (w *World) Local(id core.NodeID) core.Instant { return w.clocks[id].local(w.Now) }

func (c *clock) local(t core.Instant) core.Instant {
	return t + core.Instant(int64(t)*c.drift/million)
}

// when is the first time of the world at which the clock shows at.
func (c *clock) when(at core.Instant) core.Instant {
	rate := million + c.drift
	t := core.Instant(int64(at)/rate*million + int64(at)%rate*million/rate)
	for c.local(t) < at {
		t++
	}
	return t
}

// due is when a node has to be woken, on the clock of the world.
func (w *World) due(id core.NodeID, n Role) (core.Instant, bool) {
	at, ok := n.Deadline()
	c := &w.clocks[id]
	if ok && c.drift != 0 && at > 0 {
		at = c.when(at)
	}
	return max(at, c.paused), ok
}

// Drift lets the clock of a node run faster or slower by so many parts in a million, from the start of the world.
func (w *World) Drift(id core.NodeID, ppm int64) { w.clocks[id].drift = ppm }

// Pause holds a process for a while: its timers are due when it goes on, and then its messages are read.
func (w *World) Pause(id core.NodeID, d core.Duration) {
	w.clocks[id].paused = max(w.clocks[id].paused, w.Now.Add(d))
}
