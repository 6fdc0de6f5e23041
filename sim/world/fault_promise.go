package world

import (
	"slices"

	"hypersim/core"
	"hypersim/sim/network"
)

// promise is what a fault does to links while it is in force, as the scenario says it: what the network makes of that is held
// against it (I-W10, I-W11).
type promise struct {
	of      *activeFault
	a, b    []bool // by id; nil is everybody
	both    bool
	off     bool // a flap that is up
	cuts    bool
	add     core.Duration
	kinds   []core.Kind
	classes []core.Class
}

// promiseCut notes a cut, promiseDelay an added delay.
func (w *World) promiseCut(a *activeFault, c *network.Cut) {
	w.promises = append(w.promises, promise{of: a, a: c.A, b: c.B, both: !c.OneWay, cuts: true, kinds: c.Kinds, classes: c.Classes})
}

func (w *World) promiseDelay(a *activeFault, o *network.Overlay) {
	if o.Add > 0 && o.Ramp == 0 {
		w.promises = append(w.promises, promise{of: a, a: o.From, b: o.To, both: o.Both, add: o.Add, kinds: o.Kinds, classes: o.Classes})
	}
}

// forsake forgets what a fault promised.
func (w *World) forsake(a *activeFault) {
	w.promises = slices.DeleteFunc(w.promises, func(p promise) bool { return p.of == a })
}

// pausePromises lets a flap's links come up, or go down again.
func (w *World) pausePromises(a *activeFault, off bool) {
	for i := range w.promises {
		if p := &w.promises[i]; p.of == a {
			p.off = off
		}
	}
}

// holds reports whether p is about messages of a kind from one node to another now.
func (p *promise) holds(from, to core.NodeID, k core.Kind) bool {
	in := func(set []bool, id core.NodeID) bool { return set == nil || set[id] }
	if p.off || !(in(p.a, from) && in(p.b, to)) && !(p.both && in(p.b, from) && in(p.a, to)) {
		return false
	}
	return len(p.kinds) == 0 && len(p.classes) == 0 || slices.Contains(p.kinds, k) || slices.Contains(p.classes, k.Class())
}

// Severed reports whether a fault says now that no message of the kind passes from one node to another.
func (w *World) Severed(from, to core.NodeID, k core.Kind) bool {
	for i := range w.promises {
		if p := &w.promises[i]; p.cuts && p.holds(from, to, k) {
			return true
		}
	}
	return false
}

// Slowed returns the delay that faults say now is added to messages of the kind from one node to another.
func (w *World) Slowed(from, to core.NodeID, k core.Kind) (d core.Duration) {
	for i := range w.promises {
		if p := &w.promises[i]; p.add > 0 && p.holds(from, to, k) {
			d += p.add
		}
	}
	return d
}
