package world

import "hypersim/core"

// forcing is one lhm fault in force at a node; the one that began last has its way.
type forcing struct {
	node  core.NodeID
	score int
	fault int
	nth   int
}

// reforce tells the machine of id which local health score is forced on it, if any is.
func (w *World) reforce(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	if !n.host.Up() {
		return // its next process learns of it when it starts
	}
	if n.host.Paused() { // a frozen process changes nothing
		n.forces = true
		return
	}
	forced, score := false, 0
	for i := range w.forced {
		if w.forced[i].node == id {
			forced, score = true, w.forced[i].score
		}
	}
	if forced {
		n.m.Swim.ForceLHM(score, &w.fx)
	} else {
		n.m.Swim.FreeLHM(&w.fx)
	}
	w.drain(now, now, id)
}
