package validate

import (
	"fmt"
	"math"
)

// Certainty is how sure a reference is (spec 10 §15).
type Certainty string

// The certainties.
const (
	Read     Certainty = "A"       // read in the source, text or code
	Computed Certainty = "B"       // derived or computed for the specification, reproducible
	Recalled Certainty = "C"       // from memory of the paper
	Derived  Certainty = "derived" // derived in this project: a closed form or a program of model_*.go
)

// Row is one line of the table: one reference.
type Row struct {
	ID        string // after the experiment's, as in "swim-detection-n30/suspect"
	What      string
	Unit      string  // of reference and value; "" is a plain number
	Ref       float64 // NaN: a model gives it during the run, or there is none
	RefHigh   float64 // > Ref: the reference is a range
	Source    string
	Certainty Certainty
	Judge     Judge
}

// Judge is the rule by which a value passes.
type Judge struct {
	rule      rule
	tolerance float64 // relative
	slack     float64 // absolute, where tolerance gives less
	whole     bool    // the reference is about all cells of the full run
}

type rule uint8

const (
	reported rule = iota
	near
	exactly
	atMost
	atLeast
	chance
	within
	around
	among
	meets
	notAbove
)

// Reported is not judged.
var Reported = Judge{}

// Near passes if the reference lies within tolerance (relative) of the mean, or nearer beyond it than the
// 95 % interval of the mean reaches: what fails is then a real difference and not the draw of the seeds.
func Near(tolerance float64) Judge { return Judge{rule: near, tolerance: tolerance} }

// NearOr is Near with a tolerance of at least slack, absolute: what two digits of print leave open.
func NearOr(tolerance, slack float64) Judge {
	return Judge{rule: near, tolerance: tolerance, slack: slack}
}

// Exactly passes within an absolute tolerance: the digits that the reference has.
func Exactly(digits float64) Judge { return Judge{rule: exactly, tolerance: digits} }

// AtMost passes if the value is at most the reference.
var AtMost = Judge{rule: atMost}

// OfAll is the rule for a reference about all cells of the full run together. A quick run has some of them, which may
// be the hardest: what holds there passes, and what does not cannot be judged.
func (j Judge) OfAll() Judge {
	j.whole = true
	return j
}

// AtLeast passes if the value is at least the reference.
var AtLeast = Judge{rule: atLeast}

// Chance compares a count among trials with a probability: 3 σ, and 3 events where few are expected.
var Chance = Judge{rule: chance}

// Within passes if the value lies between Ref and RefHigh, or beyond them by at most tolerance (relative).
func Within(tolerance float64) Judge { return Judge{rule: within, tolerance: tolerance} }

// Around passes from ref/2.5 to 1.5·ref, give or take 0.0002: for tails of few seeds, of which the
// reference drew others.
var Around = Judge{rule: around}

const aroundSlack = 2e-4

// Among passes if the reference lies among the runs, whose range is the value's interval, or within tolerance
// (relative) of their mean: for groups drawn at random that differ so much that the reference, which is of
// one unnamed group, can only be one of them.
func Among(tolerance float64) Judge { return Judge{rule: among, tolerance: tolerance} }

// Meets passes if the value's interval and that of the reference, Ref to RefHigh, have a point in common: two
// measured medians that are the same part in less than one of a hundred pairs.
var Meets = Judge{rule: meets}

// NotAbove passes unless the value's whole interval lies above the reference by more than tolerance (relative): for
// claims that something does no harm, where the truth may be the reference itself and its estimate falls on either side.
func NotAbove(tolerance float64) Judge { return Judge{rule: notAbove, tolerance: tolerance} }

// words says what the rule asks, for the table.
func (j Judge) words() string {
	switch j.rule {
	case near:
		return fmt.Sprintf("± %.3g %%", 100*j.tolerance)
	case exactly:
		return fmt.Sprintf("± %.1g", j.tolerance)
	case atMost:
		return "at most"
	case atLeast:
		return "at least"
	case chance:
		return "± 3 σ"
	case within:
		if j.tolerance == 0 {
			return "within"
		}
		return fmt.Sprintf("within ± %.3g %%", 100*j.tolerance)
	case around:
		return "÷ 2.5 … × 1.5"
	case among:
		return fmt.Sprintf("among runs or ± %.3g %%", 100*j.tolerance)
	case meets:
		return "intervals meet"
	case notAbove:
		return fmt.Sprintf("not above by %.3g %% and the interval", 100*j.tolerance)
	case reported:
	}
	return "reported"
}

// Verdict is what became of a row.
type Verdict string

// The verdicts.
const (
	Pass      Verdict = "pass"
	Fail      Verdict = "FAIL"
	NotJudged Verdict = "reported"
	Missing   Verdict = "missing"          // the experiment gave no value: it failed or was interrupted
	Unclear   Verdict = "cannot be judged" // by a quick run (Judge.OfAll)
)

// verdict is what becomes of the row in a run that is quick or not.
func (r *Row) verdict(v *Value, quick bool) Verdict {
	verdict := r.judge(v)
	if verdict == Fail && quick && r.Judge.whole && !math.IsNaN(v.Estimate) {
		return Unclear
	}
	return verdict
}

// judge compares value with the row's reference.
func (r *Row) judge(v *Value) Verdict {
	x, ref := v.Estimate, r.Ref
	var ok bool
	switch r.Judge.rule {
	case reported:
		return NotJudged
	case near:
		half := 0.0
		if v.Known() {
			half = (v.High - v.Low) / 2
		}
		ok = math.Abs(x-ref) <= max(r.Judge.tolerance*math.Abs(ref), r.Judge.slack)+half
	case exactly:
		ok = math.Abs(x-ref) <= r.Judge.tolerance
	case atMost:
		ok = x <= ref
	case atLeast:
		ok = x >= ref
	case chance:
		want := ref * float64(v.Trials)
		sigma := math.Sqrt(want * (1 - ref))
		ok = math.Abs(float64(v.Hits)-want) <= max(3*sigma, 3) // of 1 or 2 expected, 3 more come once in a hundred
	case within:
		slack := r.Judge.tolerance
		ok = x >= r.Ref*(1-slack) && x <= max(r.Ref, r.RefHigh)*(1+slack)
	case among:
		ok = ref >= v.Low && ref <= v.High || math.Abs(x-ref) <= r.Judge.tolerance*ref
	case notAbove:
		low := x
		if v.Known() {
			low = v.Low
		}
		ok = low <= ref*(1+r.Judge.tolerance)
	case meets:
		ok = v.Low <= r.RefHigh && v.High >= r.Ref
	case around:
		ok = x <= 1.5*ref+aroundSlack && x >= ref/2.5-aroundSlack
	}
	if ok {
		return Pass
	}
	return Fail
}
