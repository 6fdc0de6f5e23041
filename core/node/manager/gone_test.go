package manager

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/workflow"
)

// buried lets membership call the worker dead.
func (b *bench) buried() {
	b.dead[hand] = true
	b.step(func() { b.m.membershipSays(b.now, hand, core.StateDead, &b.fx) })
}

// at is an entry of a workflow of one shard at the worker.
func at(state workflow.State) []replica.WorkflowEntry {
	s := replica.ShardEntry{Worker: hand, Cores: 1, VUs: 1, Token: view(100, 1, 0, 1, 1, 0).Token, State: job.ShardRunning}
	return []replica.WorkflowEntry{{Workflow: 100, State: state, Attempt: 1, Shards: []replica.ShardEntry{s}}, {Workflow: 101, State: workflow.Pending}}
}

// 01-43, 01-33: what a worker has that is gone needs no word of its end, also where the job was taken over after the worker was lost:
// nobody asks it, and what is cancelled is confirmed at once.
func TestNobodyAsksWhoIsGone(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(e *replica.Entry)
		then func(b *bench, x *record)
	}{
		{"cancelled by the old holder", func(e *replica.Entry) {
			e.State, e.EndsAs, e.Workflows = job.StateCancelling, job.StateCancelled, at(workflow.Running)
		}, nil},
		{"its workflow was being cancelled", func(e *replica.Entry) {
			e.State, e.EndsAs, e.Workflows = job.StateCancelling, job.StateCancelled, at(workflow.Cancelling)
		}, nil},
		{"dispatched, then out of time", func(e *replica.Entry) { e.State, e.Workflows = job.StateDispatching, at(workflow.Dispatched) },
			func(b *bench, x *record) { b.step(func() { b.m.timeOut(b.now, x, &b.fx) }) }},
		{"running, and cancelled before it is known what is lost", func(e *replica.Entry) { e.State, e.Workflows = job.StateRunning, at(workflow.Running) },
			func(b *bench, _ *record) { b.cancel(gate1, 1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newCluster(t)
			asked := 0
			b.hears = func(m *core.Message) bool {
				if m.Kind == core.KindWorkflowCancelRequest {
					asked++
				}
				return false
			}
			b.buried()
			x := b.takeOver(c.edit)
			if c.then != nil {
				if c.name[0] == 'd' {
					b.run(b.now + 7*sec)
				}
				c.then(b, x)
			}
			b.run(b.now + 2*sec)
			if asked > 0 {
				t.Errorf("a worker that is gone was asked %d times", asked)
			}
			if x.open > 0 || !x.state.Terminal() || x.unconfirmed > 0 {
				t.Errorf("%v, %d open, %d unconfirmed", x.state, x.open, x.unconfirmed)
			}
			if len(x.stops) > 0 {
				t.Errorf("waits for %+v", x.stops)
			}
		})
	}
}

// Spec 20 §3.5, §5.5 T5: the shard of a worker that registered only after its job was taken over is lost with it.
func TestLostWithWhoRegisteredLate(t *testing.T) {
	b := newCluster(t)
	*b.m.workers.at(hand) = worker{} // it has not registered with this manager yet
	b.has = []job.ShardView{view(100, 1, 0, 1, 1, job.ShardRunning)}
	x := b.takeOver(func(e *replica.Entry) { e.State, e.Workflows = job.StateRunning, at(workflow.Running) })
	b.run(b.now + sec)
	b.send(core.Message{Kind: core.KindWorkerRegistration, From: hand, Body: &registry.WorkerRegistration{
		NodeInfo: registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: 1}, Cores: 8, CoresAvailable: 7,
	}})
	b.run(b.now + 10*sec)
	if s := b.m.flows.State(100); s != workflow.Running || len(b.stops) > 0 {
		t.Fatalf("it is %v, %d told to stop", s, len(b.stops))
	}
	b.buried()
	b.run(b.now + sec)
	if s := b.m.flows.State(100); s != workflow.Pending || x.flows[0].budget.Retries != 1 {
		t.Errorf("its worker is dead, and it is %v after %d retries", s, x.flows[0].budget.Retries)
	}
}

// Spec 20 §3.5: a newer process of a worker has no shard of the one before. They are lost in the event in which membership finds out about
// it, whether or not it has registered; what is under way still of the one before says nothing any more (spec 10 §13, I-M23).
func TestLostWithTheProcess(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	b.run(sec)
	d := b.tasks[0]
	old := core.Message{Kind: core.KindWorkflowProgress, From: hand, Body: &job.WorkflowProgress{
		ShardProgress: job.ShardProgress{Shard: d.Shard, Token: d.Token, Seq: 9, Completed: 3},
	}}
	beat := core.Message{Kind: core.KindWorkerHeartbeat, From: hand, Body: &registry.WorkerHeartbeat{Beat: core.Beat{Version: 1 << 40, CoresAvailable: 8}}}
	join := func(instance uint32) call.Code {
		return b.ask(core.Message{Kind: core.KindWorkerRegistration, From: hand, Body: &registry.WorkerRegistration{
			NodeInfo: registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: instance}, Cores: 8, CoresAvailable: 8,
		}}).(*registry.RegistrationResponse).Code
	}
	b.lives[hand] = 2
	seen := core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: hand}
	b.step(func() { b.m.Observe(b.now, &seen, &b.fx) })
	if s := b.m.flows.State(100); s != workflow.Pending && s != workflow.FailedReadyForRetry || b.m.workers.fit != 0 {
		t.Errorf("its worker is another process, and it is %v; %d workers", s, b.m.workers.fit)
	}
	b.lives[hand] = 1
	n := b.send(old)
	b.send(beat)
	b.run(b.now + 2*ms)
	if a := reply[*job.WorkflowProgressAck](b, n); a == nil || a.Code != call.CodeStaleFence {
		t.Errorf("what it had done before: %+v", a)
	}
	if c := join(1); c != call.CodeStaleFence || b.m.workers.fit != 0 {
		t.Errorf("the process before registers: %v, %d workers", c, b.m.workers.fit)
	}
	b.lives[hand] = 2
	b.tasks = nil
	if c := join(2); c != call.CodeOK || b.m.workers.fit != 1 {
		t.Errorf("it registers: %v, %d workers", c, b.m.workers.fit)
	}
	b.step(func() { b.m.Observe(b.now, &seen, &b.fx) }) // who has registered first is not lost by that
	b.run(b.now + 5*sec)
	if b.m.workers.fit != 1 || len(b.tasks) != 1 {
		t.Errorf("%d workers, %d shards sent to it", b.m.workers.fit, len(b.tasks))
	}
}

// Spec 20 §5.5 T4, T5: a worker that was evicted when its job was taken over and is back is told of the new holder, and what it has
// still is adopted; it is lost with the worker.
func TestToldWhenItIsBack(t *testing.T) {
	b := newCluster(t)
	b.has = []job.ShardView{view(100, 1, 0, 1, 1, job.ShardRunning)}
	b.step(func() { b.m.Evict(b.now, hand, &b.fx) })
	x := b.takeOver(func(e *replica.Entry) { e.State, e.Workflows = job.StateRunning, at(workflow.Running) })
	b.run(b.now + sec)
	b.send(core.Message{Kind: core.KindWorkerHeartbeat, From: hand, Body: &registry.WorkerHeartbeat{Beat: core.Beat{Version: 1 << 40, CoresAvailable: 7}}})
	b.run(b.now + 20*sec)
	if s := b.m.flows.State(100); s != workflow.Running || !x.flows[0].shards[0].confirmed {
		t.Fatalf("it is back with its shard, which is %v: %+v", s, x.flows[0].shards)
	}
	b.buried()
	b.run(b.now + sec)
	if s := b.m.flows.State(100); s != workflow.Pending {
		t.Errorf("its worker is dead, and it is %v", s)
	}
}

// The same where membership had heard of the process from others before it heard itself: then its own ping is no news there, but the
// heartbeat on it says whose it is.
func TestLostWithTheProcessThatBeats(t *testing.T) {
	for _, how := range []string{"stream", "ping"} {
		b := newBench(t)
		b.submit(gate1, 1)
		b.run(sec)
		b.lives[hand] = 2
		beat := core.Beat{Version: 1, CoresAvailable: 8}
		if how == "stream" {
			b.send(core.Message{Kind: core.KindWorkerHeartbeat, From: hand, Body: &registry.WorkerHeartbeat{Beat: beat}})
		} else {
			m := core.Message{Kind: core.KindPing, From: hand, To: self, Instance: 2, Extra: &core.Extra{Beat: beat}}
			b.step(func() { b.m.HearBeat(b.now, &m, &b.fx) })
		}
		if s := b.m.flows.State(100); s != workflow.Pending || b.m.workers.fit != 0 {
			t.Errorf("%s: its worker is another process, and it is %v; %d workers", how, s, b.m.workers.fit)
		}
	}
}
