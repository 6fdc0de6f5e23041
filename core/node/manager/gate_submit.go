package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// byGate judges the word of a gate about a job by its epoch: a lower one is refused, and so is another gate under the same
// one; a higher one makes it the gate of the job (spec 20 §4.1 M5, §5.7 U7, 04-52).
func (m *Manager) byGate(x *record, gate core.NodeID, ge uint32) (a call.Answer, ok bool) {
	switch {
	case ge < x.ge:
		return call.Stale(uint64(x.ge)), false
	case ge == x.ge && gate != x.gate:
		m.conflicts++
		return call.Stale(uint64(x.ge)), false
	case ge > x.ge:
		m.follow(x, gate, ge)
	}
	return a, true
}

// gateAgain answers a gate's submission of a job that has a record here, and reports whether it was one.
func (m *Manager) gateAgain(now core.Instant, msg *core.Message, fx *core.Effects) bool {
	b := msg.Body.(*job.Submission)
	x := m.records.by[b.Job]
	if x == nil || b.Gate == core.NoNode || b.GE == 0 {
		return false
	}
	v := judgement{state: x.state, de: x.de, ge: x.ge}
	if x.digest != b.Digest {
		v.Code = call.CodeInvalid
	} else {
		m.judgeAgain(now, x, b, &v, fx)
	}
	m.ack(msg, x.id, &v, fx)
	return true
}

func (m *Manager) judgeAgain(now core.Instant, x *record, b *job.Submission, v *judgement, fx *core.Effects) {
	a, ok := m.byGate(x, b.Gate, b.GE)
	v.ge = x.ge
	switch {
	case !ok:
		v.Answer = a
	case x.state == job.StateCancelling && x.command:
		v.Code, v.state = call.CodeAlreadyTerminal, job.StateCancelled // it ends as nothing else
	case x.state.Terminal():
		v.Code, v.own = call.CodeAlreadyTerminal, !x.command
		m.tellAnew(now, x, fx)
	default:
		v.Code = call.CodeDuplicate
		m.alsoCancelled(now, x, b.Cancelled, fx)
	}
}

// mayCancel judges the fence of a cancel: gates give theirs, and their command makes the job one that ends by command.
func (m *Manager) mayCancel(x *record, b *cancel.JobRequest) (call.Answer, bool) {
	if !x.gated() {
		return call.Answer{}, true
	}
	if b.GE != 0 && b.GE < x.ge {
		return call.Stale(uint64(x.ge)), false
	}
	if b.GE > x.ge && m.gates.isGate(b.Requester) >= 0 {
		m.follow(x, b.Requester, b.GE)
	}
	x.command = x.command || !x.state.Terminal()
	return call.Answer{}, true
}

// stopByGate ends a job because a gate said so, or said that it is over.
func (m *Manager) stopByGate(now core.Instant, x *record, as job.State, fx *core.Effects) {
	if x.state.Terminal() || x.state == job.StateCancelling {
		x.command = x.command || x.state == job.StateCancelling
		return
	}
	if as == job.StateTimeout {
		m.timedOutThere(now, x, fx)
		return
	}
	x.command = true
	var out cancel.JobResponse
	m.cancelJob(now, x, &out, fx)
}

// superseded hears from a gate that another manager leads a job, under a greater epoch: this one does not any more (03-12).
func (m *Manager) superseded(now core.Instant, x *record, de uint32, fx *core.Effects) {
	m.stale++
	if !m.alone && de > x.de {
		m.rep.Learn(now, &replica.Head{Job: x.id, Epoch: de, Holder: core.NoNode}, fx)
	}
}

// alsoCancelled stops workflows that the gate knows as cancelled, as single cancels do (04-54).
func (m *Manager) alsoCancelled(now core.Instant, x *record, list []job.SingleCancel, fx *core.Effects) {
	for _, c := range list {
		if x.state.Terminal() || x.pending != job.StateNone || !m.may(now, x) {
			return
		}
		if i := x.place(c.Workflow); i >= 0 && m.alreadyOver(c.Workflow) == cancel.SingleNotFound {
			m.cancelFlow(now, x, i, c.Dependents, fx)
		}
	}
}
