package peers

import (
	"math"
	"slices"

	"hypersim/core"
)

// Weight is how well a peer fares: 1 without errors and delay, at least 0.1, so that nobody is never tried again. errorRate is a
// share, the latencies are in ms. It is cut to tenths: a peer moves in the order when it fares noticeably worse, and not with
// every sample.
func Weight(errorRate, ewma, baseline float64) float64 {
	slow := min(max((ewma/baseline-1)/(3-1), 0), 1)
	w := 1 - float64(2*errorRate) - float64(0.5*slow)
	const rounding = 1e-9 // of the doubles: 0.6 may be a little less than six tenths
	return max(0.1, math.Floor(float64(w*10)+rounding)/10)
}

// Baseline is the latency that those of a set are compared with: the median of the known ones, 10 ms of fewer than three. Of
// an even number it is the mean of the middle two. known is sorted.
func Baseline(known []float64) float64 {
	n := len(known)
	if n < knownLeast {
		return noBaseline
	}
	slices.Sort(known)
	return (known[(n-1)/2] + known[n/2]) / 2
}

// Estimate is how one peer has answered. Its zero value knows nothing yet.
type Estimate struct {
	ewma     float64 // ms
	known    bool
	failures int
	since    core.Instant // the failures were so many
}

// EWMA is the mean latency in ms, the newest weighing a fifth; 50 ms before the first answer.
func (e *Estimate) EWMA() float64 {
	if !e.known {
		return firstGuess
	}
	return e.ewma
}

// Answered takes in a success after so many milliseconds. It ends the row of failures.
func (e *Estimate) Answered(ms float64) {
	if e.failures = 0; !e.known {
		e.ewma, e.known = ms, true
		return
	}
	e.ewma = float64(alpha*ms) + float64((1-alpha)*e.ewma)
}

// Failed takes in a failure.
func (e *Estimate) Failed(now core.Instant) {
	if e.forget(now); e.failures == 0 {
		e.since = now
	}
	e.failures++
}

// Effective is the latency that peers are compared by, in ms: each failure in a row counts as a second, up to ten.
func (e *Estimate) Effective(now core.Instant) float64 {
	e.forget(now)
	return e.EWMA() + min(float64(perFailure*float64(e.failures)), mostPenalty)
}

// forget takes away a failure for each minute since the first.
func (e *Estimate) forget(now core.Instant) {
	minutes := now.Sub(e.since) / forgetEvery
	if e.failures == 0 || minutes <= 0 {
		return
	}
	e.failures = max(0, e.failures-int(min(minutes, math.MaxInt32)))
	e.since = e.since.Add(minutes * forgetEvery)
}
