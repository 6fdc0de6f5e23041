package stats

import (
	"cmp"
	"slices"
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
