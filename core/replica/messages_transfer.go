package replica

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// ManagerTransfer (JobLeaderManagerTransfer to the gate, ManagerJobLeaderTransfer to the client) says which manager
// leads a job in a datacenter from now on.
type ManagerTransfer struct {
	core.Shared
	Job     job.ID
	Site    uint16
	Manager core.NodeID
	DE      uint32
	Old     core.NodeID // or NoNode
}

// Walk implements core.Body.
func (b *ManagerTransfer) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint16("site", &b.Site)
	w.Node("new_manager", &b.Manager)
	w.Uint32("dc_epoch", &b.DE)
	w.MaybeNode("old_manager", &b.Old)
}

// ManagerTransferAck answers a JobLeaderManagerTransfer.
type ManagerTransferAck struct {
	core.Shared
	call.Answer
	GE        uint32
	JobLeader core.NodeID // or NoNode
}

// Walk implements core.Body.
func (b *ManagerTransferAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Uint32("gate_epoch", &b.GE)
	w.MaybeNode("job_leader", &b.JobLeader)
}

// ClientAck is a client's answer to whoever tells it of a new leader.
type ClientAck struct {
	core.Shared
	call.Answer
	Accepted bool
}

// Walk implements core.Body.
func (b *ClientAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Bool("accepted", &b.Accepted)
}

// GateTransfer (JobLeaderGateTransfer to managers and the old gate, GateJobLeaderTransfer to the client) says which
// gate leads a job from now on.
type GateTransfer struct {
	core.Shared
	Job  job.ID
	Gate core.NodeID
	GE   uint32
	Old  core.NodeID // or NoNode
}

// Walk implements core.Body.
func (b *GateTransfer) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Node("new_gate", &b.Gate)
	w.Uint32("gate_epoch", &b.GE)
	w.MaybeNode("old_gate", &b.Old)
}

// GateTransferAck answers a JobLeaderGateTransfer.
type GateTransferAck struct {
	core.Shared
	call.Answer
	DE        uint32
	JobLeader core.NodeID // or NoNode
	State     job.State
	Elapsed   core.Duration
	Final     bool // has_final: a JobFinalResult follows
}

// Walk implements core.Body.
func (b *GateTransferAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Uint32("dc_epoch", &b.DE)
	w.MaybeNode("job_leader", &b.JobLeader)
	core.Word(w, "status", &b.State, job.NumStates)
	w.Duration("elapsed", &b.Elapsed)
	w.Bool("has_final", &b.Final)
}

// AdoptOffer (JobAdoptOffer) offers a job to gates that all forgot it. Payloads of its Spec are empty.
type AdoptOffer struct {
	core.Shared
	job.Spec
	Site    uint16
	State   job.State
	DE, GE  uint32 // GE: the last one known
	Timeout jobtimeout.Snapshot
	Result  []job.SiteFinal // one, where it is over (spec 04 no. 37)
}

// Walk implements core.Body.
func (b *AdoptOffer) Walk(w *core.Walker) {
	b.Spec.Walk(w)
	w.Uint16("site", &b.Site)
	core.Word(w, "status", &b.State, job.NumStates)
	w.Uint32("dc_epoch", &b.DE)
	w.Uint32("gate_epoch", &b.GE)
	b.Timeout.Walk(w)
	core.List(w, "result", &b.Result, job.LeastSiteFinal, job.WalkSiteFinal)
}

// AdoptOfferAck answers an AdoptOffer.
type AdoptOfferAck struct {
	core.Shared
	call.Answer
	GE        uint32
	JobLeader core.NodeID // or NoNode
	State     job.State   // ALREADY_TERMINAL
}

// Walk implements core.Body.
func (b *AdoptOfferAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Uint32("gate_epoch", &b.GE)
	w.MaybeNode("job_leader", &b.JobLeader)
	core.Word(w, "state", &b.State, job.NumStates)
}
