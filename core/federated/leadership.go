package federated

import "hypersim/core"

// Leadership says who leads a datacenter, as one of its managers sees it.
type Leadership interface {
	Leader() core.NodeID         // core.NoNode: not known
	Leads(now core.Instant) bool // the manager itself, and it may act as leader now
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
