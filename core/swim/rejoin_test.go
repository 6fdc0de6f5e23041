package swim

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/coretest"
)

// halves is a group of four managers with short memories, cut for longer than those last: a and b on one side.
func halves(reseed core.Duration, owner bool) *group {
	cfg := Default()
	cfg.Membership.DeadRetention, cfg.Membership.Tombstone, cfg.Cleanup.Interval = 40*time.Second, 40*time.Second, 5*time.Second
	cfg.Gossip.ToDead, cfg.Join.Reseed = 10*time.Second, reseed
	workers := 0
	if owner {
		workers = 1
	}
	g := newGroup(cfg, 4, workers, 1)
	for _, m := range g.m {
		for id := range core.NodeID(4) {
			if id != m.self && id%2 == 0 { // the seeds are a and c
				m.join.home = append(m.join.home, id)
			}
		}
	}
	g.cut(true)
	g.bench.Advance(200 * time.Second)
	g.cut(false)
	return g
}

func (g *group) cut(on bool) {
	g.bench.Heal()
	for a := core.NodeID(0); on && a < 2; a++ {
		for b := core.NodeID(2); b < 4; b++ {
			g.bench.Drop(coretest.Rule{Match: coretest.Match{From: a, To: b}, Count: -1})
			g.bench.Drop(coretest.Rule{Match: coretest.Match{From: b, To: a}, Count: -1})
		}
	}
}

// whole reports whether all managers hold each other OK.
func (g *group) whole() bool {
	for _, a := range g.m[:4] {
		for id := range core.NodeID(4) {
			if a.State(id) != core.StateOK {
				return false
			}
		}
	}
	return true
}

func (g *group) counts(kind core.FactKind, is func(f *core.Fact) bool) int {
	n := 0
	g.facts = append(g.facts, g.bench.Take()...)
	for i := range g.facts {
		if f := &g.facts[i].Fact; f.Kind == kind && is(f) {
			n++
		}
	}
	return n
}

// Two sides that forgot each other stay apart; one member that is told to join the other side brings all
// together, as the process that it is.
func TestRejoinHealsWhatReconnectCannot(t *testing.T) {
	g := halves(0, false)
	g.bench.Advance(300 * time.Second)
	if g.m[0].State(2) != core.StateNone || g.m[3].State(1) != core.StateNone {
		t.Fatalf("the sides have not forgotten each other: %v, %v", g.m[0].State(2), g.m[3].State(1))
	}
	m := g.m[3]
	g.bench.Do(3, func(now core.Instant, fx *core.Effects) {
		if !m.Rejoin(now, []core.NodeID{3, 0}, fx) {
			t.Error("there is nobody to ask")
		}
	})
	g.bench.Advance(120 * time.Second)
	if !g.whole() {
		t.Error("after a join by hand the sides are still apart")
	}
	if n := g.counts(core.FactCallback, func(f *core.Fact) bool { return f.Callback == core.CallbackPeerRestarted }); n != 0 {
		t.Errorf("%d times somebody is told that a process restarted; none did", n)
	}
	if bad := g.problems(make([]uint32, 4)); bad != nil {
		t.Error(bad)
	}
}

// The same while both sides still hold each other DEAD: the answer of the seed is a life sign that its own
// record of the joiner rejects, so each must hear what the other knows.
func TestRejoinWhileDead(t *testing.T) {
	cfg := Default()
	cfg.Reconnect.Interval, cfg.Gossip.ToDead = 0, 10*time.Second
	g := newGroup(cfg, 4, 0, 1)
	g.cut(true)
	g.bench.Advance(100 * time.Second)
	g.cut(false)
	if g.m[3].State(0) != core.StateDead || g.m[0].State(3) != core.StateDead {
		t.Fatalf("%v and %v, want both dead", g.m[3].State(0), g.m[0].State(3))
	}
	m := g.m[3]
	g.bench.Do(3, func(now core.Instant, fx *core.Effects) { m.Rejoin(now, []core.NodeID{0}, fx) })
	g.bench.Advance(2 * time.Second)
	if g.m[3].State(0) != core.StateOK || g.m[0].State(3) != core.StateOK {
		t.Errorf("2 s after the join %v and %v, want both OK", g.m[3].State(0), g.m[0].State(3))
	}
	g.bench.Advance(120 * time.Second)
	if !g.whole() {
		t.Error("the sides are still apart")
	}
}

// With join.reseed nobody has to say so; while all seeds are members it sends nothing.
func TestReseed(t *testing.T) {
	g := halves(20*time.Second, false)
	asked := func() int {
		return g.counts(core.FactJoin, func(f *core.Fact) bool { return f.Cause == core.CauseJoinSent })
	}
	g.bench.Advance(200 * time.Second)
	if !g.whole() {
		t.Error("with join.reseed the sides are still apart")
	}
	before := asked()
	g.bench.Advance(200 * time.Second)
	if n := asked(); before == 0 || n != before {
		t.Errorf("%d joins by the time that all are members, %d in all", before, n)
	}
	if bad := g.problems(make([]uint32, 4)); bad != nil {
		t.Error(bad)
	}
}

// A seed that is gone for good costs one attempt in every period, and the member stays a member.
func TestReseedAsksOnceInAPeriod(t *testing.T) {
	cfg := Default()
	cfg.Join.Reseed = 30 * time.Second
	g := newGroup(cfg, 3, 0, 1)
	g.m[0].join.home = []core.NodeID{2}
	g.crash(2)
	g.bench.Advance(300 * time.Second)
	n := g.counts(core.FactJoin, func(f *core.Fact) bool { return f.Cause == core.CauseJoinSent && f.Subject == 2 })
	if n < 7 || n > 10 || !g.m[0].Joined() {
		t.Errorf("%d joins in 300 s, Joined is %v", n, g.m[0].Joined())
	}
}

// A worker that is told to join a manager has that one for its owner.
func TestRejoinMovesAWorker(t *testing.T) {
	g := newGroup(Default(), 3, 1, 1)
	w := g.m[3]
	g.bench.Advance(5 * time.Second)
	g.bench.Do(3, func(now core.Instant, fx *core.Effects) { w.Rejoin(now, []core.NodeID{2}, fx) })
	g.bench.Advance(10 * time.Second)
	for _, m := range g.m[:3] {
		if owner, ok := m.Owner(3); !ok || owner != 2 || m.State(3) != core.StateOK {
			t.Errorf("%d holds the worker %v, owned by %d (%v)", m.self, m.State(3), owner, ok)
		}
	}
	if w.watch.owner != 2 {
		t.Errorf("the worker's owner is %d", w.watch.owner)
	}
}

func TestRejoinNeedsSomebodyAndAMember(t *testing.T) {
	g := newGroup(Default(), 2, 0, 1)
	var fx core.Effects
	if g.m[0].Rejoin(1e9, nil, &fx) {
		t.Error("a member without seeds asks somebody")
	}
	g.leave(1)
	if g.m[1].Rejoin(1e9, []core.NodeID{0}, &fx) {
		t.Error("a member that leaves joins")
	}
}

// Whoever is told to join at nobody else goes on with what it was about: a newcomer still asks its seeds.
func TestRejoinAtNobodyChangesNothing(t *testing.T) {
	g := newGroup(Default(), 3, 0, 3)
	for i := range g.roles {
		g.inst[i] = 0
		g.start(i, 3, Params{Seeds: []core.NodeID{0}, Owner: core.NoNode})
	}
	m := g.m[2]
	g.bench.Do(2, func(now core.Instant, fx *core.Effects) {
		if m.Rejoin(now, []core.NodeID{2}, fx) {
			t.Error("it may join at itself")
		}
	})
	g.bench.Advance(20 * time.Second)
	if m.State(0) != core.StateOK || g.m[0].State(2) != core.StateOK {
		t.Errorf("%v and %v, want both OK", m.State(0), g.m[0].State(2))
	}
}
