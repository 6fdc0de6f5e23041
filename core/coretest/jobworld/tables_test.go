package jobworld

import (
	"maps"
	"slices"
	"testing"
	"time"

	"hypersim/core"
)

// tables adds up the entries of every table about jobs of every node that runs, by role and table.
func (w *World) tables() map[string]int {
	all := map[string]int{}
	of := func(role string, tell func(func(string, int))) {
		tell(func(table string, n int) { all[role+": "+table] += n })
	}
	for _, id := range w.GateIDs() {
		if g := w.gateAt(id); g != nil {
			of("gate", g.Tables)
		}
	}
	for i := range w.Sites {
		for _, id := range w.ManagersOf(uint16(i)) {
			if m := w.ManagerAt(id); m != nil {
				of("manager", m.Tables)
			}
		}
		for _, id := range w.WorkersOf(uint16(i)) {
			if x := w.Worker(id); x != nil {
				of("worker", x.Tables)
			}
		}
	}
	for i := range w.Clients {
		c, _ := w.Client(i)
		of("client", c.Tables)
	}
	return all
}

// notInStorms are the tables that no storm fills, with whom does.
var notInStorms = map[string]string{
	"gate: routes":              "these gates choose datacenters by their ids",
	"gate: forwarded":           "no job has statistics here",
	"gate: held":                "likewise",
	"gate: single cancels":      "nobody cancels single workflows",
	"manager: single cancels":   "likewise",
	"manager: windows":          "no job has statistics here",
	"worker: batches":           "likewise",
	"worker: asking":            "no worker asks for more time",
	"manager: transfers":        "workers answer a takeover in the same instant's round trip here",
	"worker: pending transfers": "who is dead while a worker has nothing of its job is a matter of luck here; TestTransferTimes of the worker does it, and frees it",
	"worker: timers":            "no result is left without an answer for that long",
	"gate: queries":             "nobody asks for workflows by name",
	"worker: queries":           "no cancel of these is left without a word for so long",
}

// I-JM2, table by table: every table of spec 20 §11 that is about jobs or shards fills in these storms, and an hour and a half after the
// last job is over, when the oldest tombstone has gone, nothing is left in it at any node.
func TestEveryTableIsFreed(t *testing.T) {
	seen, left := map[string]int{}, map[string]int{}
	for _, seed := range []uint64{1, 3, 4, 9, 15, 22} {
		s := newStorm(seed, 3)
		look := func() {
			for name, n := range s.w.tables() {
				seen[name] = max(seen[name], n)
			}
		}
		for at := 10 * time.Millisecond; at < 300*time.Second; at += 50 * time.Millisecond {
			s.w.After(at, look)
		}
		if seed == 3 {
			s.w.After(60*time.Second, s.forgetAll) // the gates adopt what is left in the datacenters
		}
		s.run()
		s.w.Run(10_000 * sec)
		least := s.w.tables()
		for i := range 4 { // heartbeats may be under way
			s.w.Run((10_001 + 7*core.Instant(i)) * sec)
			for name, n := range s.w.tables() {
				least[name] = min(least[name], n)
			}
		}
		for name, n := range least {
			left[name] += n
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		if left[name] != 0 {
			t.Errorf("%s: %d entries are left", name, left[name])
		}
		_, elsewhere := notInStorms[name]
		if seen[name] == 0 && !elsewhere {
			t.Errorf("%s: no storm puts anything into it", name)
		}
		t.Logf("%s: %d at most", name, seen[name])
	}
}
