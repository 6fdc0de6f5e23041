package cancel

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// SingleRequest (SingleWorkflowCancelRequest) asks for the end of one workflow. It keeps its Request from the client to
// the last manager, so that a repeat is recognised everywhere.
type SingleRequest struct {
	core.Shared
	Job        job.ID
	Workflow   job.WorkflowID
	Request    uint64
	Requester  core.NodeID
	Dependents bool        // those that need it too
	Gate       core.NodeID // where it came in, or NoNode
	Client     core.NodeID // who asked, or NoNode
}

// Walk implements core.Body.
func (b *SingleRequest) Walk(w *core.Walker) {
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Uint64("request_id", &b.Request)
	w.Node("requester", &b.Requester)
	w.Bool("cancel_dependents", &b.Dependents)
	w.MaybeNode("origin_gate", &b.Gate)
	w.MaybeNode("origin_client", &b.Client)
}

// SingleResponse (SingleWorkflowCancelResponse) answers a SingleRequest, after the commit.
type SingleResponse struct {
	core.Shared
	call.Answer
	Job        job.ID
	Workflow   job.WorkflowID
	Request    uint64
	Status     SingleStatus
	Dependents []job.WorkflowID // that were cancelled with it
	Errors     []job.Failure
	Site       uint16
}

func walkWorkflow(f *job.WorkflowID, w *core.Walker) { f.Walk(w) }

// Walk implements core.Body.
func (b *SingleResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Uint64("request_id", &b.Request)
	core.Word(w, "status", &b.Status, NumSingleStatuses)
	core.List(w, "cancelled_dependents", &b.Dependents, 8, walkWorkflow)
	core.List(w, "errors", &b.Errors, job.LeastFailure, job.WalkFailure)
	w.Uint16("site", &b.Site)
}

// PeerNotification (WorkflowCancellationPeerNotification) tells peers what was cancelled.
type PeerNotification struct {
	core.Shared
	Job       job.ID
	Workflow  job.WorkflowID
	Request   uint64
	Origin    core.NodeID
	Cancelled []job.WorkflowID
}

// Walk implements core.Body.
func (b *PeerNotification) Walk(w *core.Walker) {
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Uint64("request_id", &b.Request)
	w.Node("origin", &b.Origin)
	core.List(w, "cancelled_workflows", &b.Cancelled, 8, walkWorkflow)
}
