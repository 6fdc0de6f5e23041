package swim

import (
	"testing"
	"time"

	"hypersim/core"
)

// §5.3: "Deadline = start + timeout(C) + granted extensions"; a confirmation recomputes it from the start.
func TestExtendSuspicion(t *testing.T) {
	x := newTabled(t)
	if x.m.ExtendSuspicion(x.now, tableSubject, time.Second, &x.fx) {
		t.Error("nobody is suspected, and yet extended")
	}
	x.prepare("SUSPECT")
	s := x.m.susp.at(x.m.rec[tableSubject].side)
	start, bare := s.start, s.deadline
	x.now = x.now.Add(time.Second)
	if !x.m.ExtendSuspicion(x.now, tableSubject, 7500*time.Millisecond+999, &x.fx) {
		t.Fatal("refused")
	}
	if want := bare.Add(7500 * time.Millisecond); s.deadline != want || x.m.due[timerSuspicion] != want {
		t.Errorf("deadline %v, timer %v, want %v: whole milliseconds later", s.deadline, x.m.due[timerSuspicion], want)
	}
	if f := x.fx.Facts[len(x.fx.Facts)-1]; f.Kind != core.FactSuspicionExtended || f.A != 7.5e9 || f.At != s.deadline || f.Inc != 5 {
		t.Errorf("told as %+v", f)
	}
	x.hear(core.Update{Type: core.UpdateSuspect, Incarnation: 5, From: 3})
	timeout := suspicionTimeout("lifeguard", s.min, s.max, 1, int(s.k), int(s.n))
	if want := start.Add(timeout + 7500*time.Millisecond); s.c != 1 || s.deadline != want {
		t.Errorf("C = %d, deadline %v, want %v", s.c, s.deadline, want)
	}
	due := s.deadline
	x.m.Wake(due-1, &x.fx)
	if x.m.State(tableSubject) != core.StateSuspect {
		t.Error("expired early")
	}
	x.m.Wake(due, &x.fx)
	if x.m.State(tableSubject) != core.StateDead || x.m.ExtendSuspicion(due, tableSubject, time.Second, &x.fx) {
		t.Error("did not expire, or was extended afterwards")
	}
}

// §10.4: "SUSPECT when nothing was heard for worker.deadline = 30 s plus granted extensions". In seconds: when
// the worker is last heard, what is granted when, and when it is suspected.
func TestExtendDeadline(t *testing.T) {
	for _, c := range []struct {
		name           string
		granted, heard int // s; the grant comes first if both are the same
		grants         []int
		want           int
	}{
		{"nothing granted", 0, 0, nil, 30},
		{"one", 0, 0, []int{15}, 45},
		{"they add up", 0, 0, []int{15, 5}, 50},
		{"half is spent while it is heard", 0, 10, []int{20}, 50},
		{"all is spent while it is heard", 0, 40, []int{20}, 70},
		{"heard no more when it is granted", 20, 0, []int{15}, 65},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Default()
			formed := []core.Entry{{Subject: 1, Role: core.RoleWorker, State: core.StateOK}}
			m := New(&cfg, Params{
				Role: core.RoleManager, Group: 1, Capacity: 2, Instance: 1, Seed: 1, Formed: formed,
				Owners: func(core.NodeID) core.NodeID { return 0 },
			}, nil)
			for i := range m.due {
				m.due[i] = core.Never
			}
			m.due[timerWatch] = 0
			var fx core.Effects
			for s := 0; s <= 100; s++ {
				now := core.Instant(s) * 1e9
				if s == c.granted {
					for _, g := range c.grants {
						if !m.ExtendDeadline(now, 1, time.Duration(g)*time.Second) {
							t.Fatal("refused")
						}
					}
				}
				if s <= c.heard {
					m.Receive(now, &core.Message{Kind: core.KindPing, Role: core.RoleWorker, Group: 1, From: 1, Instance: 1, Seq: uint32(s)}, &fx)
				}
				m.Wake(now, &fx)
				if have := m.State(1); (have == core.StateSuspect) != (s >= c.want) && s < c.want+30 {
					t.Fatalf("at %d s: %v, suspected is due at %d s", s, have, c.want)
				}
			}
		})
	}
}

func TestExtendDeadlineRefuses(t *testing.T) {
	x := newTabled(t)
	if x.m.ExtendDeadline(x.now, 2, time.Second) || x.m.ExtendDeadline(x.now, 99, time.Second) {
		t.Error("extended a manager, or nobody")
	}
}
