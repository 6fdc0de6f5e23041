package swim

import (
	"hypersim/core"
	"hypersim/core/spread"
)

// Updates are what members claim about each other; a queue of them waits to be told (§6).

// updateRank is the order of types in the queue: dead and leave, suspect, join, alive (§6).
var updateRank = [core.NumUpdateTypes]spread.Rank{
	core.UpdateDead: 0, core.UpdateLeft: 0, core.UpdateSuspect: 1, core.UpdateJoin: 2, core.UpdateAlive: 3,
}

// How news spreads, and ends (§6). A member that hears something new tells it λ·ln(n + 1) times, with whatever it sends, the
// least told first; by then nearly everybody has heard it, and the few who have not get it by a sync. Dead and left go before
// the rest, since every member that does not know goes on trusting them. A newer claim about the same member takes the place
// of an older one in the queue: to tell both would be to tell one that is not true any more.

// Times is how often each member tells a piece of news in a group of n (§6).
func (g *Gossip) Times(n int) uint8 {
	if g.Limit == LimitDecades {
		return spread.Decades(g.Lambda, n)
	}
	return spread.Limit(g.Lambda, n)
}

// retransmitLimit is how often this node tells one now.
func (m *Machine) retransmitLimit() uint8 { return m.cfg.Gossip.Times(m.n()) }

// relay enqueues a claim for dissemination. A worker neither originates nor relays claims about others
// (§1). Nothing is relayed twice: callers do so only for FRESH claims and counted confirmations.
func (m *Machine) relay(now core.Instant, u *core.Update, cause core.Cause, fx *core.Effects) {
	if !m.participates() && u.Subject != m.self {
		return
	}
	// A confirmation is another accuser of the same suspicion, and does not replace the first: K of them must be heard.
	if cause != core.CauseConfirmation {
		m.supersede(u.Subject, fx)
	}
	// Full: what has been told most often goes, whatever it says. Most have it already.
	if m.queue.Len() >= m.cfg.Gossip.QueueMax {
		m.count.Overflowed++
		it := m.queue.DropMostSent()
		m.retired(&it, core.CauseOverflow, fx)
	}
	limit := m.retransmitLimit()
	m.queue.Push(now, u, u.Subject, updateRank[u.Type], limit)
	if k, ok := m.index(u.Subject); ok {
		m.rec[k].setQueued(true)
	}
	m.count.Enqueued++
	f := fx.Fact(core.FactQueued)
	f.Subject, f.Inc, f.Other, f.Cause = u.Subject, u.Incarnation, u.From, cause
	f.Put("update", int64(u.Type)).Put("limit", int64(limit))
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
	s := m.queue.SiftAbout(subject)
	for it := s.Next(); it != nil; it = s.Next() {
		m.count.Superseded++
		m.retired(it, core.CauseSuperseded, fx)
		s.Drop()
	}
}

// expireQueue drops what has waited too long.
func (m *Machine) expireQueue(now core.Instant, fx *core.Effects) {
	oldest := uint32(m.cfg.Gossip.QueueAge.Milliseconds())
	s := m.queue.Sift()
	for it := s.Next(); it != nil; it = s.Next() {
		if it.Age(now) > oldest {
			m.count.Aged++
			m.retired(it, core.CauseAge, fx)
			s.Drop()
		}
	}
}

// retired reports that an update will not be told again, and why.
func (m *Machine) retired(it *spread.Item[core.Update], cause core.Cause, fx *core.Effects) {
	f := fx.Fact(core.FactRetired)
	f.Subject, f.Inc, f.Other, f.Cause = it.News.Subject, it.News.Incarnation, it.News.From, cause
	f.Put("update", int64(it.News.Type)).Put("transmissions", int64(it.Sent)).Put("limit", int64(it.Limit))
}
