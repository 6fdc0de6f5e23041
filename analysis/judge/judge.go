package judge

import (
	"fmt"
	"math"

	"hypersim/core"
	"hypersim/sim/metrics"
)

// Outcome is what became of an expectation.
type Outcome uint8

// The outcomes. NotJudged and CannotJudge are apart: the one means that there was nothing to judge here, and is
// harmless; the other that there was, and that this run cannot say, which fails a must as a broken bound does.
const (
	NotJudged Outcome = iota // recorded only, of another variant, or for a sweep to judge
	Pass
	Fail
	CannotJudge // too few observations, a value that is not known, a bad expectation, or a run that was stopped
)

var outcomeNames = [...]string{"not-judged", "pass", "fail", "cannot-be-judged"}

func (o Outcome) String() string { return outcomeNames[o] }

// Verdict is the judgement of one expectation.
type Verdict struct {
	ID, Metric, Labels, Stat string
	Level                    Level
	Outcome                  Outcome
	Value                    float64              // NaN: nothing to take it from; for the statistic all, the value closest to or farthest beyond its bound
	Unit, Bound              string               // Unit is that of Value and Bound: "count" for the statistic count
	Why                      string               // the reason of the bound; of NotJudged and CannotJudge first of all why
	Least                    bool                 // Value is only known not to be smaller: some observations never came
	Worst                    *metrics.Observation // the observation behind Value, for all, min, max, first and last
	Summary                  metrics.Summary      // of everything selected
	SummaryUnit              string               // of all statistics in Summary but its count
}

// Fails reports whether the run fails because of v.
func (v *Verdict) Fails(strict bool) bool {
	if v.Level == Record || v.Level == Should && !strict {
		return false
	}
	return v.Outcome == Fail || v.Outcome == CannotJudge
}

// Row returns v as a row of summary.csv.
func (v *Verdict) Row() metrics.SummaryRow {
	return metrics.SummaryRow{
		Metric: v.Metric, Labels: v.Labels, Unit: v.SummaryUnit, Summary: v.Summary, Expectation: v.ID,
		Level: v.Level.String(), Stat: v.Stat, Value: v.Value, ValueUnit: v.Unit, Bound: v.Bound, Verdict: v.Outcome.String(), Why: v.Why,
	}
}

// Judge judges each expectation on one run, in order.
func Judge(expects []Expectation, r *metrics.Result, opts Options) []Verdict {
	out := make([]Verdict, len(expects))
	for i := range expects {
		out[i] = judgeOne(&expects[i], r, &opts)
	}
	return out
}

func judgeOne(e *Expectation, r *metrics.Result, opts *Options) Verdict {
	v := e.verdict()
	s, err := Select(e, r, opts)
	if err != nil {
		return v.because(CannotJudge, err.Error())
	}
	v.SummaryUnit, v.Summary = s.Unit, metrics.Summarize(s.values())
	f, at := s.Facts(e)
	v = e.decide(v, &f, opts.Seeds)
	v.Worst = at
	if _, beyond := e.latest(&f); beyond > 0 {
		v.Worst = s.longest()
	}
	return v
}

// because settles that v is not judged, or cannot be, and puts the reason before that of the bound.
func (v Verdict) because(o Outcome, why string) Verdict {
	v.Outcome, v.Why = o, because(why, v.Why)
	return v
}

// because puts the reason of the bound behind what happened.
func because(what, why string) string {
	if why == "" {
		return what
	}
	return what + " (" + why + ")"
}

// limits returns the least and the largest allowed value.
func (e *Expectation) limits() (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	if e.Min != nil {
		lo = *e.Min
	}
	if e.Max != nil {
		hi = *e.Max
	}
	if e.Equals != nil {
		t := max(e.Tolerance, math.Abs(*e.Equals)*e.RelTolerance)
		lo, hi = max(lo, *e.Equals-t), min(hi, *e.Equals+t)
	}
	return lo, hi
}

// slack forgives the rounding of sums and of decimal bounds, far below a nanosecond.
const slack = 1e-12

func (e *Expectation) holds(v float64) bool {
	lo, hi := e.limits()
	return v >= lo-slack*(1+math.Abs(lo)) && v <= hi+slack*(1+math.Abs(hi)) || v == lo || v == hi
}

// certain reports whether a statistic that meets its bound would meet it also with the observations that
// were not kept, most being the value if all of them belonged to it.
func (e *Expectation) certain(most float64) bool { return e.stat() == "count" && e.holds(most) }

func (e *Expectation) bound() string {
	switch {
	case e.Equals != nil && e.RelTolerance > 0:
		return fmt.Sprintf("= %s ± %s%%", number(*e.Equals), number(e.RelTolerance*100))
	case e.Equals != nil && e.Tolerance > 0:
		return fmt.Sprintf("= %s ± %s", number(*e.Equals), number(e.Tolerance))
	case e.Equals != nil:
		return "= " + number(*e.Equals)
	case e.Min != nil && e.Max != nil:
		return fmt.Sprintf("in [%s, %s]", number(*e.Min), number(*e.Max))
	case e.Min != nil:
		return ">= " + number(*e.Min)
	case e.Max != nil:
		return "<= " + number(*e.Max)
	}
	return ""
}

func number(v float64) string { return fmt.Sprintf("%.6g", v) }

// moment resolves m; ok is false if what it refers to did not happen.
func (o *Options) moment(m Moment, r *metrics.Result) (core.Instant, error) {
	at, err := o.anchor(m.Ref, r)
	return at + core.Instant(m.Offset), err
}

func (o *Options) anchor(ref string, r *metrics.Result) (core.Instant, error) {
	if ref == "" {
		return 0, nil
	}
	for _, a := range o.Anchors {
		if a.Name == ref {
			return a.At, nil
		}
	}
	found, last := core.Never, core.Instant(-1)
	for _, f := range r.Faults {
		switch ref {
		case f.ID + ".start":
			found = f.Start
		case f.ID + ".end":
			found = f.End
		}
		if f.End != core.Never {
			last = max(last, f.End)
		} else if f.Start != core.Never {
			last = max(last, f.Start) // never undone: its effect is complete when it starts
		}
	}
	if ref == "faults.end" && last >= 0 {
		return last, nil
	}
	if found == core.Never {
		return 0, fmt.Errorf("%s did not happen in this run", ref)
	}
	return found, nil
}
