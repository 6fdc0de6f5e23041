package job

import "hypersim/core"

// WorkflowFinalResult is how a shard ended, from its worker to the job's leader. The first one of a token counts.
type WorkflowFinalResult struct {
	core.Shared
	Shard
	Token             Token
	Name              uint32
	Ended             Ended
	Error             ErrorKind
	Results           core.Blob
	Context           core.Blob // context_updates
	Completed, Failed uint64    // items: nobody looks into Results
	Elapsed           core.Duration
	Worker            core.NodeID
	CoresAvailable    uint16 // of the worker, now
	WorkerVersion     uint64
	Forwarded         bool // by a manager that does not lead the job: not a second time
}

// Walk implements core.Body.
func (b *WorkflowFinalResult) Walk(w *core.Walker) {
	b.Shard.Walk(w)
	b.Token.Walk(w)
	w.Uint32("name", &b.Name)
	core.Word(w, "ended", &b.Ended, NumEnded)
	core.Word(w, "error", &b.Error, NumErrorKinds)
	w.Blob("results", &b.Results)
	w.Blob("context_updates", &b.Context)
	w.Uint64("completed_count", &b.Completed)
	w.Uint64("failed_count", &b.Failed)
	w.Duration("elapsed", &b.Elapsed)
	w.Node("worker", &b.Worker)
	w.Uint16("worker_available_cores", &b.CoresAvailable)
	w.Uint64("worker_version", &b.WorkerVersion)
	w.Bool("forwarded", &b.Forwarded)
}

// SiteResult is the result of a workflow in one datacenter.
type SiteResult struct {
	Site    uint16
	Status  WorkflowStatus
	Results core.Blob
	Error   ErrorKind
	Elapsed core.Duration
}

func (r *SiteResult) walk(w *core.Walker) {
	w.Uint16("site", &r.Site)
	core.Word(w, "status", &r.Status, NumWorkflowStatuses)
	w.Blob("results", &r.Results)
	core.Word(w, "error", &r.Error, NumErrorKinds)
	w.Duration("elapsed", &r.Elapsed)
}

// WorkflowResultPush is the result of a workflow: of one datacenter, or of all, aggregated.
type WorkflowResultPush struct {
	core.Shared
	Job      ID
	Workflow WorkflowID
	Name     uint32
	Site     uint16 // NoSite: aggregated
	Status   WorkflowStatus
	Epoch    uint32 // de where Site is one and no gate speaks, else ge
	Results  []core.Blob
	Error    ErrorKind
	Elapsed  core.Duration
	PerSite  []SiteResult
	Missing  []uint16 // datacenters that did not report in time
	Test     bool
}

// Walk implements core.Body.
func (b *WorkflowResultPush) Walk(w *core.Walker) {
	b.Job.Walk(w)
	b.Workflow.Walk(w)
	w.Uint32("name", &b.Name)
	w.Uint16("site", &b.Site)
	core.Word(w, "status", &b.Status, NumWorkflowStatuses)
	w.Uint32("epoch", &b.Epoch)
	core.List(w, "results", &b.Results, leastBlob, walkBlob)
	core.Word(w, "error", &b.Error, NumErrorKinds)
	w.Duration("elapsed", &b.Elapsed)
	core.List(w, "per_dc_results", &b.PerSite, 2+1+leastBlob+1+8, (*SiteResult).walk)
	core.List(w, "missing", &b.Missing, leastSite, WalkSite)
	w.Bool("is_test", &b.Test)
}

// WorkflowOutcome is how a workflow ended in a datacenter.
type WorkflowOutcome struct {
	Workflow WorkflowID
	Status   WorkflowStatus
	Error    ErrorKind
	Results  core.Blob
}

// LeastWorkflowOutcome is how many bytes a WorkflowOutcome has at the least.
const LeastWorkflowOutcome = 8 + 1 + 1 + leastBlob

// WalkWorkflowOutcome tells the fields.
func WalkWorkflowOutcome(o *WorkflowOutcome, w *core.Walker) {
	o.Workflow.Walk(w)
	core.Word(w, "status", &o.Status, NumWorkflowStatuses)
	core.Word(w, "error", &o.Error, NumErrorKinds)
	w.Blob("results", &o.Results)
}

// SiteFinal is how a job ended in one datacenter, results and all.
type SiteFinal struct {
	Site              uint16
	State             State // terminal
	Completeness      Completeness
	Results           []WorkflowOutcome
	Completed, Failed uint64
	Errors            []Failure
	Elapsed           core.Duration
	DE                uint32
}

// LeastSiteFinal is how many bytes a SiteFinal has at the least.
const LeastSiteFinal = 2 + 1 + 1 + 4 + 16 + 4 + 8 + 4

// WalkSiteFinal tells the fields of an element of a list.
func WalkSiteFinal(f *SiteFinal, w *core.Walker) { f.Walk(w) }

// Walk tells the fields.
func (f *SiteFinal) Walk(w *core.Walker) {
	w.Uint16("site", &f.Site)
	core.Word(w, "state", &f.State, NumStates)
	core.Word(w, "completeness", &f.Completeness, NumCompleteness)
	core.List(w, "workflow_results", &f.Results, LeastWorkflowOutcome, WalkWorkflowOutcome)
	w.Uint64("total_completed", &f.Completed)
	w.Uint64("total_failed", &f.Failed)
	core.List(w, "errors", &f.Errors, LeastFailure, WalkFailure)
	w.Duration("elapsed", &f.Elapsed)
	w.Uint32("dc_epoch", &f.DE)
}

// FinalResult brings the end of a job in one datacenter to its gate, or to its client where there is none. The answer
// is given after the commit.
type FinalResult struct {
	core.Shared
	Job ID
	SiteFinal
}

// Walk implements core.Body.
func (b *FinalResult) Walk(w *core.Walker) {
	b.Job.Walk(w)
	b.SiteFinal.Walk(w)
}
