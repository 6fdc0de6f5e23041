package plot

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"hypersim/analysis"
	"hypersim/analysis/stats"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// TestEpisodes: a repeated fault is drawn each time that it acted, and not in between; its episodes share a
// colour, a row and a label that says how many there are.
func TestEpisodes(t *testing.T) {
	tables := &metrics.Tables{
		Faults: []metrics.FaultRow{
			{ID: "pause", Kind: "pause", Start: 10e9, End: 60e9, Episodes: 3}, {ID: "cut", Kind: "partition", Start: 15e9, End: 20e9, Episodes: 1},
		},
		Episodes: []metrics.EpisodeRow{{ID: "pause", Start: 10e9, End: 12e9}, {ID: "pause", Start: 30e9, End: 32e9}, {ID: "pause", Start: 58e9, End: 60e9}},
	}
	bands := faultBands(tables, 100, nil)
	var have []float64
	for _, b := range bands {
		if b.id == "pause" {
			have = append(have, b.from, b.to)
			if b.label != "pause × 3" || b.tint != bands[0].tint {
				t.Errorf("have %+v", b)
			}
		}
	}
	if want := []float64{10, 12, 30, 32, 58, 60}; !reflect.DeepEqual(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	place := func(b *band) (vg.Length, vg.Length, bool) { return vg.Length(b.from), vg.Length(b.to), true }
	tags, dropped := lanes(bands, place, func(string) vg.Length { return 8 }, 0, 100)
	if len(tags) != 2 || dropped != 0 || len(tags[0].bars) != 3 || tags[0].lane == tags[1].lane {
		t.Errorf("have %+v, %d dropped", tags, dropped)
	}
	tables.Faults[0].Kind, tables.Faults[1].Kind = "partition", "loss"
	if ends := cutEnds(tables); len(ends) != 3 || ends[1].End != 32e9 || ends[1].ID != "pause at 30 s" {
		t.Errorf("have %+v", ends)
	}
}

// TestCoinciding: cells that lie on one point are all named, as many as there is room for.
func TestCoinciding(t *testing.T) {
	at := func(x, y float64) estimated {
		return estimated{stats.Interval{Estimate: x}, stats.Interval{Estimate: y}}
	}
	points := []estimated{at(1, 2), at(1, 2), at(3, 1), at(1, 2), at(1, 2), at(1, 2)}
	words := []string{"a", "b", "c", "b", "d", "e"}
	if have := coinciding(points, words, 0); have != "a = b = d = 1 more" {
		t.Errorf("have %q", have)
	}
	if have := coinciding(points, words, 2); have != "c" {
		t.Errorf("have %q", have)
	}
}

// TestShade: the scale is for what differs by more than its intervals are wide.
func TestShade(t *testing.T) {
	for _, c := range []struct{ v, lo, hi, noise, want float64 }{
		{10, 10, 20, 0.1, 0}, {20, 10, 20, 0.1, 1},
		{10, 10, 10.6, 1, 0.45}, {10.6, 10, 10.6, 1, 0.55},
		{10, 10, 10, 0, 0.5}, {10, 10, 10, 1, 0.5},
	} {
		if have := (&tiles{noise: c.noise}).shade(c.v, c.lo, c.hi); math.Abs(have-c.want) > 1e-12 {
			t.Errorf("%+v: have %v", c, have)
		}
	}
	g, p := &cells{}, newPanel(axis{}, axis{})
	g.paint(p, []float64{0.991, 0.992, 0.993}, false)
	a, _, _, _ := g.color(0.991).Color.RGBA()
	if b, _, _, _ := g.color(0.993).Color.RGBA(); max(a, b)-min(a, b) > 0x400 {
		t.Errorf("what differs by 2 in 1,000 has reds of %x and %x", a, b)
	}
}

// TestStatesKeepTheirColours: a state looks the same whatever others a run knows.
func TestStatesKeepTheirColours(t *testing.T) {
	words := []string{"UNKNOWN", "REACHABLE", "SUSPECTED", "UNREACHABLE"}
	few, all := &cells{states: words}, &cells{states: words}
	few.paint(newPanel(axis{}, axis{}), []float64{1}, false)
	all.paint(newPanel(axis{}, axis{}), []float64{0, 1, 2, 3}, false)
	if few.color(1).Color != all.color(1).Color || all.color(1).Color == all.color(3).Color {
		t.Errorf("have %v and %v", few.color(1), all.color(1))
	}
}

// TestEqualDataEqualIntervals: two cells of a sweep whose runs measured the same have the same interval.
func TestEqualDataEqualIntervals(t *testing.T) {
	s := syntheticSweep([]string{"variant"}, []string{"a", "b"})
	s.Cells[1].Runs = s.Cells[0].Runs
	g := newGrid(s, nil)
	for i := range g.all {
		a, b := g.all[i].estimate(&s.Cells[0]), g.all[i].estimate(&s.Cells[1])
		if a != b && !(math.IsNaN(a.Low) && math.IsNaN(b.Low)) {
			t.Errorf("%s: %+v and %+v", g.all[i].name, a, b)
		}
	}
}

// TestObserved: a distribution is of all observations after the warm-up where the run keeps them, and else not
// taken from a part of them.
func TestObserved(t *testing.T) {
	row := func(at core.Instant, share string, v float64) metrics.TimeRow {
		return metrics.TimeRow{At: at, Metric: "dissemination", Unit: "s", Labels: "type=dead;share=" + share, Value: v}
	}
	run := analysis.New("", analysis.Info{}, &metrics.Tables{Observed: []metrics.TimeRow{row(1e9, "50", 9), row(5e9, "50", 1), row(6e9, "99", 2), row(7e9, "50", 3)}})
	summary := &metrics.SummaryRow{Metric: "dissemination", Labels: "type=dead;share=50", Summary: metrics.Summary{Count: 2}}
	if have := observed(run, summary); !reflect.DeepEqual(have, []float64{1, 3}) {
		t.Errorf("have %v, want those after the warm-up", have)
	}
	summary.Summary.Count = 4
	if have := observed(run, summary); have != nil {
		t.Errorf("have %v of 4 observations, three are kept", have)
	}
	p := newPanel(axis{}, axis{})
	p.described(run, summary, "x", stroke(blue, 0), 4)
	if !strings.Contains(p.legend[0].label, "quantiles only") {
		t.Errorf("quantiles are not marked: %q", p.legend[0].label)
	}
}

// TestNothingToDraw: what a run did not see has no picture, and that is no error of the request.
func TestNothingToDraw(t *testing.T) {
	run := synthetic(t, t.TempDir())
	r := Request{Kind: "scatter", Metric: "job_suspicion"}
	if _, err := r.figure(run); !errors.Is(err, ErrNothing) {
		t.Errorf("have %v", err)
	}
	run.Tables.Detections = nil
	if f := marks(run); f != nil {
		t.Error("a picture of markings without one")
	}
}
