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

var nan = math.NaN()

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

// Measured is a row and where its value comes from.
type Measured struct {
	Row
	Cell  string // whose runs it is about
	Of    Measure
	Model func(l *Lab) float64 // gives the reference during the run; nil: Ref is it
}

// Judge is the rule by which a value passes.
type Judge struct {
	rule      *rule
	tolerance float64
	slack     float64 // absolute, where tolerance gives less
	whole     bool    // the reference is about all cells of the full run
}

// rule says in words what it asks, scale × tolerance in them, and asks it.
type rule struct {
	words string
	scale float64
	first bool // the words stand before the reference
	ok    func(r *Row, v *Value) bool
}

// The rules.
var (
	// Reported is not judged.
	Reported = Judge{}
	// AtMost passes if the value is at most the reference, AtLeast if it is at least that.
	AtMost  = Judge{rule: &rule{words: "at most", first: true, ok: func(r *Row, v *Value) bool { return v.Estimate <= r.Ref }}}
	AtLeast = Judge{rule: &rule{words: "at least", first: true, ok: func(r *Row, v *Value) bool { return v.Estimate >= r.Ref }}}
	// Chance compares a count among trials with a probability: 3 σ, and 3 events where few are expected.
	Chance = Judge{rule: &rule{words: "± 3 σ", ok: isChance}}
	// Around passes from ref/2.5 to 1.5·ref, give or take 0.0002: for tails of few seeds, of which the reference drew others.
	Around = Judge{rule: &rule{words: "÷ 2.5 … × 1.5", ok: func(r *Row, v *Value) bool {
		return v.Estimate <= 1.5*r.Ref+2e-4 && v.Estimate >= r.Ref/2.5-2e-4
	}}}
	// Meets passes if the value's interval and that of the reference, Ref to RefHigh, have a point in common: two
	// measured medians that are the same part in less than one of a hundred pairs.
	Meets = Judge{rule: &rule{words: "intervals meet", ok: func(r *Row, v *Value) bool { return v.Low <= r.RefHigh && v.High >= r.Ref }}}

	nearRule    = &rule{words: "± %.3g %%", scale: 100, ok: isNear}
	exactlyRule = &rule{words: "± %.1g", scale: 1, ok: func(r *Row, v *Value) bool { return math.Abs(v.Estimate-r.Ref) <= r.Judge.tolerance }}
	rangeRule   = &rule{words: "within", ok: isWithin}
	withinRule  = &rule{words: "within ± %.3g %%", scale: 100, ok: isWithin}
	amongRule   = &rule{words: "among runs or ± %.3g %%", scale: 100, ok: func(r *Row, v *Value) bool {
		return r.Ref >= v.Low && r.Ref <= v.High || math.Abs(v.Estimate-r.Ref) <= r.Judge.tolerance*r.Ref
	}}
	notAboveRule = &rule{words: "not above by %.3g %% and the interval", scale: 100, ok: isNotAbove}
)

// Near passes if the reference lies within tolerance (relative) of the mean, or nearer beyond it than the
// 95 % interval of the mean reaches: what fails is then a real difference and not the draw of the seeds.
func Near(tolerance float64) Judge { return Judge{rule: nearRule, tolerance: tolerance} }

// Or gives Near a tolerance of at least slack, absolute: what two digits of print leave open.
func (j Judge) Or(slack float64) Judge {
	j.slack = slack
	return j
}

// Exactly passes within an absolute tolerance: the digits that the reference has.
func Exactly(digits float64) Judge { return Judge{rule: exactlyRule, tolerance: digits} }

// Within passes if the value lies between Ref and RefHigh, or beyond them by at most tolerance (relative).
func Within(tolerance float64) Judge {
	if tolerance == 0 {
		return Judge{rule: rangeRule}
	}
	return Judge{rule: withinRule, tolerance: tolerance}
}

// Among passes if the reference lies among the runs, whose range is the value's interval, or within tolerance
// (relative) of their mean: for groups drawn at random that differ so much that the reference, which is of
// one unnamed group, can only be one of them.
func Among(tolerance float64) Judge { return Judge{rule: amongRule, tolerance: tolerance} }

// NotAbove passes unless the value's whole interval lies above the reference by more than tolerance (relative): for
// claims that something does no harm, where the truth may be the reference itself and its estimate falls on either side.
func NotAbove(tolerance float64) Judge { return Judge{rule: notAboveRule, tolerance: tolerance} }

// OfAll is the rule for a reference about all cells of the full run together. A quick run has some of them, which may
// be the hardest: what holds there passes, and what does not cannot be judged.
func (j Judge) OfAll() Judge {
	j.whole = true
	return j
}

// words says what the rule asks, for the table.
func (j Judge) words() string {
	switch {
	case j.rule == nil:
		return "reported"
	case j.rule.scale > 0:
		return fmt.Sprintf(j.rule.words, j.rule.scale*j.tolerance)
	}
	return j.rule.words
}

func isNear(r *Row, v *Value) bool {
	half := 0.0
	if v.Known() {
		half = (v.High - v.Low) / 2
	}
	return math.Abs(v.Estimate-r.Ref) <= max(r.Judge.tolerance*math.Abs(r.Ref), r.Judge.slack)+half
}

func isChance(r *Row, v *Value) bool {
	want := r.Ref * float64(v.Trials)
	sigma := math.Sqrt(want * (1 - r.Ref))
	return math.Abs(float64(v.Hits)-want) <= max(3*sigma, 3) // of 1 or 2 expected, 3 more come once in a hundred
}

func isWithin(r *Row, v *Value) bool {
	slack := r.Judge.tolerance
	return v.Estimate >= r.Ref*(1-slack) && v.Estimate <= max(r.Ref, r.RefHigh)*(1+slack)
}

func isNotAbove(r *Row, v *Value) bool {
	low := v.Estimate
	if v.Known() {
		low = v.Low
	}
	return low <= r.Ref*(1+r.Judge.tolerance)
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
	switch {
	case r.Judge.rule == nil:
		return NotJudged
	case r.Judge.rule.ok(r, v):
		return Pass
	case quick && r.Judge.whole && !math.IsNaN(v.Estimate):
		return Unclear
	}
	return Fail
}
