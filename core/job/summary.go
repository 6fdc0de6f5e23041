package job

import (
	"hypersim/core"
	"hypersim/core/call"
)

// WorkflowSummary is how far a workflow is in one datacenter.
type WorkflowSummary struct {
	Workflow          WorkflowID
	Status            WorkflowStatus
	Completed, Failed uint64
	Cores             uint16
}

func (s *WorkflowSummary) walk(w *core.Walker) {
	s.Workflow.Walk(w)
	core.Word(w, "status", &s.Status, NumWorkflowStatuses)
	w.Uint64("completed_count", &s.Completed)
	w.Uint64("failed_count", &s.Failed)
	w.Uint16("cores", &s.Cores)
}

// Progress tells a gate how far a job is in one datacenter. It counts iff (DE, Seq) is greater than what is known.
type Progress struct {
	core.Shared
	Job               ID
	Site              uint16
	State             State
	Workflows         []WorkflowSummary
	Completed, Failed uint64
	Rate              float64 // items per second
	Elapsed           core.Duration
	Stats             core.Blob // step_stats
	DE                uint32
	Seq               uint64
}

// Walk implements core.Body.
func (b *Progress) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint16("site", &b.Site)
	core.Word(w, "state", &b.State, NumStates)
	core.List(w, "workflows", &b.Workflows, 8+1+16+2, (*WorkflowSummary).walk)
	w.Uint64("total_completed", &b.Completed)
	w.Uint64("total_failed", &b.Failed)
	w.Float64("overall_rate", &b.Rate)
	w.Duration("elapsed", &b.Elapsed)
	w.Blob("step_stats", &b.Stats)
	w.Uint32("dc_epoch", &b.DE)
	w.Uint64("progress_sequence", &b.Seq)
}

// ScopeID implements core.Scoped.
func (b *Progress) ScopeID() uint64 { return uint64(b.Job) }

// ProgressAck answers a Progress. A gate that passed it on to the job's leader says OK and names it (spec 01 no. 69).
type ProgressAck struct {
	core.Shared
	call.Answer
	Gate      core.NodeID
	Leads     bool          // the job
	JobLeader core.NodeID   // or NoNode
	Gates     []core.NodeID // healthy ones
}

// Walk implements core.Body.
func (b *ProgressAck) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Node("gate", &b.Gate)
	w.Bool("is_leader", &b.Leads)
	w.MaybeNode("job_leader", &b.JobLeader)
	core.List(w, "healthy_gates", &b.Gates, leastNode, WalkNode)
}

// WindowedStatsPush is the statistics of a workflow over one window. Nobody answers it.
type WindowedStatsPush struct {
	core.Shared
	Job               ID
	Workflow          WorkflowID
	Name              uint32
	From, To          core.Duration // of the window, by the sender's clock
	Completed, Failed uint64
	Rate              float64
	Stats             core.Blob // step_stats
	PerWorker         core.Blob // per_worker_stats
	Workers           uint32
	CPU               float32 // percent
	Memory            float32 // MB
	Aggregated        bool
	Site              uint16
}

// Walk implements core.Body.
func (b *WindowedStatsPush) Walk(w *core.Walker) {
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Uint32("name", &b.Name)
	w.Duration("window_start", &b.From)
	w.Duration("window_end", &b.To)
	w.Uint64("completed_count", &b.Completed)
	w.Uint64("failed_count", &b.Failed)
	w.Float64("rate_per_second", &b.Rate)
	w.Blob("step_stats", &b.Stats)
	w.Blob("per_worker_stats", &b.PerWorker)
	w.Uint32("worker_count", &b.Workers)
	w.Float32("avg_cpu_percent", &b.CPU)
	w.Float32("avg_memory_mb", &b.Memory)
	w.Bool("is_aggregated", &b.Aggregated)
	w.Uint16("site", &b.Site)
}

// ScopeID implements core.Scoped.
func (b *WindowedStatsPush) ScopeID() uint64 { return uint64(b.Job) }

// ProgressProbe asks a manager at REJECT whether that is over (spec 30 §5.4).
type ProgressProbe struct {
	core.Shared
	Withheld uint32 // snapshots that wait for it
}

// Walk implements core.Body.
func (b *ProgressProbe) Walk(w *core.Walker) { w.Uint32("withheld", &b.Withheld) }

// StatsUpdate is a record of statistics that belong to no job (spec 30 §5.1). Of one source the greatest Seq counts, and
// says what the ones before it said.
type StatsUpdate struct {
	core.Shared
	Source   uint64
	Seq      uint32
	Count    uint64 // updates of the source so far
	Value    float64
	Critical bool
	Details  core.Blob
}

// Walk implements core.Body.
func (b *StatsUpdate) Walk(w *core.Walker) {
	w.Uint64("source", &b.Source)
	w.Uint32("seq", &b.Seq)
	w.Uint64("count", &b.Count)
	w.Float64("value", &b.Value)
	w.Bool("critical", &b.Critical)
	w.Blob("details", &b.Details)
}
