package swim

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/coretest"
)

func (g *group) count(kind core.FactKind, ok func(*core.Fact) bool) int {
	n := 0
	for i := range g.facts {
		if e := &g.facts[i]; e.Kind == coretest.EventFact && e.Fact.Kind == kind && ok(&e.Fact) {
			n++
		}
	}
	return n
}

// I-M28: "a run with no loss, no pause, no overload, no partition and every RTT < T has no SUSPECT and no
// DEAD of a live node".
func TestNothingHappensWithoutFaults(t *testing.T) {
	g := newGroup(Default(), 5, 3, 7)
	own := make([]uint32, len(g.roles))
	for range 10 {
		g.bench.Advance(60 * time.Second)
		for _, bad := range g.problems(own) {
			t.Fatal(bad)
		}
		if n := g.count(core.FactTransition, func(*core.Fact) bool { return true }); n != 0 {
			t.Fatalf("%d transitions before %v", n, g.bench.Now())
		}
		g.facts = nil
	}
	if why := g.disagreement(); why != "" {
		t.Error(why)
	}
	for i, m := range g.m {
		if m.count.JoinsFailed+m.count.Refutations+m.count.Malformed+m.count.AcksUnmatched > 0 || m.lhm != 0 {
			t.Errorf("%d: %+v", i, m.count)
		}
	}
}

// I-M29: a crashed participant is DEAD at every live participant within (2L − 1)·P + T_d + T_i + Max + 10
// gossip intervals.
func TestCrashIsDetectedInTime(t *testing.T) {
	for seed := range uint64(20) {
		g := newGroup(Default(), 6, 0, seed)
		g.bench.Advance(5 * time.Second)
		g.crash(3)
		const l = 5
		bound := (2*l-1)*time.Second + time.Second + 30*time.Second + 2*time.Second
		g.bench.Advance(bound)
		for i, m := range g.m {
			if m != nil && m.State(3) != core.StateDead {
				t.Errorf("seed %d: %d holds the crashed 3 %v after %v", seed, i, m.State(3), bound)
			}
		}
		g.problems(make([]uint32, 6))
		for _, e := range g.facts {
			if f := &e.Fact; e.Kind == coretest.EventFact && f.Kind == core.FactTransition && f.Subject != 3 && f.To != core.StateOK {
				t.Errorf("seed %d: %s", seed, g.bench.Line(&e))
			}
		}
	}
}

// A cold group of seven, all through one seed, is formed within seconds: by round trips, not by passive
// timeouts (§10.3).
func TestColdGroupForms(t *testing.T) {
	g := newGroup(Default(), 7, 0, 3)
	for i := range g.roles {
		g.inst[i] = 0
		g.start(i, 3, Params{Seeds: []core.NodeID{0}, Owner: core.NoNode})
	}
	g.bench.Advance(20 * time.Second)
	for _, bad := range g.problems(make([]uint32, 7)) {
		t.Error(bad)
	}
	if why := g.disagreement(); why != "" {
		t.Error(why)
	}
}

// The faults of the other tests do reach the rare branches: each of these happens at least once.
func TestRareBranchesAreReached(t *testing.T) {
	g := newGroup(groupConfig(), 5, 2, 11)
	own := make([]uint32, len(g.roles))
	advance := func(d core.Duration) {
		g.bench.Advance(d)
		for _, bad := range g.problems(own) {
			t.Error(bad)
		}
	}
	deaf := func(i core.NodeID) { // it speaks and hears nothing
		g.bench.Drop(coretest.Rule{Match: coretest.Match{From: core.NoNode, To: i}, Count: -1})
	}
	advance(5 * time.Second)
	g.bench.Drop(coretest.Rule{Match: coretest.Match{From: 0, To: 1, Kind: core.KindPing}, Count: -1}) // a one-way link
	advance(30 * time.Second)
	g.bench.Heal()
	deaf(2)
	advance(20 * time.Second)
	g.bench.Heal()
	advance(60 * time.Second)
	g.bench.Pause(1)
	advance(8 * time.Second)
	g.bench.Resume(1)
	advance(30 * time.Second)
	g.crash(3)
	advance(60 * time.Second)
	g.restart(3, 11)
	advance(60 * time.Second)
	for _, i := range []core.NodeID{0, 1} { // {0, 1} | the rest
		for j := range g.roles {
			if j > 1 {
				g.bench.Drop(coretest.Rule{Match: coretest.Match{From: i, To: core.NodeID(j)}, Count: -1})
				g.bench.Drop(coretest.Rule{Match: coretest.Match{From: core.NodeID(j), To: i}, Count: -1})
			}
		}
	}
	advance(100 * time.Second)
	g.bench.Heal()
	advance(200 * time.Second)
	g.leave(4)
	advance(20 * time.Second)
	if why := g.disagreement(); why != "" {
		t.Errorf("I-M30: %s", why)
	}
	var sum Counters
	for _, m := range g.m {
		c := m.Counters()
		sum.IndirectSaved += c.IndirectSaved
		sum.SuspicionsRefuted += c.SuspicionsRefuted
		sum.SuspicionsConfirmed += c.SuspicionsConfirmed
		sum.SuspicionsExpired += c.SuspicionsExpired
		sum.GossipDeaths += c.GossipDeaths
		sum.Refutations += c.Refutations
		sum.ProbesVoid += c.ProbesVoid
		sum.ReconnectsSucceeded += c.ReconnectsSucceeded
		sum.SyncsEqual += c.SyncsEqual
		sum.SyncsFull += c.SyncsFull
		sum.Duplicate += c.Duplicate
		sum.Superseded += c.Superseded
		sum.JoinsAccepted += c.JoinsAccepted
		sum.JoinsRetried += c.JoinsRetried
	}
	for name, n := range map[string]uint64{
		"indirect probe saved": sum.IndirectSaved, "refuted": sum.SuspicionsRefuted, "confirmed": sum.SuspicionsConfirmed,
		"expired": sum.SuspicionsExpired, "death by gossip": sum.GossipDeaths, "refutation": sum.Refutations,
		"void probe": sum.ProbesVoid, "reconnect": sum.ReconnectsSucceeded, "equal sync": sum.SyncsEqual, "full sync": sum.SyncsFull,
		"duplicate claim": sum.Duplicate, "superseded update": sum.Superseded, "join": sum.JoinsAccepted, "join retry": sum.JoinsRetried,
	} {
		if n == 0 {
			t.Errorf("never happened: %s", name)
		}
	}
}

// Every check of the auditor fires on a doctored machine.
func TestAuditorFires(t *testing.T) {
	for _, c := range []struct {
		name   string
		doctor func(x *tabled)
		facts  []core.Fact
		msgs   []core.Message
		in     *core.Message
	}{
		{name: "I-M26 digest", doctor: func(x *tabled) { x.m.sum.all++ }},
		{name: "I-M27 counts", doctor: func(x *tabled) { x.m.nPart++ }},
		{name: "I-M9 flag", doctor: func(x *tabled) { x.m.rec[2].setOutstanding(true) }},
		{name: "I-M11 deadline", doctor: func(x *tabled) { x.m.susp.at(1).deadline++ }},
		{name: "I-M13 C", doctor: func(x *tabled) { s := x.m.susp.at(1); s.c, s.accusers[1] = s.k+1, 4 }},
		{name: "I-M13 twice", doctor: func(x *tabled) { s := x.m.susp.at(1); s.c, s.accusers[1] = 1, s.accusers[0] }},
		{name: "I-M2 self", doctor: func(x *tabled) { x.m.rec[0].setState(core.StateDead) }},
		{name: "I-M3", doctor: func(x *tabled) { x.m.rec[tableSubject].setIncarnation(4) }},
		{name: "I-M18", doctor: func(x *tabled) { x.m.lhm = 9 }},
		{name: "own incarnation falls", doctor: func(x *tabled) { x.m.inc = 0 }},
		{name: "I-M5", facts: []core.Fact{{Kind: core.FactTransition, Subject: 4, From: core.StateUnconfirmed, To: core.StateSuspect}}},
		{name: "I-M6", facts: []core.Fact{{Kind: core.FactTransition, Subject: 4, From: core.StateSuspect, To: core.StateOK}}},
		{name: "I-M8", facts: []core.Fact{{
			Kind: core.FactTransition, Subject: 4, From: core.StateUnconfirmed, To: core.StateOK, Role: core.RoleManager,
		}}},
		{name: "I-M14", facts: []core.Fact{
			{Kind: core.FactTransition, Subject: 4, From: core.StateOK, To: core.StateDead, Cause: core.CauseProbeFailed},
			{Kind: core.FactCallback, Callback: core.CallbackDied, Subject: 4},
		}},
		{name: "I-M15", facts: []core.Fact{{Kind: core.FactCallback, Callback: core.CallbackDied, Subject: 4}}},
		{name: "I-M16", facts: []core.Fact{{Kind: core.FactRetired, B: 8, N: 7}}},
		{name: "I-M18 cause", facts: []core.Fact{{Kind: core.FactLHM, A: 1, Cause: core.CauseSeen}}},
		{name: "I-M19", facts: []core.Fact{{Kind: core.FactTimeout, A: 5e8, B: 5e8, X: [5]float32{1, 1, 11, 1, 1}}}},
		{name: "I-M24", facts: []core.Fact{{Kind: core.FactTransition, Subject: 4, From: core.StateLeft, To: core.StateUnconfirmed}}},
		{name: "I-M25", facts: []core.Fact{{Kind: core.FactQueued, Subject: 6, A: int64(core.UpdateDead), Cause: core.CauseFresh}}},
		{name: "I-M23", in: &core.Message{Kind: core.KindGossip, From: tableSubject}, facts: []core.Fact{{
			Kind: core.FactTransition, Subject: 4, From: core.StateOK, To: core.StateOK, Inc: 1,
		}}},
		{name: "I-M7", doctor: func(x *tabled) {}, msgs: []core.Message{{Kind: core.KindPing, To: 5}}},
		{name: "I-M17 health", msgs: []core.Message{{Kind: core.KindPing, To: 4, Extra: &core.Extra{Health: make([]core.HealthEntry, 6)}}}},
		{name: "I-M17 workers", msgs: []core.Message{{Kind: core.KindPing, To: 4, Extra: &core.Extra{Workers: make([]core.WorkerEntry, 38)}}}},
		{name: "I-M17", msgs: []core.Message{{Kind: core.KindPing, To: 4, Updates: make([]core.Update, 200)}}},
	} {
		x := newTabled(t)
		x.m.setIncarnation(1, core.CauseSelf, &x.fx)
		x.prepare("SUSPECT")
		x.m.rec[tableSubject].instance = 1
		if c.name == "I-M7" {
			x.m.learnRole(x.now, 5, core.RoleWorker, &x.fx)
		}
		a := auditor{m: x.m}
		a.before()
		a.after(x.now, nil, nil, nil)
		if len(a.bad) != 0 {
			t.Fatalf("%s: the machine is not sound to begin with: %v", c.name, a.bad)
		}
		if c.doctor != nil {
			c.doctor(x)
		}
		a.after(x.now, c.in, c.facts, c.msgs)
		if len(a.bad) == 0 {
			t.Errorf("%s: not noticed", c.name)
		}
	}
}
