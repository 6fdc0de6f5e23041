package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
)

// A manager that leaves hands its jobs over: another one has them within a second, nothing that runs is disturbed, and no
// new job is taken. A successor that is silent is given up after its time, and the next one gets the job (03-2, 04-55).
func TestDrainHandsJobsOver(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		w := world(t, Params{Managers: 3, Workers: 2, Cores: 4})
		w.Way = lose(func(_ *World, m *core.Message) bool { return deaf && m.Kind == core.KindLeaseTransfer && m.To == 1 })
		w.submitTo(0, 1, one(w, 2, Script{Length: 20 * time.Second}))
		w.submitTo(0, 2, one(w, 2, Script{Length: 20 * time.Second}))
		w.After(5*time.Second, func() { w.step(0, func() { w.Manager().Drain(w.Now, &w.fx) }) })
		last := 6 * sec
		if deaf {
			last = 15 * sec
		}
		w.Run(last)
		for _, id := range []job.ID{1, 2} {
			if h := w.holder(id); h == 0 || h == core.NoNode {
				t.Errorf("deaf %v: job %v is held by %d", deaf, id, h)
			}
		}
		if !w.Manager().Drained(w.Now) {
			t.Errorf("deaf %v: it has something left", deaf)
		}
		w.submitTo(0, 3, one(w, 1, Script{Length: time.Second}))
		w.Run(60 * sec)
		ended := w.count(core.JobFactState, func(f *Fact) bool { return f.To == uint8(job.StateCompleted) })
		if placed := w.count(core.JobFactPlaced, nil); ended != 2 || placed != 2 {
			t.Errorf("deaf %v: %d completed, %d placed", deaf, ended, placed)
		}
	}
}

// A member that has just begun anew, and one that leaves itself, take no jobs: who leaves hands them to the other one at once, and
// offers those that nobody takes again when somebody may.
func TestDrainPassesOver(t *testing.T) {
	for _, x := range []struct {
		what string
		do   func(w *World)
		by   core.Instant
	}{
		{"one has just begun", func(w *World) { w.Crash(1); w.Boot(1, false) }, 5200 * core.Instant(time.Millisecond)},
		{"one leaves too", func(w *World) { w.step(1, func() { w.ManagerAt(1).Drain(w.Now, &w.fx) }) }, 5200 * core.Instant(time.Millisecond)},
		{"one leaves, the other is away for a while", func(w *World) {
			w.step(1, func() { w.ManagerAt(1).Drain(w.Now, &w.fx) })
			w.Hold(2, core.StateDead)
			w.After(6*time.Second, func() { w.Hold(2, core.StateOK) })
		}, 20 * sec},
	} {
		w := world(t, Params{Managers: 3, Workers: 2, Cores: 4})
		w.submitTo(0, 1, one(w, 2, Script{Length: 60 * time.Second}))
		w.After(5*time.Second, func() {
			x.do(w)
			w.step(0, func() { w.Manager().Drain(w.Now, &w.fx) })
		})
		w.Run(x.by)
		if h := w.holder(1); h != 2 || !w.Manager().Drained(w.Now) {
			t.Errorf("%s: it is held by %d", x.what, h)
		}
	}
}
