package rng

import (
	"fmt"
	"math"

	"hypersim/core/xmath"
)

type kind uint8

const (
	constant    kind = iota // a: the value; the zero Dist is the constant 0
	uniform                 // a: smallest, b: largest − smallest
	normal                  // a: mean, b: standard deviation
	truncated               // as normal, given that the draw is not negative
	halfNormal              // b: standard deviation of the normal behind it
	lognormal               // a: median, b: sigma
	exponential             // a: mean
	gamma                   // a: shape, b: scale
	pareto                  // a: smallest, b: tail exponent
	empirical               // points
)

// Dist is a distribution of one real number, immutable and copied freely. The unit of its draws is that
// of the parameters it was made from. The zero value is the constant 0. A parameter that leaves no
// spread gives a constant, which draws nothing from the stream.
type Dist struct {
	kind   kind
	a, b   float64
	points *quantiles // of empirical
}

// Constant is always v.
func Constant(v float64) (Dist, error) {
	return make2(constant, v, 0, v, check("constant", param{"value", v, anySign}))
}

// Uniform has equal density between min and max.
func Uniform(min, max float64) (Dist, error) {
	err := check("uniform", param{"min", min, anySign}, param{"max", max, anySign})
	if err == nil && !(min <= max) {
		err = fmt.Errorf("uniform: min %v exceeds max %v", min, max)
	}
	if err == nil && math.IsInf(max-min, 0) {
		err = fmt.Errorf("uniform: the width from %v to %v exceeds the range of a float64", min, max)
	}
	return make2(uniform, min, max-min, min, err)
}

// MeanSD are a mean and a standard deviation, in the unit of the draws.
type MeanSD struct{ Mean, SD float64 }

// MedianSigma are the median, in the unit of the draws, and the standard deviation of their logarithms.
type MedianSigma struct{ Median, Sigma float64 }

// ShapeScale are a shape, without unit, and a scale, in the unit of the draws.
type ShapeScale struct{ Shape, Scale float64 }

// Normal has the given mean and standard deviation; its draws may be negative.
func Normal(p MeanSD) (Dist, error) {
	err := check("normal", param{"mean", p.Mean, anySign}, param{"sd", p.SD, zeroOrMore})
	return make2(normal, p.Mean, p.SD, p.Mean, err)
}

// NormalTruncated is Normal given that the draw is not negative: the normal distribution "truncated
// at 0" of delays (spec 50 §2). The mean is that before truncation and must not be negative.
// With mean 0 it is HalfNormal.
func NormalTruncated(p MeanSD) (Dist, error) {
	err := check("truncated normal", param{"mean", p.Mean, zeroOrMore}, param{"sd", p.SD, zeroOrMore})
	if p.Mean == 0 && err == nil {
		return HalfNormal(p.SD)
	}
	return make2(truncated, p.Mean, p.SD, p.Mean, err)
}

// HalfNormal is |N(0, sd)|. "Jitter 5 %" is a delay times 1 + HalfNormal(0.05) (spec 40).
func HalfNormal(sd float64) (Dist, error) {
	return make2(halfNormal, 0, sd, 0, check("half-normal", param{"sd", sd, zeroOrMore}))
}

// Lognormal is median·e^(sigma·N): sigma is the standard deviation of its logarithm.
func Lognormal(p MedianSigma) (Dist, error) {
	err := check("lognormal", param{"median", p.Median, zeroOrMore}, param{"sigma", p.Sigma, zeroOrMore})
	if p.Median == 0 {
		p.Sigma = 0
	}
	return make2(lognormal, p.Median, p.Sigma, p.Median, err)
}

// LognormalMeanSD is the lognormal distribution with the given mean and standard deviation:
// sigma² = ln(1 + (sd/mean)²), median = mean/√(1 + (sd/mean)²).
func LognormalMeanSD(p MeanSD) (Dist, error) {
	mean, sd := p.Mean, p.SD
	err := check("lognormal", param{"mean", mean, aboveZero}, param{"sd", sd, zeroOrMore})
	if err != nil {
		return Dist{}, err
	}
	ratio := sd / mean
	variance := float64(ratio * ratio)
	if math.IsInf(variance, 1) {
		return Dist{}, fmt.Errorf("lognormal: sd %v is too large beside mean %v", sd, mean)
	}
	return Lognormal(MedianSigma{Median: mean / math.Sqrt(1+variance), Sigma: math.Sqrt(xmath.Log1p(variance))})
}

// Exponential has the given mean.
func Exponential(mean float64) (Dist, error) {
	return make2(exponential, mean, mean, 0, check("exponential", param{"mean", mean, zeroOrMore}))
}

// Gamma has mean shape·scale and variance shape·scale².
func Gamma(p ShapeScale) (Dist, error) {
	err := check("gamma", param{"shape", p.Shape, aboveZero}, param{"scale", p.Scale, zeroOrMore})
	return make2(gamma, p.Shape, p.Scale, 0, err)
}

// Pareto exceeds x with probability (scale/x)^shape for x ≥ scale. Its mean is infinite for shape ≤ 1,
// and a draw may be +Inf for shapes below 0.07.
func Pareto(p ShapeScale) (Dist, error) {
	err := check("pareto", param{"scale", p.Scale, zeroOrMore}, param{"shape", p.Shape, aboveZero})
	if p.Scale == 0 {
		return Dist{}, err
	}
	return make2(pareto, p.Scale, p.Shape, 0, err)
}

// IsZero reports whether every draw is 0, so that the caller may skip it.
func (d *Dist) IsZero() bool { return d.kind == constant && d.a == 0 }

// make2 returns the distribution of two parameters, or a constant when the second, its spread, is 0.
func make2(k kind, a, b, without float64, err error) (Dist, error) {
	switch {
	case err != nil:
		return Dist{}, err
	case b == 0:
		return Dist{a: without}, nil
	}
	return Dist{kind: k, a: a, b: b}, nil
}
