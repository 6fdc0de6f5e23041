package stats

import (
	"math"
	"slices"
)

// Test is the outcome of a test of the null hypothesis "no difference".
type Test struct {
	Statistic float64 // U, or the observed mean difference
	P         float64 // in (0, 1]; NaN where there is no test
	Method    string  // what was computed: "exact", "normal approximation", "Monte Carlo, 9999 draws"
	Note      string  // why there is no test, or ""
}

// Alternative is what speaks against the null hypothesis.
type Alternative uint8

// The alternatives. TwoSided is the one to use unless the direction was fixed before the runs were made.
const (
	TwoSided Alternative = iota
	Greater              // b tends to be greater than a
	Less                 // b tends to be less than a
)

// Holm returns the p-values adjusted for being several, in their own order: rejecting what is at most α
// keeps the chance of any false rejection at α whatever the dependence (Holm 1979, "A simple sequentially
// rejective multiple test procedure"). NaN stays NaN and does not count as a test.
func Holm(p []float64) []float64 {
	var order []int
	out := make([]float64, len(p))
	for i := range p {
		out[i] = p[i]
		if !math.IsNaN(p[i]) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		if p[i] < p[j] {
			return -1
		}
		if p[i] > p[j] {
			return 1
		}
		return i - j
	})
	floor := 0.0
	for k, i := range order {
		floor = max(floor, min(1, float64(float64(len(order)-k)*p[i])))
		out[i] = floor
	}
	return out
}
