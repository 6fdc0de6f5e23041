package plot

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// groupsMax bounds the lines of one figure.
const groupsMax = 16

// ErrNothing is wrapped by the error of a request for which nothing was measured in the run, or more than its
// files hold: there is nothing to draw, and nothing wrong.
var ErrNothing = errors.New("the run keeps no observation of it")

// found is what a run holds for a request.
type found struct {
	fold   words.Fold
	ready  bool // the samples are quantiles already
	unit   string
	split  []string // what groups are told apart by: what was asked for, and what cannot be folded
	groups groups
	list   []analysis.Sample
	lived  []analysis.Sample // FoldRate: the node-seconds that the samples are over
	bins   []bin
	width  float64      // s, of even bins; 0: a bin for each instant of the samples
	until  core.Instant // the end of what even bins cover, which may lie inside the last one
	how    string       // what a reader must know of it
	drawn  []Drawn
}

// find selects the samples.
func (r *Request) find(run *analysis.Run) (*found, error) {
	all, unit := run.Samples(r.Metric)
	if m, ok := words.Lookup(r.Metric); ok && len(all) == 0 && m.Def().Fold != words.FoldShare {
		return nil, fmt.Errorf("%s: %w", r.Metric, ErrNothing)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("the run has no values of %q over time (it has %s)", r.Metric, strings.Join(run.MetricNames(), ", "))
	}
	d := &found{unit: unit, split: slices.Clone(r.Split)}
	m, _ := words.Lookup(r.Metric)
	d.fold = m.Def().Fold
	if err := r.labelled(all); err != nil {
		return nil, err
	}
	d.list = r.pick(all, d.fold == words.FoldState)
	d.ready = d.fold == words.FoldNone && all[0].Labels.Get("stat") != ""
	if d.ready {
		d.list = r.pooled(run, d.list)
	}
	if d.fold == words.FoldRate {
		d.lived = r.livedBy(run)
	}
	if len(d.list) == 0 {
		return nil, fmt.Errorf("none of the %d values of %q passes where and window", len(all), r.Metric)
	}
	for _, k := range m.Def().Apart {
		if !slices.Contains(d.split, k) && len(split(d.list, []string{k})) > 1 {
			d.split = append(d.split, k)
		}
	}
	if d.ready || d.fold == words.FoldState {
		d.separate()
	}
	d.groups = split(d.list, d.split)
	slices.SortStableFunc(d.groups, func(a, b group) int { return strings.Compare(a.word, b.word) })
	if len(d.groups) > groupsMax && r.Kind != "strip" && r.Kind != "heatmap" {
		return nil, fmt.Errorf("split by %s makes %d lines, at most %d can be told apart; use where or a heatmap",
			strings.Join(d.split, ", "), len(d.groups), groupsMax)
	}
	d.bins, d.width = r.divide(run, d)
	return d, nil
}

// labelled says if the request names a label that the values do not carry.
func (r *Request) labelled(all []analysis.Sample) error {
	keys := map[string]bool{}
	for _, s := range all {
		for _, l := range s.Labels {
			keys[l.Key] = true
		}
	}
	for _, k := range slices.Concat(r.Split, filterKeys(r.Where)) {
		if !keys[k] {
			return fmt.Errorf("values of %q carry no label %q (they have %s)", r.Metric, k, strings.Join(slices.Sorted(maps.Keys(keys)), ", "))
		}
	}
	return nil
}

// pick returns the samples that pass where and window. A state holds on: early ones reach into the window.
func (r *Request) pick(all []analysis.Sample, early bool) []analysis.Sample {
	from, to := core.Instant(core.Seconds(r.From)), core.Instant(core.Seconds(r.To))
	var out []analysis.Sample
	for _, s := range all {
		if (s.At >= from || early) && (r.To == 0 || s.At <= to) && s.Labels.Matches(r.Where) {
			out = append(out, s)
		}
	}
	return out
}

// pooled returns the quantiles of all selected pairs together, if the run has them, or else those of their
// classes. It has them of the pairs within sites and of those between them, which are never one thing.
func (r *Request) pooled(run *analysis.Run, classes []analysis.Sample) []analysis.Sample {
	for _, k := range slices.Concat(r.Split, filterKeys(r.Where)) {
		if k != "link" && k != "stat" {
			return classes
		}
	}
	pools, _ := run.Series(r.Metric)
	picked := slices.DeleteFunc(r.pick(pools, false), func(s analysis.Sample) bool { return s.Labels.Get("link") == "" })
	return orElse(picked, classes)
}

func orElse(list, other []analysis.Sample) []analysis.Sample {
	if len(list) == 0 {
		return other
	}
	return list
}

// livedBy returns the node-seconds of the roles that where asks for.
func (r *Request) livedBy(run *analysis.Run) []analysis.Sample {
	var roles []analysis.Filter
	for _, f := range r.Where {
		if f.Key == "role" {
			roles = append(roles, f)
		}
	}
	only := Request{From: r.From, To: r.To, Where: roles}
	return only.pick(run.Lived(), false)
}

// separate adds to split what tells apart samples that cannot become one: two values of one instant.
func (d *found) separate() {
	var keys []string
	for _, s := range d.list {
		for _, l := range s.Labels {
			if l.Key != "stat" && !slices.Contains(keys, l.Key) && !slices.Contains(d.split, l.Key) {
				keys = append(keys, l.Key)
			}
		}
	}
	for _, k := range keys {
		if d.apart() {
			return
		}
		before := len(split(d.list, d.split))
		if more := append(slices.Clone(d.split), k); len(split(d.list, more)) > before {
			d.split = more
		}
	}
}

// apart reports whether no group has two values of one kind at one instant.
func (d *found) apart() bool {
	for _, g := range split(d.list, append(slices.Clone(d.split), "stat")) {
		for i := 1; i < len(g.list); i++ {
			if g.list[i].At == g.list[i-1].At && d.fold != words.FoldState {
				return false
			}
		}
		if d.fold == words.FoldState && !sameLabels(g.list) {
			return false
		}
	}
	return true
}

func sameLabels(list []analysis.Sample) bool {
	for i := range list {
		if !slices.Equal(list[i].Labels, list[0].Labels) {
			return false
		}
	}
	return true
}
