package world

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/federated"
	corenode "hypersim/core/node"
)

// buildSites lists the datacenters that gates probe: every site with a manager that exists, in the order of
// their nodes, which is that of the sites' names.
// A flat group has no link: everybody measures everybody.
func (w *World) buildSites() {
	if w.flat() {
		return
	}
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

// addLink gives id its end of the link between gates and datacenters.
func (w *World) addLink(now core.Instant, id core.NodeID) {
	if len(w.sites) == 0 {
		return
	}
	n, spec := &w.nodes[id], &w.sc.Nodes[id]
	l := corenode.Link{
		Config: &w.sc.ConfigOf(id).Federated, Seed: w.sc.Seed, Key: spec.Key, Role: spec.Role, Self: id, Instance: n.instance,
		Start: n.local(now), Sites: w.sites, Site: uint16(spec.Site),
	}
	for i := range w.sites {
		if w.sites[i].ID == l.Site {
			l.Managers = w.sites[i].Managers
		}
	}
	viv := &n.viv
	if !w.hasCoordinates(spec.Role) {
		viv = nil
	}
	n.m.AddLink(l, viv)
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
