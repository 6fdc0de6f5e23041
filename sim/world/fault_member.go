package world

import (
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
)

// memberDeeds are what members hear and say.
var memberDeeds = []deed{
	{kind: fault.Discovery, begin: each(beginDeaf), end: each(endDeaf)},
	{kind: fault.Raise, begin: beginRaise},
	{kind: fault.Rumour, begin: beginRumour},
}

func beginDeaf(w *World, _ core.Instant, _ *scenarios.Fault, id core.NodeID) { w.nodes[id].fate.deaf++ }
func endDeaf(w *World, _ core.Instant, _ *scenarios.Fault, id core.NodeID)   { w.nodes[id].fate.deaf-- }

func beginRaise(w *World, now core.Instant, _ *scenarios.Fault, a *activeFault) {
	w.feel(a)
	for _, id := range a.nodes {
		w.raise(now, id)
	}
}

func (w *World) raise(now core.Instant, id core.NodeID) {
	n := &w.nodes[id]
	switch {
	case !n.host.Up():
	case n.host.Paused(): // as for leave
		n.raises = true
	default:
		n.m.Refresh(n.local(now), &w.fx)
		w.drain(now, now, id)
	}
}

func beginRumour(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	w.feel(a)
	for _, id := range a.nodes {
		w.rumour(now, id, f.About.Fixed)
	}
}

// rumour lets id hear that others are alive. A frozen process hears nothing, and a member of another group is
// none of its business.
func (w *World) rumour(now core.Instant, id core.NodeID, about []core.NodeID) {
	n := &w.nodes[id]
	if !n.host.Up() || n.host.Paused() {
		return
	}
	for _, s := range about {
		if w.sc.Nodes[s].Group == w.sc.Nodes[id].Group && s != id {
			u := core.Update{Type: core.UpdateAlive, Subject: s, From: core.NoNode, Role: w.sc.Nodes[s].Role}
			n.m.Hear(n.local(now), &u, &w.fx)
		}
	}
	w.drain(now, now, id)
}
