package runner

import (
	"fmt"
	"strings"
	"time"

	"hypersim/scenarios"
	"hypersim/sim/fault"
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
	case fault.Slow:
		add(true, "×%g", f.Factor)
	case fault.Clock:
		add(f.Step != 0, "%+g s", f.Step.Seconds())
		add(f.DriftPPM != 0, "%+g ppm", f.DriftPPM)
	case fault.Loss:
		if f.Loss.Model == scenarios.LossGilbertElliott {
			add(true, "in bursts")
			break
		}
		add(true, "%.6g %%", f.Loss.P*100)
	case fault.Duplicate, fault.Reorder, fault.Corrupt:
		add(true, "%.6g %%", f.P*100)
	case fault.Delay:
		add(f.Add.Value != 0, "+%v", time.Duration(f.Add.Value*1e9))
		add(f.Factor != 0 && f.Factor != 1, "×%g", f.Factor)
		add(f.Ramp > 0, "over %v", f.Ramp)
	case fault.Bandwidth:
		add(true, "%g bit/s", f.Bandwidth)
	case fault.SiteOutage:
		add(f.Blackhole, "cut off")
	case fault.Poison:
		add(true, "%s", f.Values)
	case fault.LHM:
		add(true, "to %d", f.Score)
	case fault.StuckWorkflow:
		add(true, "workload %s", sc.Workloads[f.Workload].ID)
	case fault.Join:
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
