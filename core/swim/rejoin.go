package swim

import "hypersim/core"

// A member that is in its group may JOIN once more (§7.1). After a cut that outlasted everybody's memory of the
// other side nobody probes, reconnects to or syncs with anybody there: the two sides are two groups, and only
// somebody who knows an address from elsewhere can bring them together. That is an operator (Rejoin) or the
// member itself, which still has the addresses that it started with (join.reseed).
//
// It goes on as the process that it is. The seed takes it back as it would take a newcomer, at an incarnation
// above what it remembers, tells its side that it lives, and sends its table; the next exchanges of tables do the
// rest. A worker registers anew, under a new incarnation, which makes the seed its owner.

// ask lets the joiner ask its seeds, one after the other, until one accepts.
func (j *joiner) ask(m *Machine, now core.Instant) {
	j.done, j.once, j.owner, j.seq, j.delay = false, false, false, 0, m.cfg.Join.RetryMin
	j.first(m)
	j.asked = 0
	m.due[timerJoin] = now
}

// Rejoin lets this member JOIN at one of those named or, where none is, at one of its seeds, and again until one
// accepts. It reports whether there is anybody to ask.
func (m *Machine) Rejoin(now core.Instant, at []core.NodeID, fx *core.Effects) bool {
	if m.stopped || m.leaving {
		return false
	}
	j := &m.join
	if len(at) == 0 {
		at = j.home
	}
	var seeds []core.NodeID // of their own: with nobody to ask, a join under way goes on
	for _, id := range at {
		if _, ok := m.index(id); ok && id != m.self {
			seeds = append(seeds, id)
		}
	}
	if len(seeds) == 0 {
		return false
	}
	j.seeds = seeds
	if !m.participates() && !m.exceed(m.inc, core.CauseOlderProcess, fx) {
		return false
	}
	j.ask(m, now)
	return true
}

// armReseed starts the timer of join.reseed at its own phase. Workers have an owner, and look for another one
// when it goes.
func (m *Machine) armReseed(start core.Instant) {
	if every := m.cfg.Join.Reseed; every > 0 && m.participates() {
		m.due[timerReseed] = start.Add(core.Duration(m.jitter.Float64() * float64(every)))
	}
}

// onReseed asks one seed that is no member to this node: one that it never met, holds DEAD or has forgotten.
func (m *Machine) onReseed(now core.Instant, fx *core.Effects) {
	m.due[timerReseed] = now.Add(m.cfg.Join.Reseed)
	j := &m.join
	if m.leaving || !j.done {
		return
	}
	j.seeds = j.seeds[:0]
	for _, id := range j.home {
		if k, ok := m.index(id); ok && !counted(m.rec[k].state()) && m.rec[k].state() != core.StateLeft {
			j.seeds = append(j.seeds, id)
		}
	}
	if len(j.seeds) == 0 {
		return
	}
	j.done, j.once, j.next = false, true, 0
	m.sendJoin(now, j.seeds[m.jitter.Intn(len(j.seeds))], core.CauseJoinSent, fx)
}
