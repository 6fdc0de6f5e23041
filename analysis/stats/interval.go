package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// DefaultLevel is the confidence level where none is given.
const DefaultLevel = 0.95

// Interval is an estimate with a two-sided central confidence interval: each side misses with probability
// (1−Level)/2.
type Interval struct {
	Estimate  float64 // in the unit of the input
	Low, High float64 // NaN, both, where there is no interval; may be infinite
	Level     float64 // nominal, in (0, 1)
	N         int     // units it rests on: runs, pairs, or events
	Note      string  // why there is no interval, or what to keep in mind; "" is neither
}

// Known reports whether there is an interval.
func (i Interval) Known() bool { return !math.IsNaN(i.Low) && !math.IsNaN(i.High) }

// Excludes reports whether there is an interval and v lies outside of it.
func (i Interval) Excludes(v float64) bool { return i.Known() && (v < i.Low || v > i.High) }

// without returns i with no interval, and why.
func (i Interval) without(note string) Interval {
	i.Low, i.High, i.Note = math.NaN(), math.NaN(), note
	return i
}

// unusable says why values, ascending, give neither interval nor test, or "".
func unusable(values []float64, atLeast int) string {
	switch n := len(values); {
	case n < atLeast && n == 1:
		return fmt.Sprintf("one value, at least %d are needed", atLeast)
	case n < atLeast:
		return fmt.Sprintf("%d values, at least %d needed", n, atLeast)
	case n > 0 && math.IsNaN(values[0]):
		return "a value is NaN"
	case n > 0 && (math.IsInf(values[0], 0) || math.IsInf(values[n-1], 0)):
		return "a value is infinite"
	}
	return ""
}

// orDefault returns level, or DefaultLevel for 0. Any other level outside (0, 1) is the caller's bug.
func orDefault(level float64) float64 {
	if level == 0 {
		return DefaultLevel
	}
	if !(level > 0 && level < 1) {
		panic(fmt.Sprintf("stats: a confidence level of %v; it lies between 0 and 1", level))
	}
	return level
}

// tail returns the probability that each side of a central interval misses.
func tail(level float64) float64 { return (1 - level) / 2 }

// normalQuantile is Φ^{−1}.
func normalQuantile(p float64) float64 { return mathext.NormalQuantile(p) }

// studentQuantile is the p-quantile of Student's t with the given degrees of freedom.
func studentQuantile(freedom, p float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: freedom}.Quantile(p)
}
