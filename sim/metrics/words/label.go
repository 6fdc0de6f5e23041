package words

import (
	"slices"
	"strconv"

	"hypersim/core"
)

// Source says who names the words of a label.
type Source uint8

// The sources.
const (
	Fixed     Source = iota // this vocabulary: Label.Words, or Def.Words of a metric
	FromNodes               // the scenario: nodes
	FromSites
	FromRoles
	FromRolePairs // two roles, those of the ends of a pair
	FromGroups
	FromScopes // the workloads that report progress
	FromFaults
	FromCauses // core.Cause
	FromRun    // numbers, and names that only a run gives: a filter may name any
)

// Label is what observations are told apart by.
type Label struct {
	Name   string
	Source Source
	Words  []string // Fixed: in the order of their definition
}

// labels are all labels, those first that several families carry. A family's own stands in its file.
var labels = []Label{
	{Name: "observer", Source: FromNodes},
	{Name: "subject", Source: FromNodes},
	{Name: "node", Source: FromNodes}, // the observer, or the subject where there is no observer
	{Name: "observer_role", Source: FromRoles},
	{Name: "subject_role", Source: FromRoles},
	{Name: "role", Source: FromRoles}, // see Def.RoleIsPeer
	{Name: "roles", Source: FromRolePairs},
	{Name: "observer_site", Source: FromSites},
	{Name: "subject_site", Source: FromSites},
	{Name: "site", Source: FromSites},
	{Name: "class", Words: Classes[1:]},
	{Name: "observer_class", Words: Classes[1:]},
	{Name: "subject_class", Words: Classes[1:]},
	{Name: "subject_ghost", Words: []string{"false", "true"}},
	{Name: "group", Source: FromGroups},
	{Name: "fault", Source: FromFaults},
	{Name: "cause", Source: FromCauses},
	{Name: "path", Words: Paths},
	{Name: "truth", Words: []string{TruthWords[2]}},
	{Name: "link", Words: Links[1:]},
	{Name: "to", Words: marks},
	{Name: "from", Words: []string{core.StateUnconfirmed.String()}},
	{Name: "type", Words: updates()},
	{Name: "job", Source: FromRun},
	{Name: "workflow", Source: FromRun},
}

// label adds one that a single family carries, while the package is initialised.
func label(name string, source Source, words ...string) string {
	labels = append(labels, Label{name, source, words})
	return name
}

// Words of labels that values of sim/metrics are the numbers of; "" is none.
var (
	Classes    = []string{"", "healthy", "impaired"}
	TruthWords = []string{"", "crashed", "live", "paused", "unreachable", "leaving", "restarted"}
	Links      = []string{"", "intra", "inter"}
	Paths      = []string{"timer", "probe", "gossip"} // how an observer learned it

	marks = []string{core.StateSuspect.String(), core.StateDead.String()}
)

// What observations carry, by whom they are about. A label that a metric does not carry selects nothing, so
// that a claim about it would hold whatever happened: it is no key of that metric.
var (
	ofObserver = []string{"observer", "observer_role", "observer_site", "observer_class", "node", "class", "group"}
	ofSubject  = []string{"subject", "subject_role", "subject_site", "subject_class", "subject_ghost", "group"}
	ofPair     = slices.Concat(ofObserver, ofSubject, []string{"role", "site", "link", "roles"})
	ofEither   = with(ofSubject, "node", "role", "site") // no single observer
	ofNode     = with(ofObserver, "role", "site")
	ofRole     = []string{"observer_role", "role"}
	ofMark     = with(ofPair, "to", "path", "cause", "truth")
)

func with(list []string, more ...string) []string { return slices.Concat(list, more) }

// Find returns the label of that name, nil for none.
func Find(name string) *Label {
	i := slices.IndexFunc(labels, func(l Label) bool { return l.Name == name })
	if i < 0 {
		return nil
	}
	return &labels[i]
}

// LabelKeys returns the labels that observations of m carry, sorted.
func (m Metric) LabelKeys() []string {
	keys := slices.Sorted(slices.Values(defs[m].Labels))
	return slices.Compact(keys)
}

// LabelWords returns what a label of the metric can be, in the order of their definition; nil where a scenario or a run decides.
func (d *Def) LabelWords(label string) []string {
	if w, ok := d.Words[label]; ok {
		return w
	}
	if (label == "to" || label == "from") && d.Moves != nil {
		return d.Moves
	}
	if l := Find(label); l != nil {
		return l.Words
	}
	return nil
}

// updates are the types of membership claims.
func updates() []string {
	list := make([]string, core.NumUpdateTypes)
	for t := range list {
		list[t] = core.UpdateType(t).String()
	}
	return list
}

func numbers[N int32 | uint16 | float64](list []N) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = strconv.FormatFloat(float64(v), 'g', -1, 64)
	}
	return out
}
