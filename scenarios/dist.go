package scenarios

import (
	"fmt"

	"hypersim/core/rng"
)

// Distribution kinds, as written in files.
const (
	DistConstant    = "constant"
	DistUniform     = "uniform"
	DistNormal      = "normal" // truncated at 0
	DistLognormal   = "lognormal"
	DistExponential = "exponential"
	DistGamma       = "gamma"
	DistPareto      = "pareto"
	DistEmpirical   = "empirical"
)

// Dist describes a distribution; Build makes it. Values are in the unit of the key it belongs to (seconds
// for times), or fractions of the base value when Relative. The zero value is the constant 0.
type Dist struct {
	Kind         string // "" is the constant 0
	Relative     bool
	Signed       bool    // normal: not truncated at 0 (clock offsets and drifts)
	Value        float64 // constant
	Min, Max     float64 // uniform
	Mean, Std    float64 // normal, exponential (Mean), lognormal when Median is 0
	Median       float64 // lognormal
	Sigma        float64 // lognormal, of the logarithm
	Shape, Scale float64 // gamma, pareto (Scale is the smallest value)
	File         string  // empirical: the quantile file
	P, Quantiles []float64
}

// Constant returns the distribution that is always v.
func Constant(v float64) Dist { return Dist{Kind: DistConstant, Value: v} }

// IsZero reports whether every draw is 0.
func (d Dist) IsZero() bool {
	r, err := d.Build()
	return err == nil && r.IsZero()
}

// Build returns the distribution in the unit of d. A Dist of a loaded Scenario always builds.
func (d Dist) Build() (rng.Dist, error) {
	switch d.Kind {
	case "":
		return rng.Constant(0)
	case DistConstant:
		return rng.Constant(d.Value)
	case DistUniform:
		return rng.Uniform(d.Min, d.Max)
	case DistNormal:
		if d.Signed {
			return rng.Normal(rng.MeanSD{Mean: d.Mean, SD: d.Std})
		}
		return rng.NormalTruncated(rng.MeanSD{Mean: d.Mean, SD: d.Std})
	case DistLognormal:
		if d.Median == 0 && d.Mean > 0 {
			return rng.LognormalMeanSD(rng.MeanSD{Mean: d.Mean, SD: d.Std})
		}
		return rng.Lognormal(rng.MedianSigma{Median: d.Median, Sigma: d.Sigma})
	case DistExponential:
		return rng.Exponential(d.Mean)
	case DistGamma:
		return rng.Gamma(rng.ShapeScale{Shape: d.Shape, Scale: d.Scale})
	case DistPareto:
		return rng.Pareto(rng.ShapeScale{Scale: d.Scale, Shape: d.Shape})
	case DistEmpirical:
		return rng.Empirical(d.P, d.Quantiles)
	}
	return rng.Dist{}, fmt.Errorf("distribution %q is unknown", d.Kind)
}
