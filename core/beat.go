package core

// AskReason is why a worker asks for more time (spec 20 §2.8, AD-26).
type AskReason uint8

// Reasons.
const (
	AskLongWorkflow AskReason = iota
	AskPause                  // of its garbage collector
	AskContention             // for resources

	NumAskReasons = 3
)

var askReasonNames = [NumAskReasons]string{"long_workflow", "gc_pause", "resource_contention"}

func (r AskReason) String() string {
	if int(r) < len(askReasonNames) {
		return askReasonNames[r]
	}
	return "unknown"
}

// Ask is a worker's request for more time. It travels in heartbeats and as a message of its own, with the same Seq.
type Ask struct {
	Seq         uint32 // 0 = nothing is asked
	Reason      AskReason
	Workflows   uint16   // active ones
	Progress    float64  // 0–1
	Done, Total uint64   // items; Total = 0: not counted
	Remaining   Duration // estimated_completion
}

// Walk tells the fields.
func (a *Ask) Walk(w *Walker) {
	w.Uint32("seq", &a.Seq)
	Word(w, "reason", &a.Reason, NumAskReasons)
	w.Uint16("active_workflow_count", &a.Workflows)
	w.Float64("current_progress", &a.Progress)
	w.Uint64("completed_items", &a.Done)
	w.Uint64("total_items", &a.Total)
	w.Duration("estimated_completion", &a.Remaining)
}

// Beat is what a worker says of itself in a heartbeat (spec 20 §1.4, spec 30 §2.4). A receiver ignores a Version that
// is not above the last one.
type Beat struct {
	Version        uint64
	Cores          uint16
	CoresAvailable uint16
	Queue          uint16  // queue_depth
	CPU, Memory    float32 // share of what there is
	Throughput     float32 // per second, measured
	Expected       float32 // per second, hoped for
	State          uint8   // registry.WorkerState
	Load           Load
	Accepting      bool // takes new work
	Ask            Ask
}

// Walk tells the fields.
func (b *Beat) Walk(w *Walker) {
	w.Uint64("version", &b.Version)
	w.Uint16("total_cores", &b.Cores)
	w.Uint16("available_cores", &b.CoresAvailable)
	w.Uint16("queue_depth", &b.Queue)
	w.Float32("cpu", &b.CPU)
	w.Float32("memory", &b.Memory)
	w.Float32("health_throughput", &b.Throughput)
	w.Float32("health_expected_throughput", &b.Expected)
	w.Uint8("state", &b.State)
	Word(w, "health_overload_state", &b.Load, NumLoads)
	w.Bool("health_accepting_work", &b.Accepting)
	b.Ask.Walk(w)
}

// ShardBeat is one shard in a worker's heartbeat: where it stands, and how many items are done.
type ShardBeat struct {
	Job, Workflow  uint64
	Attempt, Index uint16
	State          uint8 // job.ShardState
	Done           uint64
}

// LeastShardBeat is how many bytes a ShardBeat has in a body.
const LeastShardBeat = 8 + 8 + 2 + 2 + 1 + 8

// WalkShardBeat tells the fields.
func WalkShardBeat(s *ShardBeat, w *Walker) {
	w.Uint64("job", &s.Job)
	w.Uint64("workflow", &s.Workflow)
	w.Uint16("attempt", &s.Attempt)
	w.Uint16("shard", &s.Index)
	w.Uint8("state", &s.State)
	w.Uint64("completed", &s.Done)
}
