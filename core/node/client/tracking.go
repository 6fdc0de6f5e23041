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
	ended     core.Instant
	main      space   // of the targets
	sites     []space // of datacenters, where the targets are gates

	contact core.Instant // the last word of somebody who knows it
	orphan  core.Instant // since when nobody has said any, Never: somebody did
	unknown core.Instant // since when somebody said that it knows no such job, Never: nobody did
	asked   int          // how often somebody was asked since then
	turn    int          // whom to ask next, of all
	denier  core.NodeID  // who said so last
	teller  core.NodeID  // of the end of one that somebody had accepted, NoNode before

	singles []single // that were asked for
	agains  []again

	first       core.NodeID // whom to hand it in at first, NoNode: the owner by the ring
	state       job.State   // or a local end
	accepted    bool
	polling     bool
	overdue     bool // it is asked for again when the question is over
	registering bool
	watched     bool
	wanted      bool   // its end is
	late        bool   // how it ended came after it was given up
	cancelling  uint16 // cancels under way
	stopping    bool   // and was accepted
	arrived     bool   // somewhere, perhaps, when it was handed in again
}

// overtaken reports whether a cancel ended a job that nobody is known to have accepted (04-15).
func (x *tracked) overtaken() bool {
	return x.state == job.StateCancelled && x.main.leader == core.NoNode && x.teller == core.NoNode
}

// State returns what the client knows of a job: StateNone if it follows none of that id.
func (c *Client) State(id job.ID) job.State {
	if x := c.jobs[id]; x != nil {
		return x.state
	}
	return job.StateNone
}

// Leader returns whom the client holds the leader of a job, and its epoch; NoNode if it follows none of that id, or knows
// nobody.
func (c *Client) Leader(id job.ID) (core.NodeID, uint32) {
	if x := c.jobs[id]; x != nil {
		return x.main.leader, x.main.epoch
	}
	return core.NoNode, 0
}

// status takes in a word about a job, unless it is older than what is known (spec 20 §8.5).
func (c *Client) status(now core.Instant, s *job.Status, from core.NodeID, fx *core.Effects) {
	x := c.jobs[s.Job]
	if x == nil || x.state.Over() {
		return
	}
	in := c.in(x, s.Site, from)
	if !c.speaks(now, x, in, s.Epoch, from, fx) || s.Seq <= in.seq {
		return
	}
	if in.seq = s.Seq; !s.State.Terminal() && in == &x.main { // how it ended comes with its result
		x.state = s.State
	}
}

func (c *Client) onStatus(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.StatusPush)
	c.status(now, &b.Status, m.From, fx)
	core.Attach[call.Ack](fx, c.calls.Respond(fx, m, core.KindJobStatusPushAck))
}

func (c *Client) onBatch(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.BatchPush)
	for i := range b.Entries {
		c.status(now, &b.Entries[i], m.From, fx)
	}
}

func (c *Client) onWorkflow(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.WorkflowResultPush)
	c.word(now, b.Job, b.Site, b.Epoch, m.From, fx)
	core.Attach[call.Ack](fx, c.calls.Respond(fx, m, core.KindWorkflowResultPushAck))
}

// word notes that somebody who knows a job spoke of it: under an epoch that is not below what is known.
func (c *Client) word(now core.Instant, id job.ID, site uint16, epoch uint32, from core.NodeID, fx *core.Effects) {
	if x := c.jobs[id]; x != nil && !x.state.Over() && epoch >= c.in(x, site, from).epoch {
		c.contacted(now, x, fx)
	}
}

func (c *Client) onCancelled(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*cancel.JobComplete)
	c.word(now, b.Job, b.Site, b.Epoch, m.From, fx)
	core.Attach[call.Ack](fx, c.calls.Respond(fx, m, core.KindJobCancellationCompleteAck))
}

// look asks about a job that nobody has said anything about for a while, and forgets one that is over and old.
func (c *Client) look(now core.Instant, x *tracked, fx *core.Effects) {
	if x.state.Over() {
		if now.Sub(x.ended) >= c.cfg.Retention.Client {
			delete(c.jobs, x.id)
		}
		return
	}
	pace := c.pace()
	next := now.Add(pace)
	switch {
	case !c.unheard(now, x):
		next = x.contact.Add(pace)
	case x.polling:
		x.overdue = true
	default:
		c.poll(now, x, fx)
	}
	if x.wanted && !x.stopping {
		c.askCancel(now, x, fx)
	}
	c.lookAt(next, x.id, lookPoll)
	c.watch(x, next)
}

// unheard reports whether it is time to ask about a job.
func (c *Client) unheard(now core.Instant, x *tracked) bool {
	return now.Sub(x.contact) >= c.cfg.Client.PollInterval
}

// pace draws how long a job waits after a word or a question: the interval, and up to a part of it more. Jobs that are refused at one
// instant do not stay in step. If they did, a server that lets few in would refuse the same ones each time (ADR-0069).
func (c *Client) pace() core.Duration {
	k := &c.cfg.Client
	return k.PollInterval + core.Duration(float64(c.paces.Float64()*float64(k.PollJitter*float64(k.PollInterval))))
}
