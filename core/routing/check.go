package routing

import (
	"fmt"
	"math"

	"hypersim/core"
	"hypersim/core/job"
)

// What must hold of every decision (spec 30 §14, I-R1 to I-R12), as functions of records. They know nothing of the router
// that made them.

// Breach is an invariant that a record breaks, and how.
type Breach struct{ Rule, What string }

// Check returns what a record breaks by itself.
func (k *Keys) Check(r *Record) []Breach {
	c := checker{k: k, r: r}
	c.classes()
	c.chain()
	c.exclusions()
	c.scores()
	c.hysteresis()
	return c.bad
}

type checker struct {
	k   *Keys
	r   *Record
	bad []Breach
}

func (c *checker) say(rule, format string, args ...any) {
	c.bad = append(c.bad, Breach{rule, fmt.Sprintf(format, args...)})
}

// classes: no datacenter of a worse class is primary while a better class has a candidate, and along the chain classes
// never get better.
func (c *checker) classes() {
	last := Healthy
	for i := range c.r.Candidates {
		x := &c.r.Candidates[i]
		if x.Verdict == Excluded {
			continue
		}
		if x.Class < c.r.Best || x.Verdict == SelectedPrimary && x.Class != c.r.Best {
			c.say("I-R1", "site %d of %v is %v while the primary class is %v", x.Site, x.Class, x.Verdict, c.r.Best)
		}
		if x.Class < last {
			c.say("I-R3", "site %d of %v comes after one of %v", x.Site, x.Class, last)
		}
		last = max(last, x.Class)
	}
}

// chain: targets and fallbacks are the eligible datacenters, each once, the choice of the job first.
func (c *checker) chain() {
	var all []uint16
	for _, list := range [...][]uint16{c.r.Primary, c.r.Extended, c.r.Fallback} {
		all = append(all, list...)
	}
	n := 0
	for i := range c.r.Candidates {
		x := &c.r.Candidates[i]
		in := 0
		for _, site := range all {
			if site == x.Site {
				in++
			}
		}
		switch {
		case x.Verdict == Excluded && in != 0:
			c.say("I-R2", "site %d is excluded, and %d times in the chain", x.Site, in)
		case x.Verdict != Excluded && in != 1:
			c.say("I-R2", "site %d is eligible, and %d times in the chain", x.Site, in)
		}
		if x.Verdict != Excluded {
			n++
		}
	}
	if len(all) != n {
		c.say("I-R2", "%d in the chain, %d eligible", len(all), n)
	}
}

// exclusions: each has a reason, a missing coordinate is none, and an unhealthy datacenter is one.
func (c *checker) exclusions() {
	for i := range c.r.Candidates {
		x := &c.r.Candidates[i]
		if (x.Verdict == Excluded) != (x.Exclusion != NotExcluded) || x.Exclusion >= NumExclusions {
			c.say("I-R4", "site %d is %v, with reason %v", x.Site, x.Verdict, x.Exclusion)
		}
		if x.Class == Unhealthy && x.Verdict != Excluded {
			c.say("I-R4", "site %d is %v, and %v", x.Site, x.Class, x.Verdict)
		}
	}
}

// scores: those that are scores follow from what stands beside them, and every factor is in its range.
func (c *checker) scores() {
	for i := range c.r.Candidates {
		x := &c.r.Candidates[i]
		if !x.ByScore {
			continue
		}
		again := *x
		c.k.weigh(&again)
		if differs(again.Score, x.Score) || differs(again.Raw, x.Raw) || differs(again.Load, x.Load) || differs(again.Doubt, x.Doubt) {
			c.say("I-R9", "site %d has score %v, and its inputs give %v", x.Site, x.Score, again.Score)
		}
		if x.RTT < milliseconds(c.k.RTTMin) || x.Load < 1 || x.Load > c.k.LoadMax || x.Doubt < 1 || x.Doubt > c.k.DoubtMax || x.Preference != 1 && x.Preference != c.k.Preference {
			c.say("I-R9", "site %d has a factor out of its range: %v ms, load %v, quality %v, pref %v", x.Site, x.RTT, x.Load, x.Doubt, x.Preference)
		}
	}
}

func differs(a, b float64) bool { return math.Abs(a-b) > 1e-9*max(1, math.Abs(b)) }

// hysteresis: what the rules of the switch say, from the record alone.
func (c *checker) hysteresis() {
	r := c.r
	if (r.Reason == Empty) != (len(r.Primary) == 0) {
		c.say("I-R12", "reason %v with %d primary ones", r.Reason, len(r.Primary))
		return
	}
	if r.Reason == Empty {
		return
	}
	if !r.Switched && int32(r.Primary[0]) != r.Previous {
		c.say("I-R12", "the choice %d is kept, and %d stands first", r.Previous, r.Primary[0])
	}
	if r.Reason == ImprovementMet && r.BestScore > float64(c.k.Improve*r.Incumbent) {
		c.say("I-R6", "a switch for %v instead of %v", r.BestScore, r.Incumbent)
	}
	if r.Reason == DegradationForced && (r.Worse == core.Never || r.At.Sub(r.Worse) < c.k.Confirm) {
		c.say("I-R7", "given up, and worse only since %v", r.Worse)
	}
	if r.Switched && r.Previous >= 0 && r.At.Sub(r.Since) < c.k.HoldDown && !forced(r.Reason) {
		c.say("I-R5", "a switch %v after the last one, by %v", r.At.Sub(r.Since), r.Reason)
	}
}

// forced reports whether a rule may move a job within the hold-down.
func forced(r Reason) bool {
	switch r {
	case ExclusionForced, BucketDropForced, BucketUpgradeForced, CooldownPenalty, DegradationForced, PartitionReset:
		return true
	default:
		return false
	}
}

// Cooling remembers which datacenters failed which jobs, to check that it shows in later decisions (I-R8).
type Cooling struct {
	keys  *Keys
	until map[cooled]core.Instant
}

type cooled struct {
	job  job.ID
	site uint16
}

// NewCooling returns a check of cooldowns.
func NewCooling(k *Keys) *Cooling { return &Cooling{keys: k, until: map[cooled]core.Instant{}} }

// Failed takes in that a dispatch failed.
func (c *Cooling) Failed(now core.Instant, id job.ID, site uint16) {
	c.until[cooled{id, site}] = now.Add(c.keys.Cooldown)
}

// Check returns what a decision breaks. A choice that is excluded cools as if it had failed.
func (c *Cooling) Check(r *Record) (bad []Breach) {
	for i := range r.Candidates {
		x := &r.Candidates[i]
		if !x.ByScore {
			continue
		}
		until, ok := c.until[cooled{r.Job, x.Site}]
		want := 1.0
		if ok && until > r.At {
			want = c.keys.Penalty
		}
		if x.Cool != want {
			bad = append(bad, Breach{"I-R8", fmt.Sprintf("site %d has factor %v, want %v", x.Site, x.Cool, want)})
		}
	}
	if r.Reason == ExclusionForced {
		c.Failed(r.At, r.Job, uint16(r.Previous))
	}
	return bad
}
