package swim

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
)

// The heap hands out suspicions by (deadline, subject), whatever was moved or dropped in between.
func TestSuspicionHeapAgainstNaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var heap suspicions
		type entry struct {
			side, subject uint16
			deadline      core.Instant
		}
		var naive []entry
		subject := uint16(0)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			op := rapid.IntRange(0, 3).Draw(t, "op")
			if len(naive) == 0 {
				op = 0
			}
			deadline := core.Instant(rapid.IntRange(0, 20).Draw(t, "deadline"))
			i := 0
			if len(naive) > 0 {
				i = rapid.IntRange(0, len(naive)-1).Draw(t, "which")
			}
			switch op {
			case 0, 1:
				subject++
				side := heap.alloc()
				*heap.at(side) = suspicion{subject: subject, deadline: deadline}
				heap.push(side)
				naive = append(naive, entry{side, subject, deadline})
			case 2:
				naive[i].deadline = deadline
				heap.at(naive[i].side).deadline = deadline
				heap.fix(naive[i].side)
			case 3:
				heap.drop(naive[i].side)
				naive = slices.Delete(naive, i, i+1)
			}
			if len(naive) == 0 {
				if heap.next() != core.Never {
					t.Fatal("an empty heap has a deadline")
				}
				continue
			}
			first := slices.MinFunc(naive, func(a, b entry) int {
				return cmp.Or(cmp.Compare(a.deadline, b.deadline), cmp.Compare(a.subject, b.subject))
			})
			if have := heap.heap[0]; have != first.side || heap.next() != first.deadline {
				t.Fatalf("first is %d, want %d", heap.at(have).subject, first.subject)
			}
			for pos, side := range heap.heap {
				if int(heap.at(side).pos) != pos {
					t.Fatalf("%d thinks it is at %d, it is at %d", side, heap.at(side).pos, pos)
				}
			}
		}
	})
}

// §5.2: "f, n and K are fixed at the start": also for the formula that uses n itself.
func TestGroupSizeIsFixedAtTheStart(t *testing.T) {
	x := newTabled(t)
	x.m.cfg.Suspicion.Formula = "log-n"
	x.prepare("SUSPECT")
	s := x.m.susp.at(x.m.rec[tableSubject].side)
	before := x.m.timeoutOf(s)
	x.m.nPart = 500
	if after := x.m.timeoutOf(s); after != before {
		t.Errorf("the timeout moved from %v to %v with the group", before, after)
	}
	x.m.nPart = 5
}

// §2.6: suspicions above the bound are refused and counted, and what was not adopted is not relayed.
func TestSuspicionTableRefuses(t *testing.T) {
	x := newTabled(t)
	x.m.cfg.Membership.MaxSuspicions = 1
	x.prepare("SUSPECT")
	x.fx.Reset()
	u := core.Update{Type: core.UpdateSuspect, Subject: 4, Incarnation: 0, From: 3, Role: core.RoleManager}
	x.receive(core.Message{Kind: core.KindGossip, From: tableOther, Updates: []core.Update{u}})
	if s := x.m.State(4); s != core.StateOK {
		t.Errorf("state %v", s)
	}
	if x.m.count.SuspicionsRefused != 1 {
		t.Errorf("%d refusals counted", x.m.count.SuspicionsRefused)
	}
	for _, f := range x.fx.Facts {
		if f.Kind == core.FactQueued {
			t.Error("a refused suspicion was relayed")
		}
	}
}
