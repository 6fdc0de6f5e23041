package jobtimeout

import "hypersim/core"

// Never stands for a length of time since something that has not happened.
const Never core.Duration = -1

// WorkerExtension is what a manager remembers of the extensions of one worker, so that its successor gives the same
// answer to the same request (spec 04 no. 38).
type WorkerExtension struct {
	Worker     core.NodeID
	Active     bool          // a grant runs
	Left       core.Duration // of it
	InJob      core.Duration // all that it got while it held shards of this job
	LastSeq    uint32        // of its last request
	Grants     uint8         // so far
	Total      core.Duration
	Progress   float64 // at the last grant
	Done       uint64  // items, at the last grant
	LastAnswer Grant
}

const leastWorkerExtension = 7 + 1 + 8 + 8 + 4 + 1 + 8 + 8 + 8 + leastGrant

func (e *WorkerExtension) walk(w *core.Walker) {
	w.Node("worker", &e.Worker)
	w.Bool("active", &e.Active)
	w.Duration("left", &e.Left)
	w.Duration("in_job", &e.InJob)
	w.Uint32("last_seq", &e.LastSeq)
	w.Uint8("grants", &e.Grants)
	w.Duration("total", &e.Total)
	w.Float64("progress", &e.Progress)
	w.Uint64("items", &e.Done)
	e.LastAnswer.Walk(w)
}

// Snapshot (TimeoutSnapshot) is the timeout tracking of a job as it is replicated: in lengths of time, to which the
// receiver adds how old the snapshot is (J33).
type Snapshot struct {
	Gates             bool        // gate_coordinated, else local_authority
	Gate              core.NodeID // that leads the job, or NoNode
	Timeout           core.Duration
	StuckThreshold    core.Duration
	Elapsed           core.Duration
	Entry             core.Duration // elapsed of the entry that it was written into: what that has grown by is its age
	SinceProgress     core.Duration
	SinceExtension    core.Duration // or Never, as the two below
	SinceLocalTimeout core.Duration
	SinceGateContact  core.Duration
	Extensions        core.Duration // total_extensions_granted
	MaxExtension      core.Duration
	TimedOut          Kind // locally
	Rule              Rule // globally_timed_out, if not none
	DE                uint32
	Stopped           bool
	Workers           []WorkerExtension
}

// LeastSnapshot is how many bytes a Snapshot has at the least.
const LeastSnapshot = 1 + 1 + 10*8 + 1 + 1 + 4 + 1 + 4

// Walk tells the fields.
func (s *Snapshot) Walk(w *core.Walker) {
	w.Bool("gate_coordinated", &s.Gates)
	w.MaybeNode("gate", &s.Gate)
	w.Duration("timeout", &s.Timeout)
	w.Duration("stuck_threshold", &s.StuckThreshold)
	w.Duration("elapsed", &s.Elapsed)
	w.Duration("entry_elapsed", &s.Entry)
	w.Duration("since_progress", &s.SinceProgress)
	w.Duration("since_extension", &s.SinceExtension)
	w.Duration("since_local_timeout", &s.SinceLocalTimeout)
	w.Duration("since_gate_contact", &s.SinceGateContact)
	w.Duration("total_extensions_granted", &s.Extensions)
	w.Duration("max_worker_extension", &s.MaxExtension)
	core.Word(w, "locally_timed_out", &s.TimedOut, NumKinds)
	core.Word(w, "globally_timed_out", &s.Rule, NumRules)
	w.Uint32("timeout_fence_token", &s.DE)
	w.Bool("stopped", &s.Stopped)
	core.List(w, "workers", &s.Workers, leastWorkerExtension, (*WorkerExtension).walk)
}
