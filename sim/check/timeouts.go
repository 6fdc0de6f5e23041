package check

import (
	"hypersim/core/xmath"

	"hypersim/core"
)

// Suspicion is what a member's configuration makes the timeouts of its suspicions of.
type Suspicion core.SuspicionRule

// DefaultSuspicion has the defaults of the chapter.
func DefaultSuspicion() Suspicion {
	return Suspicion{
		Min: 5e9, Max: 30e9, Period: 1e9, Grace: 30e9, K: 3, Alpha: 4, Beta: 6, ScaleWithN: true, ByHealth: true, Least: 1, Most: 1,
	}
}

// span of time, ns. Floating point, with a tolerance: what is compared was rounded elsewhere.
type stretchNS struct{ lo, hi float64 }

func (s stretchNS) holds(d core.Duration) bool {
	const rounding = 1e-9
	x := float64(d)
	return x >= float64(s.lo*(1-rounding))-2 && x <= float64(s.hi*(1+rounding))+2
}

// least and most are Min and Max of a suspicion in a group of n, for the factor f.
func (s *Suspicion) least(f float64, n int) float64 {
	lo := float64(s.Min)
	if s.ScaleWithN {
		lo = max(lo, float64(s.Alpha*xmath.Log10(float64(max(1, n))))*float64(s.Period))
	}
	return float64(f * lo)
}

func (s *Suspicion) most(f float64, n int) float64 {
	hi := float64(f * float64(s.Max))
	if s.ScaleWithN {
		hi = max(hi, float64(s.Beta*s.least(f, n)))
	}
	return hi
}

// timeout is the age at which a suspicion expires that c others have confirmed.
func (s *Suspicion) timeout(x *suspicion, n int) float64 {
	lo, hi := float64(x.min), float64(x.max)
	share := 0.0
	switch {
	case s.LogN && n <= 1:
		return hi
	case s.LogN:
		share = xmath.Log(float64(x.c+2)) / xmath.Log(float64(n+1))
	case x.k < 1:
		return lo
	default:
		share = xmath.Log(float64(x.c+1)) / xmath.Log(float64(x.k+1))
	}
	return max(lo, hi-float64((hi-lo)*share))
}

// suspicionOf is the rule that a node follows.
func (c *Checker) suspicionOf(id core.NodeID) *Suspicion {
	return &c.ctx.Suspicions[c.ctx.Nodes[id].Suspicion]
}

// sizes are the least and the largest n that the observer may reckon with. It is counted along where the group is
// small enough to have been asked for once, at the start of the process.
func (c *Checker) sizes(o core.NodeID) (least, most int) {
	if n := c.cold[o].known; n >= 0 {
		return int(n), int(n)
	}
	return 1, int(c.groups[c.hot[o].group].witnesses)
}

// census counts whom a process knows at its start, itself included: the n of §5.2; −1 in large groups.
func (c *Checker) census(o core.NodeID) int32 {
	members := c.groups[c.hot[o].group].members
	if c.ctx.View == nil || len(members) > allPairs {
		return -1
	}
	n := int32(0)
	for _, s := range members {
		if !c.hot[s].worker && (s == o || counted(c.ctx.View.State(o, s))) {
			n++
		}
	}
	return n
}

// allowed are the Min and Max that a suspicion of the subject may have at the observer now (I-M12).
func (c *Checker) allowed(o, subject core.NodeID) (lo, hi stretchNS) {
	s := c.suspicionOf(o)
	if c.hot[subject].worker {
		f := c.factors(o, s)
		lo = stretchNS{float64(f.lo * float64(s.Grace)), float64(f.hi * float64(s.Grace))}
		return lo, lo
	}
	f := c.factors(o, s)
	least, most := c.sizes(o)
	return stretchNS{s.least(f.lo, least), s.least(f.hi, most)}, stretchNS{s.most(f.lo, least), s.most(f.hi, most)}
}

func (c *Checker) factors(o core.NodeID, s *Suspicion) stretchNS {
	if s.ByHealth {
		f := float64(1 + int(c.hot[o].lhm))
		return stretchNS{f, f}
	}
	return stretchNS{s.Least, s.Most}
}

// onTime reports whether a suspicion that expires at this age does so when its confirmations and extensions say,
// but for what a busy server may add. After a grace, a pause or a change of the clock that is not known.
func (c *Checker) onTime(x *suspicion, age core.Duration) bool {
	o := core.NodeID(x.key >> 32)
	k, s := &c.cold[o], c.suspicionOf(o)
	if x.graced || k.impaired >= x.began || k.slow || c.ctx.Inherited {
		return true
	}
	least, most := int(x.n), int(x.n)
	if x.n < 0 {
		least, most = 1, int(c.groups[c.hot[o].group].witnesses)
	}
	due := stretchNS{min(s.timeout(x, least), s.timeout(x, most)), max(s.timeout(x, least), s.timeout(x, most))}
	due.lo += float64(x.granted)
	due.hi = max(due.hi+float64(x.granted), float64(x.confirmed.Sub(x.start))) + float64(c.ctx.Limits.Quantum+c.ctx.Limits.Lateness)
	return due.holds(age)
}
