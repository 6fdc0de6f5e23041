package scenarios

import (
	"slices"
	"strings"

	"hypersim/core"
)

// What a selector's state says of a worker.
const (
	StateIdle    = "idle"             // it runs, and no shard runs on it
	StateRunning = "running-workflow" // a shard runs on it
)

// What a selector's event says of the parties of the event that a fault waited for.
const (
	PartyNode = "node" // at whom it happened
	PartyPeer = "peer" // who is at the other end, or whom it is about
)

// Moment is what a selector asks of a run when a fault fires.
type Moment interface {
	// Leader returns who takes itself for the leader of the voters, of several the one of the highest term; NoNode: nobody does.
	Leader(voters []core.NodeID) core.NodeID
	// Works reports whether the node runs, and whether a shard runs on it.
	Works(id core.NodeID) (up, works bool)
	// Leads returns how many jobs of a workload, by its place, that are not over the node leads.
	Leads(id core.NodeID, workload int) int
	// Party returns the parties of the event that the fault waited for, NoNode where there is none.
	Party() (node, peer core.NodeID)
}

// What stands before the name of a workload in leader_of and state.
const (
	leaderOfJob = "job:"
	ownerOf     = "owner-of:"
)

// Moves reports whether it is known only when the fault fires whom s names. Where it then names nobody, the fault waits
// until it does (spec 01 no. 75).
func (s *Selector) Moves() bool {
	moves := func(x *Selector) bool { return x.Moves() }
	return s != nil && (s.LeaderOf != "" || s.State != "" || s.Event != "" || s.Not.Moves() || slices.ContainsFunc(s.All, moves) || slices.ContainsFunc(s.AnyOf, moves))
}

// Known reports whether it is known before the run whom s names.
func (s *Selector) Known() bool { return !s.Draws() && !s.Moves() }

// settled refuses a selector that says whom it names when the run goes on only, and says why that has to be known.
func (l *loader) settled(s *Selector, why string) bool {
	switch {
	case s.Draws():
		l.b.Wrong(s.src, s.key, "count and pct cannot be used here: %s", why)
	case s.Moves():
		l.b.Wrong(s.src, s.key, "leader_of, state and event cannot be used here: %s", why)
	default:
		return true
	}
	return false
}

// at returns who matches at the moment.
func (s *Selector) at(nodes []NodeSpec, m Moment) (match []core.NodeID) {
	for _, id := range s.Fixed {
		if s.matches(&nodes[id], m, false) {
			match = append(match, id)
		}
	}
	return match
}

// matchesNow reports what of s depends on the moment; without one the answer is maybe for whoever may match at all.
func (s *Selector) matchesNow(n *NodeSpec, m Moment, maybe bool) bool {
	if s.LeaderOf != "" {
		if !slices.Contains(s.voters, n.ID) {
			return false
		}
		if m == nil && !maybe || m != nil && !s.leads(n.ID, m) {
			return false
		}
	}
	if s.Event != "" && !(m == nil && maybe) && (m == nil || !s.isParty(n.ID, m)) {
		return false
	}
	switch {
	case s.State == "":
		return true
	case strings.HasPrefix(s.State, ownerOf):
		if n.Role != core.RoleGate && n.Role != core.RoleManager || m == nil {
			return (n.Role == core.RoleGate || n.Role == core.RoleManager) && maybe
		}
		return m.Leads(n.ID, s.jobs) > 0
	}
	if n.Role != core.RoleWorker || m == nil {
		return n.Role == core.RoleWorker && maybe
	}
	up, works := m.Works(n.ID)
	return up && works == (s.State == StateRunning)
}

// isParty reports whether a node is the party of the event that s means.
func (s *Selector) isParty(id core.NodeID, m Moment) bool {
	node, peer := m.Party()
	if s.Event == PartyPeer {
		return peer == id
	}
	return node == id
}

// leads reports whether a node is the leader that s means: of its cluster, or of most jobs of a workload among those of its
// cluster, the lowest of several that lead as many.
func (s *Selector) leads(id core.NodeID, m Moment) bool {
	if !strings.HasPrefix(s.LeaderOf, leaderOfJob) {
		return m.Leader(s.voters) == id
	}
	for _, peers := range s.peers {
		if !slices.Contains(peers, id) {
			continue
		}
		first, most := core.NoNode, 0
		for _, p := range peers {
			if n := m.Leads(p, s.jobs); n > most {
				first, most = p, n
			}
		}
		return first == id
	}
	return false
}
