package hier

import "hypersim/core"

// Status is what both layers together say of a node, mildest first.
type Status uint8

// The statuses. Unconfirmed is outside of the order: nothing is known for sure.
const (
	Unconfirmed Status = iota
	Alive
	SuspectedJob
	DeadJob
	SuspectedGlobal
	DeadGlobal

	NumStatuses = 6
)

var statusNames = [NumStatuses]string{"UNCONFIRMED", "ALIVE", "SUSPECTED_JOB", "DEAD_JOB", "SUSPECTED_GLOBAL", "DEAD_GLOBAL"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unknown"
}

// Status returns the most severe status of the node over all scopes. Who left is as gone as who died.
// It costs a search per scope.
func (m *Machine) Status(node core.NodeID) Status {
	worst := m.overall(node)
	if worst != Alive {
		return worst
	}
	for i := range m.scopes {
		worst = max(worst, m.local(m.scopes[i].id, node))
	}
	return worst
}

// StatusFor is Status for one scope alone.
func (m *Machine) StatusFor(scope uint64, node core.NodeID) Status {
	if s := m.overall(node); s != Alive {
		return s
	}
	return m.local(scope, node)
}

// overall is what the global layer alone says: a node that it does not hold OK has no status of its own in any scope.
func (m *Machine) overall(node core.NodeID) Status {
	switch m.global.State(node) {
	case core.StateDead, core.StateLeft:
		return DeadGlobal
	case core.StateSuspect:
		return SuspectedGlobal
	case core.StateOK:
		return Alive
	case core.StateNone, core.StateUnconfirmed:
	}
	return Unconfirmed
}

// local is what this layer adds in one scope, to a node that is OK otherwise.
func (m *Machine) local(scope uint64, node core.NodeID) Status {
	_, e := m.find(scope, node)
	switch {
	case e == nil || e.held == 0:
		return Alive
	case m.held.at(e.held).pos < 0:
		return DeadJob
	}
	return SuspectedJob
}

// Holds reports whether anybody is suspected or DEAD_JOB for any scope.
func (m *Machine) Holds() bool { return m.held.len() > 0 }

// Bars reports whether this layer alone keeps work of the scope away from the node: it is suspected or DEAD_JOB for it.
func (m *Machine) Bars(scope uint64, node core.NodeID) bool {
	return m.Holds() && m.local(scope, node) != Alive
}

// AliveGlobal reports whether the node may be routed to at all: only OK is (AD-29). A suspect may not, a
// node that is not known may not.
func (m *Machine) AliveGlobal(node core.NodeID) bool { return m.global.State(node) == core.StateOK }

// AliveFor reports whether work of the scope may go to the node.
func (m *Machine) AliveFor(scope uint64, node core.NodeID) bool {
	return m.StatusFor(scope, node) == Alive
}
