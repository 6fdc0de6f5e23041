package swim

import "hypersim/core"

// leaveTo is how many participants a leaving participant tells in person at the least (§7.2).
const leaveTo = 3

// A departure meets accusations, and the next process of the same node. The story of both (settled 88):
//
//  1. B(5) leaves. It tells managers in person, queues "left at 5" for the rest, and goes on answering until leave.drain
//     is over.
//  2. Somebody suspects B(5) meanwhile. B does not refute, or it would come back to life while it goes: it rises to 6 and
//     leaves there (claimSelf). Whoever holds it SUSPECT(5) or DEAD(5) then holds it LEFT(6).
//  3. A message in which B says so carries 6 in its header as well. Taken by itself, that would be a member that lives at
//     6: seen leaves such a message to the departure in it (quits).
//  4. B's host starts it anew at once. The seed holds LEFT(6) and demands 7; B adopts 7, and "join, B at 7" spreads.
//  5. D hears of 7 first and of the departure at 6 later: that is stale. E hears of the departure first: 7 brings B back,
//     UNCONFIRMED until E has met it.
//  6. A seed that has never met B lets it in at 0. Whoever holds LEFT(6) silences it, and silenced.go goes on from there.

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
