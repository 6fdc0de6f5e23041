package manager

import (
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/workflow"
)

// later keeps what the worker is asked from it, and returns how a process of it answers in the end.
func later[T core.Body](b *bench, kind core.Kind) func(instance uint32, body T) {
	var asked *core.Message
	b.hears = func(x *core.Message) bool {
		if x.Kind.String() == kind.String() && asked == nil {
			y := *x
			asked = &y
			return false
		}
		return true
	}
	return func(instance uint32, body T) {
		b.t.Helper()
		if asked == nil {
			b.t.Fatalf("it was not asked %v", kind)
		}
		y := core.Message{From: hand, To: self, Seq: asked.Seq, Instance: instance, Body: body}
		for k := range core.Kind(core.NumKinds) {
			if k.Answers() == kind {
				y.Kind = k
			}
		}
		b.step(func() { b.m.Receive(b.now, &y, &b.fx) })
	}
}

// anew lets the worker be another process, which registers.
func (b *bench) anew() {
	b.lives[hand] = 2
	b.ask(core.Message{Kind: core.KindWorkerRegistration, From: hand, Body: &registry.WorkerRegistration{
		NodeInfo: registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: 2}, Cores: 8, CoresAvailable: 8,
	}})
}

// 01-2, spec 10 §13: an answer that the process before gave says nothing of the one that is there. Its versions were greater, so that
// nothing that the new one says of its cores would count until it has said more.
func TestStateOfTheProcessBefore(t *testing.T) {
	b := newBench(t)
	answer := later[*replica.StateResponse](b, core.KindStateSyncRequest)
	b.step(func() { b.m.reread(b.now, hand, &b.fx) })
	b.run(b.now + 5*ms)
	b.anew()
	answer(1, &replica.StateResponse{Ready: true, Worker: []replica.WorkerSnapshot{{Worker: hand, State: registry.WorkerHealthy, Cores: 8, CoresAvailable: 1, Version: 500}}})
	b.send(core.Message{Kind: core.KindWorkerHeartbeat, From: hand, Body: &registry.WorkerHeartbeat{Beat: core.Beat{Version: 2, CoresAvailable: 6}}})
	if free := b.m.workers.at(hand).cores.Free(); free != 6 {
		t.Errorf("%d cores are free, and it says 6", free)
	}
	if b.m.workers.at(hand).asked {
		t.Error("nobody will ask it again")
	}
}

// The same of an orphan scan: what the process before has not got, the one that is there may have.
func TestScanOfTheProcessBefore(t *testing.T) {
	b := newBench(t)
	b.submit(gate1, 1)
	answer := later[*job.WorkflowStatusResponse](b, core.KindWorkflowStatusQuery)
	b.step(func() { b.m.scan(b.now, &b.fx) })
	b.run(b.now + 5*ms)
	b.anew()
	b.run(b.now + 4*sec)
	b.m.cfg.Orphan.ScanAge = 0
	if s := b.m.flows.State(100); s != workflow.Running {
		t.Fatalf("it is %v", s)
	}
	answer(1, &job.WorkflowStatusResponse{})
	if s := b.m.flows.State(100); s != workflow.Running {
		t.Errorf("the process before has not got it, and it is %v", s)
	}
}

// And of the answer to a new holder: what the process before had, nobody has.
func TestShardsOfTheProcessBefore(t *testing.T) {
	b := newCluster(t)
	answer := later[*replica.WorkerTransferAck](b, core.KindJobLeaderWorkerTransfer)
	x := b.takeOver(func(e *replica.Entry) {
		e.State = job.StateQueued
		e.Workflows = []replica.WorkflowEntry{{Workflow: 100, State: workflow.Pending}, {Workflow: 101, State: workflow.Pending}}
	})
	b.run(b.now + 5*ms)
	b.anew()
	v := view(100, 1, 0, 1, 1, job.ShardRunning)
	answer(1, &replica.WorkerTransferAck{Answers: []replica.JobTransferAnswer{{Job: 7, Accepted: true, DE: x.de, Shards: []job.ShardView{v}}}})
	b.run(b.now + 7*sec)
	if s := x.flows[0].find(v.Token); s != nil && s.state.holds() {
		t.Errorf("it holds on to %+v", *s)
	}
}

// 01-42: a word of a worker from before its end, be it a registration that others tell of late, does not make it one that is there:
// its cores would count for good. It is there again with its next heartbeat, once membership says that it lives.
func TestLateWordOfOneThatLeft(t *testing.T) {
	b := newCluster(t)
	w := registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: 1}
	b.buried()
	b.send(core.Message{Kind: core.KindWorkerDiscoveryBroadcast, From: other, Body: &registry.WorkerDiscovery{NodeInfo: w, Cores: 8, CoresAvailable: 8, Manager: other}})
	if n := b.m.load().Cores; n != 0 || b.m.workers.fit != 0 {
		t.Errorf("%d cores, %d workers", n, b.m.workers.fit)
	}
	delete(b.dead, hand)
	b.step(func() { b.m.membershipSays(b.now, hand, core.StateOK, &b.fx) })
	b.send(core.Message{Kind: core.KindWorkerHeartbeat, From: hand, Body: &registry.WorkerHeartbeat{Beat: core.Beat{Version: 1 << 40, CoresAvailable: 8}}})
	if n := b.m.load().Cores; n != 8 || b.m.workers.fit != 1 {
		t.Errorf("it lives: %d cores, %d workers", n, b.m.workers.fit)
	}
}

// The same of a process that membership has met, and that was no more by then.
func TestLateWordOfTheNextOneThatLeft(t *testing.T) {
	b := newCluster(t)
	w := registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: 2}
	say := func(instance uint32) {
		w.Instance = instance
		b.send(core.Message{Kind: core.KindWorkerDiscoveryBroadcast, From: other, Body: &registry.WorkerDiscovery{NodeInfo: w, Cores: 8, CoresAvailable: 8, Manager: other}})
	}
	b.lives[hand] = 2
	b.buried()
	say(2)
	if n := b.m.load().Cores; n != 0 || b.m.workers.fit != 0 {
		t.Errorf("%d cores, %d workers", n, b.m.workers.fit)
	}
	say(3)
	if n := b.m.load().Cores; n != 8 || b.m.workers.fit != 1 {
		t.Errorf("a newer one, that membership has not met: %d cores, %d workers", n, b.m.workers.fit)
	}
}

// ADR 0066: a restart of a worker that is told once more, by a join that names no process, costs the one that is there nothing.
func TestRestartOfAWorkerToldTwice(t *testing.T) {
	b := newBench(t)
	told := func(why core.Cause) {
		f := core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: hand, Cause: why}
		b.step(func() { b.m.Observe(b.now, &f, &b.fx) })
	}
	b.lives[hand] = 2
	told(core.CauseSeen)
	b.anew()
	b.submit(gate1, 1)
	b.run(b.now + sec)
	if s := b.m.flows.State(100); s != workflow.Running {
		t.Fatalf("it is %v", s)
	}
	told(core.CauseJoined)
	if s := b.m.flows.State(100); s != workflow.Running || b.m.workers.fit != 1 {
		t.Errorf("it is %v, and %d workers are there", s, b.m.workers.fit)
	}
}
