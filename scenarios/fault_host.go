package scenarios

import (
	"hypersim/scenarios/form"
	"hypersim/sim/fault"
)

// hostRules are the faults that change how hosts run.
var hostRules = map[fault.Kind]faultRule{
	fault.Pause: {need: []string{"target", "for"}, gone: true},
	fault.Slow: {need: []string{"target", "factor"}, may: []string{"applies"}, adds: true, gone: true, check: checkSlow,
		detail: func(_ *Scenario, f *Fault) []string { return say(true, "×%g", f.Factor) }},
	fault.Overload: {need: []string{"target"}, may: []string{"cpu", "memory", "in_flight"}, members: true, adds: true, check: checkOverload,
		detail: func(_ *Scenario, f *Fault) []string {
			return append(say(f.CPU > 0, "cpu %g", f.CPU), append(say(f.Memory > 0, "memory %g", f.Memory), say(f.Queued > 0, "in_flight %g", f.Queued)...)...)
		}},
	fault.Clock: {need: []string{"target"}, may: []string{"step", "drift_ppm"}, check: checkClock,
		detail: func(_ *Scenario, f *Fault) []string {
			return append(say(f.Step != 0, "%+g s", f.Step.Seconds()), say(f.DriftPPM != 0, "%+g ppm", f.DriftPPM)...)
		}},
}

func checkSlow(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	if f.Execution = t.Applies != nil && *t.Applies == "execution"; f.Execution && !l.sc.HasJobs() {
		l.b.Wrong(n.Kid("applies"), key+".applies", `nothing is executed: there are no jobs (a [[workload]] of kind = "jobs")`)
	}
}

func checkOverload(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	set(&f.CPU, t.CPU)
	set(&f.Memory, t.Memory)
	set(&f.Queued, t.InFlight)
	switch {
	case n.Kid("cpu") == nil && n.Kid("memory") == nil && n.Kid("in_flight") == nil:
		l.b.Missing(n, key+".cpu", "an overload fault needs cpu, memory or in_flight")
	case !l.sc.HasJobs():
		l.warn("%s: an overload changes nothing here: without jobs nobody is asked anything that could be refused", key)
	}
}

func checkClock(l *loader, f *Fault, t *faultT, n *form.Node, key string) {
	set(&f.Step, t.Step)
	set(&f.DriftPPM, t.DriftPPM)
	if n.Kid("step") == nil && n.Kid("drift_ppm") == nil {
		l.b.Missing(n, key+".step", "a clock fault needs step or drift_ppm")
	}
}
