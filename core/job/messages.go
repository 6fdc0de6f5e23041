package job

import (
	"hypersim/core"
	"hypersim/core/call"
)

// Rules that hold for all bodies of the job layer:
//   - an address is the node (spec 01 no. 3); an optional one is core.NoNode, which its sender says, since a fresh body
//     says node 0;
//   - a datacenter is the index of its site, NoSite is none or all;
//   - a workflow's name is the number that stands for it;
//   - free text, and times that are shown only, do not travel: they decide nothing (spec 20 §0, J1, J5).

// NoSite is no datacenter: all of them, or none named.
const NoSite = 1<<16 - 1

// AddBodies tells which kinds about jobs, their progress and their results have bodies.
func AddBodies(b *core.Bodies) {
	b[core.KindJobSubmission] = func() core.Body { return new(Submission) }
	b[core.KindJobAck] = func() core.Body { return new(Ack) }
	b[core.KindContextForward] = func() core.Body { return new(ContextForward) }
	b[core.KindContextForwardAck] = call.NewAck
	b[core.KindContextLayerSync] = func() core.Body { return new(ContextLayerSync) }
	b[core.KindContextLayerSyncAck] = func() core.Body { return new(ContextLayerSyncAck) }

	b[core.KindWorkflowProgress] = func() core.Body { return new(WorkflowProgress) }
	b[core.KindWorkflowProgressAck] = func() core.Body { return new(WorkflowProgressAck) }
	b[core.KindJobProgressBatch] = func() core.Body { return new(ProgressBatch) }
	b[core.KindJobProgressBatchAck] = func() core.Body { return new(ProgressBatchAck) }
	b[core.KindJobProgress] = func() core.Body { return new(Progress) }
	b[core.KindJobProgressAck] = func() core.Body { return new(ProgressAck) }
	b[core.KindWindowedStatsPush] = func() core.Body { return new(WindowedStatsPush) }

	b[core.KindProgressProbe] = func() core.Body { return new(ProgressProbe) }
	b[core.KindProgressProbeAck] = func() core.Body { return new(WorkflowProgressAck) }
	b[core.KindStatsUpdate] = func() core.Body { return new(StatsUpdate) }
	b[core.KindStatsUpdateAck] = func() core.Body { return new(WorkflowProgressAck) }

	b[core.KindWorkflowFinalResult] = func() core.Body { return new(WorkflowFinalResult) }
	b[core.KindWorkflowFinalResultAck] = call.NewAck
	b[core.KindWorkflowResultPush] = func() core.Body { return new(WorkflowResultPush) }
	b[core.KindWorkflowResultPushAck] = call.NewAck
	b[core.KindJobFinalResult] = func() core.Body { return new(FinalResult) }
	b[core.KindJobFinalResultAck] = func() core.Body { return new(StateAck) }
	b[core.KindGlobalJobResult] = func() core.Body { return new(GlobalResult) }
	b[core.KindGlobalJobResultAck] = call.NewAck
	b[core.KindJobStatusPush] = func() core.Body { return new(StatusPush) }
	b[core.KindJobStatusPushAck] = call.NewAck
	b[core.KindJobBatchPush] = func() core.Body { return new(BatchPush) }
	b[core.KindReporterResultPush] = func() core.Body { return new(ReporterResultPush) }

	b[core.KindJobStatusRequest] = func() core.Body { return new(StatusRequest) }
	b[core.KindGlobalJobStatus] = func() core.Body { return new(GlobalStatus) }
	b[core.KindRegisterCallback] = func() core.Body { return new(RegisterCallback) }
	b[core.KindRegisterCallbackResponse] = func() core.Body { return new(RegisterCallbackResponse) }
	b[core.KindWorkflowQueryRequest] = func() core.Body { return new(WorkflowQuery) }
	b[core.KindWorkflowQueryResponse] = func() core.Body { return new(WorkflowQueryResponse) }
	b[core.KindWorkflowStatusResponse] = func() core.Body { return new(WorkflowStatusResponse) }
	b[core.KindDatacenterListResponse] = func() core.Body { return new(DatacenterListResponse) }
}

// Bytes that elements of lists have at the least.
const (
	leastID   = 8
	leastNode = 7
	leastSite = 2
	leastBlob = 12
	leastWord = 1
)

// WalkNode tells a node of a list.
func WalkNode(n *core.NodeID, w *core.Walker) { w.Node("node", n) }

// WalkSite tells a datacenter of a list.
func WalkSite(s *uint16, w *core.Walker) { w.Uint16("site", s) }

func walkBlob(b *core.Blob, w *core.Walker) { w.Blob("part", b) }

func walkCode(c *call.Code, w *core.Walker) { core.Word(w, "code", c, call.NumCodes) }

// StateAck is a reply that names the state of the job as well.
type StateAck struct {
	core.Shared
	call.Answer
	State State
}

// Walk implements core.Body.
func (b *StateAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	core.Word(w, "state", &b.State, NumStates)
}

// Failure is one thing that went wrong with a job, a workflow or a shard.
type Failure struct {
	Workflow WorkflowID  // 0: the job as such
	Site     uint16      // where, or NoSite
	Node     core.NodeID // whose fault, or NoNode
	Kind     ErrorKind
}

// LeastFailure is how many bytes a Failure has at the least.
const LeastFailure = 8 + 2 + 1 + 1

// WalkFailure tells the fields.
func WalkFailure(f *Failure, w *core.Walker) {
	f.Workflow.Walk(w)
	w.Uint16("site", &f.Site)
	w.MaybeNode("node", &f.Node)
	core.Word(w, "error", &f.Kind, NumErrorKinds)
}
