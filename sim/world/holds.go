package world

import (
	"hypersim/core"
	"hypersim/sim/network"
	"hypersim/sim/trace"
)

// fate is what faults want of a process, beside what it does itself. A process runs while it is wanted and
// nothing holds it down; so faults that overlap nest: undoing one leaves the others in force (spec 40 §8.3).
type fate struct {
	holds    int32 // crashes and site outages in force here
	refusing int32 // of holds: those whose host still answers, and refuses
	deaf     int32 // discovery faults in force here
	wanted   bool  // it was started, and neither left nor crashed for good
	wiped    bool  // one of the holds lost what was on disk
	refuses  bool  // it crashed for good and its host refuses connections
	again    bool  // it was started while it was leaving: the next process begins when this one has stopped

	due core.Instant // when churn brings it back; 0 if that is not planned
}

// hold takes the process of id down until release. A node that does not run is held too: whoever wants it
// to start waits for the release.
func (w *World) hold(now core.Instant, id core.NodeID, refuse bool) {
	n := &w.nodes[id]
	n.fate.holds++
	if refuse {
		n.fate.refusing++
	}
	w.stop(now, id, trace.KindCrash)
	w.answer(id)
}

// release undoes a hold. The last one starts a new process if one is wanted; it finds what every hold kept.
func (w *World) release(now core.Instant, id core.NodeID, refuse, keepState bool) {
	n := &w.nodes[id]
	n.fate.holds--
	if refuse {
		n.fate.refusing--
	}
	n.fate.wiped = n.fate.wiped || !keepState
	if n.fate.holds > 0 {
		w.answer(id)
		return
	}
	wiped := n.fate.wiped
	n.fate.wiped = false
	if n.fate.wanted || n.fate.again {
		w.start(now, id, !wiped)
	}
}

// crash takes the process of id down for good: only a join or a restart brings another.
func (w *World) crash(now core.Instant, id core.NodeID, refuse bool) {
	n := &w.nodes[id]
	n.fate.wanted, n.fate.again, n.fate.refuses = false, false, refuse
	w.stop(now, id, trace.KindCrash)
	w.answer(id)
}

// answer says how the host of a process that is down treats streams: it refuses only if everything that
// keeps the process down leaves the host able to.
func (w *World) answer(id core.NodeID) {
	n := &w.nodes[id]
	switch f := &n.fate; {
	case n.host.Up():
	case f.refusing == f.holds && (f.holds > 0 || f.refuses):
		w.net.SetHost(id, network.HostRefuses)
	default:
		w.net.SetHost(id, network.HostSilent)
	}
}
