package judge

import (
	"fmt"
	"math"
	"slices"

	"hypersim/scenarios/claim"

	"hypersim/sim/metrics"
)

// Facts is what one run says about an expectation, whatever the bounds: a sweep keeps it, so that a changed bound is
// judged without running again.
type Facts struct {
	Err       string    // why nothing can be selected; the rest means nothing then
	Unit      string    // of Value
	Value     float64   // the statistic; of the statistic all the first observation; NaN if not defined
	Least     bool      // Value is only known not to be smaller: some observations never came
	Note      string    // about what never came
	Low, High float64   // least and largest observation; NaN if there is none
	Count     float64   // observations, by weight
	Unseen    []float64 // of detections that never came: how long each was waited for, ascending
	Truncated uint64    // observations of the metric that the run did not keep
}

// Facts returns what the sample says about c, and the observation behind the statistic where there is one. The unit of a
// count, rate or slope replaces the sample's.
func (s *Sample) Facts(c *claim.Claim) (Facts, *metrics.Observation) {
	f := Facts{Low: math.NaN(), High: math.NaN(), Count: s.count(), Truncated: s.Truncated}
	v, at, err := s.Statistic(c)
	f.Value, f.Unit = v, s.Unit
	if err != nil {
		f.Err = err.Error()
		return f, nil
	}
	for i := range s.Obs {
		if x := s.Obs[i].Value; i == 0 {
			f.Low, f.High = x, x
		} else {
			f.Low, f.High = min(f.Low, x), max(f.High, x)
		}
	}
	for i := range s.Unseen {
		f.Unseen = append(f.Unseen, s.Unseen[i].Value)
	}
	slices.Sort(f.Unseen)
	switch {
	case c.StatName() == "all" && len(s.Obs) > 0:
		f.Value = s.Obs[0].Value
	case len(s.Unseen) > 0 && Censors(c.StatName()):
		x := s.estimated(c.StatName())
		f.Value, f.Least, f.Note, at = x.Value, x.Least, x.note, nil
	}
	return f, at
}

// Decide judges the facts of one run by the bounds of c.
func Decide(c *claim.Claim, f *Facts) Verdict { return decide(c, verdict(c), f, 0) }

// verdict returns a verdict of which only what c says is filled in.
func verdict(c *claim.Claim) Verdict {
	return Verdict{
		ID: c.ID, Metric: c.Metric, Labels: c.Where.String(), Stat: c.StatName(), Level: c.Level, Value: math.NaN(),
		Bound: c.BoundText(), Why: c.Why, Summary: metrics.Summarize(nil),
	}
}

// decide judges by one run of a sweep of so many seeds.
func decide(c *claim.Claim, v Verdict, f *Facts, seeds int) Verdict {
	v.Value, v.Unit, v.Least = f.Value, f.Unit, f.Least
	if f.Err != "" {
		return v.because(CannotJudge, f.Err)
	}
	n, note, some := f.Count, f.Note, len(f.Unseen) > 0 && Censors(v.Stat)
	if v.Stat == "all" {
		v.Value = farthest(c, f)
	}
	if wait, beyond := latest(c, f); beyond > 0 {
		v.Value, v.Least, some = wait, true, true
		note = fmt.Sprintf("%d of %s never came, waited for up to %s s", beyond, number(f.Count+float64(len(f.Unseen))), number(wait))
	}
	if some {
		n += float64(len(f.Unseen))
	}
	switch {
	case c.Level == claim.Record:
		return v.because(NotJudged, "recorded, never judged")
	case seeds > 1 && !c.EverySeed(): // whatever this run lacks, the others may have
		return v.because(NotJudged, fmt.Sprintf("needs more seeds: the sweep has %d", seeds))
	case n < float64(c.Least()):
		return v.because(CannotJudge, fmt.Sprintf("%s observations, needs %d", number(n), c.Least()))
	case math.IsNaN(v.Value):
		why := fmt.Sprintf("%s of %s observations is not defined", v.Stat, number(n))
		if some {
			why += ": " + note
		}
		return v.because(CannotJudge, why)
	}
	switch v.Outcome = (Estimate{v.Value, v.Least}).Judge(c); {
	case v.Outcome == CannotJudge:
		return v.because(CannotJudge, fmt.Sprintf("%s is at least %s: %s", v.Stat, number(v.Value), note))
	case v.Outcome == Fail && some:
		v.Why = because(note, v.Why)
	case v.Outcome == Pass && f.Truncated > 0 && !certain(c, v.Value+float64(f.Truncated)):
		return v.because(CannotJudge, fmt.Sprintf("%d observations were not kept; those kept meet the bound", f.Truncated))
	}
	return v
}

// farthest is the observation closest to its bound or farthest beyond, which is one of the extremes.
func farthest(c *claim.Claim, f *Facts) float64 {
	v := f.Value
	for _, x := range []float64{f.Low, f.High} {
		if c.Margin(x) < c.Margin(v) {
			v = x
		}
	}
	return v
}

// latest returns the longest wait in vain, and how many were longer than the bound allows. What must hold of each fails by
// one of those; what was waited for less says nothing.
func latest(c *claim.Claim, f *Facts) (wait float64, beyond int) {
	if stat := c.StatName(); stat != "all" && stat != "max" && stat != "last" || len(f.Unseen) == 0 {
		return 0, 0
	}
	_, most := c.Limits()
	for _, x := range f.Unseen {
		if x > most {
			beyond++
		}
	}
	return f.Unseen[len(f.Unseen)-1], beyond
}
