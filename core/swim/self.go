package swim

import "hypersim/core"

// refuter limits how often the own incarnation may rise (§2.4).
type refuter struct {
	since   core.Instant // start of the window
	used    int
	pending bool   // a refutation waits for the window's end
	counts  bool   // against the local health, then
	highest uint32 // the highest accusation it must beat
}

// selfUpdate is what this node claims of itself: it lives, or leaves, at its own incarnation.
func (m *Machine) selfUpdate(t core.UpdateType) core.Update {
	return core.Update{Type: t, Subject: m.self, Incarnation: m.inc, From: core.NoNode, Role: m.role}
}

// claimSelf answers what others say about this node (§2.4).
func (m *Machine) claimSelf(now core.Instant, u *core.Update, src source, fx *core.Effects) {
	switch u.Type {
	case core.UpdateAlive, core.UpdateJoin:
		if u.Incarnation > m.inc { // an older process of this key
			m.raise(now, u.Incarnation, core.CauseOlderProcess, fx)
			m.answer(now, src, fx)
		}
		return
	case core.UpdateLeft:
		if m.leaving && u.Incarnation == m.inc {
			return // so it is
		}
	case core.UpdateSuspect, core.UpdateDead:
	}
	// The accusation is out of date, and so is its teller. It gets the own incarnation with whatever goes to it next; a datagram
	// of its own would answer every copy of old news with new traffic. 64 are enough: who is left out accuses again.
	if u.Incarnation < m.inc {
		if m.owes(src.from) < 0 && len(m.owed) < 64 {
			m.owed = append(m.owed, src.from)
		}
		return
	}
	if m.leaving { // it does not refute: it leaves above that (settled 88)
		m.raise(now, u.Incarnation, core.CauseOlderProcess, fx)
		m.answer(now, src, fx)
		return
	}
	f := fx.Fact(core.FactAccused)
	f.Subject, f.Inc, f.Other = m.self, u.Incarnation, u.From
	if m.refuteNow(now, u.Incarnation, m.isWitness(u.From), fx) {
		m.answer(now, src, fx)
	}
}

// isWitness reports whether it speaks against this node's health that somebody accuses it. A worker, whose suspicions serve its own
// failover only, is the worst of witnesses (§1), and there are many of them: where all managers are degraded none serves a PING_REQ, each
// ping of a worker that is lost becomes an accusation, and local health would fall faster than their own probes, slow as they are then,
// restore it. Loss of 2 % keeps three managers of nine workers so for ever, and a group in which all are unwell elects nobody.
func (m *Machine) isWitness(accuser core.NodeID) bool {
	k, ok := m.index(accuser)
	return !ok || !m.rec[k].present() || m.isParticipant(m.rec[k].role())
}

// answer lets whoever said something false hear the own incarnation at once, unless it gets an answer anyway.
func (m *Machine) answer(now core.Instant, src source, fx *core.Effects) {
	if m.stopped || src.answered {
		return
	}
	if k, ok := m.index(src.from); ok && m.rec[k].present() && m.isParticipant(m.rec[k].role()) {
		m.gossip(now, k, 0, fx)
	}
}

// Why refutations are limited. Two groups that accuse each other across a bad link, or one prober that is always wrong, would
// else drive an incarnation up with every round trip, and each step is a piece of news for everybody. With the defaults a node
// refutes at once five times in 10 s, and then once at the end of the window, above the highest accusation that came meanwhile.
// A suspicion that runs out before that ends in a death which the answer takes back: late, but for good.

// refuteNow raises the incarnation above accusation, or defers that to the end of the window; counts says that it tells of the own health.
func (m *Machine) refuteNow(now core.Instant, accusation uint32, counts bool, fx *core.Effects) bool {
	w := &m.refute
	if passed(now, w.since, m.cfg.Refute.Window) || w.used == 0 {
		w.since, w.used = now, 0
	}
	if w.used >= m.cfg.Refute.Tokens {
		w.highest = max(w.highest, accusation)
		w.pending, w.counts = true, w.counts || counts
		m.due[timerRefute] = w.since.Add(m.cfg.Refute.Window)
		m.count.RefutationsDeferred++
		return false
	}
	w.used++
	m.count.Refutations++
	if m.raise(now, accusation, core.CauseRefute, fx); m.stopped {
		return false
	}
	// Whoever has to refute was slow to answer, in the eyes of at least one other: Lifeguard counts that against it.
	if counts {
		m.addLHM(1, core.CauseRefute, fx)
	}
	return true
}

// onRefuteWindow is the refutation that had to wait. It may be void by now: the node raised itself for another reason.
func (m *Machine) onRefuteWindow(now core.Instant, fx *core.Effects) {
	if !m.refute.pending {
		return
	}
	counts := m.refute.counts
	m.refute.pending, m.refute.counts = false, false
	if a := m.refute.highest; a >= m.inc {
		m.refuteNow(now, a, counts, fx)
	}
}

// raise sets the own incarnation above what was seen and tells the group that this node lives, or leaves, there.
func (m *Machine) raise(now core.Instant, above uint32, cause core.Cause, fx *core.Effects) {
	if !m.exceed(above, cause, fx) {
		return
	}
	u := m.selfUpdate(m.news())
	m.relay(now, &u, core.CauseSelf, fx)
}

// exceed sets the own incarnation above what was seen. Where there is none above, the node stops and it reports false.
func (m *Machine) exceed(above uint32, cause core.Cause, fx *core.Effects) bool {
	if above >= maxIncarnation {
		m.fatal(fx)
		return false
	}
	m.setIncarnation(above+1, cause, fx)
	return true
}

// fatal stops the node: no incarnation is left that others would not silence (§2.4).
func (m *Machine) fatal(fx *core.Effects) {
	m.stopped = true
	fx.Fact(core.FactFatal).Subject = m.self
}

// news is what this node says of itself.
func (m *Machine) news() core.UpdateType {
	if m.leaving {
		return core.UpdateLeft
	}
	return core.UpdateAlive
}

// setIncarnation is the one place where the own incarnation changes. It goes up only, and only this node moves it: a higher
// one that others report comes from an older process of this key, or from nowhere.
func (m *Machine) setIncarnation(inc uint32, cause core.Cause, fx *core.Effects) {
	old := m.inc
	m.sum.sub(m.self, old, m.participates())
	m.inc = inc
	m.sum.add(m.self, inc, m.participates())
	f := fx.Fact(core.FactIncarnation)
	f.Subject, f.Inc, f.Cause = m.self, inc, cause
	f.Put("old_incarnation", int64(old))
}

// Refresh raises the own incarnation without a cause from outside: a piece of news to watch spreading.
func (m *Machine) Refresh(now core.Instant, fx *core.Effects) {
	if !m.stopped && !m.leaving {
		m.raise(now, m.inc, core.CauseSelf, fx)
	}
}

// onLeaveTimer is the end of a departure: leave.drain has passed, or the queue has told it often enough.
func (m *Machine) onLeaveTimer(_ core.Instant, fx *core.Effects) {
	m.stopped = true
	fx.Fact(core.FactStopped).Subject = m.self
}

// Hear applies one claim that reached this node by hearsay, outside of any datagram: for scenarios that spread
// a rumour.
func (m *Machine) Hear(now core.Instant, u *core.Update, fx *core.Effects) {
	if !m.stopped {
		m.claim(now, u, source{from: core.NoNode}, fx)
		m.askDoubted(now, fx)
	}
}
