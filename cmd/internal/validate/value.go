package validate

import (
	"fmt"
	"slices"

	"hypersim/analysis/stats"
)

// Value is what an experiment measured for one row.
type Value struct {
	stats.Interval        // 95 %; without ends where there is none
	Hits, Trials   uint64 // of a share
}

// Mean gives the row the mean over runs.
func (l *Lab) Mean(row string, runs []float64) {
	l.put(row, Value{Interval: stats.MeanInterval(runs, 0)})
}

// Median gives the row the median of what all runs saw, with its interval by runs.
func (l *Lab) Median(row string, runs [][]float64) {
	weighted := make([]stats.Weighted, len(runs))
	for i, r := range runs {
		w := &weighted[i]
		for _, v := range slices.Sorted(slices.Values(r)) {
			w.Values, w.Weights = append(w.Values, v), append(w.Weights, 1)
		}
	}
	iv := stats.QuantileInterval(weighted, 50, 0)
	iv.Estimate = stats.Median(slices.Concat(runs...))
	l.put(row, Value{Interval: iv})
}

// Share gives the row hits of trials, with Wilson's interval.
func (l *Lab) Share(row string, hits, trials int) {
	iv := stats.Wilson(uint64(hits), uint64(trials), 0)
	iv.Note = fmt.Sprintf("%d of %d", hits, trials)
	l.put(row, Value{Interval: iv, Hits: uint64(hits), Trials: uint64(trials)})
}

// Number gives the row one number.
func (l *Lab) Number(row string, x float64, note string) {
	l.put(row, Value{Interval: point(x, 1, note)})
}

// Most gives the row the largest of all runs.
func (l *Lab) Most(row string, runs []float64) {
	l.put(row, Value{Interval: point(slices.Max(runs), len(runs), fmt.Sprintf("largest of %d, least %.4g", len(runs), slices.Min(runs)))})
}

// Spread gives the row the mean over runs, with their range for an interval.
func (l *Lab) Spread(row string, runs []float64) {
	iv := point(stats.Mean(runs), len(runs), fmt.Sprintf("range of %d", len(runs)))
	iv.Low, iv.High = slices.Min(runs), slices.Max(runs)
	l.put(row, Value{Interval: iv})
}

// Estimate gives the row an interval made elsewhere.
func (l *Lab) Estimate(row string, iv stats.Interval, note string) {
	if note != "" {
		iv.Note = note
	}
	l.put(row, Value{Interval: iv})
}

func point(x float64, n int, note string) stats.Interval {
	return stats.Interval{Estimate: x, Low: nan, High: nan, Level: stats.DefaultLevel, N: n, Note: note}
}
