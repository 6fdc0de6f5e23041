package jobtimeout

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// AddBodies tells which kinds of AD-34 and AD-26 have bodies.
func AddBodies(b *core.Bodies) {
	ack := func() core.Body { return new(Ack) }
	b[core.KindJobProgressReport] = func() core.Body { return new(ProgressReport) }
	b[core.KindJobProgressReportAck] = ack
	b[core.KindJobTimeoutReport] = func() core.Body { return new(TimeoutReport) }
	b[core.KindJobTimeoutReportAck] = ack
	b[core.KindJobGlobalTimeout] = func() core.Body { return new(GlobalTimeout) }
	b[core.KindJobGlobalTimeoutAck] = ack
	b[core.KindJobLeaderTransfer] = func() core.Body { return new(LeaderTransfer) }
	b[core.KindJobLeaderTransferAck] = ack
	b[core.KindJobFinalStatus] = func() core.Body { return new(FinalStatus) }
	b[core.KindJobFinalStatusAck] = ack
	b[core.KindHealthcheckExtensionRequest] = func() core.Body { return new(ExtensionRequest) }
	b[core.KindHealthcheckExtensionResponse] = func() core.Body { return new(ExtensionResponse) }
}

// Ack (TimeoutAck) answers every message of AD-34. ALREADY_TERMINAL with State is how a gate that knows the end of a
// job makes good for a broadcast that was lost (J7).
type Ack struct {
	core.Shared
	call.Answer
	GE, DE    uint32      // that the answerer knows
	JobLeader core.NodeID // or NoNode
	State     job.State
}

// Walk implements core.Body.
func (b *Ack) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	w.Uint32("gate_epoch", &b.GE)
	w.Uint32("dc_epoch", &b.DE)
	w.MaybeNode("job_leader", &b.JobLeader)
	core.Word(w, "job_status", &b.State, job.NumStates)
}

// ProgressReport (JobProgressReport) tells a gate that a job gets on in a datacenter, or not.
type ProgressReport struct {
	core.Shared
	Job               job.ID
	Site              uint16
	Manager           core.NodeID
	Workflows         uint32 // of the job here
	Completed, Failed uint32 // of them
	Recent            bool   // has_recent_progress
	DE                uint32
	Seq               uint64 // report_seq: with DE, only greater ones count
	Extensions        core.Duration
	MaxExtension      core.Duration
	Extended          uint32 // workers_with_extensions
	TimedOut          bool   // locally
}

// Walk implements core.Body.
func (b *ProgressReport) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint16("site", &b.Site)
	w.Node("manager", &b.Manager)
	w.Uint32("workflows_total", &b.Workflows)
	w.Uint32("workflows_completed", &b.Completed)
	w.Uint32("workflows_failed", &b.Failed)
	w.Bool("has_recent_progress", &b.Recent)
	w.Uint32("dc_epoch", &b.DE)
	w.Uint64("report_seq", &b.Seq)
	w.Duration("total_extensions_granted", &b.Extensions)
	w.Duration("max_worker_extension", &b.MaxExtension)
	w.Uint32("workers_with_extensions", &b.Extended)
	w.Bool("locally_timed_out", &b.TimedOut)
}

// ScopeID implements core.Scoped.
func (b *ProgressReport) ScopeID() uint64 { return uint64(b.Job) }

// TimeoutReport (JobTimeoutReport) tells a gate that a job timed out in a datacenter.
type TimeoutReport struct {
	core.Shared
	Job      job.ID
	Site     uint16
	Manager  core.NodeID
	Kind     Kind
	Elapsed  core.Duration
	DE       uint32
	Seq      uint64
	Extended uint32 // workers_with_extensions
}

// Walk implements core.Body.
func (b *TimeoutReport) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint16("site", &b.Site)
	w.Node("manager", &b.Manager)
	core.Word(w, "kind", &b.Kind, NumKinds)
	w.Duration("elapsed", &b.Elapsed)
	w.Uint32("dc_epoch", &b.DE)
	w.Uint64("report_seq", &b.Seq)
	w.Uint32("workers_with_extensions", &b.Extended)
}

// GlobalTimeout (JobGlobalTimeout) commands the end of a job in a datacenter.
type GlobalTimeout struct {
	core.Shared
	Job     job.ID
	Rule    Rule
	Elapsed core.Duration
	GE      uint32
	DE      uint32 // as the gate has it, 0 = not known
}

// Walk implements core.Body.
func (b *GlobalTimeout) Walk(w *core.Walker) {
	b.Job.Walk(w)
	core.Word(w, "rule", &b.Rule, NumRules)
	w.Duration("elapsed", &b.Elapsed)
	w.Uint32("gate_epoch", &b.GE)
	w.Uint32("dc_epoch", &b.DE)
}

// LeaderTransfer (JobLeaderTransfer) tells a gate who leads a job in a datacenter from now on.
type LeaderTransfer struct {
	core.Shared
	Job     job.ID
	Site    uint16
	Leader  core.NodeID
	DE      uint32
	Elapsed core.Duration
}

// Walk implements core.Body.
func (b *LeaderTransfer) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint16("site", &b.Site)
	w.Node("new_leader", &b.Leader)
	w.Uint32("dc_epoch", &b.DE)
	w.Duration("elapsed", &b.Elapsed)
}

// FinalStatus (JobFinalStatus) tells a gate how a job ended in a datacenter; its results follow by themselves.
type FinalStatus struct {
	core.Shared
	Job     job.ID
	Site    uint16
	Manager core.NodeID
	State   job.State // terminal
	DE      uint32
}

// Walk implements core.Body.
func (b *FinalStatus) Walk(w *core.Walker) {
	b.Job.Walk(w)
	w.Uint16("site", &b.Site)
	w.Node("manager", &b.Manager)
	core.Word(w, "state", &b.State, job.NumStates)
	w.Uint32("dc_epoch", &b.DE)
}
