package rng

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// quantiles is a distribution given by points (p, value) of its quantile function.
type quantiles struct{ p, value []float64 }

// Empirical is the distribution whose quantile at p[i] is v[i], linear in between. p ascends strictly
// within [0, 1] and v does not fall. Below the first point the value is the first, above the last it is
// the last, so a file that stops at 0.99 holds no tail. The slices are copied. A draw costs O(log n).
func Empirical(p, v []float64) (Dist, error) {
	if len(p) != len(v) || len(p) == 0 {
		return Dist{}, fmt.Errorf("empirical: %d quantiles and %d values, must be equally many and at least one", len(p), len(v))
	}
	var errs []error
	for i := range p {
		if err := checkPoint(p, v, i); err != nil {
			errs = append(errs, fmt.Errorf("empirical: point %d: %w", i+1, err))
		}
	}
	if len(errs) > 0 {
		return Dist{}, errors.Join(errs...)
	}
	if v[0] == v[len(v)-1] {
		return Dist{a: v[0]}, nil
	}
	return Dist{kind: empirical, points: &quantiles{slices.Clone(p), slices.Clone(v)}}, nil
}

// checkPoint returns an error if point i is out of range or not in order after its predecessor.
func checkPoint(p, v []float64, i int) error {
	switch {
	case !(p[i] >= 0 && p[i] <= 1):
		return fmt.Errorf("quantile %v, must be within 0 and 1", p[i])
	case math.IsNaN(v[i]) || math.IsInf(v[i], 0):
		return fmt.Errorf("value %v, must be a finite number", v[i])
	case i > 0 && p[i] <= p[i-1]:
		return fmt.Errorf("quantile %v does not exceed the one before, %v", p[i], p[i-1])
	case i > 0 && v[i] < v[i-1]:
		return fmt.Errorf("value %v is below the one before, %v", v[i], v[i-1])
	case i > 0 && math.IsInf(v[i]-v[i-1], 0):
		return fmt.Errorf("the step from %v to %v exceeds the range of a float64", v[i-1], v[i])
	}
	return nil
}

// at returns the quantile of u in [0, 1].
func (q *quantiles) at(u float64) float64 {
	i, found := slices.BinarySearch(q.p, u)
	switch {
	case i == len(q.p):
		return q.value[i-1]
	case i == 0 || found:
		return q.value[i]
	}
	t := (u - q.p[i-1]) / (q.p[i] - q.p[i-1])
	// Rounding must not carry a draw past the point above.
	return min(q.value[i-1]+float64(t*(q.value[i]-q.value[i-1])), q.value[i])
}

// mean is the area under the quantile function.
func (q *quantiles) mean() float64 {
	last := len(q.p) - 1
	sum := float64(q.p[0]*q.value[0]) + float64((1-q.p[last])*q.value[last])
	for i := 1; i <= last; i++ {
		mid := q.value[i-1] + float64(0.5*(q.value[i]-q.value[i-1]))
		sum += float64((q.p[i] - q.p[i-1]) * mid)
	}
	return sum
}
