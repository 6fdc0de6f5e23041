package judge

import (
	"fmt"

	"hypersim/scenarios/claim"

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
	Level                    claim.Level
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
	if v.Level == claim.Record || v.Level == claim.Should && !strict {
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

// Judge judges each claim on one run, in order. seeds are those of the scenario's sweep; with 0 or 1 there is none,
// and everything is judged here.
func Judge(claims []claim.Claim, r *metrics.Result, seeds int) []Verdict {
	out := make([]Verdict, len(claims))
	for i := range claims {
		out[i] = judgeOne(&claims[i], r, seeds)
	}
	return out
}

func judgeOne(c *claim.Claim, r *metrics.Result, seeds int) Verdict {
	v := verdict(c)
	s, err := Select(c, r)
	if err != nil {
		return v.because(CannotJudge, err.Error())
	}
	v.SummaryUnit, v.Summary = s.Unit, metrics.Summarize(s.values())
	f, at := s.Facts(c)
	v = decide(c, v, &f, seeds)
	v.Worst = at
	if _, beyond := latest(c, &f); beyond > 0 {
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

// certain reports whether a statistic that meets its bound would meet it also with the observations that
// were not kept, most being the value if all of them belonged to it.
func certain(c *claim.Claim, most float64) bool { return c.StatName() == "count" && c.Holds(most) }

func number(v float64) string { return fmt.Sprintf("%.6g", v) }
