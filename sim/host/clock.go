package host

import "hypersim/core"

// Clock is a host's own clock: local = anchor + (1 + drift)·(virtual − since). The zero value is right.
// A step or a change of drift moves the anchor, so that time never jumps by more than the step.
type Clock struct {
	since  core.Instant // virtual time of the anchor
	anchor core.Instant // local time there
	drift  float64      // seconds per second
}

// NewClock returns a clock that is off by offset and gains drift seconds per second.
func NewClock(offset core.Duration, drift float64) Clock {
	return Clock{anchor: core.Instant(offset), drift: drift}
}

// Local converts virtual to local time.
func (c *Clock) Local(virtual core.Instant) core.Instant {
	d := virtual - c.since
	if c.drift != 0 {
		d += core.Instant(float64(d) * c.drift)
	}
	return c.anchor + d
}

// Virtual returns the first virtual instant at which the clock shows local or more.
func (c *Clock) Virtual(local core.Instant) core.Instant {
	if local == core.Never {
		return core.Never
	}
	d := local - c.anchor
	if c.drift == 0 {
		return c.since + d
	}
	v := c.since + core.Instant(float64(d)/(1+c.drift))
	for c.Local(v) < local { // rounding: at most a few nanoseconds
		v++
	}
	for v > c.since && c.Local(v-1) >= local {
		v--
	}
	return v
}

// Change steps the clock at virtual time now and sets its drift from then on.
func (c *Clock) Change(now core.Instant, step core.Duration, drift float64) {
	*c = Clock{since: now, anchor: c.Local(now) + core.Instant(step), drift: drift}
}

// Drift returns the present drift, seconds per second.
func (c *Clock) Drift() float64 { return c.drift }
