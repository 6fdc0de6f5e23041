package swim

import "hypersim/core"

// The life of an UNCONFIRMED record (§10):
//
//  1. Somebody speaks of B, whom this node never heard: configured, in a table, or by gossip. The record counts for nothing.
//  2. The strategy of B's role says what is done about it: so many pings, so far apart, or, for workers, none at all, since
//     they cannot be pinged and show themselves.
//  3. B answers: OK. The record's confirmation entry goes.
//  4. B sends first, before its turn: it is pinged at once (reactive), and OK a round trip later.
//  5. Nothing comes. When the attempts are used up and the time is over, both, the record is removed, without a word to
//     others: they may know better, and nobody has died.
//  6. The clock stood still and all attempts are overdue at once: they are made one after the other all the same, and one
//     whose wait ended during the pause is made again.

// startConfirming makes the side entry of k, which has just become UNCONFIRMED.
func (m *Machine) startConfirming(now core.Instant, k int) uint16 {
	s := m.strategy(m.rec[k].role())
	if m.conf.len() == 0 {
		m.conf.sweepAt = now.Add(m.cfg.Confirm.Sweep)
	}
	side := m.conf.alloc(uint16(k), now, m.nextLook(&s, now, 0))
	m.armConfirm()
	return side
}

func (m *Machine) stopConfirming(k int) {
	r := &m.rec[k]
	m.conf.free(r.side)
	r.side = 0
	m.armConfirm()
}

// changeStrategy moves UNCONFIRMED k to the strategy of the role that was just learned; its clock and the
// attempts that it has had stay.
func (m *Machine) changeStrategy(k int) {
	r := &m.rec[k]
	if r.state() != core.StateUnconfirmed {
		return
	}
	s, c := m.strategy(r.role()), m.conf.at(r.side)
	c.next = m.nextLook(&s, c.since, int(c.sent))
	m.conf.fix(r.side)
	m.armConfirm()
}

// nextLook returns when a peer discovered at since that has had sent attempts is looked at next: for the
// next attempt, or for a removal at the plain passive timeout, where the factors are applied.
func (m *Machine) nextLook(s *strategy, since core.Instant, sent int) core.Instant {
	switch {
	case sent < s.attempts:
		return s.attemptAt(&m.cfg.Confirm, since, sent, float64(2*m.conf.stream.Float64())-1)
	case s.attempts > 0 && m.cfg.Confirm.Removal == RemoveAfterAttempts:
		return since
	}
	return since.Add(s.passive)
}

func (m *Machine) armConfirm() {
	if m.conf.len() == 0 {
		m.due[timerConfirm] = core.Never
		return
	}
	m.due[timerConfirm] = min(m.conf.sweepAt, max(m.conf.first(), m.conf.holdUntil))
}

// onConfirmTimer sends the attempts that are due and removes who has used them up in vain.
func (m *Machine) onConfirmTimer(now core.Instant, fx *core.Effects) {
	if m.leaving {
		return
	}
	for m.conf.first() <= now {
		side := m.conf.heap[0]
		c := m.conf.at(side)
		k := int(c.subject)
		s := m.strategy(m.rec[k].role())
		if int(c.sent) >= s.attempts {
			if !m.giveUp(now, k, &s, fx) {
				m.conf.fix(side)
			}
			continue
		}
		// A node that starts with a list of thousands would ping them all in one second: so many a second, and the rest later.
		ok, free := m.conf.mayAttempt(now, m.cfg.Confirm.MaxPerSecond, m.cfg.Confirm.Window)
		if !ok { // the others wait behind it; the sweep looks after those that wait for nothing but their removal
			m.conf.holdUntil = free
			break
		}
		m.attempt(now, k, &s, fx)
		m.conf.fix(side)
	}
	if m.conf.len() > 0 && m.conf.sweepAt <= now {
		m.sweepUnconfirmed(now, fx)
	}
	m.armConfirm()
}

// attempt sends one PING to k outside of the round robin.
func (m *Machine) attempt(now core.Instant, k int, s *strategy, fx *core.Effects) {
	r := &m.rec[k]
	c := m.conf.at(r.side)
	c.sent++
	m.conf.attempted(now, m.cfg.Confirm.MaxPerSecond)
	wait := m.confirmPing(now, k, pingProactive, core.CauseProactive, fx)
	c.next = m.nextLook(s, c.since, int(c.sent))
	if int(c.sent) < s.attempts {
		// After a pause all attempts are overdue at once; each is still to have its own chance.
		gap := float64(s.interval) * (1 - float64(2*m.cfg.Confirm.Jitter))
		c.next = max(c.next, now.Add(core.Duration(gap)))
	} else {
		c.next = max(c.next, now.Add(wait))
	}
}

// confirmPing pings UNCONFIRMED k and counts and reports it.
func (m *Machine) confirmPing(now core.Instant, k int, kind pingKind, cause core.Cause, fx *core.Effects) core.Duration {
	role := m.confirmRole(m.rec[k].role())
	m.count.ConfirmAttempts[role]++
	if cause == core.CauseProactive {
		m.count.ConfirmProactive[role]++
	}
	f := fx.Fact(core.FactConfirmAttempt)
	f.Subject, f.Role, f.Cause = m.id(k), role, cause
	wait := m.adaptive(now, m.cfg.Probe.Timeout, k, fx)
	m.ping(now, k, ping{kind: kind, wait: wait}, fx)
	return wait
}

// attemptTimedOut ends the wait of m.out[i]. If this node slept through the end of it, the answer may be
// waiting in its own inbox (§4.2, pause guard): the attempt is then made again.
func (m *Machine) attemptTimedOut(now core.Instant, i int) {
	p := m.out[i]
	m.endPing(i)
	r := &m.rec[p.target]
	if r.state() != core.StateUnconfirmed || !m.cfg.Probe.PauseGuard || now.Sub(p.due) <= p.wait/2 {
		return
	}
	if c := m.conf.at(r.side); c.sent > 0 {
		c.sent--
		c.next = max(c.next, now)
		m.conf.fix(r.side)
		m.armConfirm()
	}
}

// giveUp removes k if its time is over and no attempt is under way (§10.2, both conditions). If not, it
// sets when to look again, for the caller to fix the heap. Its attempts are all sent.
func (m *Machine) giveUp(now core.Instant, k int, s *strategy, fx *core.Effects) bool {
	c := m.conf.at(m.rec[k].side)
	cause := core.CauseRoleTimeout
	if s.attempts > 0 {
		cause = core.CauseExhausted
	}
	at := c.since.Add(m.confirmTimeout(now, k, s))
	if s.attempts > 0 && m.cfg.Confirm.Removal == RemoveAfterAttempts {
		at = c.since
	}
	if s.attempts > 0 {
		for i := range m.out {
			if p := &m.out[i]; int(p.target) == k && p.kind == pingProactive {
				at = max(at, p.due, now+1) // its own timer ends it
			}
		}
	}
	if at > now {
		c.next = at
		return false
	}
	m.remove(now, k, m.rec[k].incarnation(), cause, false, fx)
	return true
}

// confirmTimeout is the effective timeout of UNCONFIRMED k as things are now (§10.1).
func (m *Machine) confirmTimeout(now core.Instant, k int, s *strategy) core.Duration {
	latency, confidence := 1.0, 1.0
	if s.latency || s.quality {
		f, _ := m.factorsFor(now, k)
		latency, confidence = f.latency, f.confidence
	}
	return s.timeout(int(m.lhm), latency, confidence)
}

// sweepUnconfirmed walks over all UNCONFIRMED records (§10.2): factors may have fallen since their timers
// were set, and who stays unconfirmed for long is counted, once.
func (m *Machine) sweepUnconfirmed(now core.Instant, fx *core.Effects) {
	m.conf.sweepAt = now.Add(m.cfg.Confirm.Sweep)
	for i := range m.conf.slab {
		c := &m.conf.slab[i]
		side, k := uint16(i+1), int(c.subject)
		if m.rec[k].state() != core.StateUnconfirmed || m.rec[k].side != side {
			continue // idle
		}
		if !c.stale && now.Sub(c.since) > m.cfg.Confirm.Stale {
			c.stale = true
			m.conf.stale++
			m.count.StaleUnconfirmed++
		}
		s := m.strategy(m.rec[k].role())
		if int(c.sent) >= s.attempts && !m.giveUp(now, k, &s, fx) {
			m.conf.fix(side)
		}
	}
}

// reactive pings an UNCONFIRMED sender at once (§10.3): formation takes round trips, not timeouts.
func (m *Machine) reactive(now core.Instant, k int, fx *core.Effects) {
	r := &m.rec[k]
	if !m.cfg.Confirm.Reactive || m.leaving || !m.isParticipant(r.role()) || r.outstanding() {
		return
	}
	c := m.conf.at(r.side)
	if c.pinged != -core.Never && !passed(now, c.pinged, m.cfg.Confirm.ReactiveGap) {
		return
	}
	for i := range m.out {
		if int(m.out[i].target) == k {
			return
		}
	}
	c.pinged = now
	m.confirmPing(now, k, pingReactive, core.CauseReactive, fx)
}
