package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Published data used by several tests.
var (
	// Student (1908), "The probable error of a mean": additional hours of sleep, second drug minus first.
	sleep = []float64{1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, 0.8, 4.6, 1.4}

	// The same, as the ten values of each drug.
	drugOne = []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2}
	drugTwo = []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}

	// Darwin's maize in eighths of an inch, crossed minus self-fertilised, from Fisher (1935), The Design of
	// Experiments, chapter III.
	darwin = []float64{49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48}

	// Hollander and Wolfe (1973), p. 69f.: permeability of the human chorioamnion at term and earlier.
	atTerm  = []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	earlier = []float64{1.15, 0.88, 0.90, 0.74, 1.21}
)

func near(t *testing.T, name string, have, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(have-want) <= tolerance) && !(math.IsInf(want, 0) && have == want) {
		t.Errorf("%s: have %.10g, want %v ± %g", name, have, want, tolerance)
	}
}

func nearInterval(t *testing.T, name string, have Interval, low, high, tolerance float64) {
	t.Helper()
	near(t, name+" low", have.Low, low, tolerance)
	near(t, name+" high", have.High, high, tolerance)
}

func shuffled[T any](r *rand.Rand, v []T) []T {
	c := append([]T(nil), v...)
	r.Shuffle(len(c), func(i, j int) { c[i], c[j] = c[j], c[i] })
	return c
}

func testRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
