package analysis

import (
	"maps"
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/sim/metrics"
)

// Sample is one value of a metric with its labels.
type Sample struct {
	At     core.Instant
	Value  float64
	Labels Labels
}

// Labels are words by key. A sample has few; order is that of the file.
type Labels []Label

// Label is a key and its word.
type Label struct{ Key, Word string }

// Get returns the word under key, or "".
func (l Labels) Get(key string) string {
	for i := range l {
		if l[i].Key == key {
			return l[i].Word
		}
	}
	return ""
}

// ParseLabels reads "key=word;key=word".
func ParseLabels(s string) Labels {
	var out Labels
	for part := range strings.SplitSeq(s, ";") {
		if key, word, ok := strings.Cut(part, "="); ok {
			out = append(out, Label{key, word})
		}
	}
	return out
}

// Filter is what `where` of a scenario demands of one label: the word is among Words, or with Not is not.
type Filter struct {
	Key   string
	Words []string
	Not   bool
}

// Matches reports whether l passes all filters. A missing label is the empty word.
func (l Labels) Matches(filters []Filter) bool {
	for _, f := range filters {
		if slices.Contains(f.Words, l.Get(f.Key)) == f.Not {
			return false
		}
	}
	return true
}

// RoleOf returns the role in the name of a node, site/role/index, or "".
func RoleOf(node string) string {
	if p := strings.Split(node, "/"); len(p) == 3 {
		return p[1]
	}
	return ""
}

// SiteOf returns the site in the name of a node, site/role/index, or "".
func SiteOf(node string) string {
	if p := strings.Split(node, "/"); len(p) == 3 {
		return p[0]
	}
	return ""
}

// Samples returns what the tables of r hold of the metric, in the order of their file, and its unit.
// Several files may hold it; the one with the most detail is taken. It is empty if none does, which for a
// metric that only summary.csv describes says nothing about the run.
func (r *Run) Samples(metric string) (list []Sample, unit string) {
	if f, ok := sources[metric]; ok {
		if list = f(r.Tables); len(list) > 0 {
			m, _ := metrics.Lookup(metric)
			return list, m.Definition().Unit
		}
	}
	for i := range r.Tables.Time {
		if p := &r.Tables.Time[i]; p.Metric == metric {
			list = append(list, Sample{p.At, p.Value, ParseLabels(p.Labels)})
			unit = p.Unit
		}
	}
	return list, unit
}

// MetricNames returns the metrics that Samples finds in r, sorted.
func (r *Run) MetricNames() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if len(sources[name](r.Tables)) > 0 {
			names = append(names, name)
		}
	}
	for i := range r.Tables.Time {
		if m := r.Tables.Time[i].Metric; !slices.Contains(names, m) {
			names = append(names, m)
		}
	}
	slices.Sort(names)
	return names
}
