package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// How a job ended here goes to its gate in two messages, each until it is acknowledged: the status, and the result with all
// data. Only the second makes it delivered (04-35, 04-36).

// gateFinal begins to tell the gate.
func (m *Manager) gateFinal(now core.Instant, x *record, fx *core.Effects) {
	s := x.side()
	if x.spec != nil {
		s.offer = []job.Spec{slim(&x.spec.Spec)}
	}
	s.heard = now // for how long no gate has taken it
	m.gateStatus(now, x, fx)
	if !x.delivered && x.open == 0 { // one that took too long has ended before its workflows have
		b := call.Make[job.FinalResult](fx, core.KindJobFinalResult)
		m.resultOf(x, b)
		m.goGate(now, x, core.KindJobFinalResult, b, &m.gates.how.final, opResult, fx)
		m.timers.Arm(timer{at: now.Add(m.cfg.Forward.Direct), kind: timerDirect, job: x.id, de: x.de})
	}
}

// gateStatus tells it how the job ended, without data.
func (m *Manager) gateStatus(now core.Instant, x *record, fx *core.Effects) {
	m.calls.Cancel(opStatus, uint64(x.id))
	if x.told {
		return
	}
	b := call.Make[jobtimeout.FinalStatus](fx, core.KindJobFinalStatus)
	b.Job, b.Site, b.Manager, b.State, b.DE = x.id, m.p.Site, m.p.Self, x.state, x.de
	m.goGate(now, x, core.KindJobFinalStatus, b, &m.gates.how.final, opStatus, fx)
}

// slim is a submission without its payloads.
func slim(s *job.Spec) job.Spec {
	t := *s
	t.Workflows = slices.Clone(s.Workflows)
	for i := range t.Workflows {
		t.Workflows[i].Payload = core.Blob{}
	}
	return t
}

// resultOf says how a job ended here.
func (m *Manager) resultOf(x *record, b *job.FinalResult) {
	b.Job, b.SiteFinal = x.id, m.finalOf(x, b.SiteFinal)
}

// finalOf is the same without a message, in the lists of f.
func (m *Manager) finalOf(x *record, f job.SiteFinal) job.SiteFinal {
	f.Site, f.State, f.Completeness, f.DE = m.p.Site, x.state, x.completeness, x.de
	f.Completed, f.Failed, f.Elapsed = x.completed, x.failed, x.ended.Sub(x.accepted)
	for i := range x.flows {
		w := &x.flows[i]
		f.Results = append(f.Results, job.WorkflowOutcome{Workflow: w.id, Status: w.status, Error: w.kind, Results: w.result})
	}
	f.Errors = append(f.Errors, x.errors...)
	return f
}

// tellAnew tells another gate how a job ended, whether the one before knew it or not (04-52).
func (m *Manager) tellAnew(now core.Instant, x *record, fx *core.Effects) {
	if s := x.side(); s.under == x.ge {
		return
	}
	x.told, x.delivered = false, false
	m.again(now, x, fx)
	m.touch(x, true)
}

// again tells the gate from the start, in place of what is under way.
func (m *Manager) again(now core.Instant, x *record, fx *core.Effects) {
	for _, op := range [...]uint8{opStatus, opResult, opTransfer, opHanded} {
		m.calls.Cancel(op, uint64(x.id))
	}
	if x.state.Terminal() {
		m.gateFinal(now, x, fx)
	}
}

// finalAnswered hears what a gate says to it.
func (m *Manager) finalAnswered(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	if !x.state.Terminal() {
		return
	}
	took := m.gateSaid(now, x, o, fx) || o.Answered && o.Code == call.CodeAlreadyTerminal
	if !took {
		return
	}
	if o.Op == opStatus {
		x.told = true
		m.touch(x, true)
		return
	}
	m.gateHas(now, x)
}

// gateHas notes that a gate has the result, or that none ever will.
func (m *Manager) gateHas(now core.Instant, x *record) {
	x.delivered, x.heard = true, now
	s := x.side()
	s.under, s.offer = x.ge, nil
	m.touch(x, true)
}

// direct tells a client itself how its job ended in this datacenter, for its information only, when no gate has taken the
// result for long (spec 20 §7.3).
func (m *Manager) direct(now core.Instant, x *record, fx *core.Effects) {
	if x.delivered || !x.state.Terminal() || x.client == core.NoNode {
		return
	}
	s := x.side()
	if at := s.heard.Add(m.cfg.Forward.Direct); now < at {
		m.timers.Arm(timer{at: at, kind: timerDirect, job: x.id, de: x.de})
		return
	}
	if s.told {
		return
	}
	s.told = true
	b := call.Make[job.FinalResult](fx, core.KindJobFinalResult)
	m.resultOf(x, b)
	m.push(now, x, core.KindJobFinalResult, b, opPush, fx)
}
