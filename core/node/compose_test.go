package node

import (
	"testing"

	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/hier"
	"hypersim/core/swim"
)

// What a process has follows from its role, its configuration and what it is told.
func TestWhoHasWhat(t *testing.T) {
	type has struct{ coord, gate, manager, jobs, member, mute bool } // mute: it votes nowhere
	full := func(c *Config) {}
	for _, x := range []struct {
		name   string
		role   core.Role
		change func(*Config)
		told   func(*Identity)
		want   has
	}{
		{"gate", core.RoleGate, full, nil, has{coord: true, gate: true, jobs: true, member: true}},
		{"manager", core.RoleManager, full, nil, has{coord: true, manager: true, jobs: true, member: true}},
		{"worker", core.RoleWorker, full, nil, has{member: true}},
		{"worker with coordinates", core.RoleWorker, func(c *Config) { c.Vivaldi.Workers = true }, nil, has{coord: true, member: true}},
		{"flat worker", core.RoleWorker, func(c *Config) { c.Swim.Membership.Topology = swim.TopologyFlat }, nil, has{coord: true, member: true}},
		{"flat manager", core.RoleManager, func(c *Config) { c.Swim.Membership.Topology = swim.TopologyFlat }, nil, has{coord: true, jobs: true, member: true}},
		{"no coordinates", core.RoleManager, func(c *Config) { c.Vivaldi.Enabled = false }, nil, has{manager: true, jobs: true, member: true}},
		{"no link", core.RoleGate, func(c *Config) { c.Federated.Probe.Interval = 0 }, nil, has{coord: true, member: true}},
		{"no datacenter", core.RoleManager, full, func(id *Identity) { id.Sites = nil }, has{coord: true, jobs: true, member: true}},
		{"no work", core.RoleManager, full, func(id *Identity) { id.Jobs = false }, has{coord: true, manager: true, member: true}},
		{"no election", core.RoleManager, full, func(id *Identity) { id.Voters = nil }, has{coord: true, jobs: true, member: true, mute: true}},
		{"client", core.RoleClient, full, func(id *Identity) { id.Group = nil }, has{}},
	} {
		cfg := Default()
		x.change(&cfg)
		id := &Identity{
			Role: x.role, Instance: 1, Group: &Group{ID: 1, Count: 1, Leading: 1}, Jobs: true,
			Sites: []federated.Site{{ID: 0, Managers: []core.NodeID{0}}}, Voters: []core.NodeID{0},
		}
		if x.role == core.RoleWorker || x.role == core.RoleClient {
			id.Voters, x.want.mute = nil, true
		}
		if x.told != nil {
			x.told(id)
		}
		var n Node
		n.Compose(&cfg, id)
		var c core.Coord
		have := has{n.Swim.Coordinate(&c), n.Gate() != nil, n.Manager() != nil, Of[*hier.Machine](&n) != nil, Of[*swim.Machine](&n) != nil, n.Election() == nil}
		if have != x.want {
			t.Errorf("%s: %+v, want %+v", x.name, have, x.want)
		}
	}
}

// A worker's table has room for the managers, and its owner is one of them in turn.
func TestOwnersInTurn(t *testing.T) {
	g := &Group{First: 10, Count: 8, Leading: 3, Managers: []core.NodeID{10, 11, 12}}
	for id, want := range map[core.NodeID]core.NodeID{10: core.NoNode, 12: core.NoNode, 13: 10, 14: 11, 15: 12, 16: 10} {
		if have := g.owner(id); have != want {
			t.Errorf("%d watches %d, want %d", have, id, want)
		}
	}
	if none := (&Group{First: 10, Leading: 3}).owner(14); none != core.NoNode {
		t.Errorf("%d watches in a group without managers", none)
	}
}

// A process that keeps state goes on above its last incarnation, at its last coordinate; one that does not begins anew.
func TestKeeps(t *testing.T) {
	cfg := Default()
	id := &Identity{Role: core.RoleManager, Instance: 1, Seed: 1, Group: &Group{ID: 1, Count: 2, Leading: 2}}
	var n Node
	var fx core.Effects
	n.Compose(&cfg, id)
	n.Refresh(sec, &fx)
	v := n.Coordinates()
	slot, _ := v.Slot(sec, 0, 1)
	v.Heard(slot, sec, &core.Coord{Dims: uint8(cfg.Vivaldi.Dimensions), Height: 1e-5, Error: 1, ErrorMS: 10})
	v.Sample(slot, sec, 1e7)
	if n.Swim.Incarnation(0) == 0 || v.Samples() != 1 {
		t.Fatalf("incarnation %d, %d samples", n.Swim.Incarnation(0), v.Samples())
	}
	was := n.Swim.Incarnation(0)
	id.Instance, id.Keeps = 2, true
	n.Compose(&cfg, id)
	if n.Swim.Incarnation(0) != was+cfg.Swim.Membership.RestartBump || v.Samples() != 1 || v.PeerCount() != 0 {
		t.Errorf("incarnation %d, %d samples, %d peers", n.Swim.Incarnation(0), v.Samples(), v.PeerCount())
	}
	id.Instance, id.Keeps = 3, false
	n.Compose(&cfg, id)
	if n.Swim.Incarnation(0) != 0 || v.Samples() != 0 {
		t.Errorf("incarnation %d, %d samples", n.Swim.Incarnation(0), v.Samples())
	}
}
