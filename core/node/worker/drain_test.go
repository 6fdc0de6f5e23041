package worker

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// Spec 20 §1.2, a worker that leaves: it says so at once, takes nothing new, lets what runs end, and gives back after 30 s
// what has not; then it goes, once somebody has committed how all of it ended.
func TestDrain(t *testing.T) {
	b := on(t, 2)
	b.order(0, 9, 1, 1, 1)
	b.order(0, 9, 2, 1, 2)
	b.until(sec)
	b.of(core.KindPing)
	b.step(func() { b.w.Drain(b.now, &b.fx) })
	said := b.of(core.KindWorkerHeartbeat)
	if len(said) != 2 || said[0].Body.(*registry.WorkerHeartbeat).State != uint8(registry.WorkerDraining) {
		t.Errorf("%d heartbeats", len(said))
	}
	if c := b.order(0, 9, 3, 1, 3); c != call.CodeDraining {
		t.Errorf("it takes more: %v", c)
	}
	commit := func() (ended []job.Ended) {
		for _, m := range b.of(core.KindWorkflowFinalResult) {
			r := m.Body.(*job.WorkflowFinalResult)
			if ended = append(ended, r.Ended); r.Ended == job.EndedFailed && r.Error != job.ErrorWorker {
				t.Errorf("given back as %v", r.Error)
			}
			b.answer(&m, core.KindWorkflowFinalResultAck, &call.Ack{})
		}
		return ended
	}
	b.until(10 * sec)
	b.step(func() {
		b.w.Ended(b.now, job.Shard{Job: 9, Workflow: 1, Attempt: 1}, job.Ticket{DE: 1, N: 1}.Token(), job.EndedCompleted, job.ErrorNone, &b.fx)
	})
	if e := commit(); len(e) != 1 || e[0] != job.EndedCompleted || b.w.Drained(b.now) {
		t.Errorf("%v, drained %v", e, b.w.Drained(b.now))
	}
	b.until(31*sec - 1)
	if b.state(2) != job.ShardRunning {
		t.Error("given back too soon")
	}
	b.until(31 * sec)
	if b.state(2) != job.ShardNone || b.w.Drained(b.now) {
		t.Error("not given back, or gone before anybody knows")
	}
	if e := commit(); len(e) != 1 || e[0] != job.EndedFailed || !b.w.Drained(b.now) {
		t.Errorf("%v, drained %v", e, b.w.Drained(b.now))
	}
	b = on(t, 1) // nobody answers
	b.order(0, 9, 1, 1, 1)
	b.step(func() { b.w.Drain(b.now, &b.fx) })
	if b.until(35*sec - 1); b.w.Drained(b.now) {
		t.Error("gone before its results had their time")
	}
	if b.until(35 * sec); !b.w.Drained(b.now) {
		t.Error("it never goes")
	}
}
