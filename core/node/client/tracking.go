package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// tracked is what the client knows of a job.
type tracked struct {
	id        job.ID
	spec      job.Spec // until the submission is over
	submitted core.Instant
	contact   core.Instant // the last word of somebody who knows it
	unknown   core.Instant // since when nobody who answered does, Never: somebody did
	ended     core.Instant
	leader    core.NodeID
	state     job.State // or a local end
	epoch     uint32
	seq       uint32
	accepted  bool
	polling   bool
	cancelled bool // its end was asked for
}

// State returns what the client knows of a job: StateNone if it follows none of that id.
func (c *Client) State(id job.ID) job.State {
	if x := c.jobs[id]; x != nil {
		return x.state
	}
	return job.StateNone
}

// fresh takes in a word about a job, unless it is older than what is known (spec 20 §8.5).
func (c *Client) fresh(now core.Instant, x *tracked, epoch, seq uint32, from core.NodeID) bool {
	if epoch < x.epoch {
		return false
	}
	x.contact, x.unknown, x.leader = now, core.Never, from
	if epoch == x.epoch && seq <= x.seq {
		return false
	}
	x.epoch, x.seq = epoch, seq
	return true
}

func (c *Client) status(now core.Instant, s *job.Status, from core.NodeID) {
	x := c.jobs[s.Job]
	if x == nil || x.state.Over() || !c.fresh(now, x, s.Epoch, s.Seq, from) || s.State.Terminal() {
		return // how it ended comes with its result
	}
	x.state = s.State
}

func (c *Client) onStatus(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.StatusPush)
	c.status(now, &b.Status, m.From)
	core.Attach[call.Ack](fx, c.calls.Respond(fx, m, core.KindJobStatusPushAck))
}

func (c *Client) onBatch(now core.Instant, m *core.Message, _ *core.Effects) {
	b := m.Body.(*job.BatchPush)
	for i := range b.Entries {
		c.status(now, &b.Entries[i], m.From)
	}
}

func (c *Client) onWorkflow(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.WorkflowResultPush)
	if x := c.jobs[b.Job]; x != nil && b.Epoch >= x.epoch {
		x.contact = now
	}
	core.Attach[call.Ack](fx, c.calls.Respond(fx, m, core.KindWorkflowResultPushAck))
}

// onFinal hears how a job ended. The first word counts.
func (c *Client) onFinal(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.FinalResult)
	code := call.CodeUnknownJob
	if x := c.jobs[b.Job]; x != nil {
		code = call.CodeDuplicate
		if !x.state.Over() {
			code = call.CodeOK
			c.end(now, x, b.State, b.Completeness, m.From, fx)
		}
	}
	reply := c.calls.Respond(fx, m, core.KindJobFinalResultAck)
	core.Attach[job.StateAck](fx, reply).Code = code
}

// onGlobal hears the same of a gate. One that has lost the job to another gate meanwhile may not say so.
func (c *Client) onGlobal(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.GlobalResult)
	a := call.Answer{Code: call.CodeUnknownJob}
	if x := c.jobs[b.Job]; x != nil {
		switch {
		case x.state.Over():
			a.Code = call.CodeDuplicate
		case b.GE < x.epoch:
			a = call.Stale(uint64(x.epoch))
		default:
			a.Code = call.CodeOK
			c.end(now, x, b.State, b.Completeness, m.From, fx)
		}
	}
	core.Attach[call.Ack](fx, c.calls.Respond(fx, m, core.KindGlobalJobResultAck)).Answer = a
}

func (c *Client) onCancelled(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*cancel.JobComplete)
	if x := c.jobs[b.Job]; x != nil {
		x.contact = now
	}
	core.Attach[call.Ack](fx, c.calls.Respond(fx, m, core.KindJobCancellationCompleteAck))
}

// end notes the one outcome of a job.
func (c *Client) end(now core.Instant, x *tracked, s job.State, complete job.Completeness, from core.NodeID, fx *core.Effects) {
	if x.state.Over() {
		return
	}
	x.state, x.ended = s, now
	f := fx.JobFact(core.JobFactOutcome)
	f.Job, f.To, f.Code, f.Node = uint64(x.id), uint8(s), uint8(complete), from
	c.lookAt(now.Add(c.cfg.Retention.Client), x.id)
}

// look asks about a job that nobody has said anything about for a while, and forgets one that is over and old.
func (c *Client) look(now core.Instant, x *tracked, fx *core.Effects) {
	if x.state.Over() {
		if now.Sub(x.ended) >= c.cfg.Retention.Client {
			delete(c.jobs, x.id)
		}
		return
	}
	if now.Sub(x.contact) >= c.cfg.Client.PollInterval {
		c.poll(now, x, fx)
	}
	c.lookAt(now.Add(c.cfg.Client.PollInterval), x.id)
}

func (c *Client) poll(now core.Instant, x *tracked, fx *core.Effects) {
	if x.polling {
		return
	}
	x.polling = true
	b := call.Make[job.StatusRequest](fx, core.KindJobStatusRequest)
	b.Job, b.Since = x.id, x.seq
	c.calls.Go(now, core.NoNode, core.KindJobStatusRequest, b, &c.how.status, call.Ticket{Op: opStatus, Job: uint64(x.id)}, fx)
}

// polled hears where a job stands. That nobody knows it counts only if somebody said so, long enough after the last
// word about it (04-42).
func (c *Client) polled(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	x.polling = false
	a, ok := o.Reply.(*job.GlobalStatus)
	if !ok || x.state.Over() {
		return
	}
	switch {
	case a.Code == call.CodeUnknownJob && now.Sub(x.contact) > c.cfg.Client.OrphanGrace:
		x.unknown = min(x.unknown, now)
		if now.Sub(x.contact) >= c.cfg.Client.JobLost {
			c.end(now, x, job.LocalLost, job.CompleteNone, o.From, fx)
		}
	case a.State.Terminal():
		complete := job.CompleteNone
		if len(a.Result) > 0 {
			complete = a.Result[0].Completeness
		}
		c.end(now, x, a.State, complete, o.From, fx)
	case a.Code.Done():
		if c.fresh(now, x, a.Epoch, a.Seq, o.From) {
			x.state = a.State
		}
	}
}
