package analysis

import (
	"maps"
	"slices"
	"strings"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// Sample is one value of a metric with its labels. The label stat says what it is of its Weight events, pairs,
// nodes or node-seconds; without it, it is the metric itself.
type Sample struct {
	At     core.Instant
	Value  float64
	Weight float64
	Labels Labels
}

// Part returns what a fold reads of s.
func (s *Sample) Part() metrics.Part {
	return metrics.Part{At: s.At, Value: s.Value, Weight: s.Weight, Stat: s.Labels.Get("stat")}
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
			m, _ := words.Lookup(metric)
			return list, m.Def().Unit
		}
	}
	for i := range r.Tables.Observed {
		if p := &r.Tables.Observed[i]; p.Metric == metric {
			list, unit = append(list, Sample{p.At, p.Value, 1, ParseLabels(p.Labels)}), p.Unit
		}
	}
	if len(list) > 0 {
		return list, unit
	}
	return r.Series(metric)
}

// Series returns what timeseries.csv holds of the metric, as Samples does. Of the pairs of coordinates.csv it
// has the quantiles of all together, which cannot be made from those of their classes.
func (r *Run) Series(metric string) (list []Sample, unit string) {
	for i := range r.Tables.Time {
		if p := &r.Tables.Time[i]; p.Metric == metric {
			list = append(list, Sample{p.At, p.Value, 1, ParseLabels(p.Labels)})
			unit = p.Unit
		}
	}
	return weighed(list), unit
}

// weighed takes the rows with stat=count, which say of how many nodes their fellows are, out of the list and
// gives those their weight.
func weighed(list []Sample) []Sample {
	type key struct {
		at     core.Instant
		labels string
	}
	of := map[key]float64{}
	for i := range list {
		if list[i].Labels.Get("stat") == "count" {
			of[key{list[i].At, list[i].Labels.but("stat")}] = list[i].Value
		}
	}
	if len(of) == 0 {
		return list
	}
	out := list[:0]
	for _, s := range list {
		if s.Labels.Get("stat") == "count" {
			continue
		}
		if n, ok := of[key{s.At, s.Labels.but("stat")}]; ok {
			s.Weight = n
		}
		out = append(out, s)
	}
	return out
}

// but returns the labels as text, without one of them.
func (l Labels) but(key string) string {
	var b strings.Builder
	for i := range l {
		if l[i].Key != key {
			b.WriteString(l[i].Key + "=" + l[i].Word + ";")
		}
	}
	return b.String()
}

// MetricNames returns the metrics that Samples finds in r, sorted.
func (r *Run) MetricNames() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		if len(sources[name](r.Tables)) > 0 {
			names = append(names, name)
		}
	}
	for _, rows := range [][]metrics.TimeRow{r.Tables.Time, r.Tables.Observed} {
		for i := range rows {
			if m := rows[i].Metric; !slices.Contains(names, m) {
				names = append(names, m)
			}
		}
	}
	slices.Sort(names)
	return names
}
