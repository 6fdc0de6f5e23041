package swim

import (
	"slices"

	"hypersim/core"
	"hypersim/core/wire"
)

// item is one queued update. key orders the queue: fewest transmissions, then type (dead and leave,
// suspect, join, alive), then newest, then subject (§6). What is newest is told by turns, one for each instant at
// which something was queued: a clock's unit would call two instants the same, and a clock may be set back.
type item struct {
	key     uint64
	subject core.NodeID
	inc     uint32
	from    core.NodeID
	queued  uint32 // local ms
	typ     core.UpdateType
	role    core.Role
	sent    uint8
	limit   uint8
}

const (
	sentShift = 56
	rankShift = 54
	turnShift = 22
	subjMask  = 1<<22 - 1
)

var typeRank = [core.NumUpdateTypes]uint64{
	core.UpdateDead: 0, core.UpdateLeft: 0, core.UpdateSuspect: 1, core.UpdateJoin: 2, core.UpdateAlive: 3,
}

func sortKey(typ core.UpdateType, turn uint32, subject core.NodeID) uint64 {
	return typeRank[typ]<<rankShift | uint64(^turn)<<turnShift | uint64(subject)&subjMask
}

// turnOf is the turn in a key.
func turnOf(key uint64) uint32 { return ^uint32(key >> turnShift) }

// turns counts the instants at which something was queued.
type turns struct {
	at core.Instant
	n  uint32
}

func (t *turns) of(now core.Instant) uint32 {
	if t.n == 0 || t.at != now {
		t.at = now
		t.n++
	}
	return t.n
}

// queue holds the updates that still have transmissions to make, sorted by descending key: what goes
// out next stands at the end, where adding and taking are cheap.
type queue struct {
	items []item
	taken []item // scratch of one selection
	turns turns
}

func (q *queue) len() int { return len(q.items) }

func (q *queue) update(it *item) core.Update {
	return core.Update{Type: it.typ, Role: it.role, Subject: it.subject, Incarnation: it.inc, From: it.from}
}

// insert puts it in its place.
func (q *queue) insert(it item) {
	q.items = append(q.items, it)
	i := len(q.items) - 1
	for i > 0 && q.items[i-1].key < it.key {
		q.items[i] = q.items[i-1]
		i--
	}
	q.items[i] = it
}

func (q *queue) removeAt(i int) {
	q.items = append(q.items[:i], q.items[i+1:]...)
}

// merge puts the taken items, sorted by ascending key, back among the rest.
func (q *queue) merge() {
	n, k := len(q.items), len(q.taken)
	if k == 0 {
		return
	}
	q.items = append(q.items, q.taken...)
	for i, j, w := n-1, 0, n+k-1; j < k; w-- {
		if i >= 0 && q.items[i].key < q.taken[j].key {
			q.items[w] = q.items[i]
			i--
		} else {
			q.items[w] = q.taken[j]
			j++
		}
	}
	q.taken = q.taken[:0]
}

// retransmitLimit is max(1, ⌊λ·ln(n+1)⌋) (§6).
func (m *Machine) retransmitLimit() uint8 {
	return uint8(min(max(1, int(m.cfg.Gossip.Lambda*lnInt(m.n()+1))), 255))
}

// relay enqueues a claim for dissemination. A worker neither originates nor relays claims about others
// (§1). Nothing is relayed twice: callers do so only for FRESH claims and counted confirmations.
func (m *Machine) relay(now core.Instant, u *core.Update, cause core.Cause, fx *core.Effects) {
	if !m.participates() && u.Subject != m.self {
		return
	}
	if cause != core.CauseConfirmation {
		m.supersede(u.Subject, fx)
	}
	if len(m.queue.items) >= m.cfg.Gossip.QueueMax {
		m.overflow(fx)
	}
	it := item{
		subject: u.Subject, inc: u.Incarnation, from: u.From, typ: u.Type, role: u.Role,
		queued: millis(now), limit: m.retransmitLimit(),
	}
	it.key = sortKey(it.typ, m.queue.turns.of(now), it.subject)
	m.queue.insert(it)
	if k, ok := m.index(u.Subject); ok {
		m.rec[k].setQueued(true)
	}
	m.count.Enqueued++
	f := fx.Fact(core.FactQueued)
	f.Subject, f.Inc, f.A, f.Other, f.Cause, f.N = u.Subject, u.Incarnation, int64(u.Type), u.From, cause, int32(it.limit)
	m.armGossip(now)
	if m.cfg.Inherited.Unicast && cause == core.CauseSelf && u.Type != core.UpdateDead {
		m.tellAll(u, fx)
	}
}

func (m *Machine) relayAlive(now core.Instant, k int, fx *core.Effects) {
	r := &m.rec[k]
	m.relay(now, &core.Update{
		Type: core.UpdateAlive, Subject: m.id(k), Incarnation: r.incarnation(), From: core.NoNode, Role: r.role(),
	}, core.CauseFresh, fx)
}

// supersede drops everything queued about subject: a fresh claim replaces it.
func (m *Machine) supersede(subject core.NodeID, fx *core.Effects) {
	if k, ok := m.index(subject); ok { // else it is a worker's own claim: its table has no place for it
		if !m.rec[k].queued() {
			return
		}
		m.rec[k].setQueued(false)
	}
	kept := m.queue.items[:0]
	for i := range m.queue.items {
		it := &m.queue.items[i]
		if it.subject == subject {
			m.count.Superseded++
			m.retired(it, core.CauseSuperseded, fx)
			continue
		}
		kept = append(kept, *it)
	}
	m.queue.items = kept
}

// overflow drops the most transmitted item, the oldest of them.
func (m *Machine) overflow(fx *core.Effects) {
	worst := 0
	for i := range m.queue.items {
		it, w := &m.queue.items[i], &m.queue.items[worst]
		a, b := turnOf(it.key), turnOf(w.key)
		if it.sent > w.sent || it.sent == w.sent && (a < b || a == b && it.subject > w.subject) {
			worst = i
		}
	}
	m.count.Overflowed++
	m.retired(&m.queue.items[worst], core.CauseOverflow, fx)
	m.queue.removeAt(worst)
}

func (m *Machine) retired(it *item, cause core.Cause, fx *core.Effects) {
	f := fx.Fact(core.FactRetired)
	f.Subject, f.Inc, f.A, f.Other = it.subject, it.inc, int64(it.typ), it.from
	f.B, f.N, f.Cause = int64(it.sent), int32(it.limit), cause
}

// expireQueue drops what has waited too long.
func (m *Machine) expireQueue(now core.Instant, fx *core.Effects) {
	oldest := uint32(m.cfg.Gossip.QueueAge.Milliseconds())
	kept := m.queue.items[:0]
	for i := range m.queue.items {
		it := &m.queue.items[i]
		if age(now, it.queued) > oldest {
			m.count.Aged++
			m.retired(it, core.CauseAge, fx)
			continue
		}
		kept = append(kept, *it)
	}
	m.queue.items = kept
}

// updateCap is how many updates a datagram of this node may carry now.
func (m *Machine) updateCap() int {
	return max(1, m.cfg.Gossip.MaxUpdates*capTwentieths[m.level]/20)
}

// attach adds the blocks that follow the coordinate to msg, last of all.
func (m *Machine) attach(now core.Instant, msg *core.Message, fx *core.Effects) {
	k, ok := m.index(msg.To)
	m.attachUpdates(now, msg, k, ok, fx)
	if ok && (m.health != nil || m.work != nil) {
		m.attachExtra(now, msg, k, fx)
	}
}

// attachUpdates adds what must be said to this peer first (§5.4 and §2.4), then the queue in its order, as
// much as fits.
func (m *Machine) attachUpdates(now core.Instant, msg *core.Message, k int, ok bool, fx *core.Effects) {
	forced := ok && m.forced(k)
	if len(m.queue.items) == 0 && !forced {
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
	if ok && m.rec[k].state() != core.StateNone && !m.isParticipant(m.rec[k].role()) {
		us = m.attachForWorker(msg.To, us, room, most)
	} else {
		us = m.attachQueued(now, us, room, most, fx)
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
func (m *Machine) attachForWorker(to core.NodeID, us []core.Update, room, most int) []core.Update {
	limit := len(us) + most
	for i := len(m.queue.items) - 1; i >= 0 && len(us) < limit && room >= leastUpdateBytes; i-- {
		it := &m.queue.items[i]
		if it.subject != to && !m.isParticipant(it.role) {
			continue
		}
		u := m.queue.update(it)
		if size := wire.UpdateBytes(&u, wire.KeyV4); size <= room {
			room -= size
			us = append(us, u)
		}
	}
	return us
}

const leastUpdateBytes = 1 + 1 + wire.KeyV4

// attachQueued takes from the queue in its order. An update that does not fit is skipped, not a stop.
func (m *Machine) attachQueued(now core.Instant, us []core.Update, room, most int, fx *core.Effects) []core.Update {
	q := &m.queue
	limit := len(us) + most
	w := len(q.items) // items[w:] after the walk: those passed over, in order
	i := len(q.items) - 1
	for ; i >= 0 && len(us) < limit && room >= leastUpdateBytes; i-- {
		it := &q.items[i]
		u := q.update(it)
		size := wire.UpdateBytes(&u, wire.KeyV4)
		if size > room {
			w--
			q.items[w] = *it
			continue
		}
		room -= size
		us = append(us, u)
		it.sent++
		if it.sent >= it.limit {
			m.retired(it, core.CauseLimit, fx)
			if m.leaving && it.subject == m.self { // the departure has been told often enough (§7.2)
				m.due[timerLeave] = now
			}
			continue
		}
		it.key += 1 << sentShift
		q.taken = append(q.taken, *it)
	}
	q.items = append(q.items[:i+1], q.items[w:]...)
	q.merge()
	return us
}
