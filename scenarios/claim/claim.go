package claim

import (
	"encoding/json"

	"hypersim/core"
)

// Claim is one [[expect]] of a scenario, resolved for one run. Bounds are in the metric's unit.
type Claim struct {
	ID, Metric   string
	Where        Where
	Minus, Ratio *Other
	Stat         string // "" = p50
	Window       *Window
	Since        *Moment // observations before it do not count; values in s become the time since it

	Min, Max, Equals *float64 // Equals stands alone
	Tolerance        float64  // around Equals, in the unit of the metric

	Level  Level
	Across Across
	Needs  int // least number of observations; 0 = 1, or 0 for count, sum and rate
	Why    string

	Applies bool    // false: its `when` excludes the run
	AtLeast float64 `json:",omitempty"` // share of the seeds, with AcrossShare
	// Versus names the cell of a sweep that this one is compared with, seed by seed: the cell that has these
	// values and otherwise those of this one. What is judged is the difference, or with AsRatio the ratio.
	Versus  []Choice `json:",omitempty"`
	AsRatio bool     `json:",omitempty"`
	Unit    string   // of the judged value; "1" for ratios
}

// Window is the part of the run that counts, both ends included. Nil ends are the end of the warm-up and
// the end of the run. With Rolling > 0 the statistic is taken over what each stretch of that length,
// ending at an observation, holds: the sum of its values for countable metrics, else their mean.
type Window struct {
	From, To *Moment
	Rolling  core.Duration
}

// Moment is an instant of the run, from its start.
type Moment core.Duration

// moment is how plans and the names of selections have always written a moment.
type moment struct {
	Ref    string
	Offset core.Duration
}

// MarshalJSON implements json.Marshaler.
func (m Moment) MarshalJSON() ([]byte, error) { return json.Marshal(moment{Offset: core.Duration(m)}) }

// UnmarshalJSON implements json.Unmarshaler.
func (m *Moment) UnmarshalJSON(text []byte) error {
	var x moment
	err := json.Unmarshal(text, &x)
	*m = Moment(x.Offset)
	return err
}

// Other is a second metric whose matching observation is subtracted or divided by.
type Other struct {
	Metric string
	Where  Where
}

// Choice is a value of a swept key, or of "variant".
type Choice struct{ Key, Value string }

// StatName returns the statistic, with its default filled in.
func (c *Claim) StatName() string {
	if c.Stat == "" {
		return "p50"
	}
	return c.Stat
}

// Countable reports whether no observation at all is itself a result of the statistic.
func Countable(stat string) bool { return stat == "count" || stat == "sum" || stat == "rate" }

// Least returns the fewest observations that a judgement needs.
func (c *Claim) Least() int {
	if c.Needs == 0 && !Countable(c.StatName()) {
		return 1
	}
	return c.Needs
}

// EverySeed reports whether each seed is judged by itself.
func (c *Claim) EverySeed() bool {
	if c.Across != AcrossDefault {
		return c.Across == AcrossAll
	}
	switch c.StatName() {
	case "all", "count", "max", "min":
		return true
	}
	return false
}

// Selection names what of a run the claim is about, and nothing of how that is judged: claims of one selection
// have the same facts.
func (c *Claim) Selection() string {
	text, err := json.Marshal(struct {
		Metric       string
		Where        Where
		Minus, Ratio *Other
		Stat         string
		Window       *Window
		Since        *Moment
	}{c.Metric, c.Where, c.Minus, c.Ratio, c.StatName(), c.Window, c.Since})
	if err != nil {
		panic("claim: a selection has no JSON form: " + err.Error()) // strings and whole numbers
	}
	return string(text)
}
