package swim

import (
	"fmt"
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// owners is four managers and a worker, 4, without timers: only who says what to whom about its owner, in any order and with any of it lost.
type owners struct {
	cfg      Config
	m        []*Machine
	now      core.Instant
	up       bool
	instance uint32 // of the worker
	inc      uint32
}

const ownersWorker = core.NodeID(4)

func newOwners() *owners {
	w := &owners{cfg: Default(), up: true, instance: 1}
	w.cfg.Rate.Burst = 0
	for i := range core.NodeID(4) {
		w.m = append(w.m, w.manager(i, 1, true))
	}
	return w
}

func (w *owners) manager(id core.NodeID, instance uint32, formed bool) *Machine {
	p := Params{Self: id, Role: core.RoleManager, Group: 1, Capacity: 5, Instance: instance, Owners: func(core.NodeID) core.NodeID { return 0 }}
	for i := range core.NodeID(4) {
		p.Formed = append(p.Formed, core.Entry{Subject: i, Role: core.RoleManager, State: core.StateOK, Accuser: core.NoNode})
	}
	if formed {
		p.Formed = append(p.Formed, core.Entry{Subject: ownersWorker, Role: core.RoleWorker, State: core.StateOK, Accuser: core.NoNode})
	}
	return New(&w.cfg, p, nil)
}

// says lets manager i hear the worker.
func (w *owners) says(i core.NodeID, x core.Message) {
	x.Role, x.Group, x.From, x.To, x.Instance, x.Incarnation = core.RoleWorker, 1, ownersWorker, i, w.instance, w.inc
	x.Seq, x.Target = 1, i
	w.m[i].Receive(w.now, &x, new(core.Effects))
}

func (w *owners) ping(i core.NodeID) {
	w.says(i, core.Message{Kind: core.KindPing})
	if known := w.m[i].Incarnation(ownersWorker); known > w.inc { // the answer says so
		w.inc = known + 1
		w.says(i, core.Message{Kind: core.KindPing})
	}
}

func (w *owners) join(i core.NodeID) {
	k, _ := w.m[i].index(ownersWorker)
	w.inc = max(w.inc, w.m[i].requiredIncarnation(w.now, k, &core.Message{Instance: w.instance, Incarnation: w.inc}))
	w.says(i, core.Message{Kind: core.KindJoin, Body: &JoinRequest{Major: VersionMajor}})
}

func (w *owners) leave(hears uint32) {
	for i := range core.NodeID(4) {
		if hears>>i&1 != 0 {
			w.says(i, core.Message{Kind: core.KindLeave, Updates: []core.Update{
				{Type: core.UpdateLeft, Subject: ownersWorker, Incarnation: w.inc, From: core.NoNode, Role: core.RoleWorker},
			}})
		}
	}
	w.up = false
}

func (w *owners) gossip(from, to core.NodeID) {
	var fx core.Effects
	w.m[from].gossip(w.now, int(to), 0, &fx)
	w.m[to].Receive(w.now, &fx.Messages[0], new(core.Effects))
}

// lose makes what manager i would pass on too old.
func (w *owners) lose(i core.NodeID) {
	for s := w.m[i].queue.Sift(); s.Next() != nil; {
		s.Drop()
	}
	for s := w.m[i].workTable().queue.Sift(); s.Next() != nil; {
		s.Drop()
	}
}

// table is half an exchange, which takes place where the digests differ.
func (w *owners) table(from, to core.NodeID) {
	if a, b := w.m[from], w.m[to]; a.sum != b.sum {
		b.mergeTable(w.now, from, a.table(w.now, true, nil), new(core.Effects))
	}
}

// rest lets everybody hear everything.
func (w *owners) rest() {
	for range 12 {
		for from := range core.NodeID(4) {
			for to := range core.NodeID(4) {
				if w.now += 1e6; from != to {
					w.gossip(from, to)
					w.table(from, to)
				}
			}
		}
	}
}

// String is what each manager holds of the worker.
func (w *owners) String() string {
	s := ""
	for i, m := range w.m {
		k, _ := m.index(ownersWorker)
		var r workRecord
		if m.work != nil {
			r = m.work.rec[k]
		}
		o, _ := m.Owner(ownersWorker)
		s += fmt.Sprintf("%d: %v(%d) of %d, entry %d %v\n", i, m.rec[k].state(), m.rec[k].incarnation(), int32(o), r.number, r.state)
	}
	return s
}

// unwatched reports that some hold the worker OK, and none of them would find that it is gone.
func (w *owners) unwatched() bool {
	held := false
	for _, m := range w.m {
		k, _ := m.index(ownersWorker)
		if digested(m.rec[k].state()) {
			if held = true; m.watch.judges(m, k) {
				return false
			}
		}
	}
	return held
}

// step is one draw of what may happen.
func (w *owners) step(r *rng.Stream) {
	w.now += 1e9
	i, j := core.NodeID(r.Intn(4)), core.NodeID(r.Intn(4))
	switch op := r.Intn(16); {
	case op < 3 && i != j:
		w.gossip(i, j)
	case op < 6 && i != j:
		w.table(i, j)
	case op < 8 && w.up:
		w.inc += uint32(r.Intn(2)) // it refutes something
		w.ping(i)
	case op == 8 && w.up:
		w.leave(uint32(r.Intn(16)))
	case op == 9 && w.up:
		w.join(i)
	case op == 10:
		w.up = false
	case op < 13 && !w.up:
		w.up, w.instance, w.inc = true, w.instance+1, 0
	case op == 13 && i != j && r.Intn(3) == 0:
		w.m[i] = w.manager(i, w.m[i].instance+1, false)
		w.table(j, i)
	case op > 13:
		w.lose(i)
	}
}

// Whoever heard of what, in the end somebody watches a worker that is held OK, and the managers stop talking about whose it is (§10.4).
// Not in all of them: in five of 100,000 a manager owns the worker still in its own eyes, having missed a later registration, says so, and is then
// named under a number that it does not know.
func TestOwnersConverge(t *testing.T) {
	for seed := range uint64(1000) {
		w, r := newOwners(), rng.New(seed, "owners")
		for range 5 + r.Intn(30) {
			w.step(&r)
		}
		w.rest()
		if w.unwatched() {
			t.Errorf("%d: nobody watches the worker:\n%v", seed, w)
		}
		before := w.String()
		w.rest()
		if after := w.String(); after != before {
			t.Errorf("%d: they go on and on:\n%s\n%v", seed, before, after)
		}
	}
}

// Who is named as the owner by others says that it is not, and is heard, whatever number a third one gave to its word that it is: M, 0, which
// the worker left, N, 1, which heard of that and of the next process, and Q, 2, which did not.
func TestWhoDisownsIsHeard(t *testing.T) {
	w := newOwners()
	w.leave(1<<0 | 1<<1)
	w.lose(0)
	w.lose(1)
	w.instance, w.inc = 2, 1
	w.ping(1) // and crashes
	w.table(2, 1)
	w.rest()
	if w.unwatched() {
		t.Errorf("nobody watches the worker:\n%v", w)
	}
}
