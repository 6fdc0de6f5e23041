package federated

import "hypersim/core"

// Leadership says who leads a datacenter, as one of its managers sees it.
type Leadership interface {
	Leader() core.NodeID // core.NoNode: not known
	Term() uint64
}

// Members is what this room reads of membership.
type Members interface {
	State(id core.NodeID) core.MemberState
	// Census counts the records that are not gone, and among them those that are OK, the node itself included.
	Census() (managers, managersOK, workers, workersOK int)
	Incarnation(id core.NodeID) uint32
	// CoordEvicted tells that the coordinate slot of peer went to a peer of the link: its handle is membership's to clear.
	CoordEvicted(peer core.NodeID)
}

// Lowest stands in for an election until there is one: the lowest id among the managers held OK, the
// node itself included. Its term counts how often that changed for this node, so terms of two managers
// say nothing about each other.
type Lowest struct {
	members  Members
	managers []core.NodeID
	leader   core.NodeID
	term     uint64
}

// NewLowest returns the rule over the managers of a datacenter, in ascending order, self among them.
func NewLowest(members Members, managers []core.NodeID) *Lowest {
	l := &Lowest{members: members, managers: managers, leader: core.NoNode}
	l.Update()
	return l
}

// Update looks at the managers again; call it whenever a record changed.
func (l *Lowest) Update() {
	leader := core.NoNode
	for _, id := range l.managers {
		if l.members.State(id) == core.StateOK { // a node holds itself OK
			leader = id
			break
		}
	}
	if leader != l.leader {
		l.leader = leader
		l.term++
	}
}

// Observe looks again when membership changed a record.
func (l *Lowest) Observe(_ core.Instant, f *core.Fact, _ *core.Effects) {
	if f.Kind == core.FactTransition {
		l.Update()
	}
}

// MemoryBytes returns the heap bytes that the rule holds.
func (l *Lowest) MemoryBytes() int { return lowestBytes }

// Leader implements Leadership.
func (l *Lowest) Leader() core.NodeID { return l.leader }

// Term implements Leadership.
func (l *Lowest) Term() uint64 { return l.term }
