package plot

import (
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/sim/metrics"
)

// pointsMax is how many steps a curve keeps: more than there are pixels across.
const pointsMax = 3000

// ecdf returns the empirical distribution of values as corners for a step line: for each distinct value the
// share of all that is at most it. of is the number of trials; values that never came (censored) keep the
// curve below 1. It ends at until, if that is later than the last value. values are sorted in place.
func ecdf(values []float64, of int, until float64) plotter.XYs {
	slices.Sort(values)
	of = max(of, len(values))
	var xy plotter.XYs
	add := func(x, y float64) { xy = append(xy, plotter.XY{X: x, Y: y}) }
	stride := max(1, len(values)/pointsMax)
	for i := 0; i < len(values); {
		k := i
		for k < len(values) && (values[k] == values[i] || k-i < stride) {
			k++
		}
		if i == 0 {
			add(values[0], 0)
		}
		add(values[k-1], float64(k)/float64(of))
		i = k
	}
	if len(xy) > 0 && until > xy[len(xy)-1].X {
		add(until, xy[len(xy)-1].Y)
	}
	return xy
}

// summaryECDF is what the quantiles of a summary tell of a distribution: points of its curve. The summary's
// quantiles are nearest ranks, so that of p is exactly the value at rank ⌈p·count⌉. share scales the curve,
// as by the trials that never came.
func summaryECDF(s metrics.Summary, share float64) plotter.XYs {
	n := max(float64(s.Count), 1)
	xy := plotter.XYs{{X: s.Min, Y: share / n}}
	for _, q := range []struct{ v, p float64 }{{s.P50, 0.5}, {s.P90, 0.9}, {s.P95, 0.95}, {s.P99, 0.99}, {s.P999, 0.999}, {s.Max, 1}} {
		y := share * math.Ceil(q.p*n-1e-9) / n
		if !math.IsNaN(q.v) && y > xy[len(xy)-1].Y {
			xy = append(xy, plotter.XY{X: q.v, Y: y})
		}
	}
	return xy
}
