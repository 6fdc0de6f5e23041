package judge

import (
	"hypersim/core"
)

// Level is how much an expectation matters.
type Level uint8

// The levels (spec 40 §2).
const (
	Must   Level = iota // fails the run
	Should              // fails it under --strict only
	Record              // measured, never judged
)

var levelNames = [...]string{"must", "should", "record"}

func (l Level) String() string { return levelNames[l] }

// Across is how the seeds of a sweep are combined.
type Across uint8

// The ways (spec 40 §8.3). AcrossDefault is all for the statistics all, count, max and min, else pooled.
const (
	AcrossDefault Across = iota
	AcrossAll            // every seed by itself
	AcrossPooled         // the observations of all seeds together
	AcrossMean           // the mean of the seeds' statistics
	AcrossShare          // at least a share of the seeds
)

// Where selects observations: each key's word must be among the given ones, or, for a key that ends in
// "_not", must be none of them. Keys are those of words.Metric.LabelKeys.
type Where map[string][]string

// Moment is an instant of the run: Offset after Ref, which is "" for the start of the run,
// "<fault>.start", "<fault>.end", "faults.end", or a name in Options.Anchors.
type Moment struct {
	Ref    string
	Offset core.Duration
}

// Window is the part of the run that counts, both ends included. Nil ends are the end of the warm-up and
// the end of the run. With Rolling > 0 the statistic is taken over what each stretch of that length,
// ending at an observation, holds: the sum of its values for countable metrics, else their mean.
type Window struct {
	From, To *Moment
	Rolling  core.Duration
}

// Other is a second metric whose matching observation is subtracted or divided by.
type Other struct {
	Metric string
	Where  Where
}

// Expectation is one [[expect]] of a scenario, ready to be judged. Bounds are in the metric's unit.
type Expectation struct {
	ID, Metric   string
	Where        Where
	Minus, Ratio *Other
	Stat         string // "" = p50
	Window       *Window
	Since        *Moment // observations before it do not count; values in s become the time since it

	Min, Max, Equals *float64
	Tolerance        float64 // around Equals, in the unit of the metric
	RelTolerance     float64 // around Equals, as a share of it; the larger of the two counts

	Level  Level
	Across Across
	Needs  int // least number of observations; 0 = 1, or 0 for count, sum and rate
	Why    string
}

// Anchor gives a name to an instant, for example "load.end".
type Anchor struct {
	Name string
	At   core.Instant
}

// Options says what the judge cannot know from one run.
type Options struct {
	Seeds   int      // seeds of the scenario's sweep; 0 or 1 = none, everything is judged here
	Anchors []Anchor // beside the faults of the run
}

func (e *Expectation) stat() string {
	if e.Stat == "" {
		return "p50"
	}
	return e.Stat
}

// countable reports whether no observation at all is itself a result.
func countable(stat string) bool { return stat == "count" || stat == "sum" || stat == "rate" }

func (e *Expectation) needs() int {
	if e.Needs == 0 && !countable(e.stat()) {
		return 1
	}
	return e.Needs
}

// everySeed reports whether each seed is judged by itself.
func (e *Expectation) everySeed() bool {
	if e.Across != AcrossDefault {
		return e.Across == AcrossAll
	}
	switch e.stat() {
	case "all", "count", "max", "min":
		return true
	}
	return false
}
