package plot

import (
	"testing"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// TestGoodput: a job counts when it was handed in, when it was accepted if it was done, and when it was refused.
func TestGoodput(t *testing.T) {
	tables := &metrics.Tables{}
	for i := range 100 {
		j := metrics.JobRow{Submitted: sec(float64(i)), Accepted: sec(float64(i) + 0.2), Ended: sec(float64(i) + 30), Outcome: "COMPLETED"}
		switch {
		case i%10 == 3:
			j.Outcome, j.Accepted, j.Ended = "REJECTED", core.Never, sec(float64(i)+1)
		case i%10 == 4:
			j.Outcome = "TIMEOUT"
		case i == 99:
			j.Outcome, j.Ended = "UNFINISHED", core.Never
		}
		tables.Jobs = append(tables.Jobs, j)
	}
	f := goodput(loaded(tables))
	if f == nil {
		t.Fatal("no picture")
	}
	readable(t, f)
	for i, want := range []string{"handed in (100)", "goodput (79)", "refused (10)"} {
		if have := f.panels[0].legend[i].label; have != want {
			t.Errorf("have %q, want %q", have, want)
		}
	}
	for i, want := range []float64{100, 79, 10} { // a rate times its time is what was counted
		sum, xy := 0.0, f.panels[0].layers[i].(*curve).xy
		for k := 1; k < len(xy); k++ {
			sum += xy[k-1].Y * (xy[k].X - xy[k-1].X)
		}
		if d := sum - want; d > 1e-6 || d < -1e-6 {
			t.Errorf("curve %d comes to %g, want %g", i, sum, want)
		}
	}
	if tables.Jobs = tables.Jobs[:2]; goodput(loaded(tables)) != nil {
		t.Error("nobody was refused")
	}
}

// TestLoadCurve: goodput against what was handed in, along the axis that changes it; no picture where all were served.
func TestLoadCurve(t *testing.T) {
	served := func(rate float64, variant string) uint64 {
		if variant == "b" && rate > 100 { // it collapses
			return 20
		}
		return uint64(min(rate, 100))
	}
	s := syntheticSweep([]string{"variant", "workload.0.rate"}, []string{"a", "b"}, []string{"50", "100", "200", "1000"})
	for i := range s.Cells {
		c := &s.Cells[i]
		rate, _ := quantity(c.Point.Get("workload.0.rate"))
		for k := range c.Runs {
			c.Runs[k].Counts = append(c.Runs[k].Counts, analysis.Count{Metric: "job_outcome", Count: uint64(rate)},
				analysis.Count{Metric: "goodput", Count: served(rate, c.Point.Get("variant"))}, analysis.Count{Metric: "goodput", Labels: "workload=x", Count: 7})
		}
	}
	f := newGrid(s, nil).load()
	if f == nil || len(f.panels[0].legend) != 3 {
		t.Fatalf("have %+v", f)
	}
	readable(t, f)
	for k, want := range [][]float64{{50, 100, 100, 100}, {50, 100, 20, 20}} {
		b := f.panels[0].layers[k].(*bars)
		for i, e := range b.points {
			if e.x.Estimate != []float64{50, 100, 200, 1000}[i] || e.y.Estimate != want[i] {
				t.Errorf("line %d: point %d at %g, %g", k, i, e.x.Estimate, e.y.Estimate)
			}
		}
	}
	for _, served := range []uint64{5, 4} {
		calm := syntheticSweep([]string{"variant"}, []string{"a", "b"})
		for i := range calm.Cells {
			for k := range calm.Cells[i].Runs {
				calm.Cells[i].Runs[k].Counts = []analysis.Count{{Metric: "job_outcome", Count: 5}, {Metric: "goodput", Count: served}}
			}
		}
		if newGrid(calm, nil).load() != nil {
			t.Errorf("%d of 5 served in every cell: there is no load to see it against", served)
		}
	}
	if newGrid(syntheticSweep([]string{"variant"}, []string{"a", "b"}), nil).load() != nil {
		t.Error("where nothing is asked for, there is nothing to see")
	}
}
