package node

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/rng"
	"hypersim/core/vivaldi"
)

// pair is a gate and the only manager of a datacenter, each alone in its group.
type pair struct {
	n   [2]Node
	cfg Config
	fx  core.Effects
}

func newPair() *pair {
	p := &pair{cfg: Default()}
	roles := [2]core.Role{core.RoleGate, core.RoleManager}
	for i := range p.n {
		id := core.NodeID(i)
		p.n[i].Compose(&p.cfg, &Identity{
			Self: id, Role: roles[i], Seed: 1, Key: uint64(i), Instance: 1, Group: &Group{ID: core.GroupID(i + 1), First: id, Count: 1, Leading: 1},
			Site: 3, Sites: []federated.Site{{ID: 3, Managers: []core.NodeID{1}}}, Voters: []core.NodeID{id},
		})
		p.n[i].Begin(0, &p.fx)
		p.fx.Reset()
	}
	return p
}

// run lets both go on to end; messages take 10 ms.
func (p *pair) run(end core.Instant, each func(f *core.Fact)) {
	type flight struct {
		at core.Instant
		m  core.Message
	}
	var air []flight
	for {
		now, who := end, -1
		for i := range p.n {
			if at, ok := p.n[i].Deadline(); ok && at < now {
				now, who = at, i
			}
		}
		if len(air) > 0 && air[0].at < now {
			now, who = air[0].at, 2
		}
		switch who {
		case -1:
			return
		case 2:
			m := air[0].m
			air = air[1:]
			p.n[m.To].Receive(now, &m, &p.fx)
		default:
			p.n[who].Wake(now, &p.fx)
		}
		for i := range p.fx.Facts {
			each(&p.fx.Facts[i])
		}
		for i := range p.fx.Messages {
			m := p.fx.Messages[i]
			air = append(air, flight{now + core.Instant(10*time.Millisecond), m})
		}
		p.fx.Reset()
	}
}

// The link makes a datacenter reachable and gives both ends round trips; neither gets a record, a suspicion
// or a change of health from it.
func TestLinkMeasuresAndTouchesNoMembership(t *testing.T) {
	p := newPair()
	reached := 0
	p.run(core.Instant(100*time.Second), func(f *core.Fact) {
		switch f.Kind {
		case core.FactReach:
			reached++
			if f.A != 3 || core.Reach(f.B) != core.ReachReachable || f.Subject != 1 {
				t.Errorf("reach %+v", *f)
			}
		case core.FactTick:
		default:
			t.Errorf("a lonely node reports %v", f.Kind)
		}
	})
	if reached != 1 || p.n[0].Gate().State(0) != core.ReachReachable || p.n[0].Gate().Leader(0) != 1 {
		t.Errorf("%d changes, state %v", reached, p.n[0].Gate().State(0))
	}
	for i := range p.n {
		other := core.NodeID(1 - i)
		if s := p.n[i].Swim.State(other); s != core.StateNone || p.n[i].Swim.LHM() != 0 {
			t.Errorf("node %d holds the other end %v, health %d", i, s, p.n[i].Swim.LHM())
		}
	}
	// 49 probes at least in 100 s, and a sample every 5 s.
	if g, m := p.n[0].Coordinates().Samples(), p.n[1].Coordinates().Samples(); g < 49 || m < 19 || m > 21 {
		t.Errorf("%d samples by the gate, %d by the leader", g, m)
	}
	r, _, ok := p.n[0].Gate().Report(0)
	if want := (federated.SiteReport{Term: 1, Managers: 1, ManagersHealthy: 1, Site: 3, Leader: true}); !ok || r != want {
		t.Errorf("report %+v", r)
	}
}

// A stopped process neither probes nor answers.
func TestStoppedNodeIsSilent(t *testing.T) {
	p := newPair()
	p.n[0].Leave(0, &p.fx)
	p.fx.Reset()
	p.run(core.Instant(10*time.Second), func(*core.Fact) {})
	if !p.n[0].Swim.Stopped() {
		t.Fatal("it did not stop")
	}
	if at, ok := p.n[0].Deadline(); ok {
		t.Errorf("it wants to be woken at %v", at)
	}
	p.n[0].Receive(core.Instant(11*time.Second), &core.Message{Kind: core.KindSamplePing, Role: core.RoleManager, From: 1, To: 0, Seq: 1}, &p.fx)
	if len(p.fx.Messages) != 0 {
		t.Error("it answers")
	}
}

// The peers of the link share the coordinate cache with membership: who loses a slot to the other finds out.
func TestSharedCoordinateSlots(t *testing.T) {
	cfg := vivaldi.Default()
	cfg.Peers = 1
	var v vivaldi.Node
	v.Init(&cfg, rng.New(1, "vivaldi"))
	a, _ := v.Slot(0, 0, 7)
	if !v.Holds(a, 7) || v.Holds(a, 8) || v.Holds(0, 7) || v.Holds(a+1, 7) {
		t.Error("slot of 7")
	}
	b, evicted := v.Slot(0, 0, 8)
	if evicted != 7 || v.Holds(a, 7) || !v.Holds(b, 8) {
		t.Errorf("evicted %d", evicted)
	}
	v.Forget(b)
	if v.Holds(b, 8) {
		t.Error("a forgotten slot is nobody's")
	}
}

// A leader that departs leads no more from the moment it is told to, and gates hear that.
func TestWhoLeavesLeadsNoMore(t *testing.T) {
	p := newPair()
	p.run(core.Instant(20*time.Second), func(*core.Fact) {})
	m := &p.n[1]
	if e := m.Election(); !e.Leads(core.Instant(20 * time.Second)) {
		t.Fatal("the only manager does not lead")
	}
	m.Leave(core.Instant(20*time.Second), &p.fx)
	p.fx.Reset()
	m.Receive(core.Instant(20*time.Second), &core.Message{Kind: core.KindXProbe, Role: core.RoleGate, From: 0, To: 1, Instance: 1, Seq: 99}, &p.fx)
	last := p.fx.Messages[len(p.fx.Messages)-1]
	if m.Election().Leads(core.Instant(20*time.Second)) || last.Kind != core.KindXNack {
		t.Errorf("it leads: %v, and answers %v", m.Election().Leads(core.Instant(20*time.Second)), last.Kind)
	}
}
