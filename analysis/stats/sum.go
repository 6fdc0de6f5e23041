package stats

import (
	"math"
	"slices"
)

// Sum returns the sum of values rounded once, as if added in unlimited precision: it does not depend on
// their order. Shewchuk (1997), "Adaptive precision floating-point arithmetic", with the final rounding
// of Hettinger's msum. Where a partial sum leaves the range of float64, or a value is not finite, the
// result is that of plain addition.
func Sum(values []float64) float64 {
	var room [16]float64
	partials := room[:0]
	plain := 0.0
	for _, x := range values {
		plain += x
		kept := 0
		for _, y := range partials {
			if math.Abs(x) < math.Abs(y) {
				x, y = y, x
			}
			hi := x + y
			lo := y - (hi - x)
			if lo != 0 {
				partials[kept] = lo
				kept++
			}
			x = hi
		}
		partials = append(partials[:kept], x)
	}
	if math.IsInf(plain, 0) || math.IsNaN(plain) {
		return plain
	}
	return roundOnce(partials)
}

// roundOnce adds partials, which do not overlap and grow. A tie that the last addition rounded the wrong
// way is corrected by the sign of what lies below it.
func roundOnce(partials []float64) float64 {
	n := len(partials)
	if n == 0 {
		return 0
	}
	n--
	hi, lo := partials[n], 0.0
	for n > 0 {
		x := hi
		n--
		y := partials[n]
		hi = x + y
		if lo = y - (hi - x); lo != 0 {
			break
		}
	}
	if n > 0 && (lo < 0 && partials[n-1] < 0 || lo > 0 && partials[n-1] > 0) {
		y := lo * 2
		x := hi + y
		if y == x-hi {
			hi = x
		}
	}
	return hi + 0 // −0 becomes 0
}

// Mean returns the arithmetic mean; NaN of none.
func Mean(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return Sum(values) / float64(len(values))
}

// Variance returns the sample variance, with divisor n−1; NaN below two values. Two passes, the second
// corrected for the rounding of the mean (Chan, Golub and LeVeque 1983).
func Variance(values []float64) float64 {
	if len(values) < 2 {
		return math.NaN()
	}
	return squares(values) / float64(len(values)-1)
}

// SD returns the sample standard deviation, with divisor n−1; NaN below two values.
func SD(values []float64) float64 { return math.Sqrt(Variance(values)) }

// squares returns the sum of squared deviations from the mean.
func squares(values []float64) float64 {
	mean := Mean(values)
	d := make([]float64, len(values))
	for i, v := range values {
		d[i] = v - mean
	}
	rest := Sum(d)
	for i := range d {
		d[i] *= d[i]
	}
	return max(0, Sum(d)-float64(rest*rest)/float64(len(d)))
}

// ascending returns the values in ascending order, as a copy unless they already are, with −0 as 0 only
// where it copies; both compare equal and no result depends on the sign of zero.
func ascending(values []float64) []float64 {
	if slices.IsSorted(values) {
		return values
	}
	return sortedCopy(values)
}

// sortedCopy returns a sorted copy in which −0 is 0, so that equal multisets have equal bits.
func sortedCopy(values []float64) []float64 {
	c := make([]float64, len(values))
	for i, v := range values {
		c[i] = v + 0
	}
	slices.Sort(c)
	return c
}
