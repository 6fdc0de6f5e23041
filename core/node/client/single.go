package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// CancelOne asks for the end of one workflow of a job, and of those that need it, at the job's leader, or at some other
// target, which has to send it on (spec 20 §7.2). What became of that comes as a fact, once. It reports whether the job is
// not over. A request that nobody answers is repeated, under the same id; its user may ask again, under another one.
func (c *Client) CancelOne(now core.Instant, id job.ID, flow job.WorkflowID, how One, fx *core.Effects) bool {
	x := c.jobs[id]
	if x == nil || x.state.Over() {
		return false
	}
	to := core.NoNode
	if how.Other {
		to = c.targets.other(x.main.leader)
	}
	b := call.Make[cancel.SingleRequest](fx, core.KindSingleWorkflowCancelRequest)
	b.Job, b.Workflow, b.Request, b.Requester, b.Dependents, b.Gate, b.Client = id, flow, c.asks.Uint64(), c.p.Self, how.Dependents, core.NoNode, c.p.Self
	x.singles = append(x.singles, single{flow: flow, at: now})
	c.calls.Go(now, to, core.KindSingleWorkflowCancelRequest, b, &c.how.cancel, call.Ticket{Op: opSingle, Job: uint64(id), Sub: uint64(len(x.singles) - 1)}, fx)
	return true
}

// One is how the end of one workflow is asked for.
type One struct {
	Dependents bool // of those that need it, too
	Other      bool // of a target that does not lead the job
}

// single is a request to cancel one workflow.
type single struct {
	flow job.WorkflowID
	at   core.Instant
}

// singleAnswered hears what became of one.
func (c *Client) singleAnswered(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	s := x.singles[o.Sub]
	f := fx.JobFact(core.JobFactSingle)
	f.Job, f.Workflow, f.Attempt, f.Node, f.Code, f.To = uint64(x.id), uint64(s.flow), uint16(o.Attempts), o.From, uint8(o.Code), cancel.NumSingleStatuses
	f.Put("took", int64(now.Sub(s.at)))
	if r, ok := o.Reply.(*cancel.SingleResponse); ok {
		f.To = uint8(r.Status)
		if o.Code != call.CodeUnknownJob {
			c.contacted(now, x, fx)
		}
	}
}
