package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Three managers share the workers: a chain takes as long as its parts, and a few commits.
func TestClusterRunsAChain(t *testing.T) {
	w := world(t, Params{Managers: 3, Workers: 2, Cores: 4})
	id := w.Submit(0, chain(w, 2*time.Second, 3*time.Second, 5*time.Second))
	w.Run(30 * sec)
	if s := w.state(id); s != job.StateCompleted {
		t.Fatalf("it ended %v", s)
	}
	for _, f := range w.Facts {
		if f.Kind == core.JobFactOutcome && (f.At < 10*sec || f.At > 11*sec) {
			t.Errorf("it took %v", f.At)
		}
	}
	for _, m := range w.ManagersOf(0) {
		if illegal, stale := w.ManagerAt(m).Counters(); illegal != 0 || stale != 0 {
			t.Errorf("manager %d: %d illegal, %d stale", m, illegal, stale)
		}
	}
}

// Without a majority nothing is accepted, no result is acknowledged, and nobody hears of an end.
func TestNothingIsToldWithoutAMajority(t *testing.T) {
	w := world(t, Params{Managers: 3, Workers: 2, Cores: 4})
	cut := false
	w.Way = lose(func(w *World, m *core.Message) bool {
		return cut && w.IsManager(m.From) && w.IsManager(m.To)
	})
	id := w.Submit(0, one(w, 1, Script{Length: 5 * time.Second}))
	w.After(2*time.Second, func() { cut = true })
	told := 0
	w.Watch = func(at core.NodeID, fx *core.Effects) {
		for i := range fx.Messages {
			switch m := &fx.Messages[i]; m.Kind {
			case core.KindJobFinalResult, core.KindWorkflowResultPush:
				told++
			case core.KindWorkflowFinalResultAck:
				if m.Body.(interface{ Head() *call.Answer }).Head().Code.Done() {
					told++
				}
			}
		}
	}
	w.Run(20 * sec)
	if told != 0 || w.state(id).Terminal() {
		t.Errorf("%d messages, %v", told, w.state(id))
	}
	cut = false
	w.Run(80 * sec)
	if w.state(id) != job.StateCompleted {
		t.Errorf("after the cut: %v", w.state(id))
	}
}
