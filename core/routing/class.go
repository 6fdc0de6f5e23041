package routing

import "hypersim/core"

// Condition is what a gate knows of a datacenter when it judges it (spec 30 §3.1).
type Condition struct {
	Reach             core.Reach
	Managers          int           // configured ones, or more where more were heard
	Alive             int           // managers that count
	Heard             bool          // some heartbeat is on record
	Age               core.Duration // of the newest one
	Workers, Fit      uint32        // workers, and those held healthy
	Available, Cores  uint32        // cores that are free, and all; 0: not known
	WorkersOverloaded uint32
	NotReady, Stuck   int // of the alive managers
	Overloaded        int // likewise
	LeaderOverloaded  bool
}

// Classify returns the class of a datacenter before correlation, and why: the first rule that matches (spec 30 §3.3).
// Only what is missing makes it UNHEALTHY; one that is full or overloaded is at worst DEGRADED.
func (c *SiteKeys) Classify(x *Condition) (Class, ClassReason) {
	switch {
	case x.Reach == core.ReachUnreachable:
		return Unhealthy, ReasonUnreachable
	case x.Alive == 0 && x.Heard && x.Age < c.Stale && x.Reach != core.ReachSuspected:
		return Degraded, ReasonStale
	case x.Alive == 0:
		return Unhealthy, ReasonNoManagers
	case x.Workers == 0:
		return Unhealthy, ReasonNoWorkers
	case x.Alive < x.Managers/2+1:
		return Degraded, ReasonManagersLost
	case x.Fit < x.Workers/2+1:
		return Degraded, ReasonWorkersLost
	case x.Reach == core.ReachSuspected:
		return Degraded, ReasonSuspected
	}
	return c.ofLoad(x)
}

// byUse is what 30/D10 made of cores that are taken and of overload: a datacenter that is full counts as one that is not there.
func byUse(x *Condition, over float64) Class {
	used := 0.0
	if x.Cores > 0 {
		used = 1 - float64(x.Available)/float64(x.Cores)
	}
	switch {
	case used >= 0.95, over >= 0.8:
		return Unhealthy
	case used >= 0.85:
		return Degraded
	case used >= 0.70:
		return Busy
	}
	return Healthy
}

// ofLoad judges a datacenter that is whole.
func (c *SiteKeys) ofLoad(x *Condition) (Class, ClassReason) {
	managers, workers := float64(x.Overloaded)/float64(x.Alive), float64(x.WorkersOverloaded)/float64(x.Workers)
	over := max(managers, workers)
	if c.ByUse {
		if class := byUse(x, over); class > Healthy {
			return class, ReasonNoCapacity
		}
	}
	switch {
	case 2*x.NotReady > x.Alive:
		return Degraded, ReasonNotReady
	case x.Stuck >= 1:
		return Degraded, ReasonStuck
	case x.LeaderOverloaded || over >= c.Degraded:
		return Degraded, ReasonOverloaded
	case x.Available == 0:
		return Busy, ReasonNoCapacity
	case over >= c.Busy:
		return Busy, ReasonPartly
	}
	return Healthy, ReasonOK
}

// Around is what is known beside the datacenter itself.
type Around struct {
	Self     Class // what it says of itself; Healthy where it says nothing or long ago
	Affected bool  // it is among those that fail together
	Hold     bool  // verdicts are held back for it
}

// Adjust returns the class as it is published (spec 30 §3.3, post-processing).
func Adjust(c Class, why ClassReason, a Around) (Class, ClassReason) {
	if a.Self > c {
		c, why = a.Self, ReasonSelf
	}
	if a.Affected && c < Degraded {
		c, why = Degraded, ReasonPartition
	}
	if c == Unhealthy && a.Hold && (why == ReasonUnreachable || why == ReasonNoManagers) {
		c, why = Degraded, ReasonHold
	}
	return c, why
}
