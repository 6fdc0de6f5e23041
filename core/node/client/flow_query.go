package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// beginBudget bounds the retries of submissions by how many there are (spec 02 no. 25).
func (c *Client) beginBudget() {
	k := &c.cfg.Client
	if k.RetryBurst > 0 {
		c.retries = call.NewBudget(k.RetryRatio, k.RetryBurst)
		c.how.submit.Budget = &c.retries
	}
}

// Query asks a server something that is about no job of this client, once: a request of a kind that has answers, without
// fields, or about all workflows of the jobs that the server leads (spec 20 §2.7). Nobody asks again for it.
func (c *Client) Query(now core.Instant, to core.NodeID, kind core.Kind, fx *core.Effects) {
	var b core.Body
	if kind == core.KindWorkflowQueryRequest {
		b = call.Make[job.WorkflowQuery](fx, kind)
	}
	c.calls.Go(now, to, kind, b, &c.how.query, call.Ticket{Op: opQuery, Sub: uint64(now)}, fx)
}

// queried hears what became of a query.
func (c *Client) queried(now core.Instant, o *call.Outcome, fx *core.Effects) {
	if o.Op != opQuery {
		return
	}
	f := fx.JobFact(core.JobFactQueried)
	f.Node, f.Code, f.Epoch = o.From, uint8(o.Code), uint32(o.Kind)
	if !o.Answered {
		f.To = 1
	}
	f.Put("took", int64(now.Sub(core.Instant(o.Sub))))
}
