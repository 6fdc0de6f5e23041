package validate

import (
	"fmt"
	"slices"

	"hypersim/analysis/stats"
)

// Value is what was measured for one row.
type Value struct {
	stats.Interval        // 95 %; without ends where there is none
	Hits, Trials   uint64 // of a share
}

// Measure gives a row its value from the runs of its cell.
type Measure func(l *Lab, runs Trials) Value

// average is the mean over runs.
func average(runs []float64) Value { return Value{Interval: stats.MeanInterval(runs, 0)} }

// median is that of what all runs saw, with its interval by runs.
func median(runs [][]float64) Value {
	weighted := make([]stats.Weighted, len(runs))
	for i, r := range runs {
		weighted[i].Values = slices.Sorted(slices.Values(r))
		weighted[i].Weights = slices.Repeat([]float64{1}, len(r))
	}
	iv := stats.QuantileInterval(weighted, 50, 0)
	iv.Estimate = stats.Median(slices.Concat(runs...))
	return Value{Interval: iv}
}

// number is one without an interval.
func number(x float64, note string) Value {
	return Value{Interval: stats.Interval{Estimate: x, Low: nan, High: nan, Level: stats.DefaultLevel, N: 1, Note: note}}
}

// annotated is an interval made elsewhere.
func annotated(iv stats.Interval, note string) Value {
	iv.Note = note
	return Value{Interval: iv}
}

// meanOf is the mean over runs, with its interval.
func meanOf(name string) Measure {
	return func(_ *Lab, runs Trials) Value { return average(runs.all(name)) }
}

// percentileOf is a percentile of what all runs saw, with its interval by runs.
func percentileOf(name string, p float64) Measure {
	return func(_ *Lab, runs Trials) Value {
		var weighted []stats.Weighted
		for _, r := range runs.lists(name) {
			weighted = append(weighted, stats.Weighted{Values: slices.Sorted(slices.Values(r)), Weights: slices.Repeat([]float64{1}, len(r))})
		}
		iv := stats.QuantileInterval(weighted, p, 0)
		iv.Estimate = stats.Percentile(runs.all(name), p)
		return Value{Interval: iv}
	}
}

// medianOf is the median of what is noted in all runs, or of one number of each, with its interval by runs.
func medianOf(name string) Measure {
	return func(_ *Lab, runs Trials) Value { return median(runs.lists(name)) }
}

// sumOf adds up all runs.
func sumOf(name string) Measure {
	return func(_ *Lab, runs Trials) Value { return number(runs.sum(name), "") }
}

// mostOf is the largest of all runs, and mostSeen says so.
func mostOf(name string) Measure {
	return func(_ *Lab, runs Trials) Value { return number(slices.Max(runs.all(name)), "") }
}

func mostSeen(name string) Measure {
	return func(_ *Lab, runs Trials) Value {
		v := runs.all(name)
		out := number(slices.Max(v), fmt.Sprintf("largest of %d, least %.4g", len(v), slices.Min(v)))
		out.N = len(v)
		return out
	}
}

// spreadOf is the mean over runs, with their range for an interval.
func spreadOf(name string) Measure {
	return func(_ *Lab, runs Trials) Value {
		v := runs.each(name)
		out := number(stats.Mean(v), fmt.Sprintf("range of %d", len(v)))
		out.N, out.Low, out.High = len(v), slices.Min(v), slices.Max(v)
		return out
	}
}

// shareOf is a share of all that was tried in all runs, with Wilson's interval.
func shareOf(hits, trials string) Measure {
	return func(_ *Lab, runs Trials) Value {
		h, n := uint64(runs.sum(hits)), uint64(runs.sum(trials))
		v := annotated(stats.Wilson(h, n, 0), fmt.Sprintf("%d of %d", h, n))
		v.Hits, v.Trials = h, n
		return v
	}
}

// ratioOf is the mean over runs of what is a part of what in each.
func ratioOf(part, whole string) Measure {
	return func(_ *Lab, runs Trials) Value {
		list := runs.each(part)
		for i, all := range runs.each(whole) {
			list[i] /= all
		}
		return average(list)
	}
}

// closed is a number that needs no run.
func closed(x float64, note string) Measure {
	return func(*Lab, Trials) Value { return number(x, note) }
}

// each number of the runs, in order.
func (runs Trials) each(name string) (out []float64) {
	for _, t := range runs {
		out = append(out, t.Of(name))
	}
	return out
}

// lists of what each run noted, or of its one number.
func (runs Trials) lists(name string) (out [][]float64) {
	for _, t := range runs {
		list, noted := t.lists[name]
		if !noted {
			list = []float64{t.Of(name)}
		}
		out = append(out, list)
	}
	return out
}

// all values of all runs.
func (runs Trials) all(name string) []float64 { return slices.Concat(runs.lists(name)...) }

func (runs Trials) sum(name string) (sum float64) {
	for _, x := range runs.each(name) {
		sum += x
	}
	return sum
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// quantile of a sorted list, by the nearest rank.
func quantile(sorted []float64, q float64) float64 {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// mapped is f of each.
func mapped(v []float64, f func(x float64) float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = f(x)
	}
	return out
}
