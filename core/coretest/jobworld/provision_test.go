package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// submitTo hands a job to one manager, past the client.
func (w *World) submitTo(to core.NodeID, id job.ID, s job.Spec) {
	_, at := w.Client(0)
	s.Job, s.Digest, s.Callback = id, uint64(id), core.NoNode
	for i := range s.Workflows {
		s.Workflows[i].Workflow = job.WorkflowID(uint64(id)<<8 | uint64(i+1))
	}
	b := &job.Submission{Spec: s, Gate: core.NoNode}
	w.Send(core.Message{Kind: core.KindJobSubmission, From: at, To: to, Seq: uint32(id), Timeout: 5e9, Body: b})
}

// Holders of different jobs share the workers. Without agreement each of them gives the same cores away, and workers have
// to refuse; with it nobody is asked for cores that another one has got, and all jobs get theirs in the end.
func TestHoldersAgreeOnCores(t *testing.T) {
	w := world(t, Params{Managers: 3, Workers: 2, Cores: 2, Beats: time.Second})
	for i := range 9 {
		w.submitTo(core.NodeID(i%3), job.ID(i+1), one(w, 2, Script{Length: 5 * time.Second}))
	}
	w.Run(120 * sec)
	refused := w.count(core.JobFactIntent, func(f *Fact) bool { return f.Code == uint8(call.CodeNoCapacity) })
	ended := w.count(core.JobFactState, func(f *Fact) bool { return f.To == uint8(job.StateCompleted) })
	if refused != 0 || ended != 9 {
		t.Errorf("%d refused, %d jobs completed", refused, ended)
	}
	for _, m := range w.ManagersOf(0) {
		if illegal, stale := w.ManagerAt(m).Counters(); illegal != 0 || stale != 0 {
			t.Errorf("manager %d: %d illegal, %d stale", m, illegal, stale)
		}
	}
}

// Workers that hold as many shards as they may, and have cores left, take no more (20 §4.6). Nobody of them is asked twice in an attempt:
// two would be in turn, a dispatch each as soon as the last one is refused, for as long as both are full.
func TestFullWorkersAreAskedOnce(t *testing.T) {
	cfg := job.Default()
	cfg.Dispatch.WorkerMax = 1
	w := world(t, Params{Config: &cfg, Managers: 1, Workers: 2, Cores: 4})
	for i := range 3 {
		w.submitTo(0, job.ID(i+1), one(w, 1, Script{Length: 8 * time.Second}))
	}
	w.Run(60 * sec)
	asked := map[[2]uint64]int{} // by workflow and attempt
	for _, f := range w.Facts {
		if f.Kind == core.JobFactPlaced {
			asked[[2]uint64{f.Workflow, uint64(f.Attempt)}]++
		}
	}
	for k, n := range asked {
		if n > 2 {
			t.Errorf("attempt %d of a workflow was sent %d times to two workers", k[1], n)
		}
	}
	if ended := w.count(core.JobFactState, func(f *Fact) bool { return f.To == uint8(job.StateCompleted) }); ended != 3 {
		t.Errorf("%d jobs completed", ended)
	}
}

// With a peer that is silent two still agree; with two nothing starts, and nothing is lost.
func TestAgreementNeedsAMajority(t *testing.T) {
	for silent, done := range map[int]bool{1: true, 2: false} {
		w := world(t, Params{Managers: 3, Workers: 2, Cores: 2})
		w.Way = lose(func(w *World, m *core.Message) bool {
			return m.Kind == core.KindProvisionRequest && int(m.To) > 2-silent && w.Now < 60*sec
		})
		w.submitTo(0, 1, one(w, 2, Script{Length: 5 * time.Second}))
		w.Run(50 * sec)
		if n := w.count(core.JobFactPlaced, nil); (n > 0) != done {
			t.Errorf("%d silent: %d placed", silent, n)
		}
		w.Run(120 * sec)
		if n := w.count(core.JobFactState, func(f *Fact) bool { return f.To == uint8(job.StateCompleted) }); n != 1 {
			t.Errorf("%d silent: %d jobs completed", silent, n)
		}
	}
}
