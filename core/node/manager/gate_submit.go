package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// byGate judges the word of a gate about a job by its epoch: a lower one is refused, and so is another gate under the same
// one; a higher one makes it the gate of the job (spec 20 §4.1 M5, §5.7 U7, 04-52).
func (m *Manager) byGate(now core.Instant, x *record, gate core.NodeID, ge uint32) (a call.Answer, ok bool) {
	switch {
	case ge < x.ge:
		return call.Stale(uint64(x.ge)), false
	case ge == x.ge && gate != x.gate:
		m.conflicts++
		return call.Stale(uint64(x.ge)), false
	case ge > x.ge:
		m.follow(now, x, gate, ge)
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
	if x.other(b) {
		v.Code = call.CodeInvalid
		m.ack(msg, x.id, &v, fx)
	} else {
		m.judgeAgain(now, x, msg, b, &v, fx)
	}
	return true
}

// judgeAgain answers at once, but where the answer lets the gate forget something that no other member knows yet, and where
// the job is about to end by command: of that nobody hears before it is committed (04-30).
func (m *Manager) judgeAgain(now core.Instant, x *record, msg *core.Message, b *job.Submission, v *judgement, fx *core.Effects) {
	was := x.ge
	a, ok := m.byGate(now, x, b.Gate, b.GE)
	v.ge = x.ge
	switch {
	case !ok:
		v.Answer = a
	case x.command && x.ending():
		v.Code, v.state = call.CodeAlreadyTerminal, x.endsAs()
		m.atEnd(x, msg, core.KindJobAck, m.ackOf(x.id, v, fx))
		return
	case x.state.Terminal():
		v.Code, v.own = call.CodeAlreadyTerminal, !x.command
		m.tellAnew(now, x, fx)
	default:
		v.Code = call.CodeDuplicate
		if m.alsoCancelled(now, x, b.Cancelled, fx) || x.ge != was {
			m.answer(now, x, msg, core.KindJobAck, m.ackOf(x.id, v, fx), fx)
			return
		}
	}
	m.ack(msg, x.id, v, fx)
}

// ending reports whether x can end in one way only, and has not.
func (x *record) ending() bool {
	return !x.state.Terminal() && (x.state == job.StateCancelling || x.pending != job.StateNone)
}

// endsAs is which way that is.
func (x *record) endsAs() job.State {
	if x.pending != job.StateNone {
		return x.pending
	}
	return x.why
}

// mayCancel judges the fence of a cancel: gates give theirs.
func (m *Manager) mayCancel(now core.Instant, x *record, b *cancel.JobRequest) (call.Answer, bool) {
	if !x.gated() {
		return call.Answer{}, true
	}
	if b.GE != 0 && m.gates.isGate(b.Requester) >= 0 {
		return m.byGate(now, x, b.Requester, b.GE)
	}
	if b.GE != 0 && b.GE < x.ge {
		return call.Stale(uint64(x.ge)), false
	}
	return call.Answer{}, true
}

// stopByGate ends a job because a gate said so, or said that it is over.
func (m *Manager) stopByGate(now core.Instant, x *record, as job.State, fx *core.Effects) {
	if x.state.Terminal() {
		return
	}
	if as == job.StateTimeout && x.state != job.StateCancelling {
		m.timedOutThere(now, x, fx)
		return
	}
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

// outdone hears of a token that another manager issued, under a greater epoch: it holds the job (03-12).
func (m *Manager) outdone(now core.Instant, id job.ID, de uint32, fx *core.Effects) {
	if x := m.records.by[id]; x != nil && de > x.de {
		m.superseded(now, x, de, fx)
	}
}

// alsoCancelled enters the workflows that the gate knows as cancelled, and stops them as single cancels do: at once, or when
// this process may decide again (04-54). It reports whether there was a new one.
func (m *Manager) alsoCancelled(now core.Instant, x *record, list []job.SingleCancel, fx *core.Effects) (news bool) {
	for _, c := range list {
		news = m.noteSingle(x, c) || news
	}
	if news && m.may(now, x) {
		m.owedSingles(now, x, fx)
	}
	return news
}

// noteSingle writes down that a workflow is cancelled, and reports whether it was not yet.
func (m *Manager) noteSingle(x *record, c job.SingleCancel) bool {
	if slices.Contains(x.singles, c) {
		return false
	}
	x.singles = append(slices.Clip(x.singles), c)
	m.touch(x, true)
	return true
}
