package world

import (
	"hypersim/core"
	"hypersim/core/election"
	corenode "hypersim/core/node"
)

// cluster is who chooses a leader among them.
type cluster struct {
	voters []core.NodeID // ascending
	first  core.NodeID   // who leads from the start where they stand from the start; NoNode: too few do
}

// buildClusters lists who votes with whom, by node; nobody does in a run where nobody needs a leader.
func (w *World) buildClusters() {
	w.clusters = make([]*cluster, len(w.nodes))
	for _, voters := range w.sc.Clusters() {
		c := &cluster{voters, core.NoNode}
		formed := 0
		for _, id := range voters {
			w.clusters[id] = c
			if w.formedNode(id) {
				if formed++; formed == 1 {
					c.first = id
				}
			}
		}
		if formed <= len(voters)/2 {
			c.first = core.NoNode
		}
	}
}

// tellVoters adds to what a process is told whom it votes with.
func (w *World) tellVoters(id *corenode.Identity) {
	if c := w.clusters[id.Self]; c != nil {
		id.Voters, id.First = c.voters, c.first
	}
}

// Leader implements scenarios.Moment (spec 01 no. 75).
func (w *World) Leader(voters []core.NodeID) core.NodeID {
	leader, term := core.NoNode, uint64(0)
	for _, id := range voters {
		if !w.Up(id) {
			continue
		}
		if e := w.nodes[id].m.Election(); e != nil && e.Role() == election.Leader && e.Term() >= term {
			leader, term = id, e.Term()
		}
	}
	return leader
}
