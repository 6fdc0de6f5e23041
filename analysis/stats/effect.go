package stats

import (
	"math"
)

// CliffsDelta returns P(b > a) − P(b < a) over all pairs, in [−1, 1]: 0 is no tendency, 1 is every b above
// every a (Cliff 1993, "Dominance statistics"). It is the rank-biserial correlation of two independent
// samples, 2U/(mn) − 1. NaN if a side is empty or holds NaN.
func CliffsDelta(a, b []float64) float64 {
	x, y := sortedCopy(a), sortedCopy(b)
	if len(x) == 0 || len(y) == 0 || math.IsNaN(x[0]) || math.IsNaN(y[0]) {
		return math.NaN()
	}
	less, equal := compare(x, y)
	pairs := int64(len(x)) * int64(len(y))
	return float64(2*less+equal-pairs) / float64(pairs)
}

// CohenD returns the mean of paired differences in units of their standard deviation (Cohen 1988, §2.3.5,
// d_z): 0.2 is called small, 0.5 medium, 0.8 large. Common random numbers shrink the spread and so enlarge
// it; it says how visible a difference is, not how large. NaN below two pairs or without any spread.
func CohenD(differences []float64) float64 {
	d := sortedCopy(differences)
	sd := SD(d)
	if len(d) < 2 || sd == 0 || d[0] == d[len(d)-1] {
		return math.NaN()
	}
	return Mean(d) / sd
}

// compare counts, over all pairs of two ascending samples, how often x < y and how often x = y.
func compare(x, y []float64) (less, equal int64) {
	i, j := 0, 0 // values of x below, and at or below, the current y
	for _, v := range y {
		for i < len(x) && x[i] < v {
			i++
		}
		for j < len(x) && x[j] <= v {
			j++
		}
		less += int64(i)
		equal += int64(j - i)
	}
	return less, equal
}
