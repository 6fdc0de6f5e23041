package job

import (
	"hypersim/core"
	"hypersim/core/call"
)

// StatusRequest asks where a job stands.
type StatusRequest struct {
	core.Shared
	Job   ID
	Since uint32 // seq of the last push that the client knows
}

// Walk implements core.Body.
func (b *StatusRequest) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint32("since_seq", &b.Since)
}

// GlobalStatus answers a StatusRequest.
type GlobalStatus struct {
	core.Shared
	call.Answer
	Status
	SitesCompleted, SitesLost uint16
	Errors                    []Failure
	Percent                   float32     // progress_percentage
	JobLeader                 core.NodeID // or NoNode
	Result                    []Outcome   // one, once it is final
}

// Walk implements core.Body.
func (b *GlobalStatus) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Status.Walk(w)
	w.Uint16("completed_datacenters", &b.SitesCompleted)
	w.Uint16("failed_datacenters", &b.SitesLost)
	core.List(w, "errors", &b.Errors, LeastFailure, WalkFailure)
	w.Float32("progress_percentage", &b.Percent)
	w.MaybeNode("job_leader", &b.JobLeader)
	core.List(w, "final_result", &b.Result, LeastOutcome, WalkOutcome)
}

// RegisterCallback asks for pushes about a job from now on.
type RegisterCallback struct {
	core.Shared
	Job      ID
	Callback core.NodeID
	Since    uint32 // seq of the last push that the client knows
}

// Walk implements core.Body.
func (b *RegisterCallback) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Node("callback", &b.Callback)
	w.Uint32("last_sequence", &b.Since)
}

// RegisterCallbackResponse answers a RegisterCallback, and makes up for what was missed.
type RegisterCallbackResponse struct {
	core.Shared
	call.Answer
	State             State
	Completed, Failed uint64
	Elapsed           core.Duration
	JobLeader         core.NodeID // or NoNode
	Updates           []Status    // since the last one that the client knows
	Result            []Outcome   // one, once it is final
}

// Walk implements core.Body.
func (b *RegisterCallbackResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	core.Word(w, "state", &b.State, NumStates)
	w.Uint64("completed", &b.Completed)
	w.Uint64("failed", &b.Failed)
	w.Duration("elapsed", &b.Elapsed)
	w.MaybeNode("job_leader", &b.JobLeader)
	core.List(w, "updates", &b.Updates, leastStatus, (*Status).Walk)
	core.List(w, "final_result", &b.Result, LeastOutcome, WalkOutcome)
}

// WorkflowQuery asks about workflows by name.
type WorkflowQuery struct {
	core.Shared
	Job   ID // 0: of any job
	Names []uint32
}

// Walk implements core.Body.
func (b *WorkflowQuery) Walk(w *core.Walker) {
	b.Job.Walk(w)
	core.List(w, "workflow_names", &b.Names, 4, func(n *uint32, w *core.Walker) { w.Uint32("name", n) })
}

// WorkflowView is what a WorkflowQuery learns of one workflow in one datacenter.
type WorkflowView struct {
	Job  ID
	Site uint16
	Name uint32
	WorkflowSummary
	VUs uint32
}

func (v *WorkflowView) walk(w *core.Walker) {
	v.Job.Walk(w)
	w.Uint16("site", &v.Site)
	w.Uint32("name", &v.Name)
	v.WorkflowSummary.walk(w)
	w.Uint32("vus", &v.VUs)
}

// WorkflowQueryResponse answers a WorkflowQuery.
type WorkflowQueryResponse struct {
	core.Shared
	call.Answer
	Workflows []WorkflowView
}

// Walk implements core.Body.
func (b *WorkflowQueryResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	core.List(w, "workflows", &b.Workflows, 8+2+4+8+1+16+2+4, (*WorkflowView).walk)
}

// ShardView is a shard as its worker has it.
type ShardView struct {
	Shard
	Token Token
	State ShardState
	Cores uint16
	VUs   uint32
}

// LeastShardView is how many bytes a ShardView has.
const LeastShardView = 20 + 8 + 1 + 2 + 4

// Walk tells the fields.
func (v *ShardView) Walk(w *core.Walker) {
	v.Shard.Walk(w)
	v.Token.Walk(w)
	core.Word(w, "state", &v.State, NumShardStates)
	w.Uint16("cores", &v.Cores)
	w.Uint32("vus", &v.VUs)
}

// WorkflowStatusResponse answers a workflow_status_query, which has no fields: all shards of the worker.
type WorkflowStatusResponse struct {
	core.Shared
	call.Answer
	Shards []ShardView
}

// Walk implements core.Body.
func (b *WorkflowStatusResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	core.List(w, "shards", &b.Shards, LeastShardView, (*ShardView).Walk)
}

// SiteView is a datacenter as a gate sees it.
type SiteView struct {
	Site                  uint16
	Class                 uint8       // of health, 0 = not judged (spec 30 §3)
	Leader                core.NodeID // of its managers, or NoNode
	Cores, CoresAvailable uint32
	Workers               uint32
}

// LeastSiteView is how many bytes a SiteView has at the least.
const LeastSiteView = 2 + 1 + 1 + 12

// WalkSiteView tells the fields.
func WalkSiteView(v *SiteView, w *core.Walker) {
	w.Uint16("site", &v.Site)
	w.Uint8("class", &v.Class)
	w.MaybeNode("leader", &v.Leader)
	w.Uint32("total_cores", &v.Cores)
	w.Uint32("available_cores", &v.CoresAvailable)
	w.Uint32("workers", &v.Workers)
}

// DatacenterListResponse answers a datacenter_list, which has no fields.
type DatacenterListResponse struct {
	core.Shared
	call.Answer
	Sites []SiteView
}

// Walk implements core.Body.
func (b *DatacenterListResponse) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	core.List(w, "datacenters", &b.Sites, LeastSiteView, WalkSiteView)
}
