package federated

import "hypersim/core"

// ReachOf returns how the datacenter of a linked manager is judged, UNKNOWN for anybody else.
func (g *Gate) ReachOf(manager core.NodeID) core.Reach {
	if s, _ := g.find(manager); s != nil {
		return s.state
	}
	return core.ReachUnknown
}

// ManagersOf returns the linked managers of a datacenter, to be read only; nil if it is not configured.
func (g *Gate) ManagersOf(id uint16) []core.NodeID {
	for i := range g.sites {
		if g.sites[i].ID == id {
			return g.sites[i].Managers
		}
	}
	return nil
}
