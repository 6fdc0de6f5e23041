package shrink

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// tree is a scenario as tables, lists and values.
type tree = map[string]any

// parse reads the text of a scenario.
func parse(text string) (tree, error) {
	t := tree{}
	if _, err := toml.Decode(text, &t); err != nil {
		return nil, err
	}
	return plain(t).(tree), nil
}

// plain makes all lists []any and all whole numbers int64, wherever they came from.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = plain(x)
		}
	case []map[string]any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case float64:
		if v == float64(int64(v)) && max(v, -v) < 1e15 {
			return int64(v)
		}
	}
	return v
}

// sections are the tables of a file in the order in which a person reads them; the rest follows by name.
var sections = []string{"scenario", "topology", "network", "node", "cluster", "protocol", "workload", "fault"}

// text writes a scenario. Tables within the outermost ones stand on one line.
func text(t tree) string {
	var b strings.Builder
	var tables []string
	for _, k := range slices.Sorted(maps.Keys(t)) {
		switch t[k].(type) {
		case tree:
			tables = append(tables, k)
		default:
			if isTables(t[k]) {
				tables = append(tables, k)
			} else {
				fmt.Fprintf(&b, "%s = %s\n", key(k), value(t[k]))
			}
		}
	}
	place := func(k string) int {
		if i := slices.Index(sections, k); i >= 0 {
			return i
		}
		return len(sections)
	}
	slices.SortStableFunc(tables, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	for _, k := range tables {
		if sub, ok := t[k].(tree); ok {
			fmt.Fprintf(&b, "\n[%s]\n", key(k))
			lines(&b, "", sub)
			continue
		}
		for _, sub := range t[k].([]any) {
			fmt.Fprintf(&b, "\n[[%s]]\n", key(k))
			lines(&b, "", sub.(tree))
		}
	}
	return strings.TrimLeft(b.String(), "\n")
}

// lines writes the keys of a table. A table with a single key continues its name: probe.interval = "2s".
func lines(b *strings.Builder, before string, t tree) {
	for _, k := range names(t) {
		if sub, ok := t[k].(tree); ok && len(sub) == 1 {
			lines(b, before+key(k)+".", sub)
			continue
		}
		fmt.Fprintf(b, "%s%s = %s\n", before, key(k), value(t[k]))
	}
}

// names are the keys of a table: what it is first, then by name.
func names(t tree) []string {
	first := []string{"name", "id", "kind", "title", "at", "for"}
	list := slices.Sorted(maps.Keys(t))
	place := func(k string) int {
		if i := slices.Index(first, k); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	return list
}

func isTables(v any) bool {
	list, ok := v.([]any)
	return ok && len(list) > 0 && !slices.ContainsFunc(list, func(x any) bool { _, ok := x.(tree); return !ok })
}

func key(k string) string {
	if strings.Trim(k, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == "" && k != "" {
		return k
	}
	return quoted(k)
}

// quoted writes a string of TOML.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

func value(v any) string {
	switch v := v.(type) {
	case string:
		return quoted(v)
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = value(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case tree:
		var parts []string
		for _, k := range names(v) {
			parts = append(parts, key(k)+" = "+value(v[k]))
		}
		if len(parts) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	return fmt.Sprint(v)
}

// clone copies a tree, and all in it.
func clone(v any) any {
	switch v := v.(type) {
	case tree:
		c := make(tree, len(v))
		for k, x := range v {
			c[k] = clone(x)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i := range v {
			c[i] = clone(v[i])
		}
		return c
	}
	return v
}

// Text writes tables as a scenario file. Numbers may be those of JSON.
func Text(t map[string]any) string { return text(plain(t).(tree)) }
