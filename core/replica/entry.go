package replica

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/workflow"
)

// Head says which entry of a job something is, and whose. The holder is a process: one that restarted is not the
// holder any more (spec 03 no. 11).
type Head struct {
	Job      job.ID
	Epoch    uint32 // ge at gates, de at managers
	Seq      uint64
	Holder   core.NodeID
	Instance uint32 // of the holder
}

const leastHead = 8 + 4 + 8 + 7 + 4

func (h *Head) walk(w *core.Walker) {
	h.Job.Walk(w)
	w.Uint32("epoch", &h.Epoch)
	w.Uint64("seq", &h.Seq)
	w.Node("holder", &h.Holder)
	w.Uint32("instance", &h.Instance)
}

// ShardEntry is a shard of the current attempt of a workflow.
type ShardEntry struct {
	Worker core.NodeID
	Index  uint16
	Cores  uint16
	VUs    uint32
	Token  job.Token
	State  job.ShardState

	Completed, Failed uint64    // of one that has ended: items,
	Result            core.Blob // and data, which its worker forgets once they are committed
}

func (s *ShardEntry) walk(w *core.Walker) {
	w.Node("worker", &s.Worker)
	w.Uint16("shard", &s.Index)
	w.Uint16("cores", &s.Cores)
	w.Uint32("vus", &s.VUs)
	s.Token.Walk(w)
	core.Word(w, "state", &s.State, job.NumShardStates)
	if !s.State.Ended() {
		s.Completed, s.Failed, s.Result = 0, 0, core.Blob{}
		return
	}
	w.Uint64("completed", &s.Completed)
	w.Uint64("failed", &s.Failed)
	w.Blob("result", &s.Result)
}

// ExclusionEntry keeps a workflow away from a worker.
type ExclusionEntry struct {
	Worker core.NodeID
	Until  core.Duration // as Elapsed of the job, or ForGood
}

// ForGood stands for a time that does not come.
const ForGood core.Duration = -1

func (x *ExclusionEntry) walk(w *core.Walker) {
	w.Node("worker", &x.Worker)
	w.Duration("until", &x.Until)
}

// WorkflowEntry is where a workflow stands.
type WorkflowEntry struct {
	Workflow         job.WorkflowID
	State            workflow.State
	Final            bool // FAILED for good
	Attempt          uint16
	Retries          uint8
	DispatchAttempts uint8
	Due              core.Duration // not dispatched before, as Elapsed of the job
	Excluded         []ExclusionEntry
	Shards           []ShardEntry
}

const leastWorkflowEntry = 8 + 1 + 1 + 2 + 1 + 1 + 8 + 4 + 4

func (f *WorkflowEntry) walk(w *core.Walker) {
	f.Workflow.Walk(w)
	core.Word(w, "state", &f.State, workflow.NumStates)
	w.Bool("final", &f.Final)
	w.Uint16("attempt", &f.Attempt)
	w.Uint8("retries", &f.Retries)
	w.Uint8("dispatch_attempts", &f.DispatchAttempts)
	w.Duration("due", &f.Due)
	core.List(w, "excluded", &f.Excluded, 7+8, (*ExclusionEntry).walk)
	core.List(w, "shards", &f.Shards, 7+2+2+4+8+1, (*ShardEntry).walk)
}

// SiteEntry is a gate's row of one datacenter.
type SiteEntry struct {
	Site     uint16
	State    job.State
	TimedOut bool        // LOCAL_TIMEOUT
	Target   bool        // the job runs there
	Unknown  bool        // an attempt to start it there is unanswered
	Owed     bool        // a cancel has to reach it
	Lost     bool        // nothing was heard of it for too long: its part is FAILED, dc_lost
	Stopped  bool        // it said what of a cancelled job it stopped: so many workflows,
	Manager  core.NodeID // that leads the job there, or NoNode
	DE       uint32
	Result   []job.SiteFinal // one, once it is there

	Cancelled, Total uint32 // of so many (J44)
}

func (s *SiteEntry) walk(w *core.Walker) {
	w.Uint16("site", &s.Site)
	core.Word(w, "state", &s.State, job.NumStates)
	w.Bool("local_timeout", &s.TimedOut)
	w.Bool("target", &s.Target)
	w.Bool("unknown", &s.Unknown)
	w.Bool("owed", &s.Owed)
	w.Bool("lost", &s.Lost)
	w.Bool("stopped", &s.Stopped)
	w.MaybeNode("manager", &s.Manager)
	w.Uint32("dc_epoch", &s.DE)
	core.List(w, "result", &s.Result, job.LeastSiteFinal, job.WalkSiteFinal)
	if !s.Stopped {
		s.Cancelled, s.Total = 0, 0
		return
	}
	w.Uint32("cancelled", &s.Cancelled)
	w.Uint32("total", &s.Total)
}

// Entry is the record of a job as its holder replicates it. Optional parts are lists of at most one.
type Entry struct {
	Head
	Kind   EntryKind
	Reason Reason // ACCEPT: the entry is its own claim (spec 01 no. 20)
	Base   uint64 // the Seq that a RENEW or DELTA builds on (spec 03 no. 9)

	State        job.State // a TOMBSTONE ends with these two, a RENEW with the fields above
	Completeness job.Completeness

	EndsAs              job.State        // CANCELLING: what it will end as
	Pending             job.State        // terminal decision that is not committed, or StateNone
	PendingCompleteness job.Completeness // of it
	Delivered           bool             // the result was acknowledged
	Told                bool             // JobFinalStatus was acknowledged
	Commanded           bool             // managers: a gate told the job to end
	CancelWanted        bool             // a cancel is remembered (spec 04 no. 47)
	HandoverTo          core.NodeID      // or NoNode
	Elapsed             core.Duration
	Took                core.Duration // Elapsed at the end; 0: it has not ended
	Completed, Failed   uint64        // items of workflows that have ended
	Gate                core.NodeID   // origin gate, or NoNode
	GE                  uint32
	Callback            core.NodeID // or NoNode
	Layer               uint32      // context version
	Context             []core.Blob
	Workflows           []WorkflowEntry
	Results             []job.WorkflowOutcome // of workflows newly completed; FULL: of all
	Errors              []job.Failure
	Cancelled           []job.SingleCancel
	Sites               []SiteEntry // gates
	Timeout             []jobtimeout.Snapshot
	Submission          []job.Spec // FULL
}

const leastEntry = leastHead + 1 + 1 + 8

// walk tells the fields that go with the kind; the others become zero.
func (e *Entry) walk(w *core.Walker) {
	e.Head.walk(w)
	core.Word(w, "kind", &e.Kind, NumEntryKinds)
	core.Word(w, "reason", &e.Reason, NumReasons)
	w.Uint64("base", &e.Base)
	if e.Kind == EntryRenew {
		*e = Entry{Head: e.Head, Reason: e.Reason, Base: e.Base}
		return
	}
	core.Word(w, "state", &e.State, job.NumStates)
	core.Word(w, "completeness", &e.Completeness, job.NumCompleteness)
	if e.Kind == EntryTombstone {
		*e = Entry{Head: e.Head, Kind: e.Kind, Reason: e.Reason, Base: e.Base, State: e.State, Completeness: e.Completeness}
		return
	}
	e.walkRecord(w)
	e.walkLists(w)
}

func (e *Entry) walkRecord(w *core.Walker) {
	core.Word(w, "ends_as", &e.EndsAs, job.NumStates)
	core.Word(w, "pending", &e.Pending, job.NumStates)
	core.Word(w, "pending_completeness", &e.PendingCompleteness, job.NumCompleteness)
	w.Bool("delivered", &e.Delivered)
	w.Bool("told", &e.Told)
	w.Bool("commanded", &e.Commanded)
	w.Bool("cancel_wanted", &e.CancelWanted)
	w.MaybeNode("handover_to", &e.HandoverTo)
	w.Duration("elapsed", &e.Elapsed)
	w.Duration("took", &e.Took)
	w.Uint64("completed", &e.Completed)
	w.Uint64("failed", &e.Failed)
	w.MaybeNode("origin_gate", &e.Gate)
	w.Uint32("gate_epoch", &e.GE)
	w.MaybeNode("callback", &e.Callback)
	w.Uint32("layer_version", &e.Layer)
}

func (e *Entry) walkLists(w *core.Walker) {
	core.List(w, "context", &e.Context, 12, func(b *core.Blob, w *core.Walker) { w.Blob("snapshot", b) })
	core.List(w, "workflows", &e.Workflows, leastWorkflowEntry, (*WorkflowEntry).walk)
	core.List(w, "results", &e.Results, job.LeastWorkflowOutcome, job.WalkWorkflowOutcome)
	core.List(w, "errors", &e.Errors, job.LeastFailure, job.WalkFailure)
	core.List(w, "cancelled", &e.Cancelled, job.LeastSingleCancel, job.WalkSingleCancel)
	core.List(w, "dcs", &e.Sites, 2+1+6+1+4+4, (*SiteEntry).walk)
	core.List(w, "timeout", &e.Timeout, jobtimeout.LeastSnapshot, (*jobtimeout.Snapshot).Walk)
	core.List(w, "submission", &e.Submission, job.LeastSpec, job.WalkSpec)
}
