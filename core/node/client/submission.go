package client

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// Order is what its user wants of whom a job is handed to.
type Order struct {
	Owners []core.NodeID // gates: the id is drawn until one of them owns it; nil: whoever does
	First  core.NodeID   // who is asked first; NoNode: the owner, else all in turn
}

// Submit hands a job to the cluster and returns its id. Ids of the job and its workflows are drawn here, once; what s
// says of them is not looked at. The lists of s are kept: nobody may write to them any more.
func (c *Client) Submit(now core.Instant, s job.Spec, fx *core.Effects) job.ID {
	return c.SubmitTo(now, s, &Order{First: core.NoNode}, fx)
}

// ownerDraws bounds the draws for an owner: one of a thousand gates comes up within it, but for one in e^100 jobs.
const ownerDraws = 100_000

// SubmitTo does the same, as its user wants it.
func (c *Client) SubmitTo(now core.Instant, s job.Spec, how *Order, fx *core.Effects) job.ID {
	s.Job, s.Callback = job.ID(c.ids.Uint64()), c.p.Self
	for n := 0; n < ownerDraws && c.ring != nil && how.Owners != nil && !slices.Contains(how.Owners, c.ring.Owner(s.Job)); n++ {
		s.Job = job.ID(c.ids.Uint64())
	}
	for i := range s.Workflows {
		s.Workflows[i].Workflow = job.WorkflowID(c.ids.Uint64())
	}
	s.Digest = c.digest(&s)
	x := &tracked{id: s.Job, submitted: now, contact: now, orphan: core.Never, unknown: core.Never, denier: core.NoNode, first: how.First, teller: core.NoNode, spec: s}
	x.main = space{leader: core.NoNode, site: job.NoSite}
	c.jobs[s.Job] = x
	c.retries.Earn()
	c.fact(x, 0, call.CodeOK, core.NoNode, 0, 0, fx)
	m := core.Message{Kind: core.KindJobSubmission, From: c.p.Self, Body: c.body(x, 0, fx)}
	if c.walk.Size(&m, c.p.Book) > c.cfg.Submit.MaxBytes { // nothing is sent
		c.reject(now, x, call.CodeTooLarge, core.NoNode, fx)
		return s.Job
	}
	c.calls.Go(now, core.NoNode, core.KindJobSubmission, m.Body, &c.how.submit, call.Ticket{Op: opSubmit, Job: uint64(s.Job)}, fx)
	return s.Job
}

// digest of what a job is: the same id with another one is another job.
func (c *Client) digest(s *job.Spec) uint64 {
	b := job.Submission{Spec: *s}
	return c.walk.Hash(1, &b)
}

func (c *Client) body(x *tracked, redirects int, fx *core.Effects) *job.Submission {
	b := call.Make[job.Submission](fx, core.KindJobSubmission)
	b.Handshake = c.pacts.Hello()
	b.Spec, b.Redirects, b.Gate = x.spec, uint8(redirects), core.NoNode
	core.Hold(b) // for good: its lists are the job's, and one that is used again is cleared
	return b
}

// Say implements call.Speaker: a submission counts how often it was sent on.
func (c *Client) Say(_ core.Instant, s *call.Sending, fx *core.Effects) core.Body {
	x := c.jobs[job.ID(s.Job)]
	b, ok := s.Body.(*job.Submission)
	switch {
	case !ok || x == nil || int(b.Redirects) == s.Redirects:
		return nil
	case s.Op == opAgain:
		return c.sentOn(b, s.Redirects, fx)
	}
	return c.body(x, s.Redirects, fx)
}

// sentOn is a submission that was sent on so often.
func (c *Client) sentOn(of *job.Submission, redirects int, fx *core.Effects) *job.Submission {
	b := call.Make[job.Submission](fx, core.KindJobSubmission)
	b.Spec, b.Redirects, b.Gate, b.Handshake = of.Spec, uint8(redirects), core.NoNode, of.Handshake
	core.Hold(b)
	return b
}

func (c *Client) fact(x *tracked, to uint8, code call.Code, at core.NodeID, attempts, redirects int, fx *core.Effects) {
	f := fx.JobFact(core.JobFactSubmit)
	f.Job, f.To, f.Code, f.Node = uint64(x.id), to, uint8(code), at
	f.Put("attempts", int64(attempts)).Put("redirects", int64(redirects))
}

// submitted hears what became of a submission.
func (c *Client) submitted(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	x.spec = job.Spec{} // nobody sends it again
	a, _ := o.Reply.(*job.Ack)
	if a != nil {
		c.pacts.Answered(o, &a.Versions, fx)
	}
	taken := a != nil && a.Accepted
	if taken {
		x.accepted = true
		c.fact(x, 1, o.Code, o.From, o.Attempts, o.Redirects, fx)
	}
	switch {
	case x.state.Over(): // a push was faster, or a cancel that is remembered
		c.afterEnd(now, x, taken, o, fx)
	case taken:
		c.speaks(now, x, &x.main, max(a.GE, a.DE), leads(o, a), fx)
		if a.State.Terminal() { // done before: ask who says so how it ended
			c.pollAt(now, x, o.From, fx)
		}
		c.lookAt(now.Add(c.pace()), x.id, lookPoll)
	case a != nil && a.Code == call.CodeAlreadyTerminal && a.State.Terminal(): // a cancel that is remembered names no state (04-15)
		c.end(now, x, a.State, job.CompleteNone, o.From, fx)
		c.afterEnd(now, x, false, o, fx)
	default:
		c.notTaken(now, x, o, fx)
	}
}

// leads returns who leads a job by an acceptance: who gave it, or whom it names if the job was accepted before (G2).
func leads(o *call.Outcome, a *job.Ack) core.NodeID {
	if a.Code == call.CodeDuplicate && a.JobLeader != core.NoNode {
		return a.JobLeader
	}
	return o.From
}

// answersLost reports whether whoever leads the job has spoken of it, or somebody of its end: then it is accepted, and only the answers were lost.
func (c *Client) answersLost(x *tracked, o *call.Outcome, fx *core.Effects) bool {
	at := x.main.leader
	if at == core.NoNode {
		at = x.teller
	}
	if x.accepted || at == core.NoNode {
		return false
	}
	x.accepted = true
	c.fact(x, 1, call.CodeOK, at, o.Attempts, o.Redirects, fx)
	return true
}

// afterEnd goes on when the job is over. One that its cancel overtook may have arrived all the same, where the cancel is forgotten.
func (c *Client) afterEnd(now core.Instant, x *tracked, taken bool, o *call.Outcome, fx *core.Effects) {
	switch {
	case !x.overtaken():
		c.answersLost(x, o, fx)
	case taken || o.Unknown || x.arrived:
		c.owe(now, x, fx)
	}
}

// owe asks for the end of a job that somebody may have, until it is answered (04-16).
func (c *Client) owe(now core.Instant, x *tracked, fx *core.Effects) {
	b := call.Make[cancel.JobRequest](fx, core.KindJobCancelRequest)
	b.Job, b.Requester, b.Reason = x.id, c.p.Self, cancel.ReasonUnknown
	c.calls.Go(now, core.NoNode, core.KindJobCancelRequest, b, &c.how.owed, call.Ticket{Op: opOwed, Job: uint64(x.id)}, fx)
}

// notTaken goes on without an acceptance. One that may have arrived is to end (04-16).
func (c *Client) notTaken(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	switch {
	case c.answersLost(x, o, fx):
		c.lookAt(now.Add(c.pace()), x.id, lookPoll)
	case o.Unknown:
		c.owe(now, x, fx)
		c.fact(x, 2, o.Code, o.From, o.Attempts, o.Redirects, fx)
		c.end(now, x, job.LocalUnknown, job.CompleteNone, o.From, fx)
	default:
		c.fact(x, 2, o.Code, o.From, o.Attempts, o.Redirects, fx)
		c.end(now, x, job.LocalRejected, job.CompleteNone, o.From, fx)
	}
}

func (c *Client) reject(now core.Instant, x *tracked, code call.Code, at core.NodeID, fx *core.Effects) {
	c.fact(x, 2, code, at, 0, 0, fx)
	c.end(now, x, job.LocalRejected, job.CompleteNone, at, fx)
}
