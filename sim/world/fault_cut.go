package world

import (
	"fmt"
	"slices"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
	"hypersim/sim/network"
)

// cutDeeds separate nodes. A flap's cut goes and comes in between, as the plan of its edges says; a cut ends with
// what every fault undoes.
var cutDeeds = []deed{
	{kind: fault.Partition, begin: beginCut},
	{kind: fault.Flap, begin: beginCut},
	{kind: fault.SiteOutage, begin: beginSiteOutage, end: each(endHold)},
}

// beginCut separates the sides of a partition: A from B, or every group from all the others.
func beginCut(w *World, _ core.Instant, f *scenarios.Fault, a *activeFault) {
	if len(f.Groups) == 0 {
		w.addCut(a, network.Cut{
			A: w.resolve(f.A, a, 0), B: w.resolve(f.B, a, 1), OneWay: f.OneWay, Refuse: f.Refuse, Kinds: f.Kinds, Classes: f.Classes,
		})
		return
	}
	sets := make([][]bool, len(f.Groups))
	for i, g := range f.Groups {
		sets[i] = w.resolve(g, a, 2+i)
	}
	for i := range sets {
		others := make([]bool, len(w.nodes))
		for j := range sets {
			for id := range others {
				others[id] = others[id] || j != i && sets[j][id]
			}
		}
		w.addCut(a, network.Cut{A: sets[i], B: others, Refuse: f.Refuse, Kinds: f.Kinds, Classes: f.Classes})
	}
}

// beginSiteOutage takes all processes of a site down, or cuts the site off.
func beginSiteOutage(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	inside, outside := make([]bool, len(w.nodes)), make([]bool, len(w.nodes))
	var all []core.NodeID
	for i := range w.sc.Nodes {
		inside[i] = w.sc.Nodes[i].Site == f.Site
		outside[i] = !inside[i]
		if inside[i] {
			all = append(all, core.NodeID(i))
		}
	}
	if f.Blackhole {
		w.addCut(a, network.Cut{A: inside, B: outside})
		a.sides = [][]core.NodeID{all, nil}
		return
	}
	a.nodes = all
	for _, id := range a.nodes {
		w.hold(now, id, false)
	}
}

// members turns a list of nodes into a set by id.
func (w *World) members(ids []core.NodeID) []bool {
	set := make([]bool, len(w.nodes))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// resolve returns who stands on a side of a fault, nil being everybody, and notes it; every side and every group draws
// for itself.
func (w *World) resolve(s *scenarios.Selector, a *activeFault, side int) []bool {
	if s == nil {
		a.sides = append(a.sides, nil)
		return nil
	}
	ids := s.Resolve(w.sc.Nodes, w, nil, w.chance(a, "fault.side", side))
	if s.Moves() {
		ids = without(ids, a.sides)
	}
	a.sides = append(a.sides, some(ids))
	return w.members(ids)
}

// without returns those of ids who stand on none of the sides before.
func without(ids []core.NodeID, sides [][]core.NodeID) []core.NodeID {
	return slices.DeleteFunc(slices.Clone(ids), func(id core.NodeID) bool {
		return slices.ContainsFunc(sides, func(side []core.NodeID) bool { return slices.Contains(side, id) })
	})
}

func (w *World) addCut(a *activeFault, c network.Cut) {
	id, err := w.net.AddCut(c)
	if err != nil {
		w.failFault(a, err)
		return
	}
	w.net.SetCut(id, true)
	w.promiseCut(a, &c)
	a.cuts = append(a.cuts, id)
}

// mend removes the cuts and overlays of a fault.
func (w *World) mend(a *activeFault) {
	for _, id := range a.cuts {
		w.net.RemoveCut(id)
	}
	for _, id := range a.overlays {
		w.net.RemoveOverlay(id)
	}
	a.cuts, a.overlays = nil, nil
	w.forsake(a)
}

func (w *World) failFault(a *activeFault, err error) {
	w.fail(fmt.Errorf("fault %q: %w", w.sc.Faults[a.fault].ID, err))
}
