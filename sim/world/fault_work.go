package world

import (
	"slices"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
)

// workDeeds disturb workloads.
var workDeeds = []deed{{kind: fault.StuckWorkflow, begin: beginStuck, end: endStuck}}

// beginStuck stops what nodes do for a workload: shards of its jobs stand still, and progress without jobs.
func beginStuck(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	w.stick(f, a, 1)
	w.jams.begin(a, f.Workload)
	w.strain(now, a)
}

func endStuck(w *World, now core.Instant, f *scenarios.Fault, a *activeFault) {
	w.stick(f, a, -1)
	w.jams.end(a)
	w.strain(now, a)
}

// stick stops the progress of a workload without jobs at nodes, by = 1, or lets it go on, by = −1.
func (w *World) stick(f *scenarios.Fault, a *activeFault, by int32) {
	for k := range w.work {
		if x := &w.work[k]; int(x.workload) == f.Workload && slices.Contains(a.nodes, x.node) {
			x.stuck += by
		}
	}
}

// jammed reports whether the shards of a workload stand still at a node.
func (w *World) jammed(id core.NodeID, workload int) bool {
	return slices.ContainsFunc(w.jams, func(x forced[int]) bool { return x.node == id && x.is == workload })
}
