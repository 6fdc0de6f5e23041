package gate

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/routing"
)

// speaks lets a gate negotiate; spoken are the versions of a formed start, by node.
func (b *bench) speaks(g *Gate, spoken []registry.Version) {
	c := registry.Default()
	g.pacts.Init(&registry.Words{Hello: c.Handshake(registry.Current), Formed: spoken != nil, Spoken: spoken})
}

// Spec 30 §10: a client from before retry_after is not told when to come again, by whomever of the gate it is refused.
func TestBusyAsTheClientReadsIt(t *testing.T) {
	for minor, want := range map[uint8]bool{2: false, 3: true, 5: true} {
		b := newBench(t, 1)
		g := b.gates[0]
		b.speaks(g, nil)
		var fx core.Effects
		v := registry.Version{Major: 1, Minor: minor}.Says()
		g.pacts.Meet(7, 1, &v, &fx)
		g.say(&core.Message{Kind: core.KindJobSubmission, From: 7, Body: &job.Submission{}}, call.Busy(pause, call.ReasonNotReady), known{leader: core.NoNode}, &fx)
		a := fx.Messages[0].Body.(*job.Ack)
		if a.Code != call.CodeBusy || (a.RetryAfter != 0) != want {
			t.Errorf("a client of 1.%d is answered %+v", minor, a.Answer)
		}
	}
}

const pause = core.Duration(2e9)

// Spec 30 §9.2: what shows that the other gates answer closes the breaker towards them, whatever they say of the job. It stayed
// half open, with a trial that had ended, and everybody was refused for 40 s.
func TestQuorumAnswersByARefusal(t *testing.T) {
	for _, c := range []call.Code{call.CodeOK, call.CodeNotLeader, call.CodeAlreadyTerminal, call.CodeNoQuorum} {
		b := newBench(t, 1)
		g := b.gates[0]
		k := health.Default().Breaker
		g.commits.Init(&k)
		for range k.Errors {
			g.committed(0, call.CodeNoQuorum)
		}
		at := core.Instant(k.HalfOpen)
		if g.mayCommit(at-1).Code != call.CodeBusy || g.mayCommit(at).Code != call.CodeOK || g.mayCommit(at).Code != call.CodeBusy {
			t.Fatal("one trial after its time")
		}
		g.committed(at, c)
		if open := g.mayCommit(at+1).Code == call.CodeBusy; open != (c == call.CodeNoQuorum) {
			t.Errorf("a trial that ends with %v: refuses %v", c, open)
		}
	}
}

// ADR-0045: who cannot do a thing once gets no jobs, also one that stands from the start; its next process may have another version.
func TestFormedManagersOfOldVersions(t *testing.T) {
	b := newBench(t, 1)
	g := b.gates[0]
	spoken := make([]registry.Version, 400)
	for i := range spoken {
		spoken[i] = registry.Current
	}
	spoken[100], spoken[101] = registry.Version{Major: 1, Minor: 1}, registry.Version{Major: 1, Minor: 1}
	b.speaks(g, spoken)
	g.p.Distances = nothingFar{}
	g.beginRouting(b.now)
	usable := func() bool {
		return g.routable(b.now, &job.Submission{Spec: job.Spec{Datacenters: []uint16{0}}}) == routing.Routable
	}
	hears := func(instance uint32) {
		for _, s := range g.list {
			for _, id := range s.Managers {
				m := core.Message{Kind: core.KindManagerHeartbeatAck, Role: core.RoleManager, From: id, Instance: instance}
				g.signed(b.now, &m)
				g.heardOf(b.now, id, &registry.ManagerBeat{Site: s.ID, State: registry.StateActive, AcceptingJobs: true, Quorum: true, Workers: 4, WorkersHealthy: 4, Load: job.Load{Cores: 16, CoresAvailable: 16, Report: uint64(instance)}})
			}
		}
	}
	hears(1)
	if usable() {
		t.Error("managers of 1.1 get jobs")
	}
	hears(2)
	if !usable() {
		t.Error("what the old process could not is held against the new one")
	}
}

// Spec 20 §1.3, ADR-0052: a gate that was gone and is back owns no job and is named to nobody before it has answered a ping, 0.05 to
// 0.5 s later; one that does not answer is pinged again.
func TestComesBack(t *testing.T) {
	b := newBench(t, 3)
	b.run(second)
	b.dead(2, true)
	b.run(5 * second)
	deaf := true
	b.cut = func(m *core.Message) bool { return deaf && m.Kind == core.KindGateRegistrationRequest && m.To == 2 }
	b.dead(2, false)
	owned := func() (list []core.NodeID) { // who takes a job that the gate owns
		id := b.jobOf(2)
		for b.gates[0].records.by[id] != nil {
			for id++; b.owner(id) != 2; id++ {
			}
		}
		n := b.submit(0, spec(id, 1), 0)
		b.run(b.now + second/100)
		if a, ok := b.answerTo(n).(*job.Ack); ok {
			list = append(list, a.Leader)
			if a.Code == call.CodeOK {
				list[0] = 0
			}
		}
		return list
	}
	if by := owned(); len(by) != 1 || by[0] != 0 {
		t.Errorf("10 ms after it is back its jobs are taken by %v", by)
	}
	b.run(6 * second)
	if by := owned(); len(by) != 1 || by[0] != 0 {
		t.Errorf("before it has answered its jobs are taken by %v", by)
	}
	for from := range core.NodeID(2) {
		var at []core.Instant
		for _, m := range b.told(2, core.KindGateRegistrationRequest) {
			if m.From == from {
				at = append(at, m.at)
			}
		}
		if len(at) != 1 || at[0] < 5*second+second/20 || at[0] > 5*second+second/2 {
			t.Errorf("gate %d pings at %v", from, at)
		}
	}
	deaf = false
	b.run(12 * second)
	if by := owned(); len(by) != 1 || by[0] != 2 {
		t.Errorf("when it has answered its jobs are taken by %v", by)
	}
	if n := len(b.told(2, core.KindGateRegistrationRequest)); n != 4 {
		t.Errorf("%d pings of two gates, one of each lost", n)
	}
}

// Who has left is forgotten by membership, too, sooner or later than by the others: they forget it once, and count from when it left.
func TestReapsWhoLeft(t *testing.T) {
	for _, forgotten := range []core.Instant{60 * second, 200 * second} {
		b := newBench(t, 3)
		hold := func(s core.MemberState) {
			f := core.Fact{Kind: core.FactTransition, Subject: 2, To: s}
			for _, g := range []core.NodeID{0, 1} {
				b.step(g, func(fx *core.Effects) { b.gates[g].Observe(b.now, &f, fx) })
			}
		}
		b.run(7 * second)
		b.crash(2)
		b.unknown = map[core.NodeID]bool{2: true}
		hold(core.StateLeft)
		b.run(7*second + forgotten)
		hold(core.StateUnconfirmed)
		hold(core.StateNone)
		b.run(500 * second)
		f := core.Fact{Kind: core.FactTransition, Subject: 2, From: core.StateLeft, To: core.StateLeft}
		for _, g := range []core.NodeID{0, 1} {
			b.step(g, func(fx *core.Effects) { b.gates[g].Observe(b.now, &f, fx) })
		}
		b.run(800 * second)
		n := 0
		for _, f := range b.facts {
			if f.Kind != core.JobFactReaped {
				continue
			}
			if dead := core.Duration(f.Get("dead")); dead < 120*time.Second || dead > 131*time.Second {
				t.Errorf("forgotten after %v", dead)
			}
			n++
		}
		if n != 2 {
			t.Errorf("%d forget it", n)
		}
	}
}

// Spec 20 §11 and E3.6: a gate that has been gone for 120 s is forgotten within 10 s more; one that is back after 90 s is not.
func TestReaps(t *testing.T) {
	for _, back := range []core.Instant{0, 90 * second} {
		b := newBench(t, 3)
		b.run(7 * second)
		b.dead(2, true)
		b.crash(2)
		if back > 0 {
			b.run(7*second + back)
			b.boot(2, false)
			b.dead(2, false)
		}
		b.run(300 * second)
		by := map[core.Duration]int{}
		for _, f := range b.facts {
			if f.Kind == core.JobFactReaped {
				by[core.Duration(f.Get("dead"))]++
				if f.Node != 2 {
					t.Errorf("%d is forgotten", f.Node)
				}
			}
		}
		if back > 0 {
			if len(by) > 0 {
				t.Errorf("one that is back is forgotten: %v", by)
			}
			continue
		}
		n := 0
		for dead, times := range by {
			if n += times; dead < 120*time.Second || dead > 130*time.Second {
				t.Errorf("forgotten after %v", dead)
			}
		}
		if n != 2 || len(b.gates[0].over.dead) != 0 {
			t.Errorf("forgotten %d times by two gates; marks left: %v", n, b.gates[0].over.dead)
		}
	}
}

// 04-21: a datacenter that has ended a job is owed its cancel no more, and the other gates know so: none of them takes a job over that is
// through, for the sake of a debt that was dropped.
func TestDroppedDebtIsWrittenDown(t *testing.T) {
	b, id := started(t, 3, 1, 60*time.Second)
	b.cut = func(m *core.Message) bool { return m.Kind == core.KindJobCancelResponse && m.From >= 100 }
	b.cancel(0, id)
	b.run(120 * second)
	if x := b.gates[0].records.by[id]; x == nil || !x.isThrough() {
		t.Fatalf("it is not through: %+v", x)
	}
	for i := range 3 {
		if e := b.gates[i].rep.View(id); e == nil || !isThrough(e) {
			t.Errorf("gate %d: %+v", i, e)
		}
	}
}
