package world

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/federated"
)

// buildSites lists the datacenters that gates probe: every site with a manager that exists, in the order of
// their nodes, which is that of the sites' names.
func (w *World) buildSites() {
	bySite := make([][]core.NodeID, len(w.sc.Cluster.Sites))
	for i := range w.sc.Nodes {
		if s := &w.sc.Nodes[i]; s.Role == core.RoleManager {
			bySite[s.Site] = append(bySite[s.Site], s.ID)
		}
	}
	for site, managers := range bySite {
		if len(managers) > 0 {
			w.sites = append(w.sites, federated.Site{ID: uint16(site), Managers: managers})
		}
	}
	slices.SortFunc(w.sites, func(a, b federated.Site) int { return cmp.Compare(a.Managers[0], b.Managers[0]) })
}

// LinkLeader returns whom gate takes for the leader of the datacenter at site; ok is false if it knows of none.
func (w *World) LinkLeader(gate core.NodeID, site int) (leader core.NodeID, ok bool) {
	g := w.nodes[gate].m.Gate()
	if g == nil {
		return core.NoNode, false
	}
	for i := range g.Sites() {
		if int(g.SiteID(i)) == site {
			leader = g.Leader(i)
			return leader, leader != core.NoNode
		}
	}
	return core.NoNode, false
}

// Reach returns how gate judges the datacenter at site; ok is false where it probes none.
func (w *World) Reach(gate core.NodeID, site int) (state core.Reach, ok bool) {
	g := w.nodes[gate].m.Gate()
	if g == nil {
		return core.ReachUnknown, false
	}
	for i := range g.Sites() {
		if int(g.SiteID(i)) == site {
			return g.State(i), true
		}
	}
	return core.ReachUnknown, false
}
