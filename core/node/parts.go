package node

import (
	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/hier"
	"hypersim/core/vivaldi"
)

// parts are what a node runs beside its membership. A nil field is a part that its role does not have.
type parts struct {
	due   core.Instant // the least deadline of the parts
	local federated.Local

	gate    *federated.Gate    // of a gate: probes datacenters
	manager *federated.Manager // of a manager: answers gates
	lowest  *federated.Lowest  // who leads, as long as there is no election
	jobs    *hier.Machine      // of a manager or gate: the job layer
	open    []uint64           // scopes that have work, ascending
}

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
	if l.Config.Probe.Interval == 0 || l.Role != core.RoleGate && l.Role != core.RoleManager {
		return
	}
	p := n.need()
	p.local = federated.Local{Self: l.Self, Role: l.Role, Instance: l.Instance, Viv: viv, Evicted: core.NoNode}
	if l.Role == core.RoleGate {
		p.gate = federated.NewGate(l.Config, &p.local, federated.GateParams{Seed: l.Seed, Key: l.Key, Start: l.Start, Sites: l.Sites})
	} else {
		p.lowest = federated.NewLowest(&n.Swim, l.Managers)
		p.manager = federated.NewManager(l.Config, &p.local, l.Site, &n.Swim, p.lowest)
	}
	p.arm()
}

// need returns the parts of n, made if there were none.
func (n *Node) need() *parts {
	if n.parts == nil {
		n.parts = &parts{due: core.Never}
	}
	return n.parts
}

// receive hands a message of the link to the end of the link that n has.
func (n *Node) receive(now core.Instant, m *core.Message, fx *core.Effects) {
	p := n.parts
	p.local.Incarnation = n.Swim.Incarnation(p.local.Self)
	switch {
	case p.gate != nil:
		mark := len(fx.Facts)
		p.gate.Receive(now, m, fx)
		p.reached(now, mark, fx)
	case p.manager != nil:
		p.manager.Receive(now, m, fx)
	}
	if p.local.Evicted != core.NoNode { // its coordinate made room for a peer of the link
		n.Swim.CoordEvicted(p.local.Evicted)
		p.local.Evicted = core.NoNode
	}
}

// wake lets the parts act on their deadlines.
func (n *Node) wake(now core.Instant, fx *core.Effects) {
	p := n.parts
	if p.due > now || n.Swim.Stopped() {
		return
	}
	p.local.Incarnation = n.Swim.Incarnation(p.local.Self)
	if p.gate != nil {
		mark := len(fx.Facts)
		p.gate.Wake(now, fx)
		p.reached(now, mark, fx)
	}
	if p.manager != nil {
		p.manager.Wake(now, fx)
	}
	if p.jobs != nil {
		p.jobs.Wake(now, fx)
	}
}

// arm takes the least deadline of the parts, after a step of any of them.
func (p *parts) arm() {
	p.due = core.Never
	if p.gate != nil {
		p.due = p.gate.Deadline()
	}
	if p.manager != nil {
		p.due = min(p.due, p.manager.Deadline())
	}
	if p.jobs != nil {
		if at, ok := p.jobs.Deadline(); ok {
			p.due = min(p.due, at)
		}
	}
}

// observe shows the parts what membership found out in the step that is under way: the facts from mark
// on. They hear of it in the same event, so no message can come between a death and what follows from it.
func (n *Node) observe(now core.Instant, mark int, fx *core.Effects) {
	for i, end := mark, len(fx.Facts); i < end; i++ { // parts append facts of their own behind end
		if fx.Facts[i].Kind == core.FactTransition {
			f := fx.Facts[i] // a copy: the slice may move
			n.transition(now, &f, fx)
		}
	}
}

// transition tells the parts that membership changed the record of f.Subject: from f.From at incarnation
// f.A to f.To at f.Inc.
func (n *Node) transition(now core.Instant, f *core.Fact, fx *core.Effects) {
	p := n.parts
	if p.manager != nil {
		p.manager.MembersChanged()
		p.lowest.Update()
	}
	if p.jobs != nil && p.gate == nil {
		p.jobs.GlobalChanged(now, f.Subject, f.To, f.Inc, fx)
	}
}
