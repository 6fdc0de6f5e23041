package shrink

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pass is a way in which a scenario becomes smaller.
type pass func(t tree) []edit

// structure are the ways in which it loses lines, or time, the most effective first. broke is when it broke, in s.
func structure(broke float64) []pass {
	return []pass{
		func(tree) []edit { return shorten(broke) },
		func(t tree) []edit { return lists(t, "fault") },
		func(t tree) []edit { return lists(t, "workload") },
		merged,
		sites,
		places,
		draws,
		tables,
		arrivals,
		sizes,
	}
}

// digits are those in which what is left becomes simpler.
func digits(float64) []pass { return []pass{parts, numbers, seeds} }

// shorten lets the run end soon after what broke, and with it all that would go on. What is drawn until the end may need some more of it,
// and what was to be quiet stays so: faults that come at random go on until then.
func shorten(broke float64) (list []edit) {
	for _, more := range []float64{30, 10, 1, 0} {
		end := math.Ceil(broke) + more
		list = append(list, func(t tree) bool {
			s, ok := t["scenario"].(tree)
			if !ok || seconds(s["duration"]) <= end {
				return false
			}
			quiet := seconds(s["duration"]) - seconds(s["settle"])
			s["duration"] = strconv.Itoa(int(end)) + "s"
			s["settle"] = brief(time.Duration(max(0, end-quiet)*1000) * time.Millisecond)
			delete(s, "rest")
			delete(s, "warmup")
			within(t, "workload", "from", "to", end, false)
			within(t, "fault", "at", "for", end, true)
			return true
		})
	}
	return list
}

// within leaves out what would begin when a run is over, and lets end with it what would go on: until a time, or for one.
func within(t tree, name, from, until string, end float64, length bool) {
	all, _ := t[name].([]any)
	kept := all[:0]
	for i := range all {
		x, ok := all[i].(tree)
		if !ok {
			return
		}
		begin, last := seconds(x[from]), end
		if begin >= end {
			continue
		}
		if length {
			last -= begin
		}
		if x[until] != nil && seconds(x[until]) > last {
			x[until] = brief(time.Duration(last*1000) * time.Millisecond)
		}
		kept = append(kept, x)
	}
	if t[name] = kept; len(kept) == 0 {
		delete(t, name)
	}
}

// lists leaves out elements: halves, quarters, …, single ones, from the end.
func lists(t tree, name string) (list []edit) {
	all, _ := t[name].([]any)
	if name == "workload" { // clients need work, and work needs clients
		list = append(list, func(t tree) bool {
			c, _ := t["cluster"].(tree)
			if t[name] == nil {
				return false
			}
			delete(t, name)
			delete(c, "clients")
			return true
		})
	}
	for n := len(all); n >= 1; n /= 2 {
		for i := (len(all) - 1) / n * n; i >= 0; i -= n {
			list = append(list, dropSome(path{name, i}, n))
		}
	}
	return list
}

// merged leaves out one of two faults and lets the other last for as long as both did: where a few are left, one often does for two.
func merged(t tree) (list []edit) {
	const some = 5
	all, _ := t["fault"].([]any)
	if len(all) > some {
		return nil
	}
	for i := range all {
		for k := range all {
			keep, _ := all[i].(tree)
			gone, _ := all[k].(tree)
			begin, end, ok := span(keep)
			from, to, too := span(gone)
			if i == k || !ok || !too || begin <= from && to <= end {
				continue // and without any other it was tried before
			}
			begin, end = min(begin, from), max(end, to)
			list = append(list, anyOf(put(path{"fault", i, "at"}, brief(begin)), put(path{"fault", i, "for"}, brief(end-begin)), drop(path{"fault", k})))
		}
	}
	return list
}

// span is from when to when a fault lasts, if it says so.
func span(fault tree) (begin, end time.Duration, ok bool) {
	at, _ := fault["at"].(string)
	last, _ := fault["for"].(string)
	begin, err := time.ParseDuration(at)
	if err != nil || at[0] == '+' {
		return 0, 0, false
	}
	length, err := time.ParseDuration(last)
	return begin, begin + length, err == nil
}

// sites leaves out a site and its row and column of the matrix. Who is named there is looked for at the one before it.
func sites(t tree) (list []edit) {
	top, _ := t["topology"].(tree)
	named, _ := top["sites"].([]any)
	for i := len(named) - 1; i >= 0 && len(named) > 1; i-- {
		list = append(list, func(t tree) bool {
			top, _ := t["topology"].(tree)
			named, _ := top["sites"].([]any)
			rows, _ := top["rows"].([]any)
			if i >= len(named) || len(named) < 2 || len(rows) != len(named) {
				return false
			}
			for k := range rows {
				row, ok := rows[k].([]any)
				if !ok || len(row) != len(named) {
					return false
				}
				rows[k] = slices.Delete(slices.Clone(row), i, i+1)
			}
			names := siteNames(t)
			top["rows"], top["sites"] = slices.Delete(rows, i, i+1), slices.Delete(named, i, i+1)
			if i < len(names) {
				move(t, map[string]string{names[i]: names[max(i-1, 1-i)]})
			}
			return true
		})
	}
	return list
}

// siteNames are the names of the sites that a scenario lists, or of a bundled network that is small.
func siteNames(t tree) (names []string) {
	top, _ := t["topology"].(tree)
	for _, n := range small {
		if top["use"] == n.use {
			return n.sites
		}
	}
	list, _ := top["sites"].([]any)
	for i := range list {
		if site, ok := list[i].(tree); ok {
			name, _ := site["name"].(string)
			names = append(names, name)
		}
	}
	return names
}

// small are the bundled networks that a scenario is put into, and the names of their sites.
var small = []struct {
	use   string
	sites []string
}{{"lan1", []string{"a"}}, {"wan3", []string{"use1", "euw1", "apne1"}}}

// move puts what is named at some sites to others, in all but the network itself.
func move(t tree, to map[string]string) {
	for name, v := range t {
		if name != "topology" && name != "scenario" {
			t[name] = moved(v, to)
		}
	}
}

// moved is a value with other sites: "a", "a/manager/0", "site:a".
func moved(v any, to map[string]string) any {
	switch v := v.(type) {
	case string:
		of, site, ok := strings.Cut(v, ":")
		if !ok {
			of, site = "", v
		}
		site, node, deeper := strings.Cut(site, "/")
		want, known := to[site]
		if !known {
			return v
		}
		if deeper {
			want += "/" + node
		}
		if ok {
			want = of + ":" + want
		}
		return want
	case []any:
		var list []any
		for i := range v {
			if x := moved(v[i], to); !slices.ContainsFunc(list, func(have any) bool { _, name := x.(string); return name && have == x }) {
				list = append(list, x)
			}
		}
		return list
	case tree:
		for k := range v {
			v[k] = moved(v[k], to)
		}
	}
	return v
}

// places puts everything into one of the bundled networks.
func places(t tree) (list []edit) {
	names := siteNames(t)
	for _, n := range small {
		list = append(list, func(t tree) bool {
			top, _ := t["topology"].(tree)
			if top["use"] == n.use || top["use"] == small[0].use {
				return false
			}
			t["topology"] = tree{"use": n.use}
			to := map[string]string{}
			for i, from := range names {
				to[from] = n.sites[i%len(n.sites)]
			}
			move(t, to)
			return true
		})
	}
	return list
}

// draws puts a value for a distribution.
func draws(t tree) (list []edit) {
	walk(t, nil, func(p path, v any) {
		if d, ok := v.(tree); ok && d["dist"] != nil {
			for _, k := range []string{"min", "mean", "max"} {
				if d[k] != nil {
					list = append(list, put(p, d[k]))
				}
			}
		}
	})
	return list
}

// arrivals lets a few jobs come at once, where they came by chance or again and again.
func arrivals(t tree) (list []edit) {
	all, _ := t["workload"].([]any)
	for i := range all {
		x, _ := all[i].(tree)
		if a, ok := x["arrival"].(tree); !ok || a["process"] == "once" {
			continue
		}
		for _, n := range []int64{1, 2, 5} {
			once := put(path{"workload", i, "arrival"}, tree{"process": "once", "count": n})
			list = append(list, once, under(usual, once))
		}
	}
	return list
}

// settings leaves out all keys at once that a scenario can do without, then halves, quarters, … of them: of a large world most do nothing, and
// one by one each would take a run of seconds.
func settings(t tree) (list []edit) {
	keys := optional(t)
	for n := len(keys); n >= 2; n /= 2 {
		for i := 0; i < len(keys); i += n {
			list = append(list, dropAll(keys[i:min(i+n, len(keys))]))
		}
	}
	return list
}

// optional are keys below the outermost tables without all of which this is still a scenario; of a table that may go, not those in it.
func optional(t tree) (keys []path) {
	rest := clone(t).(tree)
	var look func(p path, v any)
	look = func(p path, v any) {
		switch v := v.(type) {
		case []any:
			for i := range v {
				look(append(slices.Clone(p), i), v[i])
			}
		case tree:
			for _, k := range slices.Sorted(maps.Keys(v)) {
				q := append(slices.Clone(p), k)
				less := clone(rest).(tree)
				if len(p) > 0 && drop(q)(less) && scenario(less, "") != nil {
					keys, rest = append(keys, q), less
				} else if k != "scenario" {
					look(q, v[k])
				}
			}
		}
	}
	look(nil, t)
	return keys
}

// dropAll takes away what is left of several keys.
func dropAll(keys []path) edit {
	var changes []edit
	for _, p := range keys {
		changes = append(changes, drop(p))
	}
	return anyOf(changes...)
}

// parts leaves out single elements of lists that stand on one line, and takes one job in place of a mix.
func parts(t tree) (list []edit) {
	walk(t, nil, func(p path, v any) {
		all, ok := v.([]any)
		if !ok || len(p) < 2 || p[0] == "topology" {
			return
		}
		if p[len(p)-1] == "mix" {
			for i := range all {
				list = append(list, oneOf(p, i))
			}
		}
		for i := len(all) - 1; i >= 0 && len(all) > 1; i-- {
			list = append(list, dropSome(append(slices.Clone(p), i), 1))
		}
	})
	return list
}

// oneOf takes one kind of job of a mix, and no other.
func oneOf(p path, i int) edit {
	return func(t tree) bool {
		holder, v := at(t, p)
		work, _ := holder.(tree)
		mix, _ := v.([]any)
		if i >= len(mix) {
			return false
		}
		kind, _ := mix[i].(tree)
		if kind["job"] == nil {
			return false
		}
		delete(work, "mix")
		work["job"] = kind["job"]
		return true
	}
}

// tables leaves out tables and keys, whole tables before what is in them.
func tables(t tree) (list []edit) {
	var some []path
	walk(t, nil, func(p path, _ any) {
		if _, inList := p[len(p)-1].(int); !inList {
			some = append(some, p)
		}
	})
	slices.SortStableFunc(some, func(a, b path) int { return len(a) - len(b) })
	for _, p := range some {
		list = append(list, drop(p))
	}
	return list
}

// lower puts a value that is simpler than the one there: an edit before it may have put a simpler one.
func lower(p path, want any) edit {
	change := put(p, want)
	return func(t tree) bool {
		_, v := at(t, p)
		return v != nil && weight(want) < weight(v) && change(t)
	}
}

// weight is how much a value is: what is 0 is least, what is short to write is less than what is long.
func weight(v any) float64 {
	const letter = 1e-3 // of a second, or of 1
	size := float64(letter * float64(len(value(v))))
	switch v := v.(type) {
	case int64:
		return float64(v) + size
	case float64:
		return math.Abs(v) + float64(10*size) // a whole number next to it is less
	case string:
		return seconds(v) + size
	}
	return size
}

// sizes makes groups of a cluster smaller.
func sizes(t tree) []edit {
	return numbers(tree{"cluster": t["cluster"]})
}

// numbers makes values simpler: nothing, one, half of it; times in whole seconds.
func numbers(t tree) (list []edit) {
	walk(t, nil, func(p path, v any) {
		for _, simple := range simpler(v) {
			list = append(list, lower(p, simple))
		}
	})
	return list
}

func simpler(v any) (list []any) {
	switch v := v.(type) {
	case int64:
		for _, n := range []int64{0, 1, v / 2, v - 1} {
			if n >= 0 && n < v {
				list = append(list, n)
			}
		}
	case float64:
		for _, x := range []float64{0, 1, math.Round(v), math.Round(v*10) / 10} {
			if x != v {
				list = append(list, plain(x))
			}
		}
	case string:
		d, err := time.ParseDuration(v)
		if err != nil || d <= 0 || strings.HasPrefix(v, "+") {
			return nil
		}
		for _, x := range []time.Duration{0, d.Truncate(10 * time.Second), (d / 2).Truncate(time.Second), d.Truncate(time.Second), d.Round(100 * time.Millisecond)} {
			if x < d || len(brief(x)) < len(v) {
				list = append(list, brief(x))
			}
		}
	}
	return list
}

// brief writes a duration as a person would: 90s, 700ms.
func brief(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + "s"
	}
	return d.String()
}

func seconds(v any) float64 {
	s, _ := v.(string)
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0
	}
	return d.Seconds()
}

// seeds takes a small seed, or none.
func seeds(tree) (list []edit) {
	for n := range int64(8) {
		list = append(list, func(t tree) bool {
			s, ok := t["scenario"].(tree)
			if !ok {
				return false
			}
			have, given := s["seed"].(int64)
			if !given || have <= n+1 {
				return false
			}
			s["seed"] = n + 1
			return true
		})
	}
	return list
}
