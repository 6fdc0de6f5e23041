package registry

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Pulse is how the processes of one node have been heard. The zero value has heard nobody.
type Pulse struct {
	Instance uint32 // of the newest process heard, 0 = none
	Version  uint64 // of its newest heartbeat
	At       core.Instant
	every    core.Duration // expected wait between two, smoothed
}

// hear takes in a heartbeat, and reports whether it says anything new, and whether it is that of a newer process.
func (p *Pulse) hear(now core.Instant, c *job.Register, instance uint32, version uint64) (news, newer bool) {
	switch {
	case instance < p.Instance || instance == p.Instance && version <= p.Version:
		return false, false
	case instance > p.Instance:
		*p = Pulse{Instance: instance, Version: version, At: now, every: c.Expected}
		return true, true
	}
	wait := float64(now.Sub(p.At) - p.every)
	p.every += core.Duration(float64(c.Alpha * wait))
	p.Version, p.At = version, now
	return true, false
}

// until returns the last instant at which the newest heartbeat is fresh.
func (p *Pulse) until(c *job.Register) core.Instant {
	return p.At.Add(core.Duration(float64(c.StaleFactor * float64(max(p.every, c.Floor)))))
}

// Fresh reports whether the newest heartbeat is (spec 20 §1.3).
func (p *Pulse) fresh(now core.Instant, c *job.Register) bool {
	return p.Instance != 0 && now <= p.until(c)
}
