package plot

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

func late(node, event, rule string, by float64) metrics.TimeoutRow {
	return metrics.TimeoutRow{Node: node, Job: "job-1", Event: event, Rule: rule, Lateness: sec(by), Limit: core.Never, Extension: core.Never, Elapsed: core.Never}
}

// TestLateness: each kind of decision has a panel with all its values, beside the distribution that the looks alone give.
func TestLateness(t *testing.T) {
	tables := &metrics.Tables{}
	for i := range 30 {
		tables.Timeouts = append(tables.Timeouts, late("a/gate/0", "declared", "overall", float64(i)/2), late("a/manager/0", "local", "stuck", float64(i)))
	}
	tables.Timeouts = append(tables.Timeouts, late("a/gate/0", "declared", "all_stuck", 7), metrics.TimeoutRow{Node: "a/gate/0", Event: "settled", Lateness: core.Never})
	for _, c := range []struct {
		checks analysis.Checks
		ideal  [2]float64 // s, at gates and managers
		label  string
	}{
		{analysis.Checks{Manager: 30 * time.Second, Gate: 15 * time.Second}, [2]float64{15, 30}, "uniform over 15 s"},
		{analysis.Checks{Exact: true, Manager: 30 * time.Second, Gate: 15 * time.Second}, [2]float64{0, 0}, "at once"},
	} {
		run := analysis.New("", analysis.Info{Checks: c.checks}, tables)
		f := lateness(run)
		if f == nil || len(f.panels) != 2 {
			t.Fatalf("want a panel of gates and one of managers, have %+v", f)
		}
		readable(t, f)
		for i, want := range []struct {
			title  string
			curves int
		}{{"Gates decide (31)", 3}, {"Managers find it, and report it to a gate (30)", 2}} {
			p := f.panels[i]
			if p.title != want.title || len(p.layers) != want.curves {
				t.Errorf("panel %d is %q with %d curves, want %+v", i, p.title, len(p.layers), want)
			}
			ideal := p.layers[0].(*curve).xy
			if last := ideal[len(ideal)-2]; last.X != c.ideal[i] || last.Y != 1 {
				t.Errorf("%s: the ideal reaches 1 at %g s, want %g", p.title, last.X, c.ideal[i])
			}
		}
		if label := f.panels[0].legend[0].label; !strings.Contains(label, c.label) {
			t.Errorf("the ideal is called %q", label)
		}
	}
	if lateness(loaded(&metrics.Tables{})) != nil {
		t.Error("a run without timeouts has a picture")
	}
}

// TestDeadline: the stairs of the job that was granted most, and the steps of the rule: 15, 7.5, 3.75 s.
func TestDeadline(t *testing.T) {
	row := func(at float64, node, job, event string, elapsed, extension float64) metrics.TimeoutRow {
		return metrics.TimeoutRow{At: sec(at), Node: node, Job: job, Event: event, Elapsed: sec(elapsed), Limit: sec(60), Extension: sec(extension), Lateness: core.Never}
	}
	tables := &metrics.Tables{
		Jobs: []metrics.JobRow{{Job: "job-2", Ended: sec(99), Outcome: "COMPLETED"}},
		Timeouts: []metrics.TimeoutRow{
			row(10, "a/manager/0", "job-1", "start", 0, 0), row(20, "a/manager/0", "job-1", "extension", 10, 15),
			row(10, "a/manager/0", "job-2", "start", 0, 0), row(60, "a/manager/0", "job-2", "extension", 50, 15),
			row(75, "a/manager/0", "job-2", "extension", 65, 22.5), row(80, "a/gate/0", "job-2", "extension", 70, 22.5),
		},
	}
	run := analysis.New("", analysis.Info{Duration: 200 * time.Second, Checks: analysis.Checks{Grant: 30 * time.Second, Least: time.Second}}, tables)
	f := deadlines(run)
	if f == nil || !strings.Contains(f.title, "job-2") {
		t.Fatalf("have %+v", f)
	}
	readable(t, f)
	s := newStairs(run, "job-2")
	if have := fmt.Sprint(s.steps["a/manager/0"], s.steps["a/gate/0"], s.ideal()); have != "[{10 60} {60 75} {75 82.5}] [{80 82.5}] [60 75 82.5]" {
		t.Errorf("have %s", have)
	}
	if s.start != 10 || math.Abs(s.to-104.34) > 0.01 {
		t.Errorf("from %g to %g", s.start, s.to)
	}
	if deadlines(loaded(&metrics.Tables{Timeouts: tables.Timeouts[:1]})) != nil {
		t.Error("a run without extensions has a picture")
	}
}
