package dispatch

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core/job"
)

func test(id job.WorkflowID, p job.Priority, vus uint32) Want {
	return Want{ID: id, Priority: p, VUs: vus, Test: true}
}

func ready(ws ...Want) *Ready {
	r := new(Ready)
	for _, w := range ws {
		r.Add(w)
	}
	return r
}

// grants are ids and cores.
func grants(r *Ready, total int, busy bool) map[job.WorkflowID]int {
	out := map[job.WorkflowID]int{}
	for _, g := range r.Shares(nil, total, Standing{Busy: busy, Alone: false}) {
		out[g.ID] = g.Got
	}
	return out
}

// The vectors of spec 20 §13.3, and the rules that they leave out.
func TestShares(t *testing.T) {
	const a, b, c, d = 1, 2, 3, 4
	high, normal := test(a, job.PriorityHigh, 10), test(b, job.PriorityNormal, 30)
	auto := func(id job.WorkflowID) Want { return test(id, job.PriorityAuto, 8) }
	exact := func(id job.WorkflowID, n uint16) Want {
		w := test(id, job.PriorityNormal, 8)
		w.Cores = n
		return w
	}
	for _, x := range []struct {
		what  string
		r     *Ready
		total int
		busy  bool
		want  map[job.WorkflowID]int
	}{
		{"two explicit", ready(high, normal), 8, false, map[job.WorkflowID]int{a: 2, b: 6}},
		{"two explicit, two auto", ready(high, normal, auto(c), auto(d)), 8, false, map[job.WorkflowID]int{a: 1, b: 4, c: 2, d: 1}},
		{"no room for auto", ready(high, normal, auto(c)), 2, false, map[job.WorkflowID]int{a: 1, b: 1}},
		{"exclusive", ready(test(d, job.PriorityExclusive, 3), high), 8, false, map[job.WorkflowID]int{d: 3}},
		{"exclusive waits for others", ready(test(d, job.PriorityExclusive, 3), high), 8, true, map[job.WorkflowID]int{}},
		{"capped by virtual users", ready(test(a, job.PriorityNormal, 3)), 4, false, map[job.WorkflowID]int{a: 3}},
		{"surplus goes on", ready(test(a, job.PriorityHigh, 1), test(b, job.PriorityNormal, 1), test(c, job.PriorityLow, 2)), 8, false,
			map[job.WorkflowID]int{a: 1, b: 1, c: 2}},
		{"auto takes one more", ready(auto(a), auto(b), auto(c)), 5, false, map[job.WorkflowID]int{a: 2, b: 2, c: 1}},
		{"auto passes on", ready(test(a, job.PriorityAuto, 1), auto(b)), 6, false, map[job.WorkflowID]int{a: 1, b: 5}},
		{"exact or waiting", ready(exact(a, 5), exact(b, 4)), 8, false, map[job.WorkflowID]int{a: 5}},
		{"a smaller one fits", ready(exact(a, 5), exact(b, 3)), 8, false, map[job.WorkflowID]int{a: 5, b: 3}},
		{"no test takes one", ready(Want{ID: a, VUs: 9}, normal), 4, false, map[job.WorkflowID]int{a: 1, b: 3}},
		{"nothing free", ready(high), 0, false, map[job.WorkflowID]int{}},
	} {
		if have := grants(x.r, x.total, x.busy); !equal(have, x.want) {
			t.Errorf("%s: have %v, want %v", x.what, have, x.want)
		}
	}
	if len(ready(high).Shares(nil, 8, Standing{Busy: true, Alone: true})) != 0 {
		t.Error("something starts beside an EXCLUSIVE workflow")
	}
}

func equal(a, b map[job.WorkflowID]int) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return len(a) == len(b)
}

// Whatever is ready: nobody gets nothing, more than its virtual users, or more than there is; AUTO does not starve beside
// explicit ones; and what is taken out is out.
func TestSharesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, all := new(Ready), []Want{}
		for i := range rapid.IntRange(0, 12).Draw(t, "n") {
			w := Want{
				ID: job.WorkflowID(i), Place: int32(i), VUs: rapid.Uint32Range(1, 40).Draw(t, "vus"), Test: rapid.Bool().Draw(t, "test"),
				Priority: job.Priority(rapid.IntRange(0, 3).Draw(t, "priority")),
			}
			if rapid.IntRange(0, 4).Draw(t, "exact") == 0 {
				w.Cores = uint16(rapid.Uint32Range(1, w.VUs).Draw(t, "cores"))
			}
			all = append(all, w)
			r.Add(w)
		}
		total := rapid.IntRange(0, 30).Draw(t, "total")
		sum, autos, explicit, rest := 0, 0, 0, total
		for _, g := range r.Shares(nil, total, Standing{Busy: false, Alone: false}) {
			sum += g.Got
			switch {
			case g.Got < 1 || g.Got > int(g.VUs) && g.Test && g.Cores == 0:
				t.Fatalf("%+v", g)
			case g.class() == classExact && g.Got != int(g.Cores):
				t.Fatalf("%+v", g)
			case g.class() == classSingle || g.class() == classExact:
				rest -= g.Got
			case g.class() == classAuto:
				autos++
			default:
				explicit++
			}
		}
		if sum > total {
			t.Fatalf("%d of %d cores given", sum, total)
		}
		n := len(r.lists[classAuto])
		if room := min(n, rest-min(rest, len(r.lists[classExplicit]))); autos < room {
			t.Fatalf("%d of %d AUTO got a core, with room for %d", autos, n, room)
		}
		for _, w := range all {
			r.Remove(w)
		}
		if r.Len() != 0 || r.vus != 0 {
			t.Fatalf("%d left", r.Len())
		}
	})
}

// Virtual users per core and per shard (spec 20 §13.3), and that no split loses or adds one.
func TestShardVUs(t *testing.T) {
	if a, b := ShardVUs(10, Part{From: 0, To: 3, Of: 4}), ShardVUs(10, Part{From: 3, To: 4, Of: 4}); a != 6 || b != 4 {
		t.Errorf("shards of %d and %d", a, b)
	}
	var cores []uint32
	for j := range 4 {
		cores = append(cores, ShardVUs(10, Part{From: j, To: j + 1, Of: 4}))
	}
	if !slices.Equal(cores, []uint32{2, 2, 2, 4}) {
		t.Errorf("cores of %v", cores)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		vus := rapid.Uint32Range(uint32(n), 1000).Draw(t, "vus")
		sum, from := uint32(0), 0
		for from < n {
			to := rapid.IntRange(from+1, n).Draw(t, "to")
			sum += ShardVUs(vus, Part{From: from, To: to, Of: n})
			from = to
		}
		if sum != vus {
			t.Fatalf("%d of %d", sum, vus)
		}
	})
}
