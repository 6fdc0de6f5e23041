package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// PoissonInterval is the exact interval of a rate when count events were seen in exposure, such as
// node-hours (Garwood 1936): it covers the true rate at least as often as Level says. Estimate, Low and
// High are events per unit of exposure. Without events Low is 0.
//
// The convention is two-sided and central also for 0 events: 0 in 10,000 node-hours at 95 % is [0, 3.689]
// per 10,000, each side missing with 2.5 %; it is not the one-sided "rule of three", 2.996 per 10,000.
func PoissonInterval(count uint64, exposure, level float64) Interval {
	k, alpha := float64(count), tail(orDefault(level))
	iv := Interval{Estimate: k / exposure, Level: orDefault(level), N: int(count)}
	if !(exposure > 0) || math.IsInf(exposure, 0) {
		iv.Estimate = math.NaN()
		return iv.without(noExposure(exposure))
	}
	if count > 0 {
		iv.Low = mathext.GammaIncRegInv(k, alpha) / exposure
	}
	iv.High = mathext.GammaIncRegCompInv(k+1, alpha) / exposure
	return iv
}

func noExposure(exposure float64) string {
	return fmt.Sprintf("an exposure of %v: it must be positive", exposure)
}

// ClopperPearson is the exact interval of a probability when k of n trials succeeded (Clopper and Pearson
// 1934). It covers at least as often as Level says, for some probabilities much more often.
func ClopperPearson(k, n uint64, level float64) Interval {
	iv, ok := binomial(k, n, level)
	if !ok {
		return iv
	}
	alpha, x, y := tail(iv.Level), float64(k), float64(n-min(k, n))
	if k > 0 {
		iv.Low = mathext.InvRegIncBeta(x, y+1, alpha)
	}
	iv.High = 1
	if k < n {
		iv.High = 1 - mathext.InvRegIncBeta(y, x+1, alpha)
	}
	return iv
}

// Wilson is the score interval of a probability (Wilson 1927): shorter than ClopperPearson and right on
// average over probabilities, at times below its level (Newcombe 1998; Brown, Cai and DasGupta 2001).
func Wilson(k, n uint64, level float64) Interval {
	iv, ok := binomial(k, n, level)
	if !ok {
		return iv
	}
	z, x, m := normalQuantile(1-tail(iv.Level)), float64(k), float64(n)
	z2 := float64(z * z)
	middle := (x + z2/2) / (m + z2)
	half := float64(z*math.Sqrt(float64(x*(m-x))/m+z2/4)) / (m + z2)
	iv.Low, iv.High = max(0, middle-half), min(1, middle+half)
	if k == 0 { // the formula gives 0 up to rounding
		iv.Low = 0
	}
	if k == n {
		iv.High = 1
	}
	return iv
}

func binomial(k, n uint64, level float64) (Interval, bool) {
	iv := Interval{Estimate: math.NaN(), Level: orDefault(level), N: int(n)}
	switch {
	case k > n:
		return iv.without(fmt.Sprintf("%d successes in %d trials", k, n)), false
	case n == 0:
		return iv.without("no trials"), false
	}
	iv.Estimate = float64(k) / float64(n)
	return iv, true
}

// Rate is a count of events and what they were counted in.
type Rate struct {
	Count    uint64
	Exposure float64 // > 0, such as node-hours
}
