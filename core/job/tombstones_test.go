package job

import (
	"slices"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"hypersim/core"
)

// Spec 20 §11: a tombstone is at most 32 bytes.
func TestTombstoneSize(t *testing.T) {
	if n := unsafe.Sizeof(grave{}); n != graveBytes || n > 32 {
		t.Errorf("a tombstone is %d bytes, the constant says %d, the limit is 32", n, graveBytes)
	}
}

// They live for an hour, and 100,000 are the most: the oldest go first, and it is counted.
func TestTombstonesAreBounded(t *testing.T) {
	var s Tombstones
	s.Init(100_000, time.Hour)
	for i := range 100_010 {
		s.Put(core.Instant(i), Tombstone{Job: ID(i + 1), State: StateCompleted, Epoch: 2})
	}
	if s.Len() != 100_000 || s.Displaced() != 10 {
		t.Errorf("%d left, %d displaced", s.Len(), s.Displaced())
	}
	if _, ok := s.Find(100_010, 10); ok {
		t.Error("the oldest was kept")
	}
	if x, ok := s.Find(100_010, 11); !ok || x != (Tombstone{Job: 11, Epoch: 2, State: StateCompleted}) {
		t.Errorf("%+v %v", x, ok)
	}
	if n := s.MemoryBytes(); n > 6_000_000 {
		t.Errorf("%d bytes", n)
	}
	s.Sweep(core.Instant(time.Hour) + 50_000)
	if s.Len() != 50_009 || s.Displaced() != 10 {
		t.Errorf("%d left after their time, %d displaced", s.Len(), s.Displaced())
	}
}

// Against a list: what is found, for how long, what displaces what, and which of two words about a job stands.
func TestTombstonesAgainstList(t *testing.T) {
	type row struct {
		Tombstone
		until core.Instant
	}
	rapid.Check(t, func(t *rapid.T) {
		var s Tombstones
		limit := rapid.IntRange(0, 4).Draw(t, "limit")
		s.Init(limit, 10)
		var list []row
		var now core.Instant
		var displaced uint64
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			x := Tombstone{
				Job: ID(rapid.IntRange(1, 6).Draw(t, "job")), Epoch: rapid.Uint32Range(1, 3).Draw(t, "epoch"),
				State: State(rapid.IntRange(int(StateCompleted), NumStates-1).Draw(t, "state")), Pending: rapid.Bool().Draw(t, "pending"),
			}
			i := slices.IndexFunc(list, func(r row) bool { return r.Job == x.Job })
			switch what := rapid.IntRange(0, 5).Draw(t, "what"); {
			case what == 0:
				now += core.Instant(rapid.IntRange(1, 6).Draw(t, "wait"))
				list = slices.DeleteFunc(list, func(r row) bool { return r.until <= now })
				if rapid.Bool().Draw(t, "sweep") {
					s.Sweep(now)
				} else {
					continue // what is over may still be counted
				}
			case what == 1:
				if s.Remove(x.Job); i >= 0 {
					list = slices.Delete(list, i, i+1)
				}
			case i >= 0:
				s.Put(now, x)
				switch r := &list[i]; {
				case r.Pending && !x.Pending, r.Pending == x.Pending && x.Epoch > r.Epoch:
					r.Tombstone = x
				}
			default:
				s.Put(now, x)
				if limit == 0 {
					break
				}
				if len(list) == limit {
					list = list[1:]
					displaced++
				}
				list = append(list, row{x, now + 10})
			}
			s.Sweep(now)
			if inLine := len(s.slab) - len(s.idle); inLine != s.Len()+s.dead || s.dead > s.Len() {
				t.Fatalf("%d in line, %d left, %d of them removed", inLine, s.Len(), s.dead)
			}
			if s.Len() != len(list) || s.Displaced() != displaced {
				t.Fatalf("%d left, %d displaced; want %d, %d", s.Len(), s.Displaced(), len(list), displaced)
			}
			for job := range ID(7) {
				i := slices.IndexFunc(list, func(r row) bool { return r.Job == job })
				got, ok := s.Find(now, job)
				if ok != (i >= 0) || ok && got != list[i].Tombstone {
					t.Fatalf("job %d: %+v %v, want no. %d of %+v", job, got, ok, i, list)
				}
			}
			all := s.Append(now, nil)
			if !slices.EqualFunc(all, list, func(a Tombstone, r row) bool { return a == r.Tombstone }) {
				t.Fatalf("%+v, want %+v", all, list)
			}
		}
	})
}

func TestTombstonesAllocateNothing(t *testing.T) {
	var s Tombstones
	s.Init(100, 150)
	var n core.Instant
	step := func() {
		for range 1000 {
			n++
			s.Put(n, Tombstone{Job: ID(n), State: StateFailed})
			if n%3 == 0 {
				s.Remove(ID(n - 7))
			}
		}
	}
	step()
	if a := testing.AllocsPerRun(10, step); a != 0 {
		t.Errorf("%v allocations in 1000 tombstones", a)
	}
}
