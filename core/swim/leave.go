package swim

import "hypersim/core"

// leaveTo is how many participants a leaving participant tells in person at the least (§7.2).
const leaveTo = 3

// Leave starts a graceful departure (§7.2). From here on whatever is held against this node at its incarnation or above
// makes it leave above that; a refutation that still waits for its window does so too (settled 88).
func (m *Machine) Leave(now core.Instant, fx *core.Effects) {
	if m.leaving || m.stopped {
		return
	}
	m.leaving = true
	if w := &m.refute; w.pending && w.highest >= m.inc {
		m.raise(now, w.highest, core.CauseOlderProcess, fx)
	} else {
		u := m.selfUpdate(core.UpdateLeft)
		m.relay(now, &u, core.CauseSelf, fx)
	}
	m.refute.pending = false
	m.due[timerRefute] = core.Never
	if m.stopped {
		return
	}
	if told := m.quitManagers(fx); m.participates() && told < leaveTo {
		m.sayGoodbye(leaveTo-told, fx)
	}
	m.leaveUntil = now.Add(m.cfg.Leave.Drain)
	m.due[timerLeave] = m.leaveUntil
	m.join.done, m.join.seq = true, 0
	m.due[timerJoin] = core.Never
}

// sayGoodbye tells up to most participants that are no managers at random: those that are OK, and others as long as
// those do not suffice. Who suspects everybody, or holds them dead, may be the one who is ill.
func (m *Machine) sayGoodbye(most int, fx *core.Effects) {
	dst := make([]uint16, min(most, m.list.len()))
	held := func(ok bool) func(int) bool {
		return func(k int) bool {
			r := &m.rec[k]
			return r.role() != core.RoleManager && (r.state() == core.StateOK) == ok
		}
	}
	told := m.list.pick(&m.gossStream, dst, nil, held(true))
	n := len(told)
	if n < len(dst) {
		n += len(m.list.pick(&m.gossStream, dst[n:], nil, held(false)))
	}
	for _, k := range dst[:n] {
		m.quit(int(k), fx)
	}
	for i := 0; i < len(m.deads) && n < most; i++ {
		if k := int(m.deads[i]); m.rec[k].role() != core.RoleManager {
			m.quit(k, fx)
			n++
		}
	}
}

// quitManagers tells all managers of whom this node has a record, whatever their state (settled 88), and returns how
// many they are: one of them may watch it, and its opinion of them may be its own.
func (m *Machine) quitManagers(fx *core.Effects) int {
	n := 0
	for k := range m.rec {
		if r := &m.rec[k]; r.present() && r.role() == core.RoleManager {
			m.quit(k, fx)
			n++
		}
	}
	return n
}

func (m *Machine) quit(k int, fx *core.Effects) {
	msg := m.header(core.KindLeave, k, fx)
	msg.Updates = fx.KeepUpdates(append(fx.GrowUpdates(1), m.selfUpdate(core.UpdateLeft)))
}
