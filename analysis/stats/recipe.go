package stats

import (
	"math"

	"hypersim/core/xmath"
)

// MinRuns is the fewest runs that an interval rests on. Two runs have a spread of one degree of freedom and no
// shape: whatever is written around them says nothing.
const MinRuns = 3

// ShownRuns is the fewest runs at which a decision may hang on an interval: from here on its coverage is shown.
const ShownRuns = 5

// shape is what an interval needs to know of an estimator.
type shape struct {
	se      float64 // standard error
	skew    float64 // third cumulant of the estimator over se³
	freedom float64 // degrees of freedom of se²
}

// around returns the ends of the interval: of Student's t, and of Hall's (1992, "On the removal of skewness by
// transformation") correction of it for lopsided values, whichever lies farther out. Student's alone covers 88 %
// of exponential values at 5 runs and 93 % at 40, a BCa bootstrap 79 % and 93 %; Hall's alone falls short where few
// runs look lopsided by chance. Both are closed forms: no resampling error. ADR-0017 has the figures.
func (s shape) around(estimate, level float64) (low, high float64) {
	t := studentQuantile(s.freedom, 1-tail(level))
	low = estimate - float64(s.se*max(t, s.straightened(t)))
	high = estimate - float64(s.se*min(-t, s.straightened(-t)))
	return low, high
}

// straightened returns where the studentised estimator has the quantile that a symmetric one has at y: the
// inverse of Hall's cubic g(T) = T + kT²/3 + k²T³/27 + k/6, k being the skew.
func (s shape) straightened(y float64) float64 {
	k := s.skew
	if math.Abs(k) < 1e-6 {
		return y
	}
	return 3 / k * (math.Cbrt(1+float64(k*(y-k/6))) - 1)
}

// bent returns |g(t)| of that cubic: how far out a studentised difference is once its skew is accounted for.
func (s shape) bent(t float64) float64 {
	k := s.skew
	return math.Abs(t + float64(k*t*t)/3 + float64(float64(k*k)*float64(t*t*t))/27 + k/6)
}

// shapeOfMean is the shape of the mean of values.
func shapeOfMean(values []float64) shape {
	n := float64(len(values))
	s := shape{se: math.Sqrt(Variance(values) / n), freedom: n - 1}
	if s.se > 0 {
		s.skew = thirdCumulant(values) / float64(n*n) / float64(s.se*s.se*s.se)
	}
	return s
}

// thirdCumulant returns the unbiased estimate n/((n−1)(n−2)) Σ(v − mean)³ of n ≥ 3 values.
func thirdCumulant(values []float64) float64 {
	mean, n := Mean(values), float64(len(values))
	cubes := make([]float64, len(values))
	for i, v := range values {
		d := v - mean
		cubes[i] = float64(d*d) * d
	}
	return Sum(cubes) * n / float64((n-1)*(n-2))
}

// MeanInterval is the interval of the mean of independent runs, one value each. Equal values give one of width 0;
// fewer than MinRuns, or values that are not finite, none. At 5, 10, 20 and 40 runs 95 % cover at least 90, 93, 94
// and 94 % of normal values and of detection times (`hypersim validate --only coverage`).
func MeanInterval(values []float64, level float64) Interval {
	return around(Mean(values), values, level)
}

// Around is the interval of an estimate that is no plain mean, such as a ratio of sums or a restricted mean. values
// are what each run contributes: the estimate plus the run's influence on it, as a jackknife gives it.
func Around(estimate float64, values []float64, level float64) Interval {
	return around(estimate, values, level)
}

func around(estimate float64, values []float64, level float64) Interval {
	s := sortedCopy(values)
	iv := Interval{Estimate: estimate, Level: orDefault(level), N: len(s)}
	if note := unusable(s, MinRuns); note != "" {
		return iv.without(note)
	}
	iv.Low, iv.High = estimate, estimate
	if s[0] != s[len(s)-1] {
		iv.Low, iv.High = shapeOfMean(s).around(estimate, iv.Level)
	}
	return iv
}

// DifferenceOfMeans is the interval of mean(b) − mean(a) of independent runs whose spreads may differ: Welch's
// (1947) degrees of freedom. N is the smaller count.
func DifferenceOfMeans(a, b []float64, level float64) Interval {
	x, y := sortedCopy(a), sortedCopy(b)
	iv := Interval{Estimate: Mean(y) - Mean(x), Level: orDefault(level), N: min(len(x), len(y))}
	for _, s := range [][]float64{x, y} {
		if note := unusable(s, MinRuns); note != "" {
			return iv.without(note)
		}
	}
	iv.Low, iv.High = iv.Estimate, iv.Estimate
	if s := shapeOfDifference(x, y); s.se > 0 {
		iv.Low, iv.High = s.around(iv.Estimate, iv.Level)
	}
	return iv
}

// shapeOfDifference is the shape of mean(y) − mean(x).
func shapeOfDifference(x, y []float64) shape {
	p, q := shapeOfMean(x), shapeOfMean(y)
	vx, vy := float64(p.se*p.se), float64(q.se*q.se)
	s := shape{se: math.Sqrt(vx + vy)}
	if s.se == 0 {
		return s
	}
	s.freedom = float64((vx+vy)*(vx+vy)) / (float64(vx*vx)/p.freedom + float64(vy*vy)/q.freedom)
	cumulant := float64(q.skew*float64(vy*q.se)) - float64(p.skew*float64(vx*p.se))
	s.skew = cumulant / float64(s.se*s.se*s.se)
	return s
}

// PairedDifference is the interval of the mean of the differences B − A. Common random numbers make it shorter than
// DifferenceOfMeans, by how much depends on how alike the pairs are.
func PairedDifference(pairs []Pair, level float64) Interval {
	return MeanInterval(Differences(pairs), level)
}

// PairedRatio is the interval of mean(B)/mean(A): 1.05 is 5 % more. It is made for the logarithm, so that neither end
// can fall below 0. Values must not be negative, and a mean of 0 on either side leaves no interval.
func PairedRatio(pairs []Pair, level float64) Interval {
	a, b := sides(pairs)
	iv, ok := ratio(a, b, level)
	if !ok {
		return iv
	}
	influence := make([]float64, len(pairs))
	ma, mb := Mean(a), Mean(b)
	for i, p := range pairs {
		influence[i] = p.B/mb - p.A/ma
	}
	return exponential(iv, MeanInterval(influence, level))
}

// RatioOfMeans is PairedRatio for independent runs.
func RatioOfMeans(a, b []float64, level float64) Interval {
	iv, ok := ratio(a, b, level)
	if !ok {
		return iv
	}
	scaled := func(v []float64) []float64 {
		out := make([]float64, len(v))
		for i := range v {
			out[i] = v[i] / Mean(v)
		}
		return out
	}
	return exponential(iv, DifferenceOfMeans(scaled(a), scaled(b), level))
}

// ratio returns the estimate, and whether an interval of its logarithm exists.
func ratio(a, b []float64, level float64) (Interval, bool) {
	ma, mb := Mean(a), Mean(b)
	iv := Interval{Estimate: mb / ma, Level: orDefault(level), N: min(len(a), len(b))}
	for _, v := range append(sortedCopy(a), b...) {
		if v < 0 {
			return iv.without("a value is negative"), false
		}
	}
	switch {
	case ma == 0:
		iv.Estimate = math.NaN()
		return iv.without("the baseline is 0"), false
	case !(mb > 0) || !(ma > 0):
		return iv.without("a mean is 0 or missing"), false
	}
	return iv, true
}

// exponential turns the interval of log-ratio's deviation from its estimate into one of the ratio.
func exponential(iv, deviation Interval) Interval {
	if !deviation.Known() {
		return iv.without(deviation.Note)
	}
	iv.Low = float64(iv.Estimate * xmath.Exp(deviation.Low-deviation.Estimate))
	iv.High = float64(iv.Estimate * xmath.Exp(deviation.High-deviation.Estimate))
	return iv
}

func sides(pairs []Pair) (a, b []float64) {
	for _, p := range pairs {
		a, b = append(a, p.A), append(b, p.B)
	}
	return a, b
}
