package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// What a manager and the gate of a job tell each other about its time (spec 20 §2.4, §6).

// Report implements jobtimeout.ManagerOwner. It goes where the gate of the job was heard last, and is not repeated: the
// next one says more.
func (m *Manager) Report(now core.Instant, id job.ID, _ core.NodeID, kind core.Kind, body core.Body, fx *core.Effects) {
	x := m.records.by[id]
	m.calls.Go(now, x.home(), kind, body, &m.gates.how.progress, call.Ticket{Op: opReport, N: uint32(kind), Job: uint64(id)}, fx)
}

// reported hears what a gate says to a report. One that is silent is passed over by the next one.
func (m *Manager) reported(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	a, ok := o.Reply.(*jobtimeout.Ack)
	if !ok || !o.Answered {
		x.side().via = m.nextGate(now, o.From)
		return
	}
	m.time.jobs.Answered(now, x.id, core.Kind(o.N), a)
	m.gateSaid(now, x, o, fx)
}

// onGlobalTimeout is a gate's command to end a job (spec 20 §6.6). The answer to one that is obeyed, or that finds a
// decision on its way, follows the commit (03-13).
func (m *Manager) onGlobalTimeout(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*jobtimeout.GlobalTimeout)
	x := m.records.by[b.Job]
	h := m.holding(now, b.Job, x)
	o := jobtimeout.Judge(b, &h)
	out := call.Make[jobtimeout.Ack](fx, core.KindJobGlobalTimeoutAck)
	out.Answer, out.State, out.GE, out.DE, out.JobLeader = o.Answer, o.State, h.GE, h.DE, core.NoNode
	switch {
	case o.Apply:
		m.obey(now, x, b, msg.From, out, fx)
	case o.Later:
		out.Code, out.State = call.CodeAlreadyTerminal, x.endsAs()
		m.atEnd(x, msg, core.KindJobGlobalTimeoutAck, out)
		return
	case o.Drop:
		m.superseded(now, x, b.DE, fx)
	case o.Again && x.gated() && x.told:
		x.told = false
		m.gateStatus(now, x, fx)
	}
	if !o.Apply || out.Code != call.CodeOK {
		x = nil // nothing to wait for
	}
	m.answer(now, x, msg, core.KindJobGlobalTimeoutAck, out, fx)
}

// holding says how this manager holds a job.
func (m *Manager) holding(now core.Instant, id job.ID, x *record) (h jobtimeout.Holding) {
	h.Leader = core.NoNode
	if x != nil {
		return jobtimeout.Holding{Known: true, Leads: true, Leader: core.NoNode, GE: x.ge, DE: x.de, State: x.state, Pending: x.pending != job.StateNone}
	}
	if g, ok := m.rep.Tombstone(now, id); ok {
		h.Buried, h.DE = g.State, g.Epoch
		return h
	}
	e := m.rep.View(id)
	switch {
	case e == nil || m.alone:
	case e.State.Terminal(): // committed, for its holder was told so
		h.Buried, h.GE, h.DE = e.State, e.GE, e.Epoch
	default:
		a, _ := m.leaderOf(id)
		h.Known, h.Leader, h.GE, h.DE = true, a.Leader, e.GE, e.Epoch
	}
	return h
}

// obey ends a job by the command of a gate.
func (m *Manager) obey(now core.Instant, x *record, b *jobtimeout.GlobalTimeout, gate core.NodeID, out *jobtimeout.Ack, fx *core.Effects) {
	if !m.may(now, x) {
		out.Code = call.CodeLeaseLost
		x.bid(bidden{gate: gate, rule: b.Rule, ge: b.GE, de: b.DE})
		return
	}
	a, ok := m.byGate(now, x, gate, b.GE)
	if !ok {
		out.Answer = a
		return
	}
	out.GE, x.command = x.ge, true
	m.time.jobs.Command(now, x.id, b.Rule, x.ge, fx)
	m.timeOut(now, x, fx)
}

// bidden is a command to end a job that came when nothing could be decided, as to one who has just taken it over.
type bidden struct {
	gate   core.NodeID
	rule   jobtimeout.Rule
	ge, de uint32
}

// bid keeps a command, unless one of a later gate is kept already.
func (x *record) bid(c bidden) {
	if x.bidden == nil || x.bidden.ge <= c.ge {
		x.bidden = &c
	}
}

// owedEnd ends a job by such a command, as soon as it can be: else what is over would be dispatched once more, until the gate commands again.
func (m *Manager) owedEnd(now core.Instant, x *record, fx *core.Effects) {
	c := x.bidden
	if c == nil {
		return
	}
	x.bidden = nil
	b := jobtimeout.GlobalTimeout{Job: x.id, Rule: c.rule, GE: c.ge, DE: c.de}
	h := m.holding(now, x.id, x)
	if o := jobtimeout.Judge(&b, &h); o.Apply {
		m.obey(now, x, &b, c.gate, new(jobtimeout.Ack), fx)
	}
}

// timedOutThere hears, by whatever answer, that a gate ended the job for it took too long: as if it had commanded that (J7).
func (m *Manager) timedOutThere(now core.Instant, x *record, fx *core.Effects) {
	if x.pending != job.StateNone {
		return // it stands; the next report is answered the same
	}
	if !m.may(now, x) {
		if x.bidden == nil { // else the gate has commanded it, by a rule
			x.bid(bidden{gate: x.gate, ge: x.ge, de: x.de})
		}
		return
	}
	x.command = true
	m.time.jobs.Command(now, x.id, jobtimeout.RuleNone, x.ge, fx)
	m.timeOut(now, x, fx)
}
