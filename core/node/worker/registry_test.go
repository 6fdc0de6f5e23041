package worker

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// A heartbeat from before a worker was taken in says that it starts. That it is ready now must be newer, or managers go on holding
// it for one that starts, give it no work, and hear nothing newer from it, for it has none.
func TestReadyIsNews(t *testing.T) {
	cfg := job.Default()
	b := &bench{t: t, cfg: cfg, dead: map[core.NodeID]bool{}, work: map[job.WorkflowID]effort{}}
	b.w = New(Params{Config: &b.cfg, Self: self, Instance: 2, Seed: 1, Key: 7, Cores: 8, Members: b, Meter: b, Managers: []core.NodeID{0}})
	b.step(func() { b.w.Begin(b.now, &b.fx) })
	var before, after core.Extra
	b.w.Beat(b.now, 0, &before)
	for _, m := range b.of(core.KindWorkerRegistration) {
		b.answer(&m, core.KindRegistrationResponse, &registry.RegistrationResponse{Accepted: true, Manager: m.To})
	}
	b.w.Beat(b.now, 0, &after)
	if x, y := before.Beat, after.Beat; registry.WorkerState(x.State) != registry.WorkerStarting || registry.WorkerState(y.State) != registry.WorkerHealthy || y.Version <= x.Version {
		t.Errorf("state %d, version %d; then state %d, version %d", x.State, x.Version, y.State, y.Version)
	}
	b.w.Beat(b.now, 0, &before)
	if before.Beat.Version != after.Beat.Version {
		t.Error("nothing is new, and its version is")
	}
}

// renewed lets a manager be another process, of which membership tells.
func (b *bench) renewed(id core.NodeID) {
	b.life = map[core.NodeID]uint32{id: 2}
	f := core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: id, Cause: core.CauseSeen}
	b.step(func() { b.w.Observe(b.now, &f, &b.fx) })
}

// joining is a worker that has just asked its one manager to take it in, and the request.
func joining(t *testing.T) (*bench, *core.Message) {
	t.Helper()
	b := &bench{t: t, cfg: job.Default(), dead: map[core.NodeID]bool{}, work: map[job.WorkflowID]effort{}}
	b.w = New(Params{Config: &b.cfg, Self: self, Instance: 1, Seed: 1, Key: 7, Cores: 8, Members: b, Meter: b, Managers: []core.NodeID{0}})
	b.step(func() { b.w.Begin(b.now, &b.fx) })
	asked := b.of(core.KindWorkerRegistration)
	if len(asked) != 1 {
		t.Fatalf("%d registrations", len(asked))
	}
	return b, &asked[0]
}

// takenAnew waits until the next process of that manager is asked, and lets it accept.
func (b *bench) takenAnew() {
	b.t.Helper()
	b.until(b.now.Add(b.cfg.Register.Again + b.cfg.Register.AgainMax + core.Duration(sec)))
	again := b.of(core.KindWorkerRegistration)
	if len(again) == 0 {
		b.t.Fatal("the one that is there is never asked")
	}
	r := core.Message{Kind: core.KindRegistrationResponse, From: 0, To: self, Seq: again[len(again)-1].Seq, Body: &registry.RegistrationResponse{Accepted: true, Manager: 0}, Instance: 2}
	b.step(func() { b.w.Receive(b.now, &r, &b.fx) })
	if !b.w.pool.find(0).accepted {
		b.t.Error("it accepts, and is not taken for it")
	}
}

// Spec 20 §1.3, 10 §13: a manager that is another process by now has not accepted the worker, whatever the one before says late. It would
// never be asked again.
func TestAcceptedByTheProcessBefore(t *testing.T) {
	b, asked := joining(t)
	b.renewed(0)
	b.answer(asked, core.KindRegistrationResponse, &registry.RegistrationResponse{Accepted: true, Manager: 0})
	if b.w.pool.find(0).accepted {
		t.Error("the process before accepted it, and it takes the one that is there for it")
	}
	b.takenAnew()
}

// I-N1, spec 30 §10: a manager of 1.4 does not read why it is refused, one of 1.2 not even when to come again; who has said nothing of its
// version is told both.
func TestRefusalsAreReadable(t *testing.T) {
	for minor, want := range map[uint8]call.Answer{
		0: call.Busy(5, call.ReasonShed), 5: call.Busy(5, call.ReasonShed), 4: call.Busy(5, call.ReasonUntold), 2: call.Busy(0, call.ReasonUntold),
	} {
		b, asked := joining(t)
		own := registry.Default()
		b.w.peers.Init(&registry.Words{Hello: own.Handshake(registry.Current)})
		if minor > 0 {
			v := registry.Version{Major: 1, Minor: minor}
			b.answer(asked, core.KindRegistrationResponse, &registry.RegistrationResponse{Accepted: true, Manager: 0, Versions: v.Says()})
		}
		refusal := &dispatch.WorkflowDispatchAck{Answer: call.Busy(5, call.ReasonShed)}
		b.w.Press(0, refusal)
		if refusal.Answer != want {
			t.Errorf("1.%d: %+v, not %+v", minor, refusal.Answer, want)
		}
	}
}

// The same of a manager that heard of the worker from another one.
func TestMetByTheProcessBefore(t *testing.T) {
	b := on(t, 1)
	b.renewed(0)
	b.say(0, core.KindManagerToWorkerRegistration, &registry.ManagerToWorkerRegistration{})
	if b.w.pool.find(0).accepted {
		t.Error("the process before knows it, and it takes the one that is there for it")
	}
	b.seq++
	m := core.Message{Kind: core.KindManagerToWorkerRegistration, From: 0, To: self, Seq: b.seq, Instance: 2, Body: &registry.ManagerToWorkerRegistration{}}
	b.step(func() { b.w.Receive(b.now, &m, &b.fx) })
	if !b.w.pool.find(0).accepted {
		t.Error("it knows it, and is not taken for it")
	}
}

// A gossiped join says that a manager is another process before anybody knows which one: what was asked of the one before is asked anew,
// whatever that one says of it late. The next one's own word is no news any more, so that nothing would remind the worker of it.
func TestAcceptedBeforeTheJoinWasTold(t *testing.T) {
	b, asked := joining(t)
	told := core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: 0}
	b.step(func() { b.w.Observe(b.now, &told, &b.fx) })
	b.answer(asked, core.KindRegistrationResponse, &registry.RegistrationResponse{Accepted: true, Manager: 0})
	b.life = map[core.NodeID]uint32{0: 2} // it pings: no callback
	b.takenAnew()
}

// The same of a former process that heard of the worker from another manager: what is asked of the next one counts, and is asked again when it
// comes to nothing.
func TestMetBeforeTheJoinWasTold(t *testing.T) {
	b := on(t, 1)
	told := core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: 0}
	b.step(func() { b.w.Observe(b.now, &told, &b.fx) })
	if n := len(b.of(core.KindWorkerRegistration)); n != 1 {
		t.Fatalf("%d registrations", n)
	}
	b.say(0, core.KindManagerToWorkerRegistration, &registry.ManagerToWorkerRegistration{})
	if b.w.pool.find(0).accepted {
		t.Error("the process before knows it, and it takes the one that is there for it")
	}
	for range 20 { // no answer, and no other one
		b.until(b.now.Add(b.cfg.Register.Timeout))
	}
	b.until(b.now.Add(b.cfg.Register.Again + b.cfg.Register.AgainMax))
	b.of(core.KindWorkerRegistration)
	b.life = map[core.NodeID]uint32{0: 2} // it pings: no callback
	b.until(b.now.Add(b.cfg.Register.Again + b.cfg.Register.AgainMax + 20*b.cfg.Register.Timeout))
	again := b.of(core.KindWorkerRegistration)
	if len(again) == 0 {
		t.Fatal("the one that is there is never asked again")
	}
	b.seq++
	m := core.Message{Kind: core.KindManagerToWorkerRegistration, From: 0, To: self, Seq: b.seq, Instance: 2, Body: &registry.ManagerToWorkerRegistration{}}
	b.step(func() { b.w.Receive(b.now, &m, &b.fx) })
	r := core.Message{Kind: core.KindRegistrationResponse, From: 0, To: self, Seq: again[len(again)-1].Seq, Body: &registry.RegistrationResponse{Accepted: true, Manager: 0}, Instance: 2}
	b.step(func() { b.w.Receive(b.now, &r, &b.fx) })
	if !b.w.pool.find(0).accepted {
		t.Error("it accepts, and is not taken for it")
	}
}

// ADR 0066: a restart that others tell of may be that of the process which was heard already. The worker registers once more, or a little later
// if that was under way, and is registered then.
func TestRestartOfAManagerToldTwice(t *testing.T) {
	for _, under := range []bool{false, true} {
		b := on(t, 1)
		accepts := func() {
			for _, m := range b.of(core.KindWorkerRegistration) {
				r := core.Message{Kind: core.KindRegistrationResponse, From: 0, To: self, Seq: m.Seq, Body: &registry.RegistrationResponse{Accepted: true, Manager: 0}, Instance: 2}
				b.step(func() { b.w.Receive(b.now, &r, &b.fx) })
			}
		}
		b.renewed(0)
		if !under {
			accepts()
		}
		told := core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: 0}
		b.step(func() { b.w.Observe(b.now, &told, &b.fx) })
		accepts()
		b.until(b.now.Add(b.cfg.Register.Again + b.cfg.Register.AgainMax))
		accepts()
		if !b.w.pool.find(0).accepted {
			t.Errorf("under way %v: it is registered with nobody", under)
		}
	}
}
