package shrink

import (
	"fmt"
	"maps"
	"slices"

	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
)

// withoutIdle is a scenario without what would be so anyway. Nothing is carried out for that: of the hundreds of keys in the configuration of
// a run nobody changed more than a few, and a run of each would take longer than all the rest.
func withoutIdle(t tree, file string) tree {
	same := identity(t, file)
	if same == "" {
		return t
	}
	try := func(keys []path) bool {
		less := clone(t).(tree)
		if !dropAll(keys)(less) || identity(less, file) != same {
			return false
		}
		t = less
		return true
	}
	var look func(keys []path)
	look = func(keys []path) {
		switch {
		case len(keys) == 0 || try(keys):
		case len(keys) > 1:
			look(keys[:len(keys)/2])
			look(keys[len(keys)/2:])
		default:
			_, v := at(t, keys[0])
			look(below(keys[0], v))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(t)) {
		if list, ok := t[k].([]any); ok {
			for _, keys := range columns(path{k}, list) {
				try(keys)
			}
			continue
		}
		look([]path{{k}})
	}
	return t
}

// columns are the keys of the tables of a list, those of one name together.
func columns(p path, list []any) (out [][]path) {
	by := map[string][]path{}
	for i := range list {
		for _, q := range below(append(slices.Clone(p), i), list[i]) {
			name := q[len(q)-1].(string)
			by[name] = append(by[name], q)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		out = append(out, by[name])
	}
	return out
}

// below are the keys of a table.
func below(p path, v any) (keys []path) {
	table, _ := v.(tree)
	for _, k := range slices.Sorted(maps.Keys(table)) {
		keys = append(keys, append(slices.Clone(p), k))
	}
	return keys
}

// identity is what a run of a scenario follows from; "": it is none.
func identity(t tree, file string) string {
	sc := scenario(t, file)
	if sc == nil {
		return ""
	}
	return fmt.Sprint(sc.Seed, runner.RunIdentity(sc))
}

// scenario is what tables say; nil: it is none.
func scenario(t tree, file string) *scenarios.Scenario {
	sc, err := scenarios.Parse(text(t), file, nil, scenarios.Options{Alone: true})
	if err != nil {
		return nil
	}
	return sc
}
