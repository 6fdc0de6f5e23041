package dispatch

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// AddBodies tells which kinds of dispatch have bodies.
func AddBodies(b *core.Bodies) {
	b[core.KindProvisionRequest] = func() core.Body { return new(ProvisionRequest) }
	b[core.KindProvisionConfirm] = func() core.Body { return new(ProvisionConfirm) }
	b[core.KindProvisionCommit] = func() core.Body { return new(ProvisionCommit) }
	b[core.KindProvisionCommitAck] = call.NewAck
	b[core.KindWorkflowDispatch] = func() core.Body { return new(WorkflowDispatch) }
	b[core.KindWorkflowDispatchAck] = func() core.Body { return new(WorkflowDispatchAck) }
}

// WorkflowDispatch asks a worker to run a shard.
type WorkflowDispatch struct {
	core.Shared
	job.Shard
	Name           uint32
	Payload        core.Blob
	Context        core.Blob
	ContextVersion uint32
	VUs            uint32
	Cores          uint16
	Timeout        core.Duration // what is left of the job's, when this was sent
	Token          job.Token
	DE             uint32
	JobLeader      core.NodeID
	Instance       uint32 // the worker's process that it is meant for; another one answers STALE_FENCE (spec 04 no. 25)
}

// Walk implements core.Body.
func (b *WorkflowDispatch) Walk(w *core.Walker) {
	b.Shard.Walk(w)
	w.Uint32("name", &b.Name)
	w.Blob("payload", &b.Payload)
	w.Blob("context", &b.Context)
	w.Uint32("context_version", &b.ContextVersion)
	w.Uint32("vus", &b.VUs)
	w.Uint16("cores", &b.Cores)
	w.Duration("timeout", &b.Timeout)
	b.Token.Walk(w)
	w.Uint32("dc_epoch", &b.DE)
	w.Node("job_leader", &b.JobLeader)
	w.Uint32("worker_instance", &b.Instance)
}

// WorkflowDispatchAck answers a WorkflowDispatch. A worker answers a repeat of its last token with the recorded one.
type WorkflowDispatchAck struct {
	core.Shared
	call.Answer
	job.Shard
	Cores         uint16 // assigned
	WorkerVersion uint64
	Token         job.Token
}

// Walk implements core.Body.
func (b *WorkflowDispatchAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Shard.Walk(w)
	w.Uint16("cores_assigned", &b.Cores)
	w.Uint64("worker_version", &b.WorkerVersion)
	b.Token.Walk(w)
}

// Reservation is cores on one worker.
type Reservation struct {
	Worker core.NodeID
	Cores  uint16
}

func walkReservation(r *Reservation, w *core.Walker) {
	w.Node("worker", &r.Worker)
	w.Uint16("cores", &r.Cores)
}

// ProvisionRequest asks a peer to agree to a placement (AD-3).
type ProvisionRequest struct {
	core.Shared
	Job      job.ID
	Workflow job.WorkflowID
	Attempt  uint16
	DE       uint32
	Version  uint64 // of what the leader knows of the workers
	Items    []Reservation
}

// Walk implements core.Body.
func (b *ProvisionRequest) Walk(w *core.Walker) {
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Uint16("attempt", &b.Attempt)
	w.Uint32("dc_epoch", &b.DE)
	w.Uint64("version", &b.Version)
	core.List(w, "items", &b.Items, 7+2, walkReservation)
}

// ProvisionConfirm answers a ProvisionRequest.
type ProvisionConfirm struct {
	core.Shared
	call.Answer
	Job       job.ID
	Workflow  job.WorkflowID
	Confirmed bool
}

// Walk implements core.Body.
func (b *ProvisionConfirm) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Bool("confirmed", &b.Confirmed)
}

// ProvisionCommit ends a reservation: it is used, or given up.
type ProvisionCommit struct {
	core.Shared
	Job      job.ID
	Workflow job.WorkflowID
	Attempt  uint16
	DE       uint32
	Commit   bool // false: given up
}

// Walk implements core.Body.
func (b *ProvisionCommit) Walk(w *core.Walker) {
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Uint16("attempt", &b.Attempt)
	w.Uint32("dc_epoch", &b.DE)
	w.Bool("commit", &b.Commit)
}
