package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Again is how a job is handed in again.
type Again struct {
	Altered bool // it is another one, under the same id
	Other   bool // to a target that does not lead it, as far as is known
}

// Resubmit hands a job in that was handed in before, as a user does who does not trust the answer: under the same id, and the
// same ids of workflows (J45). It runs once whatever comes of that (G2, I-J6). What is said to it comes as a fact. It reports
// whether that was done: the job is still followed, and was not cancelled before anybody is known to have accepted it. Whoever has forgotten such
// a cancel would run it (I-J5). The lists of s are kept: nobody may write to them any more.
func (c *Client) Resubmit(now core.Instant, s job.Spec, how Again, fx *core.Effects) bool {
	x := c.jobs[s.Job]
	if x == nil || x.overtaken() {
		return false
	}
	s.Callback = c.p.Self
	if how.Altered {
		s.Timeout++
	}
	s.Digest = c.digest(&s)
	to := x.main.leader
	if how.Other {
		to = c.targets.other(to)
	}
	x.agains = append(x.agains, again{at: now, altered: how.Altered})
	b := call.Make[job.Submission](fx, core.KindJobSubmission)
	b.Spec, b.Gate, b.Handshake = s, core.NoNode, c.pacts.Hello()
	core.Hold(b) // for good, as the first one
	c.calls.Go(now, to, core.KindJobSubmission, b, &c.how.again, call.Ticket{Op: opAgain, Job: uint64(s.Job), Sub: uint64(len(x.agains) - 1)}, fx)
	return true
}

// again is a job that was handed in again.
type again struct {
	at      core.Instant
	altered bool
}

// againAnswered hears what became of it.
func (c *Client) againAnswered(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	a := x.agains[o.Sub]
	f := fx.JobFact(core.JobFactAgain)
	f.Job, f.Node, f.Code = uint64(x.id), o.From, uint8(o.Code)
	if !o.Answered {
		f.To = 1
	}
	altered := int64(0)
	if a.altered {
		altered = 1
	}
	f.Put("took", int64(now.Sub(a.at))).Put("altered", altered)
	r, ok := o.Reply.(*job.Ack)
	taken := ok && r.Accepted
	switch x.arrived = x.arrived || taken || o.Unknown; {
	case x.overtaken():
		c.afterEnd(now, x, taken, o, fx)
	case taken && !x.state.Over():
		c.contacted(now, x, fx)
	}
}
