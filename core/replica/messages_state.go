package replica

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// StateRequest (StateSyncRequest) asks for all that the other one has.
type StateRequest struct {
	core.Shared
	Since uint64 // version that is known, 0 = none
}

// Walk implements core.Body.
func (b *StateRequest) Walk(w *core.Walker) { w.Uint64("since_version", &b.Since) }

// StateResponse (StateSyncResponse) answers a StateRequest with the snapshot of the answerer's role, one of the three.
type StateResponse struct {
	core.Shared
	call.Answer
	Version uint64
	Ready   bool
	Worker  []WorkerSnapshot
	Manager []ManagerSnapshot
	Gate    []GateSnapshot
	Jobs    []Found // of a manager or gate: entries, promises, cancels and tombstones
}

// Walk implements core.Body.
func (b *StateResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Uint64("version", &b.Version)
	w.Bool("ready", &b.Ready)
	core.List(w, "worker_state", &b.Worker, leastWorkerSnapshot, (*WorkerSnapshot).walk)
	core.List(w, "manager_state", &b.Manager, 7+2+1+8+8+4, (*ManagerSnapshot).walk)
	core.List(w, "gate_state", &b.Gate, 7+1+8+8+4+4, (*GateSnapshot).walk)
	core.List(w, "jobs", &b.Jobs, leastFound, (*Found).walk)
}

// ShardCount is a shard on a worker, and how many of its items are done.
type ShardCount struct {
	job.ShardView
	Done uint64
}

func (s *ShardCount) walk(w *core.Walker) {
	s.ShardView.Walk(w)
	w.Uint64("completed", &s.Done)
}

// Fence is the epoch that a worker recorded for a job.
type Fence struct {
	Job job.ID
	DE  uint32
}

func (f *Fence) walk(w *core.Walker) {
	f.Job.Walk(w)
	w.Uint32("dc_epoch", &f.DE)
}

// WorkerSnapshot is all that a worker has, or that a manager knows of it.
type WorkerSnapshot struct {
	Worker                core.NodeID
	State                 registry.WorkerState
	Cores, CoresAvailable uint16
	Version               uint64
	Shards                []ShardCount
	Fences                []Fence
}

const leastWorkerSnapshot = 7 + 1 + 2 + 2 + 8 + 4 + 4

func (s *WorkerSnapshot) walk(w *core.Walker) {
	w.Node("worker", &s.Worker)
	core.Word(w, "state", &s.State, registry.NumWorkerStates)
	w.Uint16("total_cores", &s.Cores)
	w.Uint16("available_cores", &s.CoresAvailable)
	w.Uint64("version", &s.Version)
	core.List(w, "shards", &s.Shards, job.LeastShardView+8, (*ShardCount).walk)
	core.List(w, "fences", &s.Fences, 8+4, (*Fence).walk)
}

// ManagerSnapshot is all that a manager has.
type ManagerSnapshot struct {
	Manager core.NodeID
	Site    uint16
	Leads   bool
	Term    uint64
	Version uint64
	Workers []WorkerSnapshot
}

func (s *ManagerSnapshot) walk(w *core.Walker) {
	w.Node("manager", &s.Manager)
	w.Uint16("site", &s.Site)
	w.Bool("is_leader", &s.Leads)
	w.Uint64("term", &s.Term)
	w.Uint64("version", &s.Version)
	core.List(w, "workers", &s.Workers, leastWorkerSnapshot, (*WorkerSnapshot).walk)
}

// SiteManager is a manager and its datacenter.
type SiteManager struct {
	Site    uint16
	Manager core.NodeID
}

func (m *SiteManager) walk(w *core.Walker) {
	w.Uint16("site", &m.Site)
	w.Node("manager", &m.Manager)
}

// GateSnapshot is all that a gate has.
type GateSnapshot struct {
	Gate     core.NodeID
	Leads    bool
	Term     uint64
	Version  uint64
	Sites    []job.SiteView
	Managers []SiteManager
}

func (s *GateSnapshot) walk(w *core.Walker) {
	w.Node("gate", &s.Gate)
	w.Bool("is_leader", &s.Leads)
	w.Uint64("term", &s.Term)
	w.Uint64("version", &s.Version)
	core.List(w, "datacenters", &s.Sites, job.LeastSiteView, job.WalkSiteView)
	core.List(w, "managers", &s.Managers, 2+7, (*SiteManager).walk)
}
