package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
)

// onGateTransfer hears that another gate leads a job from now on (spec 20 §5.7 U4, U7). It learns who leads the job here,
// and gets the outcome anew if there is one.
func (m *Manager) onGateTransfer(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*replica.GateTransfer)
	out := call.Make[replica.GateTransferAck](fx, core.KindJobLeaderGateTransferAck)
	out.JobLeader = core.NoNode
	x := m.records.by[b.Job]
	switch {
	case m.gates.isGate(b.Gate) < 0:
		out.Code = call.CodeRoleDenied
	case x == nil:
		m.transferOfNone(now, b, out, fx)
	default:
		m.transferred(now, x, b, out, fx)
	}
	m.answer(now, x, msg, core.KindJobLeaderGateTransferAck, out, fx) // whoever takes the job over here knows it then
}

func (m *Manager) transferred(now core.Instant, x *record, b *replica.GateTransfer, out *replica.GateTransferAck, fx *core.Effects) {
	if a, ok := m.byGate(now, x, b.Gate, b.GE); !ok {
		out.Answer = a
		return
	}
	m.knows(now, x, b.Gate)
	out.DE, out.JobLeader, out.State, out.Elapsed = x.de, m.p.Self, x.state, now.Sub(x.accepted)
	out.Final = x.state.Terminal()
	for _, op := range [...]uint8{opTransfer, opHanded} { // the answer says the same
		m.calls.Cancel(op, uint64(x.id))
	}
	if out.Final {
		m.tellAnew(now, x, fx)
	}
}

// transferOfNone answers about a job that this manager does not lead.
func (m *Manager) transferOfNone(now core.Instant, b *replica.GateTransfer, out *replica.GateTransferAck, fx *core.Effects) {
	if g, ok := m.rep.Tombstone(now, b.Job); ok {
		out.Code, out.State, out.DE = call.CodeAlreadyTerminal, g.State, g.Epoch
		return
	}
	e := m.rep.View(b.Job)
	switch {
	case !m.rep.Ready(), m.accepting[b.Job] != nil:
		out.Code = call.CodeSyncing
	case e == nil || m.alone:
		out.Code = call.CodeUnknownJob
	case m.endedReplica(now, b.Job) != nil:
		m.tellForNobody(now, e, b, out, fx)
	default:
		out.Answer, _ = m.leaderOf(b.Job)
	}
}

// tellForNobody tells a gate how a job ended that nobody holds any more: the outcome is committed and was delivered, so it
// can be told again without a claim (04-50). It names no leader: that it tells does not make it one.
func (m *Manager) tellForNobody(now core.Instant, e *replica.Entry, b *replica.GateTransfer, out *replica.GateTransferAck, fx *core.Effects) {
	if b.GE <= e.GE {
		out.Answer = call.Stale(uint64(e.GE))
		return
	}
	out.DE, out.State, out.Elapsed, out.Final = e.Epoch, e.State, e.Took, true
	m.sendEnd(now, e, b.Gate, fx)
}

// sendEnd sends it the outcome.
func (m *Manager) sendEnd(now core.Instant, e *replica.Entry, gate core.NodeID, fx *core.Effects) {
	r := call.Make[job.FinalResult](fx, core.KindJobFinalResult)
	r.Job = e.Job
	r.Site, r.State, r.Completeness, r.DE, r.Elapsed = m.p.Site, e.State, e.Completeness, e.Epoch, e.Took
	r.Completed, r.Failed = e.Completed, e.Failed
	r.Results, r.Errors = append(r.Results, e.Results...), append(r.Errors, e.Errors...)
	m.calls.Cancel(opReplica, uint64(e.Job))
	m.calls.Go(now, gate, core.KindJobFinalResult, r, &m.gates.how.final, call.Ticket{Op: opReplica, Job: uint64(e.Job)}, fx)
}

// tookOver tells the gate, until it has heard, that this manager leads a job from now on (T6). Where there is no gate the
// client is told.
func (m *Manager) tookOver(now core.Instant, x *record, old core.NodeID, fx *core.Effects) {
	switch {
	case x.gated():
		b := call.Make[jobtimeout.LeaderTransfer](fx, core.KindJobLeaderTransfer)
		b.Job, b.Site, b.Leader, b.DE, b.Elapsed = x.id, m.p.Site, m.p.Self, x.de, now.Sub(x.accepted)
		m.goGate(now, x, core.KindJobLeaderTransfer, b, &m.gates.how.transfer, opTransfer, fx)
		t := call.Make[replica.ManagerTransfer](fx, core.KindJobLeaderManagerTransfer)
		m.transferOf(x, old, t)
		m.goGate(now, x, core.KindJobLeaderManagerTransfer, t, &m.gates.how.transfer, opHanded, fx)
	case x.client != core.NoNode:
		t := call.Make[replica.ManagerTransfer](fx, core.KindManagerJobLeaderTransfer)
		m.transferOf(x, old, t)
		m.push(now, x, core.KindManagerJobLeaderTransfer, t, opPush, fx)
	}
}

func (m *Manager) transferOf(x *record, old core.NodeID, t *replica.ManagerTransfer) {
	t.Job, t.Site, t.Manager, t.DE, t.Old = x.id, m.p.Site, m.p.Self, x.de, old
}

// gateEnded hears from a gate how the whole job ended: as if it had commanded it (J7). What runs is stopped.
func (m *Manager) gateEnded(now core.Instant, x *record, as job.State, fx *core.Effects) {
	if x.state.Terminal() || as == job.StateNone {
		return
	}
	m.stopByGate(now, x, as, fx)
}
