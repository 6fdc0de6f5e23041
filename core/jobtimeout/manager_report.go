package jobtimeout

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// tell is a tick of the reports of one job, at started + k · interval (J32). While the job is timed out here and no gate
// said that it knows, the timeout is told again, after the progress.
func (m *Manager) tell(now core.Instant, t *tracked, fx *core.Effects) {
	t.report = tick(t.report.Add(m.cfg.Report), m.cfg.Report, now+1)
	m.arm(t)
	s := m.owner.Course(now, t.id)
	if !s.Live { // I-JT7
		return
	}
	m.tellProgress(now, t, &s, fx)
	if t.kind != KindNone && !t.acked {
		m.tellTimeout(now, t, fx)
	}
}

func (m *Manager) tellProgress(now core.Instant, t *tracked, s *Course, fx *core.Effects) {
	t.seq++
	b := call.Make[ProgressReport](fx, core.KindJobProgressReport)
	b.Job, b.Site, b.Manager, b.DE, b.Seq = t.id, m.site, m.self, t.de, t.seq
	b.Workflows, b.Completed, b.Failed = s.Workflows, s.Completed, s.Failed
	b.Recent = s.Active == 0 && m.cfg.Waiting == WaitingIsFine || now.Sub(t.progress) <= m.cfg.Recent // what waits for cores is not stuck
	b.Extensions, b.MaxExtension, b.Extended = t.total, t.most, t.active(now)
	b.TimedOut = t.kind != KindNone
	m.owner.Report(now, t.id, t.gate, core.KindJobProgressReport, b, fx)
}

func (m *Manager) tellTimeout(now core.Instant, t *tracked, fx *core.Effects) {
	t.seq++
	b := call.Make[TimeoutReport](fx, core.KindJobTimeoutReport)
	b.Job, b.Site, b.Manager, b.DE, b.Seq = t.id, m.site, m.self, t.de, t.seq
	b.Kind, b.Elapsed, b.Extended = t.kind, now.Sub(t.started), t.active(now)
	m.timeoutFact(now, t, EventReport, 0, fx)
	m.owner.Report(now, t.id, t.gate, core.KindJobTimeoutReport, b, fx)
}

// Heard is what the answer to a report means for the role.
type Heard uint8

// What is heard.
const (
	HeardFine    Heard = iota // nothing to do
	HeardEnd                  // the gate knows how the job ended: as if it had commanded that (J7)
	HeardStale                // another manager leads the job: it is dropped
	HeardOther                // another gate leads it: the next report goes there
	HeardUnknown              // this gate knows nothing of the job (J60)
)

// Answered takes in what a gate said to a report of that kind; a nil answer is none. An answer of a gate that knows the
// job keeps the manager from deciding alone.
func (m *Manager) Answered(now core.Instant, id job.ID, kind core.Kind, a *Ack) Heard {
	t := m.by[id]
	if a == nil || t == nil || t.stopped {
		return HeardFine
	}
	switch a.Code {
	case call.CodeOK, call.CodeDuplicate:
		m.contact(now, t, a)
		t.acked = t.acked || kind == core.KindJobTimeoutReport && t.kind != KindNone
		return HeardFine
	case call.CodeAlreadyTerminal:
		m.contact(now, t, a)
		return HeardEnd
	case call.CodeStaleFence:
		m.contact(now, t, a)
		return HeardStale
	case call.CodeNotLeader:
		t.contact = max(t.contact, now)
		return HeardOther
	case call.CodeLeaseLost: // it leads the job, and may not decide now
		t.contact = max(t.contact, now)
		return HeardFine
	case call.CodeUnknownJob:
		return HeardUnknown
	default: // nothing is known by it: it is told again
		return HeardFine
	}
}

func (m *Manager) contact(now core.Instant, t *tracked, a *Ack) {
	t.contact, t.ge = max(t.contact, now), max(t.ge, a.GE)
}
