package rng

import (
	"math"

	"hypersim/core/xmath"
)

// Sample draws from d. A constant takes nothing from the stream; the number of draws of the others may
// depend on their values. It does not allocate.
func (d *Dist) Sample(s *Stream) float64 {
	switch d.kind {
	case constant:
		return d.a
	case uniform:
		return d.a + float64(d.b*s.Float64())
	case normal:
		return d.a + float64(d.b*s.Norm())
	case truncated:
		return sampleTruncated(s, d.a, d.b)
	case halfNormal:
		return float64(d.b * math.Abs(s.Norm()))
	case lognormal:
		return float64(d.a * xmath.Exp(float64(d.b*s.Norm())))
	case exponential:
		return float64(d.a * s.Exp())
	case gamma:
		return float64(d.b * sampleGamma(s, d.a))
	case pareto:
		// −ln U is exponential, so U^(−1/shape) is e^(Exp/shape).
		return float64(d.a * xmath.Exp(s.Exp()/d.b))
	case empirical:
		return d.points.at(s.Float64())
	}
	panic("rng: distribution of unknown kind")
}

// sampleTruncated redraws until the value is not negative: at most two draws on average, because the
// mean is not negative.
func sampleTruncated(s *Stream, mean, sd float64) float64 {
	for {
		if x := mean + float64(sd*s.Norm()); x >= 0 {
			return x
		}
	}
}

// sampleGamma draws from the gamma distribution of scale 1 (Marsaglia and Tsang, "A simple method for
// generating gamma variables", 2000). A shape below 1 goes through shape+1 and a factor U^(1/shape)
// (their §6).
func sampleGamma(s *Stream, shape float64) float64 {
	factor := 1.0
	if shape < 1 {
		factor = xmath.Exp(-s.Exp() / shape)
		shape++
	}
	d := shape - 1.0/3
	c := 1 / (3 * math.Sqrt(d))
	for {
		x := s.Norm()
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = float64(float64(v*v) * v)
		xx := float64(x * x)
		u := s.OpenFloat64()
		// The cheap bound of the paper first, the exact condition only where it fails.
		if u < 1-float64(0.0331*float64(xx*xx)) ||
			xmath.Log(u) < float64(0.5*xx)+float64(d*(1-v+xmath.Log(v))) {
			return float64(factor * float64(d*v))
		}
	}
}
