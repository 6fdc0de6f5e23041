package stats

import (
	"cmp"
	"math"
	"slices"

	"hypersim/core/rng"
)

// Run is one value of one run.
type Run struct {
	Seed  uint64
	Value float64
}

// Pair is the two values of one seed: A of the baseline, B of the variant.
type Pair struct{ A, B float64 }

// Match pairs runs of equal seed, in order of seed, and counts those that have no partner, which no
// paired method may use. A seed that occurs twice on one side is an error of the caller: only the first
// in order of value is paired, and the rest count as unmatched.
func Match(a, b []Run) (pairs []Pair, unmatched int) {
	x, y := sortedRuns(a), sortedRuns(b)
	for len(x) > 0 && len(y) > 0 {
		switch cmp.Compare(x[0].Seed, y[0].Seed) {
		case -1:
			x = x[1:]
			unmatched++
		case 1:
			y = y[1:]
			unmatched++
		default:
			pairs = append(pairs, Pair{x[0].Value, y[0].Value})
			x, y = x[1:], y[1:]
		}
	}
	return pairs, unmatched + len(x) + len(y)
}

func sortedRuns(runs []Run) []Run {
	c := slices.Clone(runs)
	slices.SortFunc(c, func(p, q Run) int {
		return cmp.Or(cmp.Compare(p.Seed, q.Seed), cmp.Compare(p.Value, q.Value))
	})
	return c
}

// Differences returns B − A of every pair.
func Differences(pairs []Pair) []float64 {
	d := make([]float64, len(pairs))
	for i, p := range pairs {
		d[i] = p.B - p.A
	}
	return d
}

// PairedDifference is the BCa interval of a statistic (Mean, Median) of the differences B − A. Common
// random numbers make it shorter than Difference, by how much depends on how alike the pairs are.
func PairedDifference(pairs []Pair, stat Statistic, r Resampling) Bootstrap {
	return BCa(Differences(pairs), stat, r)
}

// PairedRatio is the BCa interval of stat(B)/stat(A), pairs resampled together: 1.05 is 5 % more. A must
// stay away from 0: with a resample where the ratio is not finite there is no interval.
func PairedRatio(pairs []Pair, stat Statistic, r Resampling) Bootstrap {
	a, b := make([]float64, 0, len(pairs)), make([]float64, 0, len(pairs))
	return BCaPairs(pairs, func(ps []Pair) float64 {
		a, b = a[:0], b[:0]
		for _, p := range ps {
			a, b = append(a, p.A), append(b, p.B)
		}
		return stat(ascending(b)) / stat(ascending(a))
	}, r)
}

// PairStatistic reduces pairs to one number. It gets them in a fixed order, whatever order they came in,
// and must neither change nor keep them.
type PairStatistic func(pairs []Pair) float64

// BCaPairs is BCa for a statistic of pairs, which are the unit.
func BCaPairs(pairs []Pair, stat PairStatistic, r Resampling) Bootstrap {
	s := make([]Pair, len(pairs))
	all := make([]float64, 0, 2*len(pairs))
	for i, p := range pairs {
		s[i] = Pair{p.A + 0, p.B + 0}
		all = append(all, p.A, p.B)
	}
	slices.SortFunc(s, func(p, q Pair) int { return cmp.Or(cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B)) })
	slices.Sort(all)
	theta := math.NaN()
	if len(s) > 0 {
		theta = stat(s)
	}
	if note := unusable(all[:len(s)], 2); note != "" {
		return refused(len(s), theta, r, note)
	}
	if note := unusable(all, 2); note != "" {
		return refused(len(s), theta, r, note)
	}
	jack := make([]float64, len(s))
	for i := range s {
		jack[i] = stat(slices.Concat(s[:i], s[i+1:]))
	}
	times, out := make([]int32, len(s)), make([]Pair, 0, len(s))
	return bca(len(s), theta, [][]float64{jack}, func(g *rng.Stream) float64 {
		clear(times)
		for range s {
			times[g.Intn(len(s))]++
		}
		out = out[:0]
		for i, t := range times {
			for range t {
				out = append(out, s[i])
			}
		}
		return stat(out)
	}, r)
}
