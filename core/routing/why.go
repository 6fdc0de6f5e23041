package routing

import (
	"fmt"
	"math"
)

// Names tells what datacenters are called.
type Names func(site uint16) string

// Why says in one sentence what the decision made of a datacenter, from the record alone (spec 30 §4.11). First is the
// candidate that is asked first, nil if there is none; place is where c stands, from 1.
func (r *Record) Why(c, first *Candidate, place int, name Names) string {
	dc := name(c.Site)
	switch {
	case c.Verdict == Excluded:
		return fmt.Sprintf("%s: excluded, %s%s", dc, c.Exclusion, c.because())
	case c.Class != r.Best:
		return fmt.Sprintf("%s: %s; bucket %s (%s) is worse than %s; %s", dc, c.part(place), c.Class, c.Why, r.Best, c.sum())
	case c.Verdict == SelectedPrimary:
		return fmt.Sprintf("%s: primary #%d in %s; %s", dc, place, c.Class, c.sum())
	case !c.ByScore || first == nil || first.Score == 0:
		return fmt.Sprintf("%s: %s; %s", dc, c.part(place), c.sum())
	}
	return fmt.Sprintf("%s: %s; %s, %s %s", dc, c.part(place), c.sum(), above(c.Score, first.Score), name(first.Site))
}

// part is what a candidate is that is not a primary target.
func (c *Candidate) part(place int) string {
	if c.Verdict == SelectedExtended {
		return fmt.Sprintf("target #%d beside the primary ones", place)
	}
	return fmt.Sprintf("fallback #%d", place)
}

// because names the rule behind the class where the class is why a datacenter is out.
func (c *Candidate) because() string {
	if c.Exclusion == ExUnhealthy {
		return " (" + c.Why.String() + ")"
	}
	return ""
}

// sum shows the score with its factors, or the rank with what it rests on.
func (c *Candidate) sum() string {
	if !c.ByScore {
		return fmt.Sprintf("rank %d, free %.2f, %.4g ms", c.Rank, 1-c.Util, c.RTT)
	}
	return fmt.Sprintf("score %.4g = %.4g ms × load %.4g × quality %.4g × pref %.4g × cooldown %.4g", c.Score, c.RTT, c.Load, c.Doubt, c.Preference, c.Cool)
}

func above(score, first float64) string {
	pct := math.Round(float64(1000*(score/first-1))) / 10
	if pct < 0 {
		return fmt.Sprintf("%.4g%% below", -pct)
	}
	return fmt.Sprintf("%.4g%% above", pct)
}

// Ruling says in one sentence why the job's first choice was kept or changed.
func (r *Record) Ruling(best, first uint16, name Names) string {
	switch r.Reason {
	case Empty:
		return "there is no datacenter for it: " + r.Unroutable.String()
	case InitialSelection:
		return name(first) + " chosen: the job had no choice yet"
	case PartitionReset:
		return name(first) + " chosen anew: the choice before is among datacenters that fail together"
	case RetainedBest:
		return name(first) + " kept: it is still the best"
	case HoldDownRetained:
		return fmt.Sprintf("%s kept: %.4g s of hold-down left; %s would improve by %.3g%%", name(first), r.HoldDown.Seconds(), name(best), float64(100*r.Improvement()))
	case ImprovementInsufficient:
		return fmt.Sprintf("%s kept: %s improves by %.3g%%, below what a switch needs", name(first), name(best), float64(100*r.Improvement()))
	case VoluntaryOff:
		return fmt.Sprintf("%s kept: switches for the better are off in mode %s", name(first), r.Mode)
	default:
		from := "nowhere"
		if r.Previous >= 0 {
			from = name(uint16(r.Previous))
		}
		return fmt.Sprintf("switched %s → %s: %s", from, name(first), r.Reason)
	}
}
