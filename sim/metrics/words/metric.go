package words

import "slices"

// Metric names one measurement: its number in this build, which no file holds.
type Metric uint16

// None is no metric.
const None Metric = 0

// Better is which way a metric gets better. The zero value says that more is neither good nor bad: of
// death_callbacks one each is right, a member that is cut off should be called dead (excused_positives), and more
// attempts on UNCONFIRMED peers are a choice, not a fault.
type Better int8

// The ways.
const (
	Lower  Better = -1
	Higher Better = 1
)

// Def defines a metric.
type Def struct {
	Name, Unit string
	Doc        string // one line, for explain and the schema

	Fold   Fold
	Better Better
	Labels []string // what its observations carry: what a filter may name

	// Param and Type name those of Labels that Observation.Param (a number) and Type (the place of a word in
	// Words) hold.
	Param, Type string
	// Words are those that a label can be for this metric, if not all that the label's row says.
	Words map[string][]string
	// Moves are the words of Observation.From and To by number; nil: states of members.
	Moves []string
	// Apart are the labels whose words are different things: a table or a picture that pooled them would show a
	// number of nothing.
	Apart []string
	// Event says what Observation.Event counts, "" = nothing. Only observations of metrics with the same word
	// can be matched with each other.
	Event string

	RoleIsPeer  bool     // the labels role and site are the subject's, otherwise the observer's
	PerNodeHour bool     // the statistic "rate" counts per node-hour, otherwise per second
	Counted     bool     // that there was none is a result of a run, too
	Tabled      bool     // its observations stand in a table of their own and not in observations.csv
	States      []string // names of the values 0, 1, …: each holds until the next observation

	family family
}

// Drawn reports whether the metric is a time series of states: drawn, never judged.
func (d *Def) Drawn() bool { return d.States != nil }

// family is a group of metrics that are recorded together: its place in tables. Those of one place stand in the
// order of their files.
type family int

var (
	defs = []Def{{}}
	all  []Metric // in the order of tables
)

// metric adds a row to the vocabulary while the package is initialised.
func (f family) metric(d Def) Metric {
	d.family = f
	m := Metric(len(defs))
	defs = append(defs, d)
	i := len(all)
	for i > 0 && defs[all[i-1]].family > f {
		i--
	}
	all = slices.Insert(all, i, m)
	return m
}

// Count returns the number of metrics.
func Count() int { return len(defs) - 1 }

// All returns every metric, in the order of tables.
func All() []Metric { return slices.Clone(all) }

// Order returns the place of m in All, −1 for none. O(number of metrics).
func (m Metric) Order() int { return slices.Index(all, m) }

// Def returns what m means. The value is shared; do not write to it.
func (m Metric) Def() *Def { return &defs[m] }

func (m Metric) String() string { return defs[m].Name }

// Lookup returns the metric of that name. O(number of metrics).
func Lookup(name string) (Metric, bool) {
	i := slices.IndexFunc(defs, func(d Def) bool { return d.Name == name })
	return Metric(max(i, 0)), i > 0
}

// Carries reports whether observations of m carry the label.
func (m Metric) Carries(label string) bool { return slices.Contains(defs[m].Labels, label) }

// Names returns the names of all metrics, in the order of tables.
func Names() []string {
	names := make([]string, 0, Count())
	for _, m := range all {
		names = append(names, m.String())
	}
	return names
}
