package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/job"
)

const sec = core.Instant(time.Second)

func chain(w *World, lengths ...core.Duration) job.Spec {
	s := job.Spec{Timeout: 300 * time.Second}
	for i, d := range lengths {
		f := job.WorkflowSpec{Name: uint32(i + 1), VUs: 1, Cores: 1, Priority: job.PriorityNormal, Test: true, Payload: core.Blob{ID: uint64(len(w.Scripts) + 1), Size: 100}}
		w.Scripts[f.Payload.ID] = Script{Length: d}
		if i > 0 {
			f.Depends = []uint32{uint32(i)}
		}
		s.Workflows = append(s.Workflows, f)
	}
	return s
}

// A chain takes as long as its parts, to the delays of the messages between them.
func TestChain(t *testing.T) {
	cfg := job.Default()
	w := New(Params{Config: &cfg, Workers: 2, Cores: 4, Clients: 1, Seed: 1})
	id := w.Submit(0, chain(w, 2*time.Second, 3*time.Second, 5*time.Second))
	w.Run(100 * sec)
	c, _ := w.Client(0)
	if s := c.State(id); s != job.StateCompleted {
		t.Fatalf("it ended %v", s)
	}
	for _, f := range w.Facts {
		if f.Kind == core.JobFactOutcome {
			if at := f.At; at < 10*sec || at > 10*sec+sec/20 {
				t.Errorf("it took %v", at)
			}
		}
	}
	if illegal, stale := w.Manager().Counters(); illegal != 0 || stale != 0 {
		t.Errorf("%d illegal, %d stale", illegal, stale)
	}
	_, free := w.Worker(1).Cores()
	if kept, live := w.Manager().Jobs(); free != 4 || live != 0 || kept != 1 {
		t.Errorf("%d cores free, %d jobs of %d live", free, live, kept)
	}
}

// A lost worker's shard runs again elsewhere, after a pause, and its job completes.
func TestWorkerDies(t *testing.T) {
	cfg := job.Default()
	w := New(Params{Config: &cfg, Workers: 2, Cores: 4, Clients: 1, Seed: 1})
	id := w.Submit(0, chain(w, 20*time.Second))
	w.After(5*time.Second, func() { w.Crash(1) })
	w.After(10*time.Second, func() { w.Hold(1, core.StateDead) })
	w.Run(100 * sec)
	c, _ := w.Client(0)
	if s := c.State(id); s != job.StateCompleted {
		t.Fatalf("it ended %v", s)
	}
	placed := 0
	for _, f := range w.Facts {
		if f.Kind == core.JobFactPlaced {
			placed++
			if placed == 2 && (f.JobFact.Node != 2 || f.At != 11*sec || f.Token != 1<<32|2) {
				t.Errorf("second attempt %+v", f)
			}
		}
	}
	if placed != 2 {
		t.Errorf("%d attempts", placed)
	}
}

// A worker runs shards of two jobs under the same token, since tokens are a job's own. That one of them ends does not make
// its manager forget the other: both jobs end although the worker dies.
func TestSameTokensOfTwoJobs(t *testing.T) {
	cfg := job.Default()
	w := New(Params{Config: &cfg, Workers: 2, Cores: 4, Clients: 1, Seed: 1})
	var ids []job.ID
	for _, d := range []time.Duration{2, 50, 50, 2} {
		ids = append(ids, w.Submit(0, chain(w, d*time.Second)))
	}
	w.After(10*time.Second, func() {
		w.Crash(1)
		w.Hold(1, core.StateDead)
	})
	w.Run(400 * sec)
	c, _ := w.Client(0)
	for i, id := range ids {
		if s := c.State(id); s != job.StateCompleted {
			t.Errorf("job %d ended %v", i, s)
		}
	}
}
