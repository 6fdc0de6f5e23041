package registry

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// GatePingResponse answers a ping_request, which has no fields.
type GatePingResponse struct {
	core.Shared
	call.Answer
	Gate  core.NodeID
	Leads bool
	State State
	Term  uint64
	Sites []job.SiteView
	Jobs  uint32
	Peers []core.NodeID
}

// Walk implements core.Body.
func (b *GatePingResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Node("gate", &b.Gate)
	w.Bool("is_leader", &b.Leads)
	core.Word(w, "state", &b.State, NumStates)
	w.Uint64("term", &b.Term)
	core.List(w, "datacenters", &b.Sites, job.LeastSiteView, job.WalkSiteView)
	w.Uint32("active_jobs", &b.Jobs)
	core.List(w, "peers", &b.Peers, 7, job.WalkNode)
}

// ManagerPingResponse answers a ping_request, which has no fields.
type ManagerPingResponse struct {
	core.Shared
	call.Answer
	Manager core.NodeID
	Leads   bool
	State   State
	Term    uint64
	Workers uint32
	Cores   uint32
	Jobs    uint32
	Peers   []core.NodeID
}

// Walk implements core.Body.
func (b *ManagerPingResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Node("manager", &b.Manager)
	w.Bool("is_leader", &b.Leads)
	core.Word(w, "state", &b.State, NumStates)
	w.Uint64("term", &b.Term)
	w.Uint32("workers", &b.Workers)
	w.Uint32("cores", &b.Cores)
	w.Uint32("active_jobs", &b.Jobs)
	core.List(w, "peers", &b.Peers, 7, job.WalkNode)
}
