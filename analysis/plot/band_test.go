package plot

import (
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"

	"hypersim/core"
	"hypersim/sim/metrics"
)

func TestFaultBands(t *testing.T) {
	faults := []metrics.FaultRow{
		{ID: "late", Kind: "loss", Start: 50e9, End: core.Never},
		{ID: "cut", Kind: "partition", Start: 10e9, End: 20e9},
		{ID: "never", Kind: "loss", Start: core.Never, End: core.Never},
		{ID: "crash", Kind: "crash", Start: 30e9, End: core.Never},
		{ID: "outage", Kind: "crash", Start: 30e9, End: 40e9},
	}
	type want struct {
		label    string
		from, to float64
	}
	check := func(name string, have []band, wants []want) {
		t.Helper()
		var got []want
		for _, b := range have {
			got = append(got, want{b.label, b.from, b.to})
		}
		if !slices.Equal(got, wants) {
			t.Errorf("%s: have %v, want %v", name, got, wants)
		}
	}
	check("all, in order of start", faultBands(&metrics.Tables{Faults: faults}, 100, nil), []want{
		{"cut (partition)", 10, 20}, {"outage (crash)", 30, 40}, {"crash", 30, 30}, {"late (loss)", 50, 100},
	})
	check("those that are marked", faultBands(&metrics.Tables{Faults: faults}, 100, []string{"late"}), []want{{"late (loss)", 50, 100}})
}

// TestLanes: bars and labels of one row never touch, what overlaps in time stands in different rows, labels
// stay on the paper, and what finds no row is counted.
func TestLanes(t *testing.T) {
	place := func(b *band) (vg.Length, vg.Length, bool) { return vg.Length(b.from), vg.Length(b.to), b.from < 500 }
	width := func(s string) vg.Length { return vg.Length(6 * len(s)) }
	bands := []band{
		{label: "a", from: 10, to: 200}, {label: "b", from: 50, to: 100}, {label: "long label", from: 120, to: 125}, {label: "c", from: 210, to: 300},
		{label: "at the edge", from: 290, to: 299}, {label: "outside", from: 600, to: 700},
	}
	tags, dropped := lanes(bands, place, width, 0, 300)
	if len(tags) != 5 || dropped != 0 {
		t.Fatalf("%d tags, %d dropped", len(tags), dropped)
	}
	for i, a := range tags {
		if a.text < 0 || a.text+width(a.label) > 300 {
			t.Errorf("label %q lies outside: %v", a.label, a.text)
		}
		for _, b := range tags[:i] {
			if a.lane == b.lane && a.left < b.right && b.left < a.right {
				t.Errorf("%q and %q touch", a.label, b.label)
			}
		}
	}
	var many []band
	for range lanesMax + 2 {
		many = append(many, band{label: "x", from: 10, to: 100})
	}
	if tags, dropped := lanes(many, place, width, 0, 300); len(tags) != lanesMax || dropped != 2 {
		t.Errorf("%d tags and %d dropped, want %d and 2", len(tags), dropped, lanesMax)
	}
}
