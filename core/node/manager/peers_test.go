package manager

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/replica"
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

// Spec 20 §1.3 and 03-18, ADR-0052: a member that was gone and is back is named to no worker before it has answered a ping, and the
// leader of the cluster then reads at once which jobs it knows, not at its next look.
func TestMemberComesBack(t *testing.T) {
	b := newCluster(t)
	b.run(3 * sec)
	hold := func(s core.MemberState) {
		b.dead[other] = s == core.StateDead
		f := core.Fact{Kind: core.FactTransition, Subject: other, To: s}
		b.step(func() { b.m.Observe(b.now, &f, &b.fx) })
	}
	named := func() bool {
		for _, p := range b.m.fellows(b.now, nil) {
			if p.Node == other {
				return true
			}
		}
		return false
	}
	hold(core.StateDead)
	b.run(4 * sec)
	var pings, heads []core.Instant
	b.atPeer = func(x *core.Message) bool {
		f, ok := x.Body.(*replica.Fetch)
		if ok && f.Heads && x.To == other {
			heads = append(heads, b.now)
		}
		if x.Kind != core.KindManagerPeerRegistration || x.To != other {
			return false
		}
		pings = append(pings, b.now)
		if named() {
			t.Error("it is named before it has answered")
		}
		y := core.Message{Kind: core.KindManagerPeerRegistrationResponse, From: other, To: self, Seq: x.Seq, Instance: 1, Body: &registry.PeerResponse{}}
		b.after(time.Millisecond, func() { b.arrive(&y) })
		return true
	}
	b.m.leads, b.m.nextHeads = true, core.Never
	hold(core.StateOK)
	if named() {
		t.Error("it is named at once")
	}
	b.run(5 * sec)
	if len(pings) != 1 || pings[0] < 4*sec+50*ms || pings[0] > 4*sec+510*ms {
		t.Errorf("pinged at %v", pings)
	}
	if len(heads) != 1 || !named() {
		t.Errorf("jobs read at %v, named: %v", heads, named())
	}
}

// Spec 20 §1.3, §4.2 M4, 10 §2.6: membership forgets who is gone after a while. Who had left is pinged as little as before, and counts for no
// majority, so that a submission is refused and not begun; who was cut off may live, is pinged, and counts.
func TestForgottenMembers(t *testing.T) {
	for _, how := range []core.MemberState{core.StateLeft, core.StateDead} {
		b := newCluster(t)
		b.run(3 * sec)
		for _, id := range []core.NodeID{other, third} {
			for _, s := range []core.MemberState{how, core.StateNone} {
				f := core.Fact{Kind: core.FactTransition, Subject: id, To: s}
				b.step(func() { b.m.Observe(b.now, &f, &b.fx) })
			}
			b.unknown[id] = true
		}
		asked := 0
		b.atPeer = func(x *core.Message) bool {
			if x.Kind == core.KindManagerPeerRegistration {
				asked++
			}
			return false
		}
		left := how == core.StateLeft
		b.run(30 * sec)
		if left != (asked == 0) {
			t.Errorf("%v: pinged %d times", how, asked)
		}
		n := b.send(b.submission(gate1, 1))
		b.run(b.now + sec)
		if a := b.replies[n].(*job.Ack); left && (a.Code != call.CodeNoQuorum || a.Tried) || !left && !a.Accepted {
			t.Errorf("%v: %+v", how, a)
		}
	}
}

// Spec 30 §10: a worker of another major that a member has announced is let go of once it has said so: it gets no work here, and counted
// in what gates hear of the datacenter. What the process before said is not held against the next one.
func TestStrangersAreNoWorkers(t *testing.T) {
	for _, major := range []uint8{1, 2} {
		b := newCluster(t)
		c := registry.Default()
		b.m.pacts.Init(&registry.Words{Hello: c.Handshake(registry.Current)})
		b.hears = func(*core.Message) bool { return true }
		announce := func(life uint32) {
			b.lives[hand] = life
			info := registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: life}
			b.send(core.Message{Kind: core.KindWorkerDiscoveryBroadcast, From: third, Body: &registry.WorkerDiscovery{NodeInfo: info, Cores: 4, CoresAvailable: 4, Manager: third}})
		}
		says := func(life uint32, v registry.Version) {
			a := &registry.ManagerToWorkerAck{Versions: v.Says()}
			b.step(func() {
				b.m.peerCalled(b.now, &call.Outcome{Ticket: call.Ticket{Op: opMeet}, From: hand, Instance: life, Answered: true, Reply: a}, &b.fx)
			})
		}
		counted := func() bool { all, _ := b.m.census(); return all == 1 && b.m.load().Cores == 4 }
		announce(2)
		says(2, registry.Version{Major: major, Minor: registry.Current.Minor})
		if counted() != (major == registry.Current.Major) {
			t.Errorf("a worker of %d.x is counted: %v", major, counted())
		}
		announce(3)
		if says(2, registry.Version{Major: 2}); !counted() {
			t.Error("what its last process said is held against the new one")
		}
		if says(3, registry.Current); !counted() {
			t.Error("one that speaks the same is not counted")
		}
	}
}
