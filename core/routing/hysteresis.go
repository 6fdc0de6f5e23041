package routing

import "hypersim/core"

// Standing is what a gate remembers of the first choice of a job (spec 30 §4.8).
type Standing struct {
	Primary  int32 // site, −1: none
	Class    Class // of the primary when it was chosen, or as it became with all others
	Reset    bool  // the choice was taken back: its datacenter is among those that fail together
	Ranked   bool  // Baseline is a rank
	Switches uint32
	Since    core.Instant // of the choice
	Worse    core.Instant // since when it is too much worse than then, core.Never: it is not
	Baseline float64      // raw score when it was chosen
}

// Unset is a standing without a choice.
func Unset() Standing { return Standing{Primary: -1, Worse: core.Never} }

// taken ends a choice that has accepted the job: it is given up for nothing, and the next one is chosen for another place.
func (st *Standing) taken() {
	n := st.Switches
	*st = Unset()
	st.Switches = n
}

// Verdict of the hysteresis.
type ruling struct {
	reason Reason
	to     bool // the first of the primary class is the choice from now on
}

// rule decides whether a job keeps its choice (spec 30 §4.8, the first row that matches). best is the first of the
// primary class, p the candidate that the choice is, nil if it is none; free says whether it may be given up for a better one.
func (k *Keys) rule(now core.Instant, st *Standing, best, p *Candidate, free bool) ruling {
	switch {
	case st.Primary < 0 && st.Reset:
		return ruling{PartitionReset, true}
	case st.Primary < 0:
		return ruling{InitialSelection, true}
	case p == nil:
		return ruling{ExclusionForced, true}
	}
	k.compare(now, st, p, free)
	switch {
	case p.Class != best.Class && p.Class > st.Class:
		return ruling{BucketDropForced, true}
	case p.Class != best.Class:
		return ruling{BucketUpgradeForced, true}
	}
	st.Class = p.Class
	switch {
	case best.Site == p.Site:
		return ruling{RetainedBest, false}
	case p.CoolingLeft > 0:
		return ruling{CooldownPenalty, true}
	case !free:
		return ruling{VoluntaryOff, false}
	case st.Worse != core.Never && now.Sub(st.Worse) >= k.Confirm:
		return ruling{DegradationForced, true}
	case now.Sub(st.Since) < k.HoldDown:
		return ruling{HoldDownRetained, false}
	case k.improves(best.Score, p.Score):
		return ruling{ImprovementMet, true}
	}
	return ruling{ImprovementInsufficient, false}
}

// improves reports whether a score is enough better than the present one.
func (k *Keys) improves(best, present float64) bool { return best <= float64(k.Improve*present) }

// compare brings up to date since when the choice is too much worse than when it was made.
func (k *Keys) compare(now core.Instant, st *Standing, p *Candidate, free bool) {
	if !free {
		return
	}
	if st.Ranked { // the first score after bootstrap is what later ones are compared with
		st.Ranked, st.Baseline = false, p.Raw
	}
	switch worse := p.Raw >= float64(k.Degrade*st.Baseline); {
	case !worse:
		st.Worse = core.Never
	case st.Worse == core.Never:
		st.Worse = now
	}
}

// choose makes c the choice.
func (st *Standing) choose(now core.Instant, c *Candidate) {
	if st.Primary >= 0 && st.Primary != int32(c.Site) {
		st.Switches++
	}
	*st = Standing{Primary: int32(c.Site), Class: c.Class, Ranked: !c.ByScore, Switches: st.Switches, Since: now, Worse: core.Never, Baseline: c.Raw}
}
