package network

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// sample draws the jitter over a base delay.
func (l *link) sample(base core.Duration, s *rng.Stream) core.Duration {
	return l.scale(base, l.jitter.Sample(s))
}

// least is the smallest jitter that sample can return for base, down to −maxDelay.
func (l *link) least(base core.Duration) core.Duration {
	if l.jitterMin == 0 {
		return 0
	}
	return l.scale(base, l.jitterMin)
}

// scale turns a draw, in seconds or as a fraction of base, into nanoseconds. It rises with x, so the
// smallest draw gives the smallest delay.
func (l *link) scale(base core.Duration, x float64) core.Duration {
	if l.flags&jitterRelative != 0 {
		return nanos(float64(x * float64(base)))
	}
	return nanos(float64(x * 1e9))
}

// nanos rounds a number of nanoseconds to the nearest one, halves away from 0, and limits it to
// ±maxDelay. An infinite share of a base of 0, which is not a number, is 0.
func nanos(x float64) core.Duration {
	switch {
	case x <= -float64(maxDelay):
		return -maxDelay
	case x < 0:
		return core.Duration(x - 0.5)
	case x < float64(maxDelay):
		return core.Duration(x + 0.5)
	case x >= float64(maxDelay):
		return maxDelay
	}
	return 0
}
