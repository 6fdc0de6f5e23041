package core

import (
	"math"
	"time"
)

// Instant is a point on a clock, in nanoseconds since the scenario's start. A machine is only ever
// given its host's own clock (local time); the simulated world also has virtual time of this type.
type Instant int64

// Never is later than every instant that is reached.
const Never Instant = math.MaxInt64

// Duration is a length of time in nanoseconds.
type Duration = time.Duration

// Add returns the instant d after t, or Never if that would overflow.
func (t Instant) Add(d Duration) Instant {
	s := t + Instant(d)
	if d > 0 && s < t {
		return Never
	}
	return s
}

// Sub returns the time from u to t.
func (t Instant) Sub(u Instant) Duration { return Duration(t - u) }

// Seconds returns t as seconds since the start.
func (t Instant) Seconds() float64 { return float64(t) / 1e9 }

func (t Instant) String() string {
	if t == Never {
		return "never"
	}
	return Duration(t).String()
}

// Seconds converts seconds to a Duration, rounded to the nearest nanosecond; it saturates.
func Seconds(s float64) Duration {
	ns := math.Round(s * 1e9)
	switch {
	case ns >= math.MaxInt64:
		return math.MaxInt64
	case ns <= math.MinInt64:
		return math.MinInt64
	}
	return Duration(ns)
}
