package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/dispatch"
	"hypersim/core/job"
)

// A shard that nobody leads is stopped 30 s after the last word about it and 30 s of grace (spec 20 §5.8).
func TestOrphans(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4})
	w.Submit(0, one(w, 1, Script{Stuck: true}))
	w.After(10*time.Second, func() { w.Crash(0) })
	w.Run(68 * sec)
	if n, _ := w.Running(1); n != 1 {
		t.Errorf("stopped before its grace was over")
	}
	w.Run(73 * sec)
	if n, _ := w.Running(1); n != 0 {
		t.Errorf("it goes on")
	}
}

// The scan stops a shard of a led job that its leader does not have, where nothing else does.
func TestScanStopsStrangers(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4, Timeout: patient()})
	w.Scripts[50] = Script{Stuck: true}
	w.Way = lose(func(_ *World, m *core.Message) bool {
		return m.Kind == core.KindWorkflowProgress || m.Kind == core.KindWorkflowCancellationQuery || m.Kind == core.KindWorkflowProgressAck
	})
	cfg := *w.Config
	cfg.Orphan.Silence = time.Hour
	*w.Config = cfg
	s := one(w, 1, Script{Stuck: true})
	s.Timeout = time.Hour
	id := w.Submit(0, s)
	w.After(5*time.Second, func() {
		w.Send(core.Message{Kind: core.KindWorkflowDispatch, From: 0, To: 1, Seq: 1, Timeout: 5e9, Body: &dispatch.WorkflowDispatch{
			Shard: job.Shard{Job: id, Workflow: s.Workflows[0].Workflow + 1, Attempt: 1}, VUs: 1, Cores: 1, Timeout: 1e12, Token: job.Ticket{DE: 1, N: 90}.Token(), DE: 1, Instance: 1,
			Payload: core.Blob{ID: 50},
		}})
	})
	w.Run(6 * sec)
	if n, _ := w.Running(1); n != 2 {
		t.Fatalf("%d shards run", n)
	}
	w.Run(250 * sec)
	if n, _ := w.Running(1); n != 1 { // no workflow of the job has that id
		t.Errorf("%d shards run", n)
	}
	w.Send(core.Message{Kind: core.KindWorkflowDispatch, From: 0, To: 1, Seq: 2, Timeout: 5e9, Body: &dispatch.WorkflowDispatch{
		Shard: job.Shard{Job: id, Workflow: s.Workflows[0].Workflow, Attempt: 1}, VUs: 1, Cores: 1, Timeout: 1e12, Token: job.Ticket{DE: 1, N: 91}.Token(), DE: 1, Instance: 1,
		Payload: core.Blob{ID: 50},
	}})
	w.Run(w.Now + sec)
	before := len(w.Tokens())
	w.Run(w.Now + 125*sec)
	for _, token := range w.Tokens() {
		if token == (job.Ticket{DE: 1, N: 91}.Token()) {
			t.Errorf("the stranger goes on, %d shards before", before)
		}
	}
}

// The scan finds a shard that its worker has lost without a word, and it runs again.
func TestScanFindsTheLost(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 4})
	id := w.Submit(0, one(w, 1, Script{Length: 20 * time.Second}))
	w.After(10*time.Second, func() { w.Crash(1); w.Boot(1, true) }) // nobody notices, and it does not register
	w.Run(250 * sec)
	if w.state(id) != job.StateCompleted {
		t.Errorf("%v", w.state(id))
	}
}

// A shard that does not stop is killed after 5 s.
func TestDeafShardIsKilled(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4})
	id := w.Submit(0, one(w, 1, Script{Stuck: true, Deaf: true}))
	w.After(10*time.Second, func() { w.Cancel(0, id) })
	w.Run(14 * sec)
	if n, _ := w.Running(1); n != 1 {
		t.Errorf("killed too soon")
	}
	w.Run(16 * sec)
	if n, _ := w.Running(1); n != 0 || w.state(id) != job.StateCancelled {
		t.Errorf("%d shards run, %v", n, w.state(id))
	}
}
