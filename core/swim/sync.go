package swim

import (
	"slices"

	"hypersim/core"
)

// syncer is anti-entropy: digests first, tables only if they differ (§7.3).
type syncer struct {
	seq     uint32 // of the exchange that is waited for; 0 = none
	partner core.NodeID

	// A worker syncs when a manager's participant digest differed from its own twice (§7.3).
	differs    []differing
	lastByAcks core.Instant
	everByAcks bool
}

// differing is a manager whose last ACK carried another participant digest than this worker's own, since at.
type differing struct {
	at core.Instant
	id core.NodeID
}

func (s *syncer) waitsFor(msg *core.Message) bool {
	return s.seq != 0 && msg.Seq == s.seq && msg.From == s.partner
}

// An exchange, and what may cross it (§7.3):
//
//  1. A sends B its digest: sums over who it holds at which incarnation. If B's are the same it says so, and that was it.
//  2. Else B sends its whole table. A merges it claim by claim, as if each had come by gossip, and sends its own.
//  3. Meanwhile both go on: what A learns after it made its digest is in the table that it sends, or in gossip. A claim that
//     crosses an older one in a table loses to it nowhere, since incarnations decide and not the order of arrival.
//  4. If B sends its digest at the same moment, there are two exchanges under two numbers. Each side answers the other's and
//     recognises its own by number and partner (waitsFor); the second merge finds nothing new.
//  5. A stream that fails ends the wait early. The partner may have merged the table all the same: nothing is lost by that.
//
// A table may accuse and never kills: DEAD in it is somebody's word of yesterday, and becomes a suspicion that the accused can
// still refute (claim).

// syncInterval stretches the period with the size of the group.
func (m *Machine) syncInterval() core.Duration {
	every := m.cfg.Sync.Interval
	if m.role == core.RoleGate && !m.flat {
		every = m.cfg.Sync.IntervalGates
	}
	return every * core.Duration(syncFactor(m.n()))
}

// syncFactor is 1 for n ≤ 32, else ⌈log2 n − log2 32⌉ + 1.
func syncFactor(n int) int {
	f := 1
	for size := 32; size < n; size *= 2 {
		f++
	}
	return f
}

// onSyncTimer starts the exchange of the period with one OK member. If the last one is still under way it is forgotten: its
// answer will be merged when it comes, and is waited for no more.
func (m *Machine) onSyncTimer(now core.Instant, fx *core.Effects) {
	m.due[timerSync] = now.Add(m.syncInterval())
	if m.leaving {
		return
	}
	var buf [1]uint16
	if p := m.list.pick(&m.gossStream, buf[:], nil, func(k int) bool { return m.rec[k].state() == core.StateOK }); len(p) == 1 {
		m.startSync(now, int(p[0]), fx)
	}
}

func (m *Machine) startSync(now core.Instant, k int, fx *core.Effects) {
	m.sync.seq, m.sync.partner = m.nextSeq(), m.id(k)
	m.due[timerSyncWait] = now.Add(m.cfg.Sync.Timeout)
	if m.cfg.Sync.Mode == SyncByTable {
		m.sendTable(now, k, m.sync.seq, 0, fx)
		return
	}
	msg := m.header(core.KindSyncDigest, k, fx)
	msg.Seq, msg.Timeout = m.sync.seq, m.cfg.Sync.Timeout
	m.fillDigest(core.Attach[SyncDigest](fx, msg))
}

func (m *Machine) fillDigest(b *SyncDigest) {
	b.Sum, b.Count, b.PartSum, b.PartCount = m.sum.all, m.sum.nAll, m.sum.part, m.sum.nPart
}

func (m *Machine) onSyncWait(fx *core.Effects) {
	m.sync.seq = 0
	m.count.SyncsFailed++
	f := fx.Fact(core.FactSync)
	f.Subject, f.Cause = m.sync.partner, core.CauseSyncFailed
}

// onSyncDigest answers a digest: with its own, marked equal, or with the table. A reply ends the own exchange.
func (m *Machine) onSyncDigest(now core.Instant, k int, msg *core.Message, theirs *SyncDigest, fx *core.Effects) {
	m.confirm(now, k, msg.Incarnation, fx)
	if msg.Flags&core.FlagReply != 0 {
		if m.sync.waitsFor(msg) {
			m.syncDone(msg.From, core.CauseSyncEqual, fx)
		}
		return
	}
	if m.sameTable(msg.Role, theirs) {
		m.count.SyncsEqual++
		reply := m.header(core.KindSyncDigest, k, fx)
		reply.Seq, reply.Flags, reply.Timeout = msg.Seq, core.FlagReply|core.FlagEqual, m.cfg.Sync.Timeout
		m.fillDigest(core.Attach[SyncDigest](fx, reply))
		m.attachOutOfTurn(reply, k, fx)
		return
	}
	m.sendTable(now, k, msg.Seq, 0, fx)
}

// sameTable compares digests; with a worker on either side only participants count.
func (m *Machine) sameTable(role core.Role, theirs *SyncDigest) bool {
	if !m.isParticipant(role) || !m.participates() {
		return theirs.PartSum == m.sum.part && theirs.PartCount == m.sum.nPart
	}
	return theirs.Sum == m.sum.all && theirs.Count == m.sum.nAll
}

// onSyncFull merges the partner's table. The first table of an exchange is answered with the own one.
func (m *Machine) onSyncFull(now core.Instant, k int, msg *core.Message, theirs *SyncFull, fx *core.Effects) {
	m.confirm(now, k, msg.Incarnation, fx)
	m.mergeTable(now, msg.From, theirs.Records, fx)
	m.count.SyncsFull++
	if msg.Flags&core.FlagReply == 0 {
		m.sendTable(now, k, msg.Seq, core.FlagReply, fx)
	}
	if m.sync.waitsFor(msg) {
		m.syncDone(msg.From, core.CauseSyncFull, fx)
	}
}

func (m *Machine) syncDone(with core.NodeID, cause core.Cause, fx *core.Effects) {
	m.sync.seq = 0
	m.due[timerSyncWait] = core.Never
	f := fx.Fact(core.FactSync)
	f.Subject, f.Cause = with, cause
}

// sendFull starts an exchange with the table itself.
func (m *Machine) sendFull(now core.Instant, k int, fx *core.Effects) {
	m.sync.seq, m.sync.partner = m.nextSeq(), m.id(k)
	m.due[timerSyncWait] = now.Add(m.cfg.Sync.Timeout)
	m.sendTable(now, k, m.sync.seq, 0, fx)
}

func (m *Machine) sendTable(now core.Instant, k int, seq uint32, flags core.Flags, fx *core.Effects) {
	both := m.participates() && m.isParticipant(m.rec[k].role())
	msg := m.header(core.KindSyncFull, k, fx)
	msg.Seq, msg.Flags, msg.Timeout = seq, flags, m.cfg.Sync.Timeout
	b := core.Attach[SyncFull](fx, msg)
	b.Records = m.table(now, both, b.Records)
	m.attachOutOfTurn(msg, k, fx)
}

// table appends to es self, OK, SUSPECT, and the recent DEAD and LEFT; UNCONFIRMED records are hearsay and stay
// here. Without workers if the reader keeps none; for a manager with the owner of each in the accuser's place,
// which an OK record does not use: a manager that came late hears of owners in no other way. A worker, which is no witness, lists itself alone (§1).
func (m *Machine) table(now core.Instant, workers bool, es []core.Entry) []core.Entry {
	es = slices.Grow(es, int(m.sum.nAll)+1)
	es = append(es, core.Entry{
		Subject: m.self, Incarnation: m.inc, Accuser: core.NoNode, Role: m.role, State: core.StateOK,
	})
	recent := uint32(m.cfg.Sync.GoneAge.Milliseconds())
	for k := range m.rec {
		if !m.participates() {
			break
		}
		r := &m.rec[k]
		s := r.state()
		if !workers && !m.isParticipant(r.role()) {
			continue
		}
		e := core.Entry{Subject: m.id(k), Incarnation: r.incarnation(), Accuser: core.NoNode, Role: r.role(), State: s}
		switch s {
		case core.StateOK:
			e.Accuser, e.Instance = m.watch.named(m, k, workers)
		case core.StateSuspect:
			e.Accuser = m.susp.at(r.side).accusers[0]
		case core.StateDead, core.StateLeft:
			if age(now, r.changed) >= recent {
				continue
			}
		default:
			continue
		}
		es = append(es, e)
	}
	return es
}

// mergeTable applies a table as claims, each by the rules for gossip. The sender of the table stands for DEAD in it; who first
// accused a SUSPECT is named by it, so that an accusation that came twice is not taken for two.
func (m *Machine) mergeTable(now core.Instant, from core.NodeID, es []core.Entry, fx *core.Effects) {
	for i := range es {
		e := &es[i]
		u := core.Update{Subject: e.Subject, Incarnation: e.Incarnation, From: core.NoNode, Role: e.Role}
		switch e.State {
		case core.StateOK:
			u.Type = core.UpdateAlive
		case core.StateSuspect:
			u.Type, u.From = core.UpdateSuspect, e.Accuser
		case core.StateDead:
			u.Type, u.From = core.UpdateDead, from
		case core.StateLeft:
			u.Type = core.UpdateLeft
		default:
			continue
		}
		m.claim(now, &u, source{from: from, answered: true, sync: true}, fx)
		if m.watch.owners != nil && e.State == core.StateOK {
			m.watch.told(m, e, from, now, fx)
		}
	}
}

// compareDigest lets a worker notice on ACKs that a manager sees other participants than it does.
func (m *Machine) compareDigest(now core.Instant, k int, low uint32, fx *core.Effects) {
	if m.participates() || m.cfg.Sync.Mode == SyncOff {
		return
	}
	s, id := &m.sync, m.id(k)
	i := slices.IndexFunc(s.differs, func(d differing) bool { return d.id == id })
	switch {
	case low == uint32(m.sum.part):
		if i >= 0 {
			s.differs = slices.Delete(s.differs, i, i+1)
		}
	case i < 0: // each manager is followed on its own: the walk comes back to one after many pings of the owner's
		s.differs = append(s.differs, differing{at: now, id: id})
	case passed(now, s.differs[i].at, m.cfg.Sync.AckGap) && (!s.everByAcks || passed(now, s.lastByAcks, m.cfg.Sync.AckEvery)):
		s.differs = s.differs[:0] // the table will change, and with it what differs
		s.everByAcks, s.lastByAcks = true, now
		m.startSync(now, k, fx)
	}
}
