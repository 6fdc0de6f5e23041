package shrink

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// few is under how many seeds a change is tried that breaks nothing under the one there; many, when nothing else is left to try.
const few, many = 4, 16

// usual is the seed of a scenario that names none.
const usual = 1

// under makes a change and takes another seed.
func under(seed int64, change edit) edit {
	return func(t tree) bool {
		s, ok := t["scenario"].(tree)
		if !ok || seedOf(s) == seed || !change(t) {
			return false
		}
		if s["seed"] = seed; seed == usual {
			delete(s, "seed")
		}
		return true
	}
}

func seedOf(head tree) int64 {
	if n, ok := head["seed"].(int64); ok {
		return n
	}
	return usual
}

// byLuck are changes under other seeds: with one thing less chance falls otherwise, and what broke by it may break under the next seed.
func byLuck(changes []edit, first, last int64) (list []edit) {
	for _, change := range changes {
		for seed := first; seed <= last; seed++ {
			list = append(list, under(seed, change))
		}
	}
	return list
}

// coarse makes a large world small at once: a run of it takes seconds, and of a thousand things that are tried one by one most move what
// breaks. Each change is tried under some seeds, and before that, where so it is wanted, under the one there.
func coarse(t tree, first, last int64, own bool) (list []edit) {
	var changes []edit
	for _, most := range []int64{1, 3} {
		changes = append(changes, atMost(most, "clients", "gates", "managers", "workers"))
	}
	for _, group := range []string{"workers", "clients"} {
		for _, most := range []int64{1, 3, 8} {
			changes = append(changes, atMost(most, group))
		}
	}
	for _, name := range []string{"fault", "workload"} {
		all, _ := t[name].([]any)
		for n := len(all) / 2; n >= max(2, len(all)/8); n /= 2 {
			for i := (len(all) - 1) / n * n; i >= 0; i -= n {
				changes = append(changes, dropSome(path{name, i}, n))
			}
		}
	}
	for _, change := range changes {
		if own {
			list = append(list, change)
		}
		list = append(list, byLuck([]edit{change}, first, last)...)
	}
	return list
}

// atMost lets groups of a cluster have no more nodes than that.
func atMost(most int64, groups ...string) edit {
	return func(t tree) (did bool) {
		c, _ := t["cluster"].(tree)
		for _, k := range groups {
			if n, ok := c[k].(int64); ok && n > most {
				c[k], did = most, true
			}
		}
		return did
	}
}

// reseeded leaves out what is large, under seeds from one to another. It comes when nothing else makes a scenario smaller.
func reseeded(t tree, first, last int64) []edit {
	changes := append(sites(t), sizes(t)...)
	for _, name := range []string{"fault", "workload"} {
		all, _ := t[name].([]any)
		for i := len(all) - 1; i >= 0; i-- {
			changes = append(changes, dropSome(path{name, i}, 1))
		}
	}
	changes = append(changes, merged(t)...)
	for _, name := range []string{"topology", "network", "node", "protocol"} {
		sub, _ := t[name].(tree)
		for _, k := range slices.Sorted(maps.Keys(sub)) {
			changes = append(changes, drop(path{name, k}))
		}
	}
	return byLuck(append(changes, places(t)...), first, last)
}

// nudged is the usual seed, which no line says, with a fault at another round time or at a neighbour: another chance, and a line less.
func nudged(t tree) (list []edit) {
	all, _ := t["fault"].([]any)
	for i := range all {
		x, _ := all[i].(tree)
		when, last, whom := path{"fault", i, "at"}, path{"fault", i, "for"}, path{"fault", i, "target", "id"}
		for _, at := range []any{x["at"], "1s", "2s", "5s", "10s", "20s"} {
			for _, length := range []any{x["for"], "1s", "5s", "10s", "20s"} {
				list = append(list, under(usual, anyOf(instead(when, at), instead(last, length))))
			}
			for _, id := range neighbours(t, whom) {
				list = append(list, under(usual, anyOf(instead(whom, id), instead(when, at))))
			}
		}
	}
	return list
}

// neighbours are the first nodes of the group of the one that is named at p.
func neighbours(t tree, p path) (ids []any) {
	_, v := at(t, p)
	id, _ := v.(string)
	group := id[:strings.LastIndexByte(id, '/')+1]
	for n := 0; group != "" && n < 3; n++ {
		if near := group + strconv.Itoa(n); near != id {
			ids = append(ids, near)
		}
	}
	return ids
}

// instead puts a value where there is one.
func instead(p path, want any) edit {
	return func(t tree) bool {
		_, v := at(t, p)
		return v != nil && put(p, want)(t)
	}
}

// anyOf makes all of the changes that can be made.
func anyOf(changes ...edit) edit {
	return func(t tree) (did bool) {
		for _, change := range changes {
			did = change(t) || did
		}
		return did
	}
}
