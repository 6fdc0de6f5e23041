package plot

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"hypersim/analysis"
	"hypersim/analysis/stats"
)

// syntheticSweep has a cell for each combination; detection takes as long as the product of the values says.
func syntheticSweep(axes []string, words ...[]string) *analysis.Sweep {
	s := &analysis.Sweep{Scenario: "x", Axes: axes, Seeds: []uint64{1, 2, 3}}
	points := []analysis.Labels{nil}
	for i, key := range axes {
		var next []analysis.Labels
		for _, p := range points {
			for _, w := range words[i] {
				next = append(next, append(append(analysis.Labels{}, p...), analysis.Label{Key: key, Word: w}))
			}
		}
		points = next
	}
	for _, p := range points {
		c := analysis.Cell{Name: fmt.Sprint(p), Point: p}
		size := 1.0
		for _, l := range p {
			v, _ := quantity(l.Word)
			size *= 1 + v
		}
		for _, seed := range s.Seeds {
			c.Runs = append(c.Runs, analysis.CellRun{
				Seed:          seed,
				Distributions: []analysis.Distribution{{Metric: "bytes", Labels: "direction=sent", Unit: "B/s per node", Mean: 100/size + float64(seed)}},
				Counts:        []analysis.Count{{Metric: "false_suspicions", Count: seed * uint64(size), NodeHours: 3}, {Metric: "false_positives", NodeHours: 3}},
				Survival:      []analysis.Survival{{Metric: "detection_first", Labels: "to=DEAD", Times: []float64{size + float64(seed)}}},
			})
		}
		s.Cells = append(s.Cells, c)
	}
	s.Runs = 3 * len(s.Cells)
	s.Done = s.Runs
	return s
}

// TestSweepFigures: which figures a sweep gets follows from its axes; those of an earlier one go, what else
// lies there stays; and the same sweep gives the same bytes.
func TestSweepFigures(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"effect-old.png", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	opt := SweepOptions{Defaults: map[string]string{"protocol.probe.interval": "1000ms", "network.loss": "0"}}
	for _, c := range []struct {
		name string
		s    *analysis.Sweep
		want []string
	}{
		{"three axes", syntheticSweep([]string{"variant", "protocol.probe.interval", "network.loss"}, []string{"a", "b"}, []string{"1s", "500ms", "2s"}, []string{"0", "0.1"}),
			[]string{
				"effect-variant.png", "effect-protocol.probe.interval.png", "effect-network.loss.png", "detection-cdf-variant.png",
				"detection-cdf-protocol.probe.interval.png", "detection-cdf-network.loss.png", "tradeoff.png", "map-protocol.probe.interval-variant.png",
			}},
		{"the world only", syntheticSweep([]string{"network.loss"}, []string{"0", "0.1"}), []string{"effect-network.loss.png", "detection-cdf.png"}},
		{"one cell", syntheticSweep([]string{"variant"}, []string{"a"}), []string{"detection-cdf.png"}},
	} {
		names, err := SweepFigures(c.s, dir, opt)
		if err != nil || !reflect.DeepEqual(names, c.want) {
			t.Fatalf("%s: have %v, %v; want %v", c.name, names, err, c.want)
		}
		again := t.TempDir()
		if _, err := SweepFigures(c.s, again, opt); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			x, err1 := os.ReadFile(filepath.Join(dir, name))
			y, err2 := os.ReadFile(filepath.Join(again, name))
			if err1 != nil || err2 != nil || !bytes.Equal(x, y) {
				t.Errorf("%s: %s differs the second time", c.name, name)
			}
		}
		if list, _ := filepath.Glob(filepath.Join(dir, "*")); len(list) != len(names)+1 {
			t.Errorf("%s: the folder holds %v", c.name, list)
		}
	}
	none := &analysis.Sweep{Scenario: "x"}
	if names, err := SweepFigures(none, t.TempDir(), SweepOptions{}); err != nil || len(names) > 0 {
		t.Errorf("an empty sweep: %v, %v", names, err)
	}
}

// TestLongWords: where the words of an axis would run into each other they stand upright, and the figure is higher by them.
func TestLongWords(t *testing.T) {
	for _, c := range []struct {
		words   []string
		upright bool
	}{
		{[]string{"within", "beyond"}, false},
		{[]string{"manager-before-its-ack", "manager-accepted-and-silent", "worker-half-way", "worker-result-unsent", "gate-before-it-reads-the-ack"}, true},
	} {
		g := newGrid(syntheticSweep([]string{"variant", "network.loss"}, c.words, []string{"0", "0.1"}), nil)
		for _, f := range []*figure{g.effect(g.factors[0]), g.heat(g.factors[0], g.factors[1])} {
			if have := f.upright() > 0; have != c.upright {
				t.Errorf("%s of %d words: upright %v", f.name, len(c.words), have)
			}
			readable(t, f)
		}
	}
}

// TestDeciding: what the scenario says decides stands before what sweeps show anyway.
func TestDeciding(t *testing.T) {
	s := syntheticSweep([]string{"variant"}, []string{"a", "b"})
	for i := range s.Cells {
		for k := range s.Cells[i].Runs {
			r := &s.Cells[i].Runs[k]
			r.Distributions = append(r.Distributions, analysis.Distribution{Metric: "recovery_time", Mean: 3})
			r.Counts = append(r.Counts, analysis.Count{Metric: "excused_positives", Count: 2, NodeHours: 1})
		}
	}
	s.Compare.Primary = []string{"recovery_time", "excused_positives", "bytes:direction=sent", "job_latency"}
	var have []string
	for _, m := range newGrid(s, nil).all {
		have = append(have, m.label())
	}
	if want := []string{"recovery time (s)", "excused positives (per node-hour)", "sent per node (B/s)", "crash to first DEAD (s)"}; !reflect.DeepEqual(have, want) {
		t.Errorf("have %q, want %q", have, want)
	}
}

func TestFactor(t *testing.T) {
	g := newGrid(syntheticSweep([]string{"protocol.probe.interval"}, []string{"2s", "500ms", "1s"}), map[string]string{"protocol.probe.interval": "1000ms"})
	f := g.factors[0]
	if !reflect.DeepEqual(f.words, []string{"500ms", "1s", "2s"}) || f.def != "1s" || f.short != "probe.interval" || !f.ours {
		t.Errorf("have %+v", f)
	}
	for _, c := range []struct {
		words []string
		kind  scaleKind
		at    []float64
	}{
		{[]string{"1", "2", "4"}, linear, []float64{1, 2, 4}},
		{[]string{"1", "10", "1000"}, logarithmic, []float64{1, 10, 1000}},
		{[]string{"0", "1", "1000"}, linear, []float64{0, 1, 2}}, // 0 has no logarithm: evenly
		{[]string{"on", "off"}, linear, []float64{0, 1}},
	} {
		f := &factor{key: "k", words: c.words, number: true}
		f.order()
		if at, x := f.positions(); !reflect.DeepEqual(at, c.at) || x.kind != c.kind {
			t.Errorf("%v: at %v, kind %d", c.words, at, x.kind)
		}
	}
}

func TestFront(t *testing.T) {
	var points []estimated
	for _, p := range [][2]float64{{3, 1}, {1, 3}, {2, 4}, {2, 2}, {1, 3}, {4, 1}} {
		points = append(points, estimated{stats.Interval{Estimate: p[0]}, stats.Interval{Estimate: p[1]}})
	}
	if have := front(points); !reflect.DeepEqual(have, []int{1, 3, 0}) {
		t.Errorf("have %v", have)
	}
}

// An upright label is about 0.08 in a letter; below that it runs into the panel beside it.
func TestMapHasRoomForItsLabel(t *testing.T) {
	const label = "suspicion.scale_with_n"
	if have := (mapInches(4, 2, label) - 1.2) / 4; have < 0.08*float64(len(label)) {
		t.Errorf("%.2f in for %d letters", have, len(label))
	}
}
