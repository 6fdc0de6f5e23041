package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// checksMax bounds how many values of a sweep are tried at load; a sweep tries each of its cells anyway.
const checksMax = 64

// alternatives checks what this run does not use: other variants, and each value of the sweep, by loading
// the file with it (the sweep's with the first variant). A value that makes the scenario invalid is reported where it stands.
func (l *loader) alternatives(opt Options) {
	seen := map[string]int{}
	for i, v := range l.alt.Variant {
		n := l.root.kid("variant").items[i]
		key := element("variant", i)
		if first, twice := seen[v.Name]; twice {
			l.b.wrong(n.kid("name"), key+".name", "is the name of variant[%d] too", first)
		}
		seen[v.Name] = i
		l.faultIDs(v.Enable, n.kid("enable"), key+".enable")
		l.faultIDs(v.Disable, n.kid("disable"), key+".disable")
		set := map[string]any{}
		for _, it := range v.Set.items {
			set[it.path] = it.value.plain()
		}
		l.sc.Variants = append(l.sc.Variants, Variant{Name: v.Name, Set: set, Enable: v.Enable, Disable: v.Disable})
		if len(l.b.problems) == 0 && v.Name != l.sc.Variant && v.Name != "" {
			l.try(n.kid("name"), key, Options{Variant: v.Name, Dir: opt.Dir}, nil)
		}
	}
	l.sweep(opt)
	l.compare()
}

// compare checks what comparisons of sweeps judge.
func (l *loader) compare() {
	t, n := &l.alt.Compare, l.root.kid("compare").kid("primary")
	for i, name := range t.Primary {
		metric, _, _ := strings.Cut(name, ":")
		if findMetric(metric) == nil {
			l.b.wrong(n.items[i], element("compare.primary", i), "no such metric%s", didYouMean(metric, metricNames()))
		}
	}
	l.sc.Compare = Comparison{Primary: t.Primary, Horizon: t.Horizon}
}

func (l *loader) faultIDs(ids []string, n *node, key string) {
	var have []string
	if faults := l.pristine.kid("fault"); faults != nil {
		for _, f := range faults.items {
			id, _ := f.kid("id").text()
			have = append(have, id)
		}
	}
	for _, id := range ids {
		if !slices.Contains(have, id) {
			l.b.atValue(n, key, id, "no fault %q%s%s", id, has(have), didYouMean(id, have))
		}
	}
}

// try loads the file with other values and reports its first problem at n.
func (l *loader) try(n *node, key string, opt Options, items []rawItem) {
	other := newLoader(l.pristine.clone(), l.sc.File, opt)
	other.b.dir, other.b.setDir = l.b.dir, l.b.setDir
	other.bindAlternatives()
	other.pristine = l.pristine
	other.chooseVariant(opt.Variant)
	other.applyItems(items)
	if len(other.b.problems) == 0 {
		other.resolve()
	}
	if len(other.b.problems) == 0 {
		return
	}
	p := other.b.problems.sorted()[0]
	where := ""
	if p.Line > 0 && (p.Line != n.at.Line || p.Col != n.at.Col) {
		where = fmt.Sprintf(" (%d:%d)", p.Line, p.Col)
	}
	found := ""
	if p.Found != "" && p.Key != "" {
		found = " = " + p.Found
	}
	l.b.wrong(n, key, "makes the scenario invalid: %s%s: %s%s", p.Key, found, p.Text, where)
}

// sweep checks the grid and keeps it.
func (l *loader) sweep(opt Options) {
	t := &l.alt.Sweep
	out := Sweep{Seeds: t.Seeds, MaxRuns: t.MaxRuns}
	checks, cells := 0, max(1, len(l.alt.Variant))
	axes := func(items []rawItem) []SweepAxis {
		var list []SweepAxis
		for _, it := range items {
			if !it.value.isArray || len(it.value.items) == 0 {
				l.b.wrong(it.value, it.key, "must be a list of values")
				continue
			}
			axis := SweepAxis{Key: it.path}
			for i, v := range it.value.items {
				axis.Values = append(axis.Values, v.plain())
				if checks++; checks <= checksMax && len(l.b.problems) == 0 {
					l.try(v, element(it.key, i), Options{Dir: opt.Dir}, []rawItem{{path: it.path, key: it.key, value: v}})
				}
			}
			list = append(list, axis)
		}
		return list
	}
	out.Grid = axes(t.Grid.items)
	out.Zip = axes(t.Zip.items)
	for _, a := range out.Grid {
		if cells < 1<<31 {
			cells *= len(a.Values)
		}
	}
	for i, a := range out.Zip {
		if len(a.Values) != len(out.Zip[0].Values) {
			l.b.wrong(t.Zip.items[i].value, t.Zip.items[i].key, "has %d values, %s has %d; lists that advance together are equally long", len(a.Values), out.Zip[0].Key, len(out.Zip[0].Values))
		}
	}
	if len(out.Zip) > 0 && cells < 1<<31 {
		cells *= len(out.Zip[0].Values)
	}
	if runs := cells * max(1, len(out.Seeds)); t.MaxRuns > 0 && runs > t.MaxRuns {
		l.b.wrong(l.root.kid("sweep").kid("max_runs"), "sweep.max_runs", "the sweep has %d runs", runs)
	}
	l.sc.Sweep = out
}
