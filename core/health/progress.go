package health

import "hypersim/core"

// Worked is what a worker did in an interval.
type Worked struct {
	Assigned  int     // workflows that it has
	Completed int     // workflows that it finished
	Advanced  bool    // some counter of its workflows moved
	Expected  float64 // completions, as long as workflows took before
}

// OfWorker judges the progress of a worker (spec 30 §2.1, the first row that matches).
func (c *NodeKeys) OfWorker(w Worked) Progress {
	switch done := float64(w.Completed); {
	case w.Assigned == 0:
		return Idle
	case !w.Advanced && w.Completed == 0:
		return Stuck
	case w.Expected < 1 && w.Advanced, w.Expected >= 1 && done >= float64(c.Normal*w.Expected):
		return Normal
	case w.Expected >= 1 && done >= float64(c.Slow*w.Expected):
		return Slow
	}
	return Degraded
}

// Served is what a manager or gate did in an interval.
type Served struct {
	Pending  int     // what it could have done all the time
	Done     float64 // in the same unit as Expected
	Expected float64
}

// OfServer judges the progress of a manager or gate (spec 30 §2.1, the first row that matches).
func (c *NodeKeys) OfServer(s Served) Progress {
	switch done := s.Done; {
	case s.Pending == 0 && s.Done == 0:
		return Idle
	case s.Done == 0 && s.Pending > 0:
		return Stuck
	case s.Expected <= 0 || done >= float64(c.Normal*s.Expected):
		return Normal
	case done >= float64(c.Slow*s.Expected):
		return Slow
	}
	return Degraded
}

// Pace is how long the last workflows of a worker took.
type Pace struct {
	last []uint32 // ms, of the last Durations ones
	sum  uint64
	at   int
}

// Took takes in that a workflow was completed in d.
func (p *Pace) Took(d core.Duration, c *NodeKeys) {
	ms := uint32(min(max(int64(d/core.Duration(millisecond)), 0), 1<<32-1))
	if len(p.last) < c.Durations {
		p.last = append(p.last, ms)
	} else {
		p.sum -= uint64(p.last[p.at])
		p.last[p.at] = ms
		p.at = (p.at + 1) % len(p.last)
	}
	p.sum += uint64(ms)
}

// Expected returns how many of so many workflows an interval should complete.
func (p *Pace) Expected(assigned int, c *NodeKeys) float64 {
	mean := float64(c.Duration)
	if len(p.last) > 0 {
		mean = max(float64(p.sum)/float64(len(p.last)), 1) * millisecond
	}
	return float64(assigned) * float64(c.Interval) / mean
}

// MemoryBytes returns the heap bytes beside p itself.
func (p *Pace) MemoryBytes() int { return 4 * cap(p.last) }
