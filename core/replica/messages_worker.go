package replica

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// JobTransfer is one job that another manager leads from now on.
type JobTransfer struct {
	Job       job.ID
	DE        uint32
	Manager   core.NodeID
	Old       core.NodeID // or NoNode
	Workflows []job.WorkflowID
}

func (t *JobTransfer) walk(w *core.Walker) {
	t.Job.Walk(w)
	w.Uint32("dc_epoch", &t.DE)
	w.Node("new_manager", &t.Manager)
	w.MaybeNode("old_manager", &t.Old)
	core.List(w, "workflows", &t.Workflows, 8, func(f *job.WorkflowID, w *core.Walker) { f.Walk(w) })
}

// WorkerTransfer (JobLeaderWorkerTransfer) goes to all workers of a datacenter: it raises their fences.
type WorkerTransfer struct {
	core.Shared
	Entries []JobTransfer
}

// Walk implements core.Body.
func (b *WorkerTransfer) Walk(w *core.Walker) {
	core.List(w, "entries", &b.Entries, 8+4+7+1+4, (*JobTransfer).walk)
}

// JobTransferAnswer is a worker's answer about one job: with all its shards of it, ended ones whose result nobody
// acknowledged included.
type JobTransferAnswer struct {
	Job      job.ID
	Code     call.Code
	Accepted bool
	DE       uint32 // that the worker has now
	Shards   []job.ShardView
}

func (a *JobTransferAnswer) walk(w *core.Walker) {
	a.Job.Walk(w)
	core.Word(w, "answer", &a.Code, call.NumCodes)
	w.Bool("accepted", &a.Accepted)
	w.Uint32("dc_epoch", &a.DE)
	core.List(w, "shards", &a.Shards, job.LeastShardView, (*job.ShardView).Walk)
}

// WorkerTransferAck answers a WorkerTransfer, job by job.
type WorkerTransferAck struct {
	core.Shared
	call.Answer
	Answers []JobTransferAnswer
}

// Walk implements core.Body.
func (b *WorkerTransferAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	core.List(w, "answers", &b.Answers, 8+1+1+4+4, (*JobTransferAnswer).walk)
}
