package scenarios

import "hypersim/core"

// Clusters returns who chooses a leader among them (spec 20 §5.1): all gates, and the managers of each site, in the order
// of their ids. Those who come late are among them, ghosts are not (spec 01 no. 29). There are none where nobody needs a
// leader: the link of gates and jobs do, membership does not.
func (s *Scenario) Clusters() [][]core.NodeID {
	if !s.elects() {
		return nil
	}
	var gates []core.NodeID
	managers := make([][]core.NodeID, len(s.Cluster.Sites))
	for i := range s.Nodes {
		switch n := &s.Nodes[i]; {
		case n.Ghost || n.Outside:
		case n.Role == core.RoleGate:
			gates = append(gates, n.ID)
		case n.Role == core.RoleManager:
			managers[n.Site] = append(managers[n.Site], n.ID)
		}
	}
	var all [][]core.NodeID
	for _, voters := range append([][]core.NodeID{gates}, managers...) {
		if len(voters) > 0 {
			all = append(all, voters)
		}
	}
	return all
}

// elects reports whether anybody needs a leader: jobs, or gates that probe the leaders of datacenters. A flat group has no such link.
func (s *Scenario) elects() bool {
	if s.HasJobs() {
		return true
	}
	asks, answers := false, false
	for i := range s.Nodes {
		n := &s.Nodes[i]
		asks = asks || n.Role == core.RoleGate && !n.Ghost && s.ConfigOf(n.ID).Federated.Probe.Interval > 0
		answers = answers || n.Role == core.RoleManager && !n.Ghost
	}
	return asks && answers && !s.Protocol.Default().Swim.AllParticipants()
}

// ClusterOf returns the voters that a name means, "gates" or "site:<name>", nil if there are none.
func (s *Scenario) ClusterOf(name string) []core.NodeID {
	for _, voters := range s.Clusters() {
		if s.ClusterName(voters) == name {
			return voters
		}
	}
	return nil
}

// ClusterName returns the name of a cluster, which is that of its membership group where there is one for each role.
func (s *Scenario) ClusterName(voters []core.NodeID) string {
	n := &s.Nodes[voters[0]]
	if n.Role == core.RoleGate {
		return "gates"
	}
	return "site:" + s.Topology.Sites[n.Site].Name
}
