package world

import (
	"slices"

	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/fault"
)

// workDeeds disturb workloads.
var workDeeds = []deed{{kind: fault.StuckWorkflow, begin: stick(1), end: stick(-1)}}

// stick stops the progress of a workload at nodes, by = 1, or lets it go on, by = −1.
func stick(by int32) act {
	return func(w *World, _ core.Instant, f *scenarios.Fault, a *activeFault) {
		for k := range w.work {
			if x := &w.work[k]; int(x.workload) == f.Workload && slices.Contains(a.nodes, x.node) {
				x.stuck += by
			}
		}
	}
}
