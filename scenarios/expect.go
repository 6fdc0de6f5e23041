package scenarios

import "hypersim/core"

// Levels of an expectation (spec 40 §2).
const (
	LevelMust   = "must"
	LevelShould = "should"
	LevelRecord = "record"
)

// Expect is one claim about a metric, resolved: bounds are numbers in the metric's unit.
type Expect struct {
	ID    string
	Index int // position in the file, from 0
	Level string
	Why   string

	Observable
	Minus *Observable // subtract its matching observation
	Ratio *Observable // divide by its matching observation

	Stat     string  // count, sum, mean, sd, min, quantile, max, all, first, last, rate, slope
	StatText string  // as written: "p95"
	Quantile float64 // of stat quantile: 0.95

	// From and To limit the observations, from the start of the run; the default is warm-up to end.
	// Rolling, when not 0, is the length of a window that moves over them.
	From, To core.Duration
	Rolling  core.Duration
	Since    *core.Duration // times are counted from here

	// Min and Max are the bounds, nil where there is none. With Equals they are Equals ∓ Tolerance.
	// All three are in Unit. Without any the level is record.
	Min, Max  *float64
	Equals    *float64
	Tolerance float64
	Bound     string // for a person: "≤ 10 s"
	Unit      string // of the judged value; "" for ratios and counts

	Across  string  // all, pooled, mean, share
	AtLeast float64 // share of seeds, with across = share
	Needs   int     // fewest observations
	Applies bool    // false: `when` excludes this run, report it as not judged

	// Versus names the cell of a sweep that this one is compared with, seed by seed: the cell that has these
	// values and otherwise those of this one. What is judged is the difference, or with VersusRatio the ratio.
	Versus      []Choice
	VersusRatio bool
}

// Choice is a value of a swept key, or of "variant".
type Choice struct{ Key, Value string }

// DisabledInvariant is an invariant that a scenario turns off, with its reason.
type DisabledInvariant struct{ ID, Why string }

// Observable names observations of a metric.
type Observable struct {
	Metric string
	Where  []Label // all must match; sorted by key
}

// Label is one condition of a filter: the observation's label Key is one of Values (or, with Not, none).
type Label struct {
	Key    string
	Values []string
	Not    bool
}

// Holds reports whether v satisfies the bounds.
func (e *Expect) Holds(v float64) bool {
	if v != v {
		return false
	}
	return (e.Min == nil || v >= *e.Min) && (e.Max == nil || v <= *e.Max)
}

// Matches reports whether an observation with the given labels (get returns "" for a label it does not
// have) is meant.
func (o *Observable) Matches(get func(key string) string) bool {
	for _, l := range o.Where {
		have, in := get(l.Key), false
		for _, v := range l.Values {
			in = in || v == have
		}
		if in == l.Not {
			return false
		}
	}
	return true
}
