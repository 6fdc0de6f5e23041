package swim

import (
	"testing"
	"time"

	"hypersim/core"
)

// A cold datacenter: afterwards every manager knows the owner of every worker, and all agree with the
// worker (§6).
func TestColdGroupAgreesOnOwners(t *testing.T) {
	for seed := range uint64(5) {
		g := newGroup(groupConfig(), 5, 12, seed)
		for i := range g.roles {
			g.inst[i] = 0
			g.start(i, seed, Params{Seeds: []core.NodeID{0, 1, 2}, Owner: core.NoNode})
		}
		g.bench.Advance(60 * time.Second)
		for _, bad := range g.problems(make([]uint32, len(g.roles))) {
			t.Error(bad)
		}
		for w := g.managers(); w < len(g.roles); w++ {
			for i := range g.managers() {
				if o, ok := g.m[i].Owner(core.NodeID(w)); !ok || o != g.m[w].watch.owner {
					t.Errorf("seed %d: %s says %s belongs to %d, itself says %d", seed, g.bench.Name(core.NodeID(i)), g.bench.Name(core.NodeID(w)), o, g.m[w].watch.owner)
				}
			}
		}
	}
}

// A manager that comes late learns of owners by the table that it joins with, and a worker that then dies
// together with its owner is found by all that remain.
func TestLateManagerLearnsOwners(t *testing.T) {
	g := newGroup(groupConfig(), 4, 3, 9)
	g.crash(3)
	g.bench.Advance(120 * time.Second)
	g.restart(3, 9)
	g.bench.Advance(20 * time.Second)
	for w := core.NodeID(4); w < 7; w++ {
		if o, _ := g.m[3].Owner(w); o != 0 {
			t.Errorf("the late manager says that %d owns %d, want 0", o, w)
		}
	}
	g.crash(0)
	g.crash(5)
	g.gone[0], g.gone[5] = true, true
	g.bench.Advance(200 * time.Second)
	if why := g.disagreement(); why != "" {
		t.Error(why)
	}
}

// The queue of worker entries is bounded and sorted, and a datagram takes what fits (§6: 500 entries, 600
// bytes).
func TestWorkerQueueIsBounded(t *testing.T) {
	const workers = 700
	cfg := Default()
	table := []core.Entry{{Subject: 1, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}}
	for i := range workers {
		table = append(table, core.Entry{Subject: core.NodeID(2 + i), State: core.StateOK, Accuser: core.NoNode})
	}
	m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 2 + workers, Instance: 1, Formed: table}, nil)
	var fx core.Effects
	for i := range core.NodeID(workers) {
		msg := core.Message{
			Kind: core.KindGossip, Role: core.RoleManager, Group: 1, From: 1, Instance: 1,
			Extra: &core.Extra{Workers: []core.WorkerEntry{{Worker: 2 + i, Owner: 1, Incarnation: 1}}},
		}
		m.Receive(1e9+core.Instant(i)*20e6, &msg, &fx)
	}
	if n := m.work.queue.Len(); n != 500 {
		t.Errorf("%d entries are queued, want 500", n)
	}
	if bad := m.Validate(); len(bad) > 0 {
		t.Error(bad)
	}
	fx.Reset()
	m.probe(20e9, 1, &fx)
	if n := len(fx.Messages[0].Extra.Workers); n != (600-4)/20 {
		t.Errorf("%d entries in a datagram, want %d", n, (600-4)/20)
	}
	if e := fx.Messages[0].Extra.Workers[0]; e.Worker != 1+workers {
		t.Errorf("the first one is of %d, want the newest", e.Worker)
	}
}
