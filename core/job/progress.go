package job

import (
	"hypersim/core"
	"hypersim/core/call"
)

// ShardProgress is how far a shard is. Counts only grow within a shard and token.
type ShardProgress struct {
	Shard
	Token             Token
	Name              uint32
	Status            WorkflowStatus
	Completed, Failed uint64  // items
	Rate              float64 // items per second
	Elapsed           core.Duration
	Stats             core.Blob // step_stats
	Cores, CoresDone  uint16    // assigned, and given back already (AD-8)
	CPU               float32   // percent
	Memory            float32   // MB
	VUs               uint32
	CoresAvailable    uint16 // of the worker
	Seq               uint32 // grows with every snapshot of the shard
}

const leastProgress = 20 + 8 + 4 + 1 + 16 + 8 + 8 + leastBlob + 4 + 8 + 4 + 2 + 4

// Walk tells the fields.
func (p *ShardProgress) Walk(w *core.Walker) {
	p.Shard.Walk(w)
	p.Token.Walk(w)
	w.Uint32("name", &p.Name)
	core.Word(w, "status", &p.Status, NumWorkflowStatuses)
	w.Uint64("completed_count", &p.Completed)
	w.Uint64("failed_count", &p.Failed)
	w.Float64("rate_per_second", &p.Rate)
	w.Duration("elapsed", &p.Elapsed)
	w.Blob("step_stats", &p.Stats)
	w.Uint16("assigned_cores", &p.Cores)
	w.Uint16("cores_completed", &p.CoresDone)
	w.Float32("avg_cpu_percent", &p.CPU)
	w.Float32("avg_memory_mb", &p.Memory)
	w.Uint32("vus", &p.VUs)
	w.Uint16("worker_available_cores", &p.CoresAvailable)
	w.Uint32("seq", &p.Seq)
}

// WorkflowProgress tells the job's leader how far a shard is.
type WorkflowProgress struct {
	core.Shared
	ShardProgress
}

// ScopeID implements core.Scoped.
func (b *WorkflowProgress) ScopeID() uint64 { return uint64(b.Job) }

// Backpressure is what a receiver of progress asks of its senders; of two, the one of the greater epoch and seq counts.
type Backpressure struct {
	Level     Pressure
	Delay     core.Duration
	BatchOnly bool
	Epoch     uint32
	Seq       uint32
}

// Walk tells the fields.
func (p *Backpressure) Walk(w *core.Walker) {
	core.Word(w, "backpressure_level", &p.Level, NumPressures)
	w.Duration("backpressure_delay", &p.Delay)
	w.Bool("backpressure_batch_only", &p.BatchOnly)
	w.Uint32("backpressure_epoch", &p.Epoch)
	w.Uint32("backpressure_seq", &p.Seq)
}

// ManagerAck is what a manager says to whoever reports progress.
type ManagerAck struct {
	call.Answer
	Manager   core.NodeID
	Leads     bool          // the cluster
	Managers  []core.NodeID // healthy ones
	JobLeader core.NodeID   // or NoNode
	DE        uint32
	Backpressure
}

// Walk tells the fields.
func (a *ManagerAck) Walk(w *core.Walker) {
	a.Answer.Walk(w)
	w.Node("manager", &a.Manager)
	w.Bool("is_leader", &a.Leads)
	core.List(w, "healthy_managers", &a.Managers, leastNode, WalkNode)
	w.MaybeNode("job_leader", &a.JobLeader)
	w.Uint32("dc_epoch", &a.DE)
	a.Backpressure.Walk(w)
}

// WorkflowProgressAck answers a WorkflowProgress.
type WorkflowProgressAck struct {
	core.Shared
	ManagerAck
}

// ProgressBatch is the progress of several shards of a job.
type ProgressBatch struct {
	core.Shared
	Job     ID
	Entries []ShardProgress
}

// Walk implements core.Body.
func (b *ProgressBatch) Walk(w *core.Walker) {
	b.Job.Walk(w)
	core.List(w, "entries", &b.Entries, leastProgress, (*ShardProgress).Walk)
}

// ScopeID implements core.Scoped.
func (b *ProgressBatch) ScopeID() uint64 { return uint64(b.Job) }

// ProgressBatchAck answers a ProgressBatch: one code for each of its entries, in their order.
type ProgressBatchAck struct {
	core.Shared
	ManagerAck
	Codes []call.Code
}

// Walk implements core.Body.
func (b *ProgressBatchAck) Walk(w *core.Walker) {
	b.ManagerAck.Walk(w)
	core.List(w, "codes", &b.Codes, leastWord, walkCode)
}
