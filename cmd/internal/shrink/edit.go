package shrink

import (
	"maps"
	"slices"
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
