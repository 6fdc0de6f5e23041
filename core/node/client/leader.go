package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/replica"
)

// space is one of the spaces of numbers that speak about a job: that of the gates, or that of a datacenter's managers. A
// number of one is never compared with one of another (J3).
type space struct {
	leader    core.NodeID
	epoch     uint32 // ge, or de
	seq       uint32 // of its last word
	site      uint16 // job.NoSite: the gates'
	confirmed core.Instant
}

// in returns the space in which a node speaks about a datacenter, or all of them. Gates speak in theirs, whatever it is
// about. Where there are none all managers speak in one: they are of one datacenter.
func (c *Client) in(x *tracked, site uint16, from core.NodeID) *space {
	if c.ring == nil || site == job.NoSite || c.targets.has(from) {
		return &x.main
	}
	for i := range x.sites {
		if x.sites[i].site == site {
			return &x.sites[i]
		}
	}
	x.sites = append(x.sites, space{leader: core.NoNode, site: site})
	return &x.sites[len(x.sites)-1]
}

// speaks takes in that a node speaks about a job under an epoch, and reports whether it may (spec 20 §8.5): who is below
// what is known leads it no more, and says nothing that counts.
func (c *Client) speaks(now core.Instant, x *tracked, s *space, epoch uint32, from core.NodeID, fx *core.Effects) bool {
	if epoch < s.epoch {
		return false
	}
	c.contacted(now, x, fx)
	c.ledBy(now, x, s, epoch, from, fx)
	return true
}

// ledBy notes who leads a job. A cancel that another one has accepted is asked for anew: it may know nothing of it. The same node
// under a higher epoch may be another process.
func (c *Client) ledBy(now core.Instant, x *tracked, s *space, epoch uint32, leader core.NodeID, fx *core.Effects) {
	old, again := s.leader, epoch > s.epoch
	if again {
		s.epoch, s.seq = epoch, 0
	}
	s.leader, s.confirmed = leader, now
	if s != &x.main || old == core.NoNode {
		return
	}
	if leader != old {
		c.counts.Moved++
	}
	if leader != old || again {
		c.moved(now, x, fx)
	}
}

// moved does what is due at another leader of a job.
func (c *Client) moved(now core.Instant, x *tracked, fx *core.Effects) {
	if x.wanted {
		x.stopping = false
		c.askCancel(now, x, fx)
	}
}

// learnt notes a leader that somebody else named, and tells it where pushes go: it makes up for what was missed.
func (c *Client) learnt(now core.Instant, x *tracked, epoch uint32, leader core.NodeID, fx *core.Effects) {
	if leader == core.NoNode || epoch < x.main.epoch || leader == x.main.leader {
		return
	}
	c.ledBy(now, x, &x.main, epoch, leader, fx)
	c.register(now, x, fx)
}

// register tells the leader of a job where its pushes go. One that knows nothing of that is polled (spec 30 §10, client_reconnection).
func (c *Client) register(now core.Instant, x *tracked, fx *core.Effects) {
	if x.registering || x.state.Over() || c.pacts.Lacks(x.main.leader, registry.FeatureReconnection) {
		return
	}
	x.registering = true
	b := call.Make[job.RegisterCallback](fx, core.KindRegisterCallback)
	b.Job, b.Callback, b.Since = x.id, c.p.Self, x.main.seq
	c.calls.Go(now, core.NoNode, core.KindRegisterCallback, b, &c.how.register, call.Ticket{Op: opRegister, Job: uint64(x.id)}, fx)
}

// registered takes in what was missed.
func (c *Client) registered(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	x.registering = false
	a, ok := o.Reply.(*job.RegisterCallbackResponse)
	if !ok || x.state.Over() {
		return
	}
	switch {
	case a.State.Terminal():
		c.endBy(now, x, a.State, a.Result, o.From, fx)
	case a.Code.Done():
		c.contacted(now, x, fx)
		for i := range a.Updates {
			c.status(now, &a.Updates[i], o.From, fx)
		}
	}
}

// onGateTransfer hears which gate leads a job from now on.
func (c *Client) onGateTransfer(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*replica.GateTransfer)
	a := c.transferred(now, b.Job, job.NoSite, b.GE, b.Gate, fx)
	out := core.Attach[replica.ClientAck](fx, c.calls.Respond(fx, m, core.KindGateJobLeaderTransferAck))
	out.Answer, out.Accepted = a, a.Code.Done()
}

// onManagerTransfer hears which manager leads a job in a datacenter from now on.
func (c *Client) onManagerTransfer(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*replica.ManagerTransfer)
	a := c.transferred(now, b.Job, b.Site, b.DE, b.Manager, fx)
	out := core.Attach[replica.ClientAck](fx, c.calls.Respond(fx, m, core.KindManagerJobLeaderTransferAck))
	out.Answer, out.Accepted = a, a.Code.Done()
}

// transferred judges the word of a new leader: above what is known, or the same again. Requests under way finish where
// they are, later ones go there.
func (c *Client) transferred(now core.Instant, id job.ID, site uint16, epoch uint32, leader core.NodeID, fx *core.Effects) (a call.Answer) {
	x := c.jobs[id]
	switch {
	case x == nil:
		return call.Answer{Code: call.CodeUnknownJob}
	case x.state.Over():
		return call.Answer{Code: call.CodeAlreadyTerminal}
	}
	s := c.in(x, site, leader)
	switch {
	case epoch > s.epoch:
		c.counts.Transfers++
		c.contacted(now, x, fx)
		known := s.leader == leader
		c.ledBy(now, x, s, epoch, leader, fx)
		if s == &x.main && !known { // it may have missed what we last said
			c.register(now, x, fx)
		}
	case epoch == s.epoch && (leader == s.leader || s.leader == core.NoNode):
		a.Code = call.CodeDuplicate
		s.leader, s.confirmed = leader, now
		c.contacted(now, x, fx)
	default:
		c.counts.Stale++
		a = call.Stale(uint64(s.epoch))
	}
	f := fx.JobFact(core.JobFactTransfer)
	f.Job, f.Epoch, f.Node, f.Code = uint64(id), epoch, leader, uint8(a.Code)
	f.Put("record", int64(s.epoch))
	return a
}
