package rng

import (
	"math"

	"hypersim/core/xmath"
)

// Mean returns the expectation of a draw: +Inf for a Pareto with shape ≤ 1.
func (d *Dist) Mean() float64 {
	switch d.kind {
	case constant, normal, exponential:
		return d.a
	case uniform:
		return d.a + float64(0.5*d.b)
	case truncated:
		return truncatedMean(d.a, d.b)
	case halfNormal:
		return float64(d.b * sqrt2OverPi)
	case lognormal:
		return float64(d.a * xmath.Exp(float64(0.5*float64(d.b*d.b))))
	case gamma:
		return float64(d.a * d.b)
	case pareto:
		if d.b <= 1 {
			return math.Inf(1)
		}
		return float64(d.a * (d.b / (d.b - 1)))
	case empirical:
		return d.points.mean()
	}
	panic("rng: distribution of unknown kind")
}

// Min returns the largest bound that no draw falls below: −Inf for Normal. A simulator may rely on it as
// lookahead.
func (d *Dist) Min() float64 {
	switch d.kind {
	case constant, uniform, pareto:
		return d.a
	case normal:
		return math.Inf(-1)
	case truncated, halfNormal, lognormal, exponential, gamma:
		return 0
	case empirical:
		return d.points.value[0]
	}
	panic("rng: distribution of unknown kind")
}

const sqrt2OverPi = 0.79788456080286535588 // √(2/π)

// truncatedMean returns mean + sd·φ(z)/Φ(z) with z = mean/sd ≥ 0. Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/15 + …)
// (Marsaglia, "Evaluating the normal distribution", J. Stat. Softw. 11(4), 2004); all terms are positive.
func truncatedMean(mean, sd float64) float64 {
	z := mean / sd
	if z > 9 { // what is cut off is below 10^−18
		return mean
	}
	phi := float64(0.5 * float64(sqrt2OverPi*xmath.Exp(float64(-0.5*float64(z*z)))))
	sum, term := z, z
	for n := 3.0; sum+term != sum; n += 2 {
		term = float64(term * float64(float64(z*z)/n))
		sum += term
	}
	return mean + float64(sd*(phi/(0.5+float64(phi*sum))))
}
