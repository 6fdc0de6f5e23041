package manager

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
)

// Spec 30 §10 and §11.1: a gate of another major version is refused before anything of it is noted. It counted as one that lives,
// and as the one that leads the others.
func TestStrangersAreNoGates(t *testing.T) {
	for _, major := range []uint8{1, 2} {
		b := newBench(t)
		c := registry.Default()
		b.m.pacts.Init(&registry.Words{Hello: c.Handshake(registry.Current)})
		b.lives[gate2] = 2
		r := &registry.GateRegistration{}
		r.NodeInfo = registry.NodeInfo{Node: gate2, Role: core.RoleGate, Instance: 2}
		r.Versions = registry.Version{Major: major}.Says()
		r.State, r.Leads, r.Term = registry.StateActive, true, 9
		a := b.ask(core.Message{Kind: core.KindGateRegistrationRequest, From: gate2, Body: r}).(*registry.GateRegistrationResponse)
		if (a.Code == call.CodeOK) != (major == 1) {
			t.Fatalf("%d.0: %v", major, a.Code)
		}
		if leads := b.m.gates.table.Leader(b.now) == gate2; leads != (major == 1) {
			t.Errorf("a gate of %d.0 that was answered %v leads the gates: %v", major, a.Code, leads)
		}
	}
}

// Spec 30 §11.1: the version is asked before whose process it is.
func TestVersionBeforeFence(t *testing.T) {
	b := newBench(t)
	c := registry.Default()
	b.m.pacts.Init(&registry.Words{Hello: c.Handshake(registry.Current)})
	b.m.workers.at(hand).instance = 5
	r := &registry.WorkerRegistration{Cores: 8, CoresAvailable: 8}
	r.NodeInfo = registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: 1}
	for major, want := range map[uint8]call.Code{1: call.CodeStaleFence, 2: call.CodeVersionIncompatible} {
		r.Versions = registry.Version{Major: major}.Says()
		if a := b.ask(core.Message{Kind: core.KindWorkerRegistration, From: hand, Body: r}).(*registry.RegistrationResponse); a.Code != want {
			t.Errorf("an older process of %d.0: %v, want %v", major, a.Code, want)
		}
	}
}

// §2.1: who asks whether somebody is there hears what it is, and not what it would like to be.
func TestPing(t *testing.T) {
	b := newCluster(t)
	leads := false
	b.m.p.Election = leader{&leads}
	ask := func() *registry.ManagerPingResponse {
		return b.ask(core.Message{Kind: core.KindPingRequest, From: client}).(*registry.ManagerPingResponse)
	}
	if a := ask(); a.Leads || a.State != registry.StateActive {
		t.Errorf("%+v", a)
	}
	leads = true
	if a := ask(); !a.Leads {
		t.Errorf("%+v", a)
	}
	b.step(func() { b.m.Drain(b.now, &b.fx) })
	if a := ask(); a.State != registry.StateDraining {
		t.Errorf("%+v", a)
	}
}
