package runner

import (
	"fmt"
	"strings"
	"time"

	"hypersim/scenarios"
)

// detail says how much a fault does, or of what, in a few words that stand in faults.csv; "" where its kind says it all.
func detail(sc *scenarios.Scenario, f *scenarios.Fault) string {
	var parts []string
	add := func(yes bool, format string, args ...any) {
		if yes {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	switch f.Kind {
	case scenarios.FaultSlow:
		add(true, "×%g", f.Factor)
	case scenarios.FaultClock:
		add(f.Step != 0, "%+g s", f.Step.Seconds())
		add(f.DriftPPM != 0, "%+g ppm", f.DriftPPM)
	case scenarios.FaultLoss:
		if f.Loss.Model == scenarios.LossGilbertElliott {
			add(true, "in bursts")
			break
		}
		add(true, "%.6g %%", f.Loss.P*100)
	case scenarios.FaultDuplicate, scenarios.FaultReorder, scenarios.FaultCorrupt:
		add(true, "%.6g %%", f.P*100)
	case scenarios.FaultDelay:
		add(f.Add.Value != 0, "+%v", time.Duration(f.Add.Value*1e9))
		add(f.Factor != 0 && f.Factor != 1, "×%g", f.Factor)
		add(f.Ramp > 0, "over %v", f.Ramp)
	case scenarios.FaultBandwidth:
		add(true, "%g bit/s", f.Bandwidth)
	case scenarios.FaultSiteOutage:
		add(f.Blackhole, "cut off")
	case scenarios.FaultPoison:
		add(true, "%s", f.Values)
	case scenarios.FaultLHM:
		add(true, "to %d", f.Score)
	case scenarios.FaultStuckWorkflow:
		add(true, "workload %s", sc.Workloads[f.Workload].ID)
	case scenarios.FaultJoin:
		add(f.Over > 0, "over %v", f.Over)
	default:
	}
	add(f.OneWay, "one way")
	for _, k := range f.Kinds {
		add(true, "%v", k)
	}
	for _, c := range f.Classes {
		add(true, "%v", c)
	}
	return strings.Join(parts, ", ")
}
