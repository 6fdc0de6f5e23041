package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"hypersim/scenarios/form"
	"hypersim/sim/metrics/words"
)

// checksMax bounds how many values of a sweep are tried at load; a sweep tries each of its cells anyway.
const checksMax = 64

// alternatives checks what this run does not use: other variants, and each value of the sweep, by loading
// the file with it (the sweep's with the first variant). A value that makes the scenario invalid is reported where it stands.
func (l *loader) alternatives(opt Options) {
	seen := map[string]int{}
	for i, v := range l.alt.Variant {
		n := l.root.Kid("variant").Items[i]
		key := form.Element("variant", i)
		if first, twice := seen[v.Name]; twice {
			l.b.Wrong(n.Kid("name"), key+".name", "is the name of variant[%d] too", first)
		}
		seen[v.Name] = i
		l.faultIDs(v.Enable, n.Kid("enable"), key+".enable")
		l.faultIDs(v.Disable, n.Kid("disable"), key+".disable")
		set := map[string]any{}
		for _, it := range v.Set.Items {
			set[it.Path] = it.Value.Plain()
		}
		l.sc.Variants = append(l.sc.Variants, Variant{Name: v.Name, Set: set, Enable: v.Enable, Disable: v.Disable})
		if len(l.b.Problems) == 0 && v.Name != l.sc.Variant && v.Name != "" {
			l.try(n.Kid("name"), key, Options{Variant: v.Name, Dir: opt.Dir}, nil)
		}
	}
	l.sweep(opt)
	l.compare()
}

// compare checks what comparisons of sweeps judge.
func (l *loader) compare() {
	t, n := &l.alt.Compare, l.root.Kid("compare").Kid("primary")
	for i, name := range t.Primary {
		metric, _, _ := strings.Cut(name, ":")
		if findMetric(metric) == nil {
			l.b.Wrong(n.Items[i], form.Element("compare.primary", i), "no such metric%s", form.DidYouMean(metric, words.Names()))
		}
	}
	l.sc.Compare = Comparison{Primary: t.Primary, Horizon: t.Horizon}
}

func (l *loader) faultIDs(ids []string, n *form.Node, key string) {
	var have []string
	if faults := l.pristine.Kid("fault"); faults != nil {
		for _, f := range faults.Items {
			id, _ := f.Kid("id").Text()
			have = append(have, id)
		}
	}
	for _, id := range ids {
		if !slices.Contains(have, id) {
			l.b.AtValue(n, key, id, "no fault %q%s%s", id, form.Has(have), form.DidYouMean(id, have))
		}
	}
}

// try loads the file with other values and reports its first problem at n.
func (l *loader) try(n *form.Node, key string, opt Options, items []form.RawItem) {
	other := newLoader(l.pristine.Clone(), l.sc.File, opt)
	other.b.Dir, other.b.SetDir = l.b.Dir, l.b.SetDir
	other.bindAlternatives()
	other.pristine = l.pristine
	other.chooseVariant(opt.Variant)
	other.applyItems(items)
	if len(other.b.Problems) == 0 {
		other.resolve()
	}
	if len(other.b.Problems) == 0 {
		return
	}
	p := other.b.Problems.Sorted()[0]
	where := ""
	if p.Line > 0 && (p.Line != n.At.Line || p.Col != n.At.Col) {
		where = fmt.Sprintf(" (%d:%d)", p.Line, p.Col)
	}
	found := ""
	if p.Found != "" && p.Key != "" {
		found = " = " + p.Found
	}
	l.b.Wrong(n, key, "makes the scenario invalid: %s%s: %s%s", p.Key, found, p.Text, where)
}

// sweep checks the grid and keeps it.
func (l *loader) sweep(opt Options) {
	t := &l.alt.Sweep
	out := Sweep{Seeds: t.Seeds, MaxRuns: t.MaxRuns}
	checks, cells := 0, max(1, len(l.alt.Variant))
	axes := func(items []form.RawItem) []SweepAxis {
		var list []SweepAxis
		for _, it := range items {
			if !it.Value.IsArray || len(it.Value.Items) == 0 {
				l.b.Wrong(it.Value, it.Key, "must be a list of values")
				continue
			}
			axis := SweepAxis{Key: it.Path}
			for i, v := range it.Value.Items {
				axis.Values = append(axis.Values, v.Plain())
				if checks++; checks <= checksMax && len(l.b.Problems) == 0 {
					l.try(v, form.Element(it.Key, i), Options{Dir: opt.Dir}, []form.RawItem{{Path: it.Path, Key: it.Key, Value: v}})
				}
			}
			list = append(list, axis)
		}
		return list
	}
	out.Grid = axes(t.Grid.Items)
	out.Zip = axes(t.Zip.Items)
	for _, a := range out.Grid {
		if cells < 1<<31 {
			cells *= len(a.Values)
		}
	}
	for i, a := range out.Zip {
		if len(a.Values) != len(out.Zip[0].Values) {
			l.b.Wrong(t.Zip.Items[i].Value, t.Zip.Items[i].Key, "has %d values, %s has %d; lists that advance together are equally long", len(a.Values), out.Zip[0].Key, len(out.Zip[0].Values))
		}
	}
	if len(out.Zip) > 0 && cells < 1<<31 {
		cells *= len(out.Zip[0].Values)
	}
	if runs := cells * max(1, len(out.Seeds)); t.MaxRuns > 0 && runs > t.MaxRuns {
		l.b.Wrong(l.root.Kid("sweep").Kid("max_runs"), "sweep.max_runs", "the sweep has %d runs", runs)
	}
	l.sc.Sweep = out
}
