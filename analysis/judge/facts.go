package judge

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

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

// Selection names what of a run the expectation is about, and nothing of how that is judged: expectations of one
// selection have the same facts.
func (e *Expectation) Selection() string {
	text, err := json.Marshal(struct {
		Metric       string
		Where        Where
		Minus, Ratio *Other
		Stat         string
		Window       *Window
		Since        *Moment
	}{e.Metric, e.Where, e.Minus, e.Ratio, e.stat(), e.Window, e.Since})
	if err != nil {
		panic("judge: a selection has no JSON form: " + err.Error()) // strings and whole numbers
	}
	return string(text)
}

// Facts returns what the sample says about e, and the observation behind the statistic where there is one. The unit of a
// count, rate or slope replaces the sample's.
func (s *Sample) Facts(e *Expectation) (Facts, *metrics.Observation) {
	f := Facts{Low: math.NaN(), High: math.NaN(), Count: s.count(), Truncated: s.Truncated}
	v, at, err := s.Statistic(e)
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
	case e.stat() == "all" && len(s.Obs) > 0:
		f.Value = s.Obs[0].Value
	case len(s.Unseen) > 0 && censors(e.stat()):
		x := s.estimated(e.stat())
		f.Value, f.Least, f.Note, at = x.Value, x.Least, x.note, nil
	}
	return f, at
}

// Decide judges the facts of one run by the bounds of e.
func (e *Expectation) Decide(f *Facts) Verdict { return e.decide(e.verdict(), f, 0) }

// verdict returns a verdict of which only what e says is filled in.
func (e *Expectation) verdict() Verdict {
	return Verdict{
		ID: e.ID, Metric: e.Metric, Labels: e.Where.String(), Stat: e.stat(), Level: e.Level, Value: math.NaN(),
		Bound: e.bound(), Why: e.Why, Summary: metrics.Summarize(nil),
	}
}

// decide judges by one run of a sweep of so many seeds.
func (e *Expectation) decide(v Verdict, f *Facts, seeds int) Verdict {
	v.Value, v.Unit, v.Least = f.Value, f.Unit, f.Least
	if f.Err != "" {
		return v.because(CannotJudge, f.Err)
	}
	n, note, some := f.Count, f.Note, len(f.Unseen) > 0 && censors(v.Stat)
	if v.Stat == "all" {
		v.Value = e.farthest(f)
	}
	if wait, beyond := e.latest(f); beyond > 0 {
		v.Value, v.Least, some = wait, true, true
		note = fmt.Sprintf("%d of %s never came, waited for up to %s s", beyond, number(f.Count+float64(len(f.Unseen))), number(wait))
	}
	if some {
		n += float64(len(f.Unseen))
	}
	switch {
	case e.Level == Record:
		return v.because(NotJudged, "recorded, never judged")
	case seeds > 1 && !e.everySeed(): // whatever this run lacks, the others may have
		return v.because(NotJudged, fmt.Sprintf("needs more seeds: the sweep has %d", seeds))
	case n < float64(e.needs()):
		return v.because(CannotJudge, fmt.Sprintf("%s observations, needs %d", number(n), e.needs()))
	case math.IsNaN(v.Value):
		why := fmt.Sprintf("%s of %s observations is not defined", v.Stat, number(n))
		if some {
			why += ": " + note
		}
		return v.because(CannotJudge, why)
	}
	switch v.Outcome = e.Judge(Estimate{v.Value, v.Least}); {
	case v.Outcome == CannotJudge:
		return v.because(CannotJudge, fmt.Sprintf("%s is at least %s: %s", v.Stat, number(v.Value), note))
	case v.Outcome == Fail && some:
		v.Why = because(note, v.Why)
	case v.Outcome == Pass && f.Truncated > 0 && !e.certain(v.Value+float64(f.Truncated)):
		return v.because(CannotJudge, fmt.Sprintf("%d observations were not kept; those kept meet the bound", f.Truncated))
	}
	return v
}

// farthest is the observation closest to its bound or farthest beyond, which is one of the extremes.
func (e *Expectation) farthest(f *Facts) float64 {
	v := f.Value
	for _, x := range []float64{f.Low, f.High} {
		if e.margin(x) < e.margin(v) {
			v = x
		}
	}
	return v
}

// latest returns the longest wait in vain, and how many were longer than the bound allows. What must hold of each fails by
// one of those; what was waited for less says nothing.
func (e *Expectation) latest(f *Facts) (wait float64, beyond int) {
	if stat := e.stat(); stat != "all" && stat != "max" && stat != "last" || len(f.Unseen) == 0 {
		return 0, 0
	}
	_, most := e.limits()
	for _, x := range f.Unseen {
		if x > most {
			beyond++
		}
	}
	return f.Unseen[len(f.Unseen)-1], beyond
}
