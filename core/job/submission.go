package job

import (
	"hypersim/core"
	"hypersim/core/call"
)

// WorkflowSpec is one workflow of a submission.
type WorkflowSpec struct {
	Workflow WorkflowID
	Name     uint32
	VUs      uint32   // virtual users; 0 = those of the job
	Depends  []uint32 // names
	Cores    uint16   // exact demand, 0 = shares (spec 01 no. 38)
	Priority Priority
	Test     bool
	Payload  core.Blob
}

const leastSpec = 8 + 4 + 4 + 4 + 2 + 1 + 1 + leastBlob

// Walk tells the fields.
func (s *WorkflowSpec) Walk(w *core.Walker) {
	s.Workflow.Walk(w)
	w.Uint32("name", &s.Name)
	w.Uint32("vus", &s.VUs)
	core.List(w, "depends_on", &s.Depends, 4, func(n *uint32, w *core.Walker) { w.Uint32("name", n) })
	w.Uint16("cores", &s.Cores)
	core.Word(w, "priority", &s.Priority, NumPriorities)
	w.Bool("is_test", &s.Test)
	w.Blob("payload", &s.Payload)
}

// SingleCancel is a workflow that was cancelled by itself (spec 20 §7.2).
type SingleCancel struct {
	Workflow   WorkflowID
	Dependents bool // those that need it too
}

// LeastSingleCancel is how many bytes a SingleCancel has.
const LeastSingleCancel = 9

// WalkSingleCancel tells the fields.
func WalkSingleCancel(c *SingleCancel, w *core.Walker) {
	c.Workflow.Walk(w)
	w.Bool("cancel_dependents", &c.Dependents)
}

// Spec is a job as its client asked for it.
type Spec struct {
	Job             ID
	Workflows       []WorkflowSpec
	VUs             uint32        // per workflow that names none
	Timeout         core.Duration // 0 = the default
	DatacenterCount uint16
	Datacenters     []uint16    // the only ones that may run it, empty = any
	Preferred       []uint16    // those that it would rather run in
	Callback        core.NodeID // where pushes go, or NoNode
	Reporting       core.Blob   // reporting_configs
	Digest          uint64      // of all of the above: same id, other digest is another job
}

// LeastSpec is how many bytes a Spec has at the least.
const LeastSpec = 8 + 4 + 4 + 8 + 2 + 4 + 4 + 1 + leastBlob + 8

// WalkSpec tells the fields of an element of a list.
func WalkSpec(s *Spec, w *core.Walker) { s.Walk(w) }

// Walk tells the fields.
func (s *Spec) Walk(w *core.Walker) {
	s.Job.Walk(w)
	core.List(w, "workflows", &s.Workflows, leastSpec, (*WorkflowSpec).Walk)
	w.Uint32("vus", &s.VUs)
	w.Duration("timeout", &s.Timeout)
	w.Uint16("datacenter_count", &s.DatacenterCount)
	core.List(w, "datacenters", &s.Datacenters, leastSite, WalkSite)
	core.List(w, "preferred", &s.Preferred, leastSite, WalkSite)
	w.MaybeNode("callback", &s.Callback)
	w.Blob("reporting", &s.Reporting)
	w.Uint64("digest", &s.Digest)
}

// Submission asks a gate or manager to run a job.
type Submission struct {
	core.Shared
	call.Handshake
	Spec
	Redirects uint8          // how often it was sent on
	Gate      core.NodeID    // that leads the job, or NoNode: from a client
	GE        uint32         // its epoch, 0 from clients
	Cancelled []SingleCancel // what is not to run, from gates (spec 04 no. 54)
}

// Walk implements core.Body.
func (b *Submission) Walk(w *core.Walker) {
	b.Handshake.Walk(w)
	b.Spec.Walk(w)
	w.Uint8("redirect_count", &b.Redirects)
	w.MaybeNode("gate", &b.Gate)
	w.Uint32("gate_epoch", &b.GE)
	core.List(w, "cancelled", &b.Cancelled, LeastSingleCancel, WalkSingleCancel)
}

// Ack answers a submission, after the commit where it was accepted.
type Ack struct {
	core.Shared
	call.Answer
	call.Versions
	Job      ID
	Accepted bool
	State    State
	Own      bool // ALREADY_TERMINAL: the datacenter ended by itself, not by command (spec 04 no. 54)
	GE, DE   uint32
	Queued   uint32 // position

	JobLeader core.NodeID // DUPLICATE: who leads it, or NoNode (spec 20 §4.1 G2); zero with other codes

	Load Load // of the manager that accepted (spec 02 nos. 10, 11)
}

// Walk implements core.Body.
func (b *Ack) Walk(w *core.Walker) {
	b.Answer.Walk(w)
	b.Versions.Walk(w)
	b.Job.Walk(w)
	if b.Code == call.CodeDuplicate {
		w.MaybeNode("job_leader", &b.JobLeader)
	} else {
		b.JobLeader = 0
	}
	w.Bool("accepted", &b.Accepted)
	core.Word(w, "state", &b.State, NumStates)
	w.Bool("own", &b.Own)
	w.Uint32("gate_epoch", &b.GE)
	w.Uint32("dc_epoch", &b.DE)
	w.Uint32("queued_position", &b.Queued)
	b.Load.Walk(w)
}

// Load is a manager's count of its datacenter's cores and waiting work. Report numbers what it says of its load, so
// that what a gate reserved meanwhile is told from what the report knows.
type Load struct {
	Report         uint64
	Cores          uint32
	CoresAvailable uint32
	Pending        uint32 // workflows
}

// Walk tells the fields.
func (l *Load) Walk(w *core.Walker) {
	w.Uint64("report", &l.Report)
	w.Uint32("total_cores", &l.Cores)
	w.Uint32("available_cores", &l.CoresAvailable)
	w.Uint32("pending_workflows", &l.Pending)
}
