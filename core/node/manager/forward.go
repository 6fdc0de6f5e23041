package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// A result, or a cancel, that reaches a member that does not lead the job is passed on to the one that does, once, and its
// answer is relayed (spec 20 §8.1 step 2, §7.1 phase 3).

// passable returns who a message about a job that this process does not hold can be passed on to.
func (m *Manager) passable(id job.ID, forwarded bool) (core.NodeID, bool) {
	if forwarded || m.alone {
		return core.NoNode, false
	}
	a, ok := m.leaderOf(id)
	return a.Leader, ok && a.Leader != core.NoNode && a.Leader != m.p.Self && !m.Gone(a.Leader)
}

// pass passes a message on. Who sent it is in the ticket.
func (m *Manager) passOn(now core.Instant, msg *core.Message, id job.ID, b core.Body, to core.NodeID, op uint8, fx *core.Effects) {
	t := call.Ticket{Op: op, Job: uint64(id), N: uint32(msg.From), Sub: uint64(msg.Instance)<<32 | uint64(msg.Seq)}
	m.calls.Go(now, to, msg.Kind, b, &m.how.pass, t, fx)
}

// passResult passes the result of a shard on, and reports whether it did.
func (m *Manager) passResult(now core.Instant, msg *core.Message, b *job.WorkflowFinalResult, fx *core.Effects) bool {
	to, ok := m.passable(b.Job, b.Forwarded)
	if !ok {
		return false
	}
	c := call.Make[job.WorkflowFinalResult](fx, msg.Kind)
	shared := c.Shared
	*c = *b
	c.Shared, c.Forwarded = shared, true
	m.passOn(now, msg, b.Job, c, to, opPassResult, fx)
	return true
}

// passCancel passes a cancel on, and reports whether it did.
func (m *Manager) passCancel(now core.Instant, msg *core.Message, fx *core.Effects) bool {
	b := msg.Body.(*cancel.JobRequest)
	to, ok := m.passable(b.Job, b.Forwarded)
	if !ok {
		return false
	}
	c := call.Make[cancel.JobRequest](fx, msg.Kind)
	shared := c.Shared
	*c = *b
	c.Shared, c.Forwarded = shared, true
	m.passOn(now, msg, b.Job, c, to, opPassCancel, fx)
	return true
}

// passed relays the answer. Without one the worker asks elsewhere, and the cancel is remembered (04-47).
func (m *Manager) passed(now core.Instant, o *call.Outcome, fx *core.Effects) {
	msg := core.Message{Kind: o.Kind, From: core.NodeID(o.N), Instance: uint32(o.Sub >> 32), Seq: uint32(o.Sub)}
	kind := core.KindWorkflowFinalResultAck
	if o.Op == opPassCancel {
		if kind = core.KindJobCancelResponse; !o.Answered || o.Code.Transient() || o.Code == call.CodeNotLeader {
			m.rep.Remember(now, job.ID(o.Job))
		}
	}
	if o.Answered {
		core.Hold(o.Reply)
		m.calls.Respond(fx, &msg, kind).Body = o.Reply
		return
	}
	if o.Op == opPassResult {
		core.Attach[call.Ack](fx, m.calls.Respond(fx, &msg, kind)).Code = call.CodeSyncing
		return
	}
	out := cancel.JobResponse{Job: job.ID(o.Job), Answer: call.NotLeader(core.NoNode)}
	m.sayCancel(&msg, &out, fx)
}
