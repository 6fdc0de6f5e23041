package cancel

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// AddBodies tells which kinds of cancellation have bodies.
func AddBodies(b *core.Bodies) {
	b[core.KindJobCancelRequest] = func() core.Body { return new(JobRequest) }
	b[core.KindJobCancelResponse] = func() core.Body { return new(JobResponse) }
	b[core.KindWorkflowCancelRequest] = func() core.Body { return new(ShardRequest) }
	b[core.KindWorkflowCancelResponse] = func() core.Body { return new(ShardResponse) }
	b[core.KindWorkflowCancellationComplete] = func() core.Body { return new(ShardComplete) }
	b[core.KindWorkflowCancellationCompleteAck] = call.NewAck
	b[core.KindWorkflowCancellationQuery] = func() core.Body { return new(Query) }
	b[core.KindWorkflowCancellationResponse] = func() core.Body { return new(QueryResponse) }
	b[core.KindJobCancellationComplete] = func() core.Body { return new(JobComplete) }
	b[core.KindJobCancellationCompleteAck] = call.NewAck
	b[core.KindSingleWorkflowCancelRequest] = func() core.Body { return new(SingleRequest) }
	b[core.KindSingleWorkflowCancelResponse] = func() core.Body { return new(SingleResponse) }
	b[core.KindWorkflowCancellationPeerNotification] = func() core.Body { return new(PeerNotification) }
	b[core.KindWorkflowCancellationPeerAck] = call.NewAck
}

// JobRequest (JobCancelRequest) asks for the end of a job.
type JobRequest struct {
	core.Shared
	Job       job.ID
	Requester core.NodeID
	GE        uint32 // fence, 0 = not checked
	Reason    Reason
	Forwarded bool // by a manager that does not lead the job: not a second time
}

// Walk implements core.Body.
func (b *JobRequest) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Node("requester", &b.Requester)
	w.Uint32("fence", &b.GE)
	core.Word(w, "reason", &b.Reason, NumReasons)
	w.Bool("forwarded", &b.Forwarded)
}

// JobResponse (JobCancelResponse) answers a JobRequest.
type JobResponse struct {
	core.Shared
	call.Answer
	Job              job.ID
	Success          bool
	Cancelled        uint32 // workflows
	AlreadyCancelled bool
	AlreadyCompleted bool
	State            job.State
}

// Walk implements core.Body.
func (b *JobResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Job.Walk(w)
	w.Bool("success", &b.Success)
	w.Uint32("cancelled_workflow_count", &b.Cancelled)
	w.Bool("already_cancelled", &b.AlreadyCancelled)
	w.Bool("already_completed", &b.AlreadyCompleted)
	core.Word(w, "state", &b.State, job.NumStates)
}

// JobComplete (JobCancellationComplete) says that nothing of a cancelled job runs any more.
type JobComplete struct {
	core.Shared
	Job              job.ID
	Site             uint16 // job.NoSite: all of them
	Success          bool
	Cancelled, Total uint32 // workflows
	Errors           []job.Failure
	Elapsed          core.Duration
	Epoch            uint32 // ge of a gate, de of a manager
}

// Walk implements core.Body.
func (b *JobComplete) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint16("site", &b.Site)
	w.Bool("success", &b.Success)
	w.Uint32("cancelled_workflow_count", &b.Cancelled)
	w.Uint32("total_workflow_count", &b.Total)
	core.List(w, "errors", &b.Errors, job.LeastFailure, job.WalkFailure)
	w.Duration("elapsed", &b.Elapsed)
	w.Uint32("epoch", &b.Epoch)
}
