package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestEffectSizes(t *testing.T) {
	// R's wilcox.test gives W = 35 of 50 pairs: δ = 2·35/50 − 1.
	near(t, "Cliff's delta", CliffsDelta(earlier, atTerm), 0.4, 1e-15)
	// R's sleep example: paired t = 4.0621 with 10 pairs, and d = t/√n.
	near(t, "Cohen's d", CohenD(sleep), 4.0621/math.Sqrt(10), 2e-5)
	for name, v := range map[string]float64{
		"δ of none": CliffsDelta(nil, sleep),
		"d of one":  CohenD([]float64{1}), "d without spread": CohenD([]float64{.1, .1, .1}),
	} {
		if !math.IsNaN(v) {
			t.Errorf("%s: %v, want NaN", name, v)
		}
	}
	if d := CliffsDelta([]float64{1, 2}, []float64{3, 4}); d != 1 {
		t.Errorf("δ of separate samples: %v, want 1", d)
	}
}

func samples() *rapid.Generator[[]float64] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-20, 20).Draw(t, "v")) }), 1, 25)
}

// Counting pairs one by one, with ties.
func TestPairCountsAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := samples().Draw(t, "a"), samples().Draw(t, "b")
		delta := 0.0
		for _, x := range a {
			for _, y := range b {
				switch {
				case y > x:
					delta++
				case y < x:
					delta--
				}
			}
		}
		if have, want := CliffsDelta(a, b), delta/float64(len(a)*len(b)); have != want {
			t.Fatalf("δ %v, want %v", have, want)
		}
	})
}
