package node

import (
	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/vivaldi"
)

// Link says what a node takes part in the link between gates and datacenters with (spec 10 §9).
type Link struct {
	Config   *federated.Config
	Seed     uint64 // of the run
	Key      uint64 // of the node's name (rng.Key)
	Role     core.Role
	Self     core.NodeID
	Instance uint32
	Start    core.Instant

	Sites    []federated.Site // of a gate: the datacenters that it probes
	Site     uint16           // of a manager: its datacenter,
	Managers []core.NodeID    // and all managers of that, ascending, itself included; shared, read only
}

// AddLink gives n its end of the link. It is called after Init and before Begin; nothing happens where the
// link is off or the role has no end of it.
func (n *Node) AddLink(l Link, viv *vivaldi.Node) {
	if l.Config.Probe.Interval == 0 {
		return
	}
	local := &federated.Local{Self: l.Self, Role: l.Role, Instance: l.Instance, Members: &n.Swim, Viv: viv}
	switch l.Role {
	case core.RoleGate:
		n.Add(federated.NewGate(l.Config, local, federated.GateParams{Seed: l.Seed, Key: l.Key, Start: l.Start, Sites: l.Sites}), core.RoomLink)
	case core.RoleManager:
		lowest := federated.NewLowest(&n.Swim, l.Managers)
		n.Add(federated.NewManager(l.Config, local, l.Site, lowest), core.RoomLink)
		n.Add(lowest)
	case core.RoleWorker, core.RoleClient:
	}
}

// Gate returns the end of the link that a gate has, nil if n has none.
func (n *Node) Gate() *federated.Gate { return Of[*federated.Gate](n) }

// Manager returns the end of the link that a manager has, nil if n has none.
func (n *Node) Manager() *federated.Manager { return Of[*federated.Manager](n) }
