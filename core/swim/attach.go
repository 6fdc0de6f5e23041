package swim

import (
	"slices"

	"hypersim/core"
	"hypersim/core/spread"
	"hypersim/core/wire"
)

// What rides on a datagram beside its own meaning (§6).

// updateCap is how many updates a datagram of this node may carry now.
func (m *Machine) updateCap() int {
	return max(1, m.cfg.Gossip.MaxUpdates*capTwentieths[m.level]/20)
}

// attach adds the blocks that follow the coordinate to msg, last of all.
func (m *Machine) attach(now core.Instant, msg *core.Message, fx *core.Effects) {
	k, ok := m.index(msg.To)
	m.attachUpdates(now, msg, k, ok, fx)
	if ok && (m.health != nil || m.work != nil || m.carries) {
		m.attachExtra(now, msg, k, fx)
	}
}

// attachUpdates adds what must be said to this peer first (§5.4 and §2.4), then the queue in its order, as
// much as fits.
func (m *Machine) attachUpdates(now core.Instant, msg *core.Message, k int, ok bool, fx *core.Effects) {
	forced := ok && m.forced(k)
	if m.queue.Len() == 0 && !forced {
		return
	}
	room := m.cfg.Gossip.MaxBytes - wire.UpdatesHeader
	most := m.updateCap()
	if ok && m.health != nil {
		most = m.updateCapFor(now, k)
	}
	us := fx.GrowUpdates(most + 3)
	if forced {
		us, room = m.attachForced(k, us, room)
	}
	b := spread.Budget{Items: most, Bytes: room, Least: leastUpdateBytes}
	if ok && m.rec[k].state() != core.StateNone && !m.isParticipant(m.rec[k].role()) {
		us = m.attachForWorker(msg.To, us, b)
	} else {
		us = m.attachQueued(now, us, b, fx)
	}
	msg.Updates = fx.KeepUpdates(us)
	m.count.Transmitted += uint64(len(us))
}

// forced reports whether a datagram to k must carry something out of turn.
func (m *Machine) forced(k int) bool {
	s := m.rec[k].state()
	return silences(s) || s == core.StateSuspect && m.cfg.Suspicion.Buddy ||
		len(m.owed) > 0 && m.owes(m.id(k)) >= 0 || len(m.behind) > 0 && slices.Contains(m.behind, m.id(k))
}

func (m *Machine) owes(id core.NodeID) int { return slices.Index(m.owed, id) }

// attachForced adds what k must hear whatever else there is to tell: the own incarnation, if k has accused this node below it;
// the incarnation at which k is known, if it speaks below that; and that k is suspected, or silenced, so that it can answer.
// These do not count as transmissions of news: they are for one reader.
func (m *Machine) attachForced(k int, us []core.Update, room int) ([]core.Update, int) {
	r := &m.rec[k]
	add := func(u core.Update) {
		us = append(us, u)
		room -= wire.UpdateBytes(&u, wire.KeyV4)
	}
	u := core.Update{Subject: m.id(k), Incarnation: r.incarnation(), From: core.NoNode, Role: r.role()}
	if i := m.owes(m.id(k)); i >= 0 {
		m.owed = append(m.owed[:i], m.owed[i+1:]...)
		add(m.selfUpdate(m.news()))
	}
	if i := slices.Index(m.behind, m.id(k)); i >= 0 {
		m.behind = slices.Delete(m.behind, i, i+1)
		if digested(r.state()) {
			u.Type = core.UpdateAlive
			add(u)
		}
	}
	switch s := r.state(); {
	case silences(s):
		add(m.demand(k))
	case s == core.StateSuspect && m.cfg.Suspicion.Buddy:
		u.Type, u.From = core.UpdateSuspect, m.susp.at(r.side).accusers[0]
		add(u)
	}
	return us, room
}

// attachForWorker adds what a worker can use: news about participants, whom it watches, and about itself.
// It is told beside the spreading of news and uses up no transmission: a worker passes nothing on (§1),
// and a manager that answers hundreds of them would have spent an update on them before its next gossip.
func (m *Machine) attachForWorker(to core.NodeID, us []core.Update, b spread.Budget) []core.Update {
	for i := 0; i < m.queue.Len() && !b.Spent(); i++ {
		u := &m.queue.At(i).News
		if u.Subject != to && !m.isParticipant(u.Role) {
			continue
		}
		if b.Spend(wire.UpdateBytes(u, wire.KeyV4)) {
			us = append(us, *u)
		}
	}
	return us
}

const leastUpdateBytes = 1 + 1 + wire.KeyV4

// attachQueued takes from the queue in its order. An update that does not fit is skipped, not a stop.
func (m *Machine) attachQueued(now core.Instant, us []core.Update, b spread.Budget, fx *core.Effects) []core.Update {
	t := m.queue.Take()
	for !b.Spent() {
		it := t.Next()
		if it == nil {
			break
		}
		if !b.Spend(wire.UpdateBytes(&it.News, wire.KeyV4)) {
			continue
		}
		us = append(us, it.News)
		if t.Count() {
			m.retired(it, core.CauseLimit, fx)
			if m.leaving && it.News.Subject == m.self { // the departure has been told often enough (§7.2)
				m.due[timerLeave] = now
			}
		}
	}
	t.End()
	return us
}
