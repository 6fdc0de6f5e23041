package node

import (
	"hypersim/core"
	"hypersim/core/election"
	"hypersim/core/federated"
	"hypersim/core/hier"
	"hypersim/core/peers"
	"hypersim/core/registry"
	"hypersim/core/rng"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
)

// Identity says which process a node is, and what it is told at its start.
type Identity struct {
	Self     core.NodeID
	Role     core.Role
	Seed     uint64       // of the run, and
	Key      uint64       // of Self's name (rng.Key): what all chance of the process is keyed by
	Instance uint32       // start count, from 1
	Start    core.Instant // on the host's own clock
	Keeps    bool         // it goes on with the incarnation and the coordinate of the process that the node was before

	Group  *Group           // nil: it is no member
	Formed bool             // it is one of those of Group.Formed that start now
	Site   uint16           // its datacenter
	Sites  []federated.Site // the datacenters that have managers; empty: no link; shared, read only
	Jobs   bool             // detection has a layer of work in hand
	Voters []core.NodeID    // who chooses a leader among them, ascending, self among them; nil: nobody needs one; shared, read only
	First  core.NodeID      // of them, who leads from the start where they stand from the start; NoNode: too few are there
	Work   *Work            // nil: the run has no jobs
	Speaks registry.Version // of the protocol
	Memory int64            // bytes of its host; 0: not modelled
}

// Group is what everybody knows of a membership group from the start. It is shared and not written to.
type Group struct {
	ID       core.GroupID
	First    core.NodeID // its ids are First … First+Count−1
	Count    int
	Leading  int           // how many of them stand before its first worker
	Seeds    []core.NodeID // whom to JOIN
	Known    []core.Entry  // whose addresses everybody has
	Formed   []core.Entry  // who hold each other OK from the start,
	Managers []core.NodeID // and the managers among them
	Book     core.Book     // names, by which workers choose whom to JOIN; nil: by lot
}

// owner is the manager that watches the worker id in a formed group: the managers in turn.
func (g *Group) owner(id core.NodeID) core.NodeID {
	k := int(id - g.First)
	if k < g.Leading || len(g.Managers) == 0 {
		return core.NoNode
	}
	return g.Managers[k%len(g.Managers)]
}

// order sorts the managers that a worker may JOIN by its own rendezvous order (01-44, spec 30 §11.4): those that it knows
// nothing of yet, all of the same weight.
func (g *Group) order(worker core.NodeID, of []core.NodeID) {
	list := make([]peers.Peer, len(of))
	for i, id := range of {
		list[i] = peers.Peer{Node: id, Name: g.Book.Name(id), Weight: 1}
	}
	peers.Order(list, g.Book.Name(worker), core.RoleManager.String())
	for i := range list {
		of[i] = list[i].Node
	}
}

// Compose makes n a fresh process, in place: its membership, its end of the link and the job layer of detection, as far
// as its role and the configuration have them. A role adds its own parts after it. cfg is shared and not written to.
func (n *Node) Compose(cfg *Config, id *Identity) {
	n.parts, n.first, n.shown, n.member, n.strays = nil, [1]part{}, nil, id.Group != nil, 0
	clear(n.by[:])
	n.flow = nil
	n.leaving = false
	n.cfg = cfg
	if !n.member {
		return
	}
	viv := n.coordinate(id)
	n.join(id, viv)
	n.addElection(id)
	n.addLink(id, viv)
	n.addJobs(id)
}

// coordinate returns the coordinate of a fresh process, nil if its role has none.
func (n *Node) coordinate(id *Identity) *vivaldi.Node {
	c := &n.cfg.Vivaldi
	if !c.Enabled || id.Role == core.RoleWorker && !c.Workers && !n.cfg.Swim.AllParticipants() {
		return nil
	}
	if id.Keeps {
		n.viv.Restart(true)
	} else {
		n.viv.Init(c, rng.New(id.Seed, "vivaldi", id.Key, uint64(id.Instance)))
	}
	return &n.viv
}

// join makes n a member of its group.
func (n *Node) join(id *Identity, viv *vivaldi.Node) {
	c, g := &n.cfg.Swim, id.Group
	flat := c.AllParticipants()
	p := swim.Params{
		Self: id.Self, Role: id.Role, Group: g.ID, Base: g.First, Capacity: g.Count, Instance: id.Instance,
		Seed: id.Seed, Key: id.Key, Start: id.Start, Seeds: g.Seeds, Known: g.Known, Owner: core.NoNode,
	}
	if id.Role == core.RoleWorker && !flat { // its table holds the managers, which come first
		p.Capacity = g.Leading
		if g.Book != nil {
			p.Order = g.order
		}
	}
	if id.Keeps {
		p.Incarnation = n.Swim.Incarnation(id.Self) + c.Membership.RestartBump
	}
	if id.Formed {
		p.Formed = g.Formed
		if !flat {
			p.Owners, p.Owner = g.owner, g.owner(id.Self)
		}
	}
	n.Swim.Init(c, p, viv)
	n.Add(&n.Swim, core.RoomMembership)
}

// addElection lets n vote in its cluster (spec 20 §5.1).
func (n *Node) addElection(id *Identity) {
	if len(id.Voters) == 0 {
		return
	}
	n.Add(election.New(election.Params{
		Config: &n.cfg.Election, Self: id.Self, Role: id.Role, Instance: id.Instance, Seed: id.Seed, Key: id.Key, Voters: id.Voters,
		Members: &n.Swim, Formed: id.Formed, First: id.First,
	}), core.RoomElection)
}

// addLink gives n its end of the link between gates and datacenters (spec 10 §9). A flat group has none: everybody
// measures everybody; nor has a manager where nobody elects a leader, since only a leader answers.
func (n *Node) addLink(id *Identity, viv *vivaldi.Node) {
	c := &n.cfg.Federated
	if c.Probe.Interval == 0 || len(id.Sites) == 0 || n.cfg.Swim.AllParticipants() {
		return
	}
	local := &federated.Local{Self: id.Self, Role: id.Role, Instance: id.Instance, Members: &n.Swim, Viv: viv}
	switch id.Role {
	case core.RoleGate:
		n.Add(federated.NewGate(c, local, federated.GateParams{Seed: id.Seed, Key: id.Key, Start: id.Start, Sites: id.Sites}), core.RoomLink)
	case core.RoleManager:
		if e := n.Election(); e != nil {
			n.Add(federated.NewManager(c, local, id.Site, e), core.RoomLink)
		}
	case core.RoleWorker, core.RoleClient:
	}
}

// addJobs gives n the job layer of hierarchical detection (spec 10 §8, AD-30). A gate needs its end of the link for it;
// workers and clients have none.
func (n *Node) addJobs(id *Identity) {
	leads := id.Role == core.RoleManager && id.Work != nil // its jobs are scopes, too
	if !id.Jobs && !leads {
		return
	}
	h := hier.Params{Role: id.Role, Start: id.Start}
	gate := n.Gate()
	switch {
	case id.Role == core.RoleManager:
		h.Global = &n.Swim
		jobs := hier.New(&n.cfg.Hier, h)
		n.Add(jobs, core.RoomHier)
		n.Add(&fromMembers{jobs})
	case id.Role == core.RoleGate && gate != nil:
		h.Global = linked{gate: gate, swim: &n.Swim}
		jobs := hier.New(&n.cfg.Hier, h)
		n.Add(jobs, core.RoomHier)
		n.Add(&fromLink{jobs, gate})
	}
}

// Election returns the voter that n is, nil if it is none.
func (n *Node) Election() *election.Machine { return Of[*election.Machine](n) }

// Gate returns the end of the link that a gate has, nil if n has none.
func (n *Node) Gate() *federated.Gate { return Of[*federated.Gate](n) }

// Manager returns the end of the link that a manager has, nil if n has none.
func (n *Node) Manager() *federated.Manager { return Of[*federated.Manager](n) }
