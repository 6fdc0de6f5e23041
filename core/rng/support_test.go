package rng

import (
	"math"
	"slices"
	"testing"
)

func sqrtOf(n int) float64 { return math.Sqrt(float64(n)) }

// within fails if have is more than six standard errors from want: once in 10^9 for a right program.
// The streams are fixed, so a test that passes keeps passing.
func within(t *testing.T, what string, have, want, standardError float64) {
	t.Helper()
	if !(math.Abs(have-want) <= 6*standardError) {
		t.Errorf("%s: %v, want %v ± %v", what, have, want, 6*standardError)
	}
}

// kolmogorov fails if the largest distance between the sample and the CDF exceeds 2.7/√n, which a right
// sampler does once in 10^6 (2·e^(−2·2.7²)).
func kolmogorov(t *testing.T, what string, sample []float64, cdf func(float64) float64) {
	t.Helper()
	slices.Sort(sample)
	n := float64(len(sample))
	worst, at := 0.0, 0.0
	for i, x := range sample {
		c := cdf(x)
		if d := max(c-float64(i)/n, float64(i+1)/n-c); d > worst {
			worst, at = d, x
		}
	}
	if bound := 2.7 / math.Sqrt(n); !(worst <= bound) {
		t.Errorf("%s: distance %v to the CDF at %v, at most %v expected of %v draws", what, worst, at, bound, n)
	}
}

// chiSquare fails if the counts are further from equal than six standard deviations of the statistic.
func chiSquare(t *testing.T, what string, counts []int) {
	t.Helper()
	total := 0
	for _, c := range counts {
		total += c
	}
	want := float64(total) / float64(len(counts))
	x := 0.0
	for _, c := range counts {
		x += (float64(c) - want) * (float64(c) - want) / want
	}
	free := float64(len(counts) - 1)
	if !(math.Abs(x-free) <= 6*math.Sqrt(2*free)+12) {
		t.Errorf("%s: chi-square %v with %v degrees of freedom", what, x, free)
	}
}

func normalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
