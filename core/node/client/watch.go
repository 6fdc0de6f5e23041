package client

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Nobody has said anything about a job for a while: who is asked, and when it counts as lost (spec 20 §5.8, 04-42).
//
//  1. A client that has heard nothing for 5 s asks, the leader first. After 10 s the job is an orphan.
//  2. 15 s later it asks every gate in turn, every 5 to 6 s, those that are silent too.
//  3. A gate that says that it knows no such job counts if it says so later than 15 s after the last word: before, a
//     takeover may not have got there. Who knows the job, though it does not lead it, is a word.
//  4. 120 s after the last word the job is lost, if somebody has said that it does not know it and everybody was asked
//     since. A client that is merely cut off hears nothing of the kind, and goes on asking.

// contacted notes that somebody who knows a job has spoken of it (J49).
func (c *Client) contacted(now core.Instant, x *tracked, fx *core.Effects) {
	if x.orphan != core.Never {
		c.orphanFact(now, x, orphanLed, fx)
	}
	x.contact, x.orphan, x.unknown, x.asked = now, core.Never, core.Never, 0
}

// What a fact says of an orphan.
const (
	orphanLed    = iota // somebody speaks of it again
	orphanMarked        // nobody does
	orphanEnded         // and it is lost
)

func (c *Client) orphanFact(now core.Instant, x *tracked, to uint8, fx *core.Effects) {
	f := fx.JobFact(core.JobFactOrphan)
	f.Job, f.Epoch, f.Node, f.To = uint64(x.id), x.main.epoch, x.main.leader, to
	f.Put("silence", int64(now.Sub(x.contact))).Put("orphaned", int64(now.Sub(x.orphan)))
}

// check returns the first look for orphans that is not before at: they come at a fixed pace from a phase of this process.
func (c *Client) check(at core.Instant) core.Instant {
	every := c.cfg.Client.OrphanCheck
	if behind := at.Sub(c.phase); behind > 0 {
		return c.phase.Add((behind + every - 1) / every * every)
	}
	return c.phase
}

// watch makes sure that a job is looked at when it may have become an orphan, unless that is after the next poll.
func (c *Client) watch(x *tracked, until core.Instant) {
	if at := c.check(x.contact.Add(c.cfg.Client.Freshness)); !x.watched && at <= until {
		x.watched = true
		c.lookAt(at, x.id, lookOrphan)
	}
}

// lookOrphan marks a job that nobody has spoken of, and gives up one that is lost.
func (c *Client) lookOrphan(now core.Instant, x *tracked, fx *core.Effects) {
	x.watched = false
	if x.state.Over() || now.Sub(x.contact) < c.cfg.Client.Freshness {
		return
	}
	if x.orphan == core.Never {
		x.orphan = now
		c.orphanFact(now, x, orphanMarked, fx)
	}
	if c.lost(now, x, fx) {
		return
	}
	x.watched = true
	c.lookAt(c.check(now+1), x.id, lookOrphan)
}

// lost ends a job that nobody knows.
func (c *Client) lost(now core.Instant, x *tracked, fx *core.Effects) bool {
	if x.unknown == core.Never || now.Sub(x.contact) < c.cfg.Client.JobLost || x.asked < len(c.targets.list) {
		return false
	}
	if x.orphan != core.Never {
		c.orphanFact(now, x, orphanEnded, fx)
	}
	c.end(now, x, job.LocalLost, job.CompleteNone, x.denier, fx)
	return true
}

// everybody reports whether it is time to ask everybody in turn.
func (c *Client) everybody(now core.Instant, x *tracked) bool {
	return x.orphan != core.Never && now.Sub(x.orphan) >= c.cfg.Client.OrphanGrace
}

// poll asks where a job stands: everybody in turn where nobody speaks of it, else its leader, or the next one.
func (c *Client) poll(now core.Instant, x *tracked, fx *core.Effects) {
	to := core.NoNode
	if c.everybody(now, x) {
		to = c.targets.turnOf(&x.turn)
	}
	c.pollAt(now, x, to, fx)
}

func (c *Client) pollAt(now core.Instant, x *tracked, to core.NodeID, fx *core.Effects) {
	if x.polling {
		return
	}
	x.polling, x.overdue = true, false
	b := call.Make[job.StatusRequest](fx, core.KindJobStatusRequest)
	b.Job, b.Since = x.id, x.main.seq
	c.calls.Go(now, to, core.KindJobStatusRequest, b, &c.how.status, call.Ticket{Op: opStatus, Job: uint64(x.id)}, fx)
}

// polled hears where a job stands.
func (c *Client) polled(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	x.polling = false
	if !x.state.Over() {
		c.heard(now, x, o, fx)
	}
	if x.overdue && !x.state.Over() && c.unheard(now, x) {
		c.poll(now, x, fx)
	}
}

// heard takes in what came of a poll.
func (c *Client) heard(now core.Instant, x *tracked, o *call.Outcome, fx *core.Effects) {
	if x.unknown != core.Never {
		x.asked++
	}
	if o.Seen.Has(call.CodeNotLeader) { // whoever said so knows it
		c.contacted(now, x, fx)
	}
	if a, ok := o.Reply.(*job.GlobalStatus); ok {
		c.answered(now, x, o, a, fx)
	}
}

func (c *Client) answered(now core.Instant, x *tracked, o *call.Outcome, a *job.GlobalStatus, fx *core.Effects) {
	switch {
	case a.Code == call.CodeUnknownJob:
		if x.unknown == core.Never && now.Sub(x.contact) > c.cfg.Client.OrphanGrace {
			x.unknown, x.asked = now, 1
		}
		x.denier = o.From
		c.lost(now, x, fx)
	case a.Code == call.CodeNotLeader:
		c.learnt(now, x, a.Epoch, a.JobLeader, fx)
	case a.State.Terminal():
		c.endBy(now, x, a.State, a.Result, o.From, fx)
	case a.Code.Done():
		told := x.main.leader == o.From
		if c.status(now, &a.Status, o.From, fx); !told && x.main.leader == o.From {
			c.register(now, x, fx) // it does not know where pushes go, or they do not come
		}
	}
}
