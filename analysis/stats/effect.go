package stats

import (
	"fmt"
	"math"
	"slices"
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

// RankBiserial returns the matched-pairs rank-biserial correlation, in [−1, 1]: the share of rank sum on
// the positive side of the differences minus that on the negative side (Kerby 2014). Differences of 0 are
// left out. NaN if none is left.
func RankBiserial(differences []float64) float64 {
	var d []float64
	for _, v := range differences {
		if math.IsNaN(v) {
			return math.NaN()
		}
		if v != 0 {
			d = append(d, v)
		}
	}
	if len(d) == 0 {
		return math.NaN()
	}
	slices.SortFunc(d, func(p, q float64) int {
		switch {
		case math.Abs(p) < math.Abs(q):
			return -1
		case math.Abs(p) > math.Abs(q):
			return 1
		}
		return 0
	})
	plus, all := 0, 0 // twice the rank sums, which are whole even with ties
	for i := 0; i < len(d); {
		j := i
		for j < len(d) && math.Abs(d[j]) == math.Abs(d[i]) {
			j++
		}
		for k := i; k < j; k++ {
			all += i + 1 + j
			if d[k] > 0 {
				plus += i + 1 + j
			}
		}
		i = j
	}
	return float64(2*plus-all) / float64(all)
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

// HodgesLehmann returns the median of all differences b − a of independent samples, an estimate of the
// shift between them that few outliers cannot move, with the interval of shifts that MannWhitney does not
// reject (Hodges and Lehmann 1963; Hollander and Wolfe 1999, §4.2 and §4.3). Exact without ties and below
// 50 runs a side: then the true level is at least the nominal one.
func HodgesLehmann(a, b []float64, level float64) Interval {
	x, y := sortedCopy(a), sortedCopy(b)
	iv := Interval{Estimate: math.NaN(), Level: orDefault(level), N: min(len(x), len(y))}
	for _, s := range [][]float64{x, y} {
		if note := unusable(s, 1); note != "" {
			return iv.without(note)
		}
	}
	d := make([]float64, 0, len(x)*len(y))
	for _, v := range x {
		for _, w := range y {
			d = append(d, w-v)
		}
	}
	slices.Sort(d)
	iv.Estimate = Median(d)
	k := criticalU(x, y, tail(iv.Level))
	if k < 1 {
		return iv.without(fmt.Sprintf("%d and %d values are too few for this level", len(x), len(y)))
	}
	iv.Low, iv.High = d[k-1], d[len(d)-k]
	return iv
}

// criticalU returns the greatest k with P(U < k) ≤ alpha: the k-th smallest and greatest differences are
// the ends of the interval.
func criticalU(x, y []float64, alpha float64) int {
	_, equal := compare(x, y)
	if equal == 0 && !repeats(x) && !repeats(y) && len(x) <= exactRanks && len(y) <= exactRanks {
		sum := 0.0
		for u, p := range uDistribution(len(x), len(y)) {
			if sum += p; sum > alpha {
				return u
			}
		}
	}
	mean := float64(len(x)*len(y)) / 2
	return int(math.Floor(mean + float64(normalQuantile(alpha)*sdU(x, y))))
}
