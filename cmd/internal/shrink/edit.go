package shrink

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// path leads to a value: keys of tables and places in lists.
type path []any

// edit changes a tree, which is its own; it reports whether there was something to change.
type edit func(t tree) bool

// at returns what holds the value at p, and the value.
func at(t tree, p path) (holder, v any) {
	v = t
	for _, step := range p {
		holder = v
		switch step := step.(type) {
		case string:
			table, ok := v.(tree)
			if !ok {
				return nil, nil
			}
			if v, ok = table[step]; !ok {
				return nil, nil
			}
		case int:
			list, ok := v.([]any)
			if !ok || step >= len(list) {
				return nil, nil
			}
			v = list[step]
		}
	}
	return holder, v
}

// put replaces the value at p.
func put(p path, want any) edit {
	return func(t tree) bool {
		holder, v := at(t, p)
		if holder == nil || equal(v, want) {
			return false
		}
		switch h := holder.(type) {
		case tree:
			h[p[len(p)-1].(string)] = want
		case []any:
			h[p[len(p)-1].(int)] = want
		}
		return true
	}
}

func equal(a, b any) bool { return value(a) == value(b) }

// drop takes the value at p away.
func drop(p path) edit { return dropSome(p, 1) }

// dropSome takes away n elements of a list from the one at p on, or a key.
func dropSome(p path, n int) edit {
	return func(t tree) bool {
		holder, v := at(t, p)
		switch h := holder.(type) {
		case tree:
			if v == nil {
				return false
			}
			delete(h, p[len(p)-1].(string))
			return true
		case []any:
			i := p[len(p)-1].(int)
			rest := slices.Delete(slices.Clone(h), i, min(i+n, len(h)))
			if len(rest) == 0 {
				return drop(p[:len(p)-1])(t)
			}
			return put(p[:len(p)-1], rest)(t)
		}
		return false
	}
}

// walk visits every value below v, tables before what is in them, in the order of names.
func walk(v any, p path, visit func(p path, v any)) {
	switch v := v.(type) {
	case tree:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			q := append(slices.Clone(p), k)
			visit(q, v[k])
			walk(v[k], q, visit)
		}
	case []any:
		for i := range v {
			q := append(slices.Clone(p), i)
			visit(q, v[i])
			walk(v[i], q, visit)
		}
	}
}

// named gives a scenario that was drawn a name of its own: what it was drawn by says nothing any more.
func named(t tree) {
	if s, ok := t["scenario"].(tree); ok {
		s["name"], s["title"] = "shrunk", "What is left of a run that broke an invariant"
		delete(s, "description")
		delete(s, "covers")
		delete(s, "tags")
	}
}

// passes are the ways in which a scenario becomes smaller, the most effective first. broke is when it broke, in s.
func passes(broke float64) []func(t tree) []edit {
	return []func(t tree) []edit{
		func(tree) []edit { return shorten(broke) },
		func(t tree) []edit { return lists(t, "fault") },
		func(t tree) []edit { return lists(t, "workload") },
		sites,
		places,
		tables,
		numbers,
		seeds,
	}
}

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

// sites leaves out a site and its row and column of the matrix.
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
			top["rows"], top["sites"] = slices.Delete(rows, i, i+1), slices.Delete(named, i, i+1)
			return true
		})
	}
	return list
}

// places puts everything into one of the bundled networks, and everywhere a value for a distribution.
func places(t tree) (list []edit) {
	for _, use := range []string{"lan1", "wan3"} {
		list = append(list, func(t tree) bool {
			top, _ := t["topology"].(tree)
			if top["use"] != nil {
				return false
			}
			t["topology"] = tree{"use": use}
			return true
		})
	}
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

// luck is how many other seeds a change is tried with that breaks nothing under the one there.
const luck = 4

// reseeded leaves out what is large, each under other seeds: with one thing less chance falls otherwise, and what broke by it may break
// under the next seed. It comes when nothing else makes a scenario smaller.
func reseeded(t tree) (list []edit) {
	changes := sites(t)
	for _, name := range []string{"fault", "workload"} {
		all, _ := t[name].([]any)
		for i := len(all) - 1; i >= 0; i-- {
			changes = append(changes, dropSome(path{name, i}, 1))
		}
	}
	for _, name := range []string{"topology", "network", "node", "protocol"} {
		sub, _ := t[name].(tree)
		for _, k := range slices.Sorted(maps.Keys(sub)) {
			changes = append(changes, drop(path{name, k}))
		}
	}
	changes = append(changes, places(t)...)
	for _, change := range changes {
		for n := range int64(luck) {
			list = append(list, func(t tree) bool {
				s, ok := t["scenario"].(tree)
				if !ok || s["seed"] == n+1 || !change(t) {
					return false
				}
				s["seed"] = n + 1
				return true
			})
		}
	}
	return list
}
