package stats

import (
	"fmt"
	"math"

	"hypersim/core/rng"
)

const (
	// DefaultPermutations is the number of Monte Carlo draws where none is given.
	DefaultPermutations = 9999
	// exactArrangements is the number of arrangements up to which all are enumerated.
	exactArrangements = 1 << 20
)

// SignFlip tests whether paired differences are symmetric about 0 by flipping their signs: Fisher's
// randomisation test (1935, The Design of Experiments, chapter III) on the mean, no assumption of normality.
// Exact up to 20 differences that are not 0, beyond by Monte Carlo with p = (b+1)/(m+1), which is never 0
// and keeps its level (Phipson and Smyth 2010). Statistic is the mean difference.
//
// With n pairs no two-sided p is below 2^(1−n): 5 pairs can not reach 5 %.
func SignFlip(differences []float64, alt Alternative, r Resampling) Test {
	d := sortedCopy(differences)
	if note := unusable(d, 1); note != "" {
		return Test{Mean(d), math.NaN(), "", note}
	}
	sum := Sum(d)
	var sizes []float64 // zero differences move no sum
	scale := 0.0
	for _, v := range d {
		if v != 0 {
			sizes = append(sizes, math.Abs(v))
			scale += math.Abs(v)
		}
	}
	sizes = sortedCopy(sizes)
	reaches := reach(sum, scale, alt)
	t := Test{Statistic: Mean(d)}
	if len(sizes) <= 20 {
		t.Method = "exact"
		t.P = float64(countSigns(sizes, 0, reaches)) / float64(uint64(1)<<len(sizes))
		return t
	}
	flipped := make([]float64, len(sizes))
	t.Method, t.P = monteCarlo(r, func(g *rng.Stream) bool {
		var bits uint64
		for i, v := range sizes {
			if i%64 == 0 {
				bits = g.Uint64()
			}
			flipped[i] = v
			if bits&1 == 1 {
				flipped[i] = -v
			}
			bits >>= 1
		}
		return reaches(Sum(flipped))
	})
	return t
}

// reach tells whether a sum is at least as far out as the observed one. The slack keeps arrangements that
// are mathematically equal to the observed one on its side however they round.
func reach(observed, scale float64, alt Alternative) func(float64) bool {
	slack := float64(1e-10 * scale)
	switch alt {
	case Greater:
		return func(s float64) bool { return s >= observed-slack }
	case Less:
		return func(s float64) bool { return s <= observed+slack }
	default: // TwoSided
		return func(s float64) bool { return math.Abs(s) >= math.Abs(observed)-slack }
	}
}

func countSigns(sizes []float64, sum float64, reaches func(float64) bool) uint64 {
	if len(sizes) == 0 {
		if reaches(sum) {
			return 1
		}
		return 0
	}
	return countSigns(sizes[1:], sum+sizes[0], reaches) + countSigns(sizes[1:], sum-sizes[0], reaches)
}

// Permutation tests whether two independent samples come from one distribution by exchanging their
// values (Pitman 1937; Efron and Tibshirani 1993, chapter 15), with the difference of means as statistic.
// Exact up to about a million arrangements, beyond by Monte Carlo as in SignFlip.
func Permutation(a, b []float64, alt Alternative, r Resampling) Test {
	x, y := sortedCopy(a), sortedCopy(b)
	for _, s := range [][]float64{x, y} {
		if note := unusable(s, 1); note != "" {
			return Test{Mean(y) - Mean(x), math.NaN(), "", note}
		}
	}
	pooled := sortedCopy(append(append([]float64(nil), x...), y...))
	center := Mean(pooled)
	scale := 0.0
	for i := range pooled {
		pooled[i] -= center
		scale += math.Abs(pooled[i])
	}
	// With the pooled mean at 0 the difference of means grows with the sum of either side alone, so the
	// smaller one is enumerated.
	k, observed, side := len(y), Sum(y)-float64(float64(len(y))*center), alt
	if len(x) < len(y) {
		k, observed = len(x), Sum(x)-float64(float64(len(x))*center)
		switch alt {
		case Greater:
			side = Less
		case Less:
			side = Greater
		case TwoSided: // its own mirror image
		}
	}
	reaches := reach(observed, scale, side)
	t := Test{Statistic: Mean(y) - Mean(x)}
	if total := choose(len(pooled), k); total <= exactArrangements {
		t.Method = "exact"
		t.P = float64(countSubsets(pooled, k, 0, reaches)) / total
		return t
	}
	t.Method, t.P = monteCarlo(r, func(g *rng.Stream) bool {
		for i := range k { // the first k of a uniform shuffle
			j := i + g.Intn(len(pooled)-i)
			pooled[i], pooled[j] = pooled[j], pooled[i]
		}
		return reaches(Sum(pooled[:k]))
	})
	return t
}

// choose returns n over k; large ones are rounded.
func choose(n, k int) float64 {
	c := 1.0
	for i := 1; i <= k; i++ {
		c = math.Round(float64(c*float64(n-k+i)) / float64(i))
	}
	return c
}

func countSubsets(values []float64, k int, sum float64, reaches func(float64) bool) uint64 {
	if k == 0 {
		if reaches(sum) {
			return 1
		}
		return 0
	}
	n := uint64(0)
	for i := 0; i+k <= len(values); i++ {
		n += countSubsets(values[i+1:], k-1, sum+values[i], reaches)
	}
	return n
}

// monteCarlo returns (b+1)/(m+1), b being how many of m draws are as extreme as what was seen.
func monteCarlo(r Resampling, extreme func(*rng.Stream) bool) (method string, p float64) {
	m := r.Resamples
	if m == 0 {
		m = DefaultPermutations
	}
	g := rng.New(r.Seed, "stats.permutation/"+r.Purpose)
	b := 0
	for range m {
		if extreme(&g) {
			b++
		}
	}
	return fmt.Sprintf("Monte Carlo, %d draws", m), float64(b+1) / float64(m+1)
}
