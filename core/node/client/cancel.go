package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// Cancel asks for the end of a job (spec 20 §7.1 phase 1). Its outcome comes as that of any other job.
func (c *Client) Cancel(now core.Instant, id job.ID, fx *core.Effects) bool {
	x := c.jobs[id]
	if x == nil || x.state.Over() || x.cancelled {
		return false
	}
	x.cancelled = true
	b := call.Make[cancel.JobRequest](fx, core.KindJobCancelRequest)
	b.Job, b.Requester, b.Reason = id, c.p.Self, cancel.ReasonClient
	c.calls.Go(now, core.NoNode, core.KindJobCancelRequest, b, &c.how.cancel, call.Ticket{Op: opCancel, Job: uint64(id)}, fx)
	return true
}

// cancelAnswered hears what the leader says: it stops the job, or the job has ended.
func (c *Client) cancelAnswered(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	if !o.Done() && o.Code != call.CodeAlreadyTerminal {
		x.cancelled = false // whoever wants it may ask again
		return
	}
	x.contact = now
	if o.Code == call.CodeAlreadyTerminal && !x.state.Over() { // how, its result says
		c.poll(now, x, fx)
	}
}
