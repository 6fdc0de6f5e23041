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
// per 10,000, each side missing with 2.5 %. Whoever asks only "at most how many?" uses PoissonUpper: 2.996
// per 10,000, the "rule of three". Say which of the two a figure is.
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

// PoissonUpper is the exact one-sided upper bound of a rate: with probability level or more the true rate
// is below it. NaN unless exposure is positive.
func PoissonUpper(count uint64, exposure, level float64) float64 {
	if !(exposure > 0) {
		return math.NaN()
	}
	return mathext.GammaIncRegCompInv(float64(count)+1, 1-orDefault(level)) / exposure
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

// RateRatio compares two Poisson rates: the ratio of b's to a's with its exact interval, and the two-sided
// p-value of "equal". Given the total, b's count is binomial, which makes both exact whatever the common
// rate is (Przyborowski and Wilenski 1940; Lehmann and Romano 2005, §4.5). P is twice the smaller tail, at
// most 1, which is what the interval inverts: P ≤ 1−Level exactly where the interval excludes 1.
//
// High is +Inf if a has no events. Without any events there is neither interval nor test.
func RateRatio(a, b Rate, level float64) (Interval, Test) {
	iv := Interval{Estimate: math.NaN(), Level: orDefault(level), N: int(a.Count + b.Count)}
	none := func(note string) (Interval, Test) {
		return iv.without(note), Test{math.NaN(), math.NaN(), "", note}
	}
	for _, r := range []Rate{a, b} {
		if !(r.Exposure > 0) || math.IsInf(r.Exposure, 0) {
			return none(noExposure(r.Exposure))
		}
	}
	if a.Count+b.Count == 0 {
		return none("no events on either side")
	}
	x, y, scale := float64(b.Count), float64(a.Count), a.Exposure/b.Exposure
	iv.Estimate = float64(x / y * scale)
	share := ClopperPearson(b.Count, a.Count+b.Count, iv.Level)
	iv.Low = float64(share.Low / (1 - share.Low) * scale)
	iv.High = float64(share.High / (1 - share.High) * scale)

	null := b.Exposure / (a.Exposure + b.Exposure)
	atLeast, atMost := 1.0, 1.0
	if b.Count > 0 {
		atLeast = mathext.RegIncBeta(x, y+1, null)
	}
	if a.Count > 0 {
		atMost = mathext.RegIncBeta(y, x+1, 1-null)
	}
	return iv, Test{Statistic: iv.Estimate, P: min(1, 2*min(atLeast, atMost)), Method: "exact"}
}
