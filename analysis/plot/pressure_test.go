package plot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// full is a run with n managers, of which the first fills up and is emptied, a gate, and n workers.
func full(n int) *metrics.Tables {
	t := &metrics.Tables{Faults: []metrics.FaultRow{{ID: "flood", Kind: "stats-storm", Start: sec(50), End: sec(100), Episodes: 1}}}
	levels := []struct {
		at    float64
		level string
	}{{0, "NONE"}, {60, "THROTTLE"}, {70, "BATCH"}, {80, "REJECT"}, {100, "NONE"}}
	for k := range n {
		for _, l := range levels {
			if k > 0 {
				l.level = "NONE"
			}
			t.Pressures = append(t.Pressures, metrics.PressureRow{At: sec(l.at), Node: fmt.Sprintf("a/manager/%d", k), Scope: "buffer", Level: l.level, Fill: fmt.Sprint(l.at / 100 / float64(k+1))})
		}
		t.Pressures = append(t.Pressures,
			metrics.PressureRow{At: sec(62), Node: fmt.Sprintf("a/worker/%d", k), Scope: "worker", Level: "THROTTLE"},
			metrics.PressureRow{At: sec(90), Node: fmt.Sprintf("a/worker/%d", k), Scope: "worker", Level: "NONE"})
	}
	t.Pressures = append(t.Pressures, metrics.PressureRow{At: sec(63), Node: "a/gate/0", Scope: "a", Level: "REJECT"})
	for i := range 100 {
		t.Observed = append(t.Observed, metrics.TimeRow{At: sec(float64(i + 1)), Metric: "stats_records", Labels: "outcome=stored", Value: 7})
		if i >= 80 {
			t.Admissions = append(t.Admissions,
				metrics.AdmissionRow{At: sec(float64(i)), Node: "a/gate/0", Class: "DATA", Load: "stressed", Offered: 9, Served: 6, InFlight: 3, MeanLatency: sec(0.2)},
				metrics.AdmissionRow{At: sec(float64(i)), Node: "a/gate/0", Class: "CONTROL", Load: "stressed", Offered: 9, Served: 9, MeanLatency: sec(0.001)})
		}
	}
	return t
}

// TestPressure: fill with its thresholds, levels from one change to the next, and what was stored and sent away, all of it.
func TestPressure(t *testing.T) {
	run := analysis.New("", analysis.Info{Duration: 120 * time.Second, Checks: analysis.Checks{Levels: [3]float64{0.7, 0.85, 0.95}}}, full(3))
	f := pressure(run)
	if f == nil || len(f.panels) != 6 {
		t.Fatalf("have %+v", f)
	}
	readable(t, f)
	if fill := f.panels[0]; !slices.Equal(fill.hlines, []float64{0.7, 0.85, 0.95}) || len(fill.legend) != 6 {
		t.Errorf("fill has lines at %v and %d entries", fill.hlines, len(fill.legend))
	}
	l := &levelLanes{end: 120}
	l.gather(run.Tables.Pressures)
	var have []string
	for _, b := range l.bars {
		if b.row == "a/manager/0" || strings.Contains(b.row, "gate") {
			have = append(have, fmt.Sprintf("%s %d %g–%g", b.row, b.level, b.from, b.to))
		}
	}
	want := []string{"a/manager/0 0 0–60", "a/manager/0 1 60–70", "a/manager/0 2 70–80", "a/manager/0 3 80–100", "a/manager/0 0 100–120", "a/gate/0 of a 3 63–120"}
	if !slices.Equal(have, want) {
		t.Errorf("have %q, want %q", have, want)
	}
	for i, label := range map[int]string{2: "stored (700)", 3: "stressed", 4: "DATA, too many before it (60)", 5: "CONTROL"} {
		if have := f.panels[i].legend[0].label; have != label {
			t.Errorf("have %q, want %q", have, label)
		}
	}
	if bars := f.panels[3].layers[0].(*levelLanes).bars; len(bars) != 1 || bars[0] != (levelBar{"a/gate/0", 2, 80, 100}) {
		t.Errorf("loads %+v", bars)
	}
}

// TestPressureDegenerate: nobody has a buffer, nothing ever arrived, and very many nodes.
func TestPressureDegenerate(t *testing.T) {
	if pressure(loaded(&metrics.Tables{})) != nil || controlLatency(loaded(&metrics.Tables{})) != nil {
		t.Error("a run without statistics has a picture")
	}
	calm := &metrics.Tables{Pressures: []metrics.PressureRow{{Node: "a/manager/0", Scope: "buffer", Level: "NONE", Fill: "0"}}}
	if pressure(loaded(calm)) != nil {
		t.Error("empty buffers have a picture")
	}
	many := pressure(loaded(full(300)))
	readable(t, many)
	if h := many.height(); h > 14 {
		t.Errorf("%.3g inches high", h)
	}
}

// TestControlLatency: where something waited, each role has its distribution.
func TestControlLatency(t *testing.T) {
	tables := &metrics.Tables{}
	for role, ms := range map[string]float64{"gate": 0.02, "manager": 4} {
		v := []metrics.Value{{V: 2e-5, W: 99}, {V: ms / 1e3, W: 1}}
		tables.Summary = append(tables.Summary, metrics.SummaryRow{Metric: "control_latency", Labels: "role=" + role, Unit: "s", Summary: metrics.Summarize(v)})
	}
	f := controlLatency(loaded(tables))
	if f == nil || len(f.panels[0].legend) != 2 {
		t.Fatalf("have %+v", f)
	}
	readable(t, f)
	tables.Summary = tables.Summary[:1]
	tables.Summary[0].Summary = metrics.Summarize([]metrics.Value{{V: 2e-5, W: 5}})
	if controlLatency(loaded(tables)) != nil {
		t.Error("where nothing waited there is nothing to see")
	}
}
