package tune

import (
	"math"
	"testing"

	"hypersim/analysis/plot"
	"hypersim/cmd/internal/batch"
	"hypersim/scenarios"
)

// The picture has what matters first, takes what gets smaller for a loss where more is better, and counts in shares of what the
// winner gives.
func TestWorth(t *testing.T) {
	row, err := batch.ParseRow("bytes")
	if err != nil {
		t.Fatal(err)
	}
	space := Space{
		{Key: "a", Kind: scenarios.SettingDuration, Low: 1, High: 4, Log: true, Default: "8s"},
		{Key: "b", Kind: scenarios.SettingWords, Values: []string{"x", "y"}, Default: "x"},
		{Key: "c", Kind: scenarios.SettingWhole, Low: 1, High: 5, Default: "2"},
	}
	tune := &Tune{space: space, goals: []Goal{{Text: "max:bytes", Row: row, More: true}}, rows: []batch.Row{row}, units: []string{"B/s"}}
	tune.search.field = field{goals: tune.goals, seeds: []uint64{1}, points: []*point{
		{values: []string{"8s", "x", "2"}, runs: []sample{{values: []float64{40}}}},
		{no: 1, values: []string{"2s", "y", "2"}, runs: []sample{{values: []float64{50}}}},
		{no: 2, values: []string{"1s", "y", "9"}, refused: "no"},
	}}
	none := num(math.NaN())
	r := &Report{Candidates: []Candidate{{Point: 1, Values: []string{"2s", "y", "2"}, Winner: true}}, Sensitivity: []Sensitivity{
		{Param: "a", Objective: "max:bytes", Value: 50, Back: 0.1, Low: -0.2, High: 0.3, Verdict: MattersNot},
		{Param: "b", Objective: "max:bytes", Value: 50, Back: -10, Low: -12, High: -5, Verdict: Matters},
		{Param: "c", Objective: "max:bytes", Value: none, Back: none, Low: none, High: none, Verdict: AsItWas},
	}}
	s := tune.worth(r)
	var order string
	for i := range s.Factors {
		order += s.Factors[i].Key
	}
	if order != "bac" {
		t.Fatalf("order %s", order)
	}
	b, a, c := &s.Factors[0], &s.Factors[1], &s.Factors[2]
	if e := b.Effects[0]; e.Kind != plot.Matters || e.Loss.Estimate != 20 || e.Loss.Low != 10 || e.Loss.High != 24 {
		t.Errorf("b: %+v: 10 of 50 less are a loss of 20 %%", e)
	}
	if b.Base != 0 || b.Best != 1 || c.Effects[0].Kind != plot.Unmoved || a.Effects[0].Kind != plot.Nothing {
		t.Errorf("%+v %+v %+v", a, b, c)
	}
	if a.X.High < 8 || a.X.Low > 1 || a.Base != 8 || !math.IsNaN(s.Objectives[0].Values[2]) {
		t.Errorf("the axis of a is %+v: its default lies outside of what was searched", a.X)
	}
	if names, err := s.Draw(t.TempDir(), true); err != nil || len(names) != 2 {
		t.Errorf("%v %v", names, err)
	}
}
