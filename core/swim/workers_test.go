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

// Whom the others take for the owner of a worker is it, if the worker is confirmed here: one that left, and of whose next process this
// manager has only heard, is registered elsewhere. To take it would end the watch of that one, and begin none (§10.4, explored as I-M30).
func TestOnlyWhoHasAWorkerOwnsIt(t *testing.T) {
	const peer, worker = core.NodeID(1), core.NodeID(2)
	said := map[string]func(m *Machine, fx *core.Effects){
		"a table": func(m *Machine, fx *core.Effects) {
			m.mergeTable(2e9, peer, []core.Entry{{Subject: worker, Role: core.RoleWorker, State: core.StateOK, Incarnation: 1, Accuser: 0, Instance: 1}}, fx)
		},
		"an entry": func(m *Machine, fx *core.Effects) {
			m.Receive(2e9, &core.Message{
				Kind: core.KindGossip, Role: core.RoleManager, Group: 1, From: peer, Instance: 1,
				Extra: &core.Extra{Workers: []core.WorkerEntry{{Worker: worker, Owner: 0, Instance: 1, Incarnation: 5}}},
			}, fx)
		},
	}
	for name, says := range said {
		for _, left := range []bool{false, true} {
			cfg := Default()
			table := []core.Entry{
				{Subject: peer, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode},
				{Subject: worker, Role: core.RoleWorker, State: core.StateOK, Accuser: core.NoNode},
			}
			m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 3, Instance: 1, Formed: table}, nil)
			var fx core.Effects
			m.workTable()
			news := []core.Update{{Type: core.UpdateJoin, Subject: worker, Incarnation: 1, From: core.NoNode, Role: core.RoleWorker}}
			if left {
				news = append([]core.Update{{Type: core.UpdateLeft, Subject: worker, From: core.NoNode, Role: core.RoleWorker}}, news...)
			}
			m.Receive(1e9, &core.Message{Kind: core.KindGossip, Role: core.RoleManager, Group: 1, From: peer, Instance: 1, Updates: news}, &fx)
			says(m, &fx)
			if o, _ := m.Owner(worker); (o == 0) == left {
				t.Errorf("%s says that this manager owns it, which holds it %v: it says that %d does", name, m.State(worker), o)
			}
		}
	}
}

// Nobody owns a worker that left, whatever comes late about its former life: its next process may speak to a manager and crash before it
// registers anywhere, and the one that it had left, which does not hold it confirmed, watches nobody. That manager must (§10.4).
func TestNobodyOwnsWhoLeft(t *testing.T) {
	const peer, worker = core.NodeID(1), core.NodeID(2)
	late := map[string]core.WorkerState{"that it registered there": core.WorkerRegistered, "that it left there": core.WorkerLeft}
	for name, state := range late {
		for _, back := range []bool{false, true} { // the entry comes before its next process speaks, or after
			if back && state == core.WorkerRegistered {
				continue // a higher number: there it is, as far as anybody knows
			}
			cfg := Default()
			m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 3, Instance: 1, Formed: []core.Entry{
				{Subject: peer, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode},
				{Subject: worker, Role: core.RoleWorker, State: core.StateOK, Accuser: peer},
			}}, nil)
			var fx core.Effects
			gossip := func(at core.Instant, x core.Message) {
				x.Kind, x.Role, x.Group, x.From, x.Instance = core.KindGossip, core.RoleManager, 1, peer, 1
				m.Receive(at, &x, &fx)
			}
			entry := core.Message{Extra: &core.Extra{Workers: []core.WorkerEntry{{Worker: worker, Owner: peer, Instance: 1, Incarnation: 5, State: state}}}}
			gossip(1e9, core.Message{Updates: []core.Update{{Type: core.UpdateLeft, Subject: worker, From: core.NoNode, Role: core.RoleWorker}}})
			if !back {
				gossip(2e9, entry)
			}
			m.Receive(3e9, &core.Message{Kind: core.KindPing, Role: core.RoleWorker, Group: 1, From: worker, Instance: 2, Incarnation: 1, Seq: 1, Target: 0}, &fx)
			if back {
				gossip(4e9, entry)
			}
			if s := m.State(worker); s != core.StateOK {
				t.Fatalf("its next process spoke, and is %v", s)
			}
			if k, _ := m.index(worker); !m.watch.judges(m, k) {
				o, _ := m.Owner(worker)
				t.Errorf("%s comes late, %v: it leaves the watch to %d", name, back, o)
			}
		}
	}
}

// Who is named as the owner of a worker that it does not hold says so, whether a table names it or an entry: it watches nobody, and the others
// would leave the watch to it for good (§10.4; explored world 103259677). Then each of them watches.
func TestWhoIsWronglyNamedSaysSo(t *testing.T) {
	const self, peer, worker = core.NodeID(0), core.NodeID(1), core.NodeID(2)
	left := core.Update{Type: core.UpdateLeft, Subject: worker, From: core.NoNode, Role: core.RoleWorker}
	for name, hear := range map[string]func(m *Machine, x *core.Message, fx *core.Effects){
		"a table": func(m *Machine, _ *core.Message, fx *core.Effects) {
			m.watch.told(m, &core.Entry{Subject: worker, Role: core.RoleWorker, State: core.StateOK, Accuser: self, Instance: 1}, peer, 2e9, fx)
		},
		"an entry": func(m *Machine, x *core.Message, fx *core.Effects) {
			x.Extra = &core.Extra{Workers: []core.WorkerEntry{{Worker: worker, Owner: self, Instance: 1, Incarnation: 5, State: core.WorkerRegistered}}}
			m.Receive(2e9, x, fx)
		},
	} {
		formed := []core.Entry{{Subject: worker, Role: core.RoleWorker, State: core.StateOK, Accuser: self, Instance: 1}}
		manager := func(id, other core.NodeID) *Machine {
			cfg := Default()
			with := append([]core.Entry{{Subject: other, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode}}, formed...)
			return New(&cfg, Params{Self: id, Role: core.RoleManager, Group: 1, Capacity: 3, Instance: 1, Formed: with}, nil)
		}
		from := func(id core.NodeID) *core.Message {
			return &core.Message{Kind: core.KindGossip, Role: core.RoleManager, Group: 1, From: id, Instance: 1}
		}
		m, o := manager(self, peer), manager(peer, self)
		var fx core.Effects
		x := from(peer)
		x.Updates = []core.Update{left}
		m.Receive(1e9, x, &fx)
		for s := m.workTable().queue.Sift(); s.Next() != nil; {
			s.Drop()
		}
		hear(m, from(peer), &fx)
		var said []core.WorkerEntry
		for s := m.workTable().queue.Sift(); ; {
			e := s.Next()
			if e == nil {
				break
			}
			said = append(said, e.News)
		}
		if len(said) != 1 || said[0].State != core.WorkerLeft || said[0].Owner != self || said[0].Worker != worker {
			t.Errorf("%s: says %+v", name, said)
			continue
		}
		k, _ := o.index(worker)
		if o.watch.register(k, self, 1); o.watch.judges(o, k) {
			t.Fatal("the other watches already")
		}
		x = from(self)
		x.To = peer
		x.Extra = &core.Extra{Workers: said}
		if o.Receive(3e9, x, &fx); !o.watch.judges(o, k) {
			t.Errorf("%s: the other leaves the watch to who does not hold the worker", name)
		}
	}
}

// Where another manager has said that it owns the worker by now, that holds: who has not heard of it names the one before for a while, which says
// nothing (its word would be of the number of that registration, and end it).
func TestWhoIsNamedInsteadOfAnotherIsSilent(t *testing.T) {
	const peer, worker, late = core.NodeID(1), core.NodeID(2), core.NodeID(3)
	cfg := Default()
	m := New(&cfg, Params{Role: core.RoleManager, Group: 1, Capacity: 4, Instance: 1, Formed: []core.Entry{
		{Subject: peer, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode},
		{Subject: late, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode},
		{Subject: worker, Role: core.RoleWorker, State: core.StateOK, Accuser: 0, Instance: 1},
	}}, nil)
	var fx core.Effects
	hears := func(at core.Instant, x core.Message) {
		x.Kind, x.Role, x.Group, x.From, x.Instance = core.KindGossip, core.RoleManager, 1, peer, 1
		m.Receive(at, &x, &fx)
	}
	hears(1e9, core.Message{Updates: []core.Update{{Type: core.UpdateLeft, Subject: worker, From: core.NoNode, Role: core.RoleWorker}}})
	hears(2e9, core.Message{Updates: []core.Update{{Type: core.UpdateJoin, Subject: worker, Incarnation: 2, From: core.NoNode, Role: core.RoleWorker}}})
	hears(3e9, core.Message{Extra: &core.Extra{Workers: []core.WorkerEntry{{Worker: worker, Owner: peer, Instance: 1, Incarnation: 2, State: core.WorkerRegistered}}}})
	if o, _ := m.Owner(worker); o != peer || digested(m.State(worker)) {
		t.Fatalf("it is %v, of %d", m.State(worker), o)
	}
	m.watch.told(m, &core.Entry{Subject: worker, Role: core.RoleWorker, State: core.StateOK, Accuser: 0, Instance: 1}, late, 4e9, &fx)
	for s := m.workTable().queue.Sift(); ; {
		e := s.Next()
		if e == nil {
			break
		}
		if e.News.Owner == 0 && e.News.Incarnation >= 2 {
			t.Errorf("it says %+v", e.News)
		}
	}
	if o, _ := m.Owner(worker); o != peer {
		t.Errorf("it is of %d", o)
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
