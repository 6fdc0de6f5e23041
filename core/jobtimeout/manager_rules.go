package jobtimeout

import "hypersim/core"

// overallAt is the instant after which rule O fires.
func (t *tracked) overallAt(c *Job) core.Instant { return t.started.Add(t.effective(c)) }

// stuckAt is the instant after which rule S fires, if something runs: an extension has a clock of its own.
func (t *tracked) stuckAt() core.Instant {
	since := t.progress
	if t.granted {
		since = max(since, t.extended)
	}
	return since.Add(t.stuck)
}

// fallbackAt is the instant after which the manager ends the job alone.
func (t *tracked) fallbackAt(c *Job) core.Instant { return max(t.localAt, t.contact).Add(c.Fallback) }

// look applies the rules of spec 20 §6.4 to one job. It is idempotent: what was detected is not detected again.
func (m *Manager) look(now core.Instant, t *tracked, fx *core.Effects) {
	s := m.owner.Course(now, t.id)
	switch {
	case t.stopped || t.deciding || !s.Open:
		t.check = core.Never
		m.arm(t)
		return
	case t.kind == KindNone:
		m.detect(now, t, s.Active > 0, fx)
	case t.gates && now > t.fallbackAt(m.cfg):
		m.decide(now, t, RuleFallback, t.fallbackAt(m.cfg), fx)
	}
	m.due(now, t)
}

// detect applies O, then S. A job that only waits for cores is not stuck, unless it was so once (J35).
func (m *Manager) detect(now core.Instant, t *tracked, runs bool, fx *core.Effects) {
	ideal := core.Never
	switch o, s := t.overallAt(m.cfg), t.stuckAt(); {
	case now > o:
		t.kind, ideal = KindOverall, o
	case (runs || m.cfg.Waiting == WaitingIsStuck) && now > s:
		t.kind, ideal = KindStuck, s
	default:
		return
	}
	t.localAt, t.acked = now, false
	if !t.gates {
		m.decide(now, t, RuleLocal, ideal, fx)
		return
	}
	m.timeoutFact(now, t, EventLocal, now.Sub(ideal), fx)
	m.tellTimeout(now, t, fx)
}

// decide has the role take the decision TIMEOUT, on its own authority.
func (m *Manager) decide(now core.Instant, t *tracked, r Rule, ideal core.Instant, fx *core.Effects) {
	t.deciding, t.rule = true, r
	e := EventDeclared
	if r == RuleFallback {
		e = EventFallback
	}
	m.timeoutFact(now, t, e, now.Sub(ideal), fx)
	m.owner.Decide(now, t.id, r, fx)
}

// due sets the timer of mode exact: the earliest instant at which a rule can become true. Whether something runs is looked
// at then, and what moves an instant further away is found out then: progress costs nothing.
func (m *Manager) due(now core.Instant, t *tracked) {
	if m.cfg.Mode == ModeExact {
		switch {
		case t.deciding:
			t.check = core.Never
		case t.kind == KindNone:
			t.check = m.earliest(now, t)
		case t.gates:
			t.check = t.fallbackAt(m.cfg).Add(1)
		default:
			t.check = core.Never
		}
	}
	m.arm(t)
}

func (m *Manager) earliest(now core.Instant, t *tracked) core.Instant {
	at := t.overallAt(m.cfg)
	if m.cfg.Waiting == WaitingIsStuck || m.owner.Course(now, t.id).Active > 0 {
		at = min(at, t.stuckAt())
	}
	return at.Add(1)
}
