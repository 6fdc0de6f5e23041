package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// Cancel asks for the end of a job (spec 20 §7.1 phase 1). Its outcome comes as that of any other job. The request stays
// open until the job is over: it is repeated until a leader has accepted it, and at each new leader.
func (c *Client) Cancel(now core.Instant, id job.ID, fx *core.Effects) bool {
	x := c.jobs[id]
	if x == nil || x.state.Over() || x.wanted {
		return false
	}
	x.wanted = true
	c.askCancel(now, x, fx)
	return true
}

// CancelAt asks for the end of a job whether it was asked before or not: at its leader, or at some other target, which has to
// send it on. It reports whether the job is not over.
func (c *Client) CancelAt(now core.Instant, id job.ID, other bool, fx *core.Effects) bool {
	x := c.jobs[id]
	if x == nil || x.state.Over() {
		return false
	}
	x.wanted = true
	to := core.NoNode
	if other {
		to = c.targets.other(x.main.leader)
	}
	c.sendCancel(now, x, to, fx)
	return true
}

// askCancel asks the leader, unless an answer is still to come.
func (c *Client) askCancel(now core.Instant, x *tracked, fx *core.Effects) {
	if x.cancelling == 0 && !x.state.Over() {
		c.sendCancel(now, x, core.NoNode, fx)
	}
}

func (c *Client) sendCancel(now core.Instant, x *tracked, to core.NodeID, fx *core.Effects) {
	x.cancelling++
	b := call.Make[cancel.JobRequest](fx, core.KindJobCancelRequest)
	b.Job, b.Requester, b.Reason = x.id, c.p.Self, cancel.ReasonClient
	c.calls.Go(now, to, core.KindJobCancelRequest, b, &c.how.cancel, call.Ticket{Op: opCancel, Job: uint64(x.id), N: x.main.epoch}, fx)
}

// cancelAnswered hears what the leader says: it stops the job, or the job has ended. Without an answer that settles it the
// next look at the job asks again.
func (c *Client) cancelAnswered(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	x.cancelling--
	switch {
	case x.state.Over():
	case o.Done():
		c.contacted(now, x, fx)
		x.stopping = o.N == x.main.epoch || o.From == x.main.leader // else it was accepted by one that leads no more
	case o.Code == call.CodeAlreadyTerminal: // how, its result says, which this one has: the leader may have forgotten the job
		c.contacted(now, x, fx)
		c.pollAt(now, x, o.From, fx)
	case o.Answered && o.Code.Permanent():
		x.wanted = false // whoever wants it may ask again
	}
}
