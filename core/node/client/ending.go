package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// onFinal hears of a manager how a job ended. Where there are gates it is for information only: what counts is how it
// ended everywhere (spec 20 §7.3). The first word counts.
func (c *Client) onFinal(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.FinalResult)
	x := c.jobs[b.Job]
	a := call.Answer{Code: call.CodeUnknownJob}
	if x != nil {
		if s := c.in(x, b.Site, m.From); s == &x.main {
			a = c.final(now, x, b.DE, b.State, b.Completeness, m.From, fx)
		} else {
			a.Code = call.CodeOK
			c.word(now, b.Job, b.Site, b.DE, m.From, fx)
		}
	}
	reply := c.calls.Respond(fx, m, core.KindJobFinalResultAck)
	core.Attach[job.StateAck](fx, reply).Answer = a
}

// onGlobal hears the same of a gate.
func (c *Client) onGlobal(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.GlobalResult)
	a := call.Answer{Code: call.CodeUnknownJob}
	if x := c.jobs[b.Job]; x != nil {
		a = c.final(now, x, b.GE, b.State, b.Completeness, m.From, fx)
	}
	core.Attach[call.Ack](fx, c.calls.Respond(fx, m, core.KindGlobalJobResultAck)).Answer = a
}

// final takes in how a job ended, once. One that has lost the job to another leader meanwhile may not say so; a client that
// had given the job up notes it beside its own outcome.
func (c *Client) final(now core.Instant, x *tracked, epoch uint32, s job.State, complete job.Completeness, from core.NodeID, fx *core.Effects) call.Answer {
	switch {
	case x.state.Over():
		if x.state.Local() && !x.late {
			x.late = true
			f := fx.JobFact(core.JobFactLate)
			f.Job, f.From, f.To, f.Code, f.Node = uint64(x.id), uint8(x.state), uint8(s), uint8(complete), from
		}
		return call.Answer{Code: call.CodeDuplicate}
	case epoch < x.main.epoch:
		return call.Stale(uint64(x.main.epoch))
	}
	x.teller = from
	c.end(now, x, s, complete, from, fx)
	return call.Answer{}
}

// endBy takes in how a job ended as an answer says it. Of one that was cancelled, and has no result, nobody need have heard but of the
// cancel (04-15).
func (c *Client) endBy(now core.Instant, x *tracked, s job.State, result []job.Outcome, from core.NodeID, fx *core.Effects) {
	complete := job.CompleteNone
	if len(result) > 0 {
		complete = result[0].Completeness
	}
	if s != job.StateCancelled || len(result) > 0 {
		x.teller = from
	}
	c.end(now, x, s, complete, from, fx)
}

// handsInNoMore ends what hands a job in that is over: whoever has forgotten how it ended would run it anew.
func (c *Client) handsInNoMore(now core.Instant, x *tracked) {
	if x.spec.Job == x.id { // it is still handed in
		c.calls.Last(now, opSubmit, uint64(x.id))
	}
	if len(x.agains) > 0 {
		c.calls.Last(now, opAgain, uint64(x.id))
	}
}

// end notes the one outcome of a job.
func (c *Client) end(now core.Instant, x *tracked, s job.State, complete job.Completeness, from core.NodeID, fx *core.Effects) {
	if x.state.Over() {
		return
	}
	if x.orphan != core.Never && !s.Local() {
		c.contacted(now, x, fx)
	}
	x.state, x.ended, x.sites = s, now, nil
	c.handsInNoMore(now, x)
	f := fx.JobFact(core.JobFactOutcome)
	f.Job, f.To, f.Code, f.Node = uint64(x.id), uint8(s), uint8(complete), from
	c.lookAt(now.Add(c.cfg.Retention.Client), x.id, lookPoll)
}
