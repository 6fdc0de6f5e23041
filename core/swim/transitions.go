package swim

import (
	"slices"

	"hypersim/core"
)

const (
	maxIncarnation   = 1<<31 - 1
	maxUpdatesParsed = 100
	incarnationJump  = 1000 // §2.2: larger jumps by hearsay are not believed
)

// Claims about one member reach everybody, and in any order. The story of an accusation and its refutation:
//
//  1. A accuses B at incarnation 5. The accusation spreads, and reaches B as well.
//  2. B raises itself to 6, which nobody else may do, and says that it lives there. That spreads behind the accusation,
//     over other paths.
//  3. C hears both in that order: SUSPECT(5), then OK(6).
//  4. D hears of 6 first: OK(6). The accusation at 5 is stale when it comes.
//  5. At E the deadline runs out between the two: E declares B dead at 5. Who knows of 6 takes that for stale. Who does
//     not holds DEAD(5), and takes B back when it hears of 6.
//  6. B hears of its death at 5, which is below its own 6: its next datagram to the teller says so (claimSelf).
//
// Whatever the order, all end at OK(6): the higher incarnation wins, and at equal ones the worse news (rank).

// source says where a claim came from.
type source struct {
	from     core.NodeID // sender of the datagram or the sync partner
	answered bool        // the datagram gets an answer anyway
	sync     bool        // from a table exchange: may accuse, never confirms (§7.3)
}

// claim applies one claim of another node: precedence and transitions of §2.2 and §2.3.
func (m *Machine) claim(now core.Instant, u *core.Update, src source, fx *core.Effects) {
	if u.Incarnation > maxIncarnation || u.Type >= core.NumUpdateTypes {
		m.count.Invalid++
		return
	}
	if u.Subject == m.self {
		m.claimSelf(now, u, src, fx)
		return
	}
	k, ok := m.index(u.Subject)
	if !ok {
		m.count.Invalid++
		return
	}
	r := &m.rec[k]
	if !m.keeps(u.Role) && !r.present() {
		return
	}
	if r.present() {
		if u.Incarnation > r.incarnation() && u.Incarnation-r.incarnation() > incarnationJump && u.Subject != src.from {
			m.count.Suspicious++
			return
		}
		m.learnRole(now, k, u.Role, fx)
	}
	switch u.Type {
	case core.UpdateAlive, core.UpdateJoin:
		m.claimAlive(now, k, u, src, fx)
	case core.UpdateSuspect:
		m.claimSuspect(now, k, u, src, fx)
	case core.UpdateDead:
		if src.sync { // a second-hand death is only an accusation
			m.claimSuspect(now, k, &core.Update{
				Type: core.UpdateSuspect, Subject: u.Subject, Incarnation: u.Incarnation, From: src.from, Role: u.Role,
			}, src, fx)
			return
		}
		m.claimGone(now, k, u, core.StateDead, fx)
	case core.UpdateLeft:
		m.claimGone(now, k, u, core.StateLeft, fx)
	}
}

// claimAlive applies "k lives at that incarnation", from k itself, from gossip or from a table. Only a higher incarnation
// changes anything. At an equal one it is a duplicate, and does not clear a suspicion: the accusation was about that very
// incarnation, and only its owner can answer it, by raising it.
func (m *Machine) claimAlive(now core.Instant, k int, u *core.Update, src source, fx *core.Effects) {
	r := &m.rec[k]
	s, known := r.state(), r.incarnation()
	cause := core.CauseAlive
	if u.Type == core.UpdateJoin {
		cause = core.CauseJoined
	}
	if src.sync && !r.present() {
		cause = core.CauseConfigured
	}
	if s == stateTomb && u.Incarnation <= known || r.present() && u.Incarnation <= known {
		if r.present() && u.Incarnation == known && s == core.StateUnconfirmed && m.hearsay {
			m.becomeOK(now, k, u.Incarnation, cause, fx)
			m.relay(now, u, core.CauseFresh, fx)
			return
		}
		m.stale(u.Incarnation, known)
		// It is held gone here and said to live, no higher: one of the two is late. The node asks the member itself (askDoubted)
		// rather than wait until one of the two news has died out.
		if silences(s) && u.Subject != src.from {
			m.doubts = append(m.doubts, uint16(k))
		}
		return
	}
	m.count.Fresh++
	m.watch.heard(m, k, now) // only the worker itself raises its incarnation: it was there a moment ago
	told := false
	if u.Type == core.UpdateJoin && (s == core.StateOK || s == core.StateSuspect || s == core.StateDead) {
		told = m.joined(now, k, fx)
	}
	switch s {
	case core.StateNone, stateTomb:
		r.setRole(u.Role)
		if m.hearsay {
			m.becomeOK(now, k, u.Incarnation, cause, fx)
		} else {
			m.becomeUnconfirmed(now, k, u.Incarnation, cause, fx)
		}
		if !src.sync && r.present() { // what a table says is not news (§16 D35: only confirmed records are in one)
			m.relay(now, u, core.CauseFresh, fx)
		}
	case core.StateUnconfirmed:
		if m.hearsay {
			m.becomeOK(now, k, u.Incarnation, cause, fx)
		} else {
			m.transition(now, k, core.StateUnconfirmed, u.Incarnation, cause, core.NoNode, fx)
			m.conf.at(r.side).suspected = false
		}
		m.relay(now, u, core.CauseFresh, fx)
	case core.StateOK:
		m.transition(now, k, core.StateOK, u.Incarnation, cause, core.NoNode, fx)
		m.relay(now, u, core.CauseFresh, fx)
		if u.Type == core.UpdateJoin && !told {
			m.restarts.heralded = append(m.restarts.heralded, uint16(k))
			m.callback(core.CallbackPeerRestarted, k, cause, core.NoNode, fx)
		}
	// Not relayed as it came: becomeRefuted queues the alive under its own name, once.
	case core.StateSuspect:
		m.becomeRefuted(now, k, u.Incarnation, cause, fx)
	case core.StateDead:
		m.becomeRecovered(now, k, u.Incarnation, cause, fx)
		m.relay(now, u, core.CauseFresh, fx)
	case core.StateLeft:
		if m.hearsay {
			m.becomeOK(now, k, u.Incarnation, cause, fx)
		} else {
			m.becomeUnconfirmed(now, k, u.Incarnation, cause, fx)
		}
		m.relay(now, u, core.CauseFresh, fx)
	}
}

// claimSuspect applies an accusation. At an incarnation below the known one it is stale; at the known one it confirms what is
// suspected already, which shortens the wait; above, it starts anew there. One that was never heard is not suspected at all:
// the record remembers the accusation and passes it on, for those who know the member.
func (m *Machine) claimSuspect(now core.Instant, k int, u *core.Update, src source, fx *core.Effects) {
	if u.From == u.Subject { // nobody accuses itself (I-M13)
		m.count.Invalid++
		return
	}
	r := &m.rec[k]
	known := r.incarnation()
	switch r.state() {
	case core.StateUnconfirmed:
		c := m.conf.at(r.side)
		switch {
		case u.Incarnation > known:
			m.count.SkippedUnconfirmed++
			m.transition(now, k, core.StateUnconfirmed, u.Incarnation, core.CauseSuspect, u.From, fx)
			c.suspected = true
			m.relay(now, u, core.CauseFresh, fx)
		case u.Incarnation == known && !c.suspected:
			m.count.SkippedUnconfirmed++
			c.suspected = true
			m.relay(now, u, core.CauseFresh, fx)
		default:
			m.stale(u.Incarnation, known)
		}
	case core.StateOK:
		if u.Incarnation < known {
			m.count.Stale++
			return
		}
		m.count.Fresh++
		m.becomeSuspect(now, k, u.Incarnation, u.From, core.CauseSuspect, fx)
		if r.state() == core.StateSuspect { // else the table of suspicions is full, and this news to us again
			m.relay(now, u, core.CauseFresh, fx)
		} else if u.Incarnation > known {
			m.transition(now, k, core.StateOK, u.Incarnation, core.CauseSuspect, u.From, fx)
		}
		m.watch.contested(m, k, u.From, now, fx)
	case core.StateSuspect:
		switch {
		case u.Incarnation > known:
			m.count.Fresh++
			m.endSuspicion(now, k, core.CauseSuperseded, fx)
			m.becomeSuspect(now, k, u.Incarnation, u.From, core.CauseSuspect, fx)
			m.relay(now, u, core.CauseFresh, fx)
		case u.Incarnation == known && !src.sync:
			m.count.Duplicate++
			// The inherited protocol credits whoever passes an accusation on, so that one accuser counts as many.
			if m.cfg.Inherited.Credit {
				credited := *u
				credited.From = m.self
				u = &credited
			}
			if m.confirmSuspicion(now, k, u.From, fx) {
				m.relay(now, u, core.CauseConfirmation, fx)
			}
		default:
			m.stale(u.Incarnation, known)
		}
	case core.StateNone:
		m.stale(u.Incarnation, known)
	case core.StateDead, core.StateLeft, stateTomb:
		m.evidence(now, k, u, fx)
	}
}

// claimGone applies a dead or left claim.
func (m *Machine) claimGone(now core.Instant, k int, u *core.Update, to core.MemberState, fx *core.Effects) {
	r := &m.rec[k]
	known := r.incarnation()
	cause := core.CauseDead
	if to == core.StateLeft {
		cause = core.CauseLeft
	}
	switch s := r.state(); s {
	case core.StateNone, stateTomb:
		if s == core.StateNone || u.Incarnation > known {
			r.setRole(u.Role)
			r.setIncarnation(u.Incarnation)
			r.setState(stateTomb)
			m.hasGone = true
			r.changed = millis(now)
		}
	case core.StateUnconfirmed:
		if u.Incarnation < known {
			m.count.Stale++
			return
		}
		m.count.Fresh++
		m.remove(now, k, u.Incarnation, cause, true, fx)
		m.relay(now, u, core.CauseFresh, fx)
	case core.StateOK, core.StateSuspect:
		if u.Incarnation < known {
			m.count.Stale++
			return
		}
		m.count.Fresh++
		if to == core.StateDead {
			m.count.GossipDeaths++
			m.becomeDead(now, k, u.Incarnation, u.From, cause, fx)
		} else {
			m.becomeLeft(now, k, u.Incarnation, fx)
		}
		m.relay(now, u, core.CauseFresh, fx)
	case core.StateDead:
		switch {
		case to == core.StateDead && u.Incarnation > known:
			m.count.Fresh++
			m.transition(now, k, core.StateDead, u.Incarnation, cause, u.From, fx)
			m.relay(now, u, core.CauseFresh, fx)
		case to == core.StateLeft && u.Incarnation >= known:
			m.count.Fresh++
			m.becomeLeft(now, k, u.Incarnation, fx)
			m.relay(now, u, core.CauseFresh, fx)
		default:
			m.stale(u.Incarnation, known)
		}
	case core.StateLeft:
		if u.Incarnation <= known {
			m.stale(u.Incarnation, known)
			return
		}
		m.count.Fresh++
		m.transition(now, k, core.StateLeft, u.Incarnation, cause, core.NoNode, fx)
		if to == core.StateLeft { // above what others may hold the leaver at
			m.relay(now, u, core.CauseFresh, fx)
		}
	}
}

// seen applies what a valid message says about its own sender by having been sent (§2.3 seen).
func (m *Machine) seen(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	r := &m.rec[k]
	m.watch.heard(m, k, now)
	known := r.incarnation()
	if msg.Incarnation > known && quits(msg) {
		return // its departure at that incarnation follows, and is what counts (settled 88)
	}
	switch r.state() {
	case core.StateNone, stateTomb:
		if !m.keeps(msg.Role) || r.state() == stateTomb && msg.Incarnation < known {
			return // I-M3: never below what was known
		}
		r.setRole(msg.Role)
		m.learnInstance(now, k, msg.Instance, fx)
		if msg.Kind.IsStream() {
			return // a stream confirms, which is the message's own action
		}
		if m.confirmsOneWay(msg.Role) {
			m.becomeOK(now, k, msg.Incarnation, core.CauseConfirm, fx)
		} else {
			m.becomeUnconfirmed(now, k, msg.Incarnation, core.CauseSeen, fx)
		}
	case core.StateUnconfirmed:
		if m.confirmsOneWay(r.role()) {
			m.becomeOK(now, k, max(known, msg.Incarnation), core.CauseConfirm, fx)
		}
	case core.StateOK:
		if msg.Incarnation > known {
			// Relayed although it was only seen: the alive claim in the same datagram will be a duplicate,
			// and who hears the subject itself would otherwise keep its news to himself.
			m.transition(now, k, core.StateOK, msg.Incarnation, core.CauseSeen, core.NoNode, fx)
			m.relayAlive(now, k, fx)
		} else if msg.Incarnation < known {
			m.remind(msg.From)
		}
	case core.StateSuspect:
		if msg.Incarnation > known {
			m.becomeRefuted(now, k, msg.Incarnation, core.CauseSeen, fx)
		} else if msg.Incarnation < known && !m.cfg.Suspicion.Buddy { // else the accusation tells it
			m.remind(msg.From)
		}
	case core.StateDead:
		if msg.Incarnation > known {
			m.becomeRecovered(now, k, msg.Incarnation, core.CauseSeen, fx)
			m.relayAlive(now, k, fx)
		}
	case core.StateLeft:
		if msg.Incarnation > known {
			m.becomeUnconfirmed(now, k, msg.Incarnation, core.CauseSeen, fx)
			m.relayAlive(now, k, fx)
			if m.confirmsOneWay(r.role()) {
				m.confirm(now, k, msg.Incarnation, fx)
			}
		}
	}
}

// remind tells a peer on the next datagram at which incarnation it is known. A process that rejoined through
// somebody without memory does not know what the last one of its key had reached; below that, its news and
// its digest would differ from everybody's for ever. It answers as §2.4 says: own ← i + 1.
func (m *Machine) remind(id core.NodeID) {
	if len(m.behind) < 64 && !slices.Contains(m.behind, id) {
		m.behind = append(m.behind, id)
	}
}

// confirmsOneWay reports whether a datagram alone confirms its sender: a worker can never be pinged
// (§2.5), and in hearsay mode being heard is enough.
func (m *Machine) confirmsOneWay(r core.Role) bool {
	return m.hearsay || !m.isParticipant(r)
}

// confirm applies a confirming event (§2.5).
func (m *Machine) confirm(now core.Instant, k int, inc uint32, fx *core.Effects) {
	r := &m.rec[k]
	switch r.state() {
	case core.StateUnconfirmed:
		m.becomeOK(now, k, max(inc, r.incarnation()), core.CauseConfirm, fx)
	case core.StateNone, stateTomb:
		if inc >= r.incarnation() && m.keeps(r.role()) {
			m.becomeOK(now, k, inc, core.CauseConfirm, fx)
		}
	case core.StateOK, core.StateSuspect, core.StateDead, core.StateLeft:
	}
}

// Former reports, and counts, that msg is of a process whose successor has been heard (§2.6). It is for parts whose datagrams
// membership does not see.
func (m *Machine) Former(msg *core.Message) bool {
	if msg.Instance >= m.Instance(msg.From) {
		return false
	}
	m.count.ZombieRejections++
	return true
}

// checkInstance applies §2.6: messages of an older process change nothing, a newer one is a restart.
func (m *Machine) checkInstance(now core.Instant, k int, msg *core.Message, fx *core.Effects) bool {
	r := &m.rec[k]
	switch {
	case msg.Instance < r.instance:
		m.count.ZombieRejections++
		return false
	case msg.Instance > r.instance && r.present():
		if r.instance != 0 {
			m.sightRestart(now, k, msg, fx)
		}
		m.learnInstance(now, k, msg.Instance, fx)
	}
	return true
}

func (m *Machine) learnRole(now core.Instant, k int, role core.Role, fx *core.Effects) {
	r := &m.rec[k]
	if role == r.role() || role > core.RoleGate {
		return
	}
	before, part := m.isParticipant(r.role()), m.isParticipant(role)
	r.setRole(role)
	if before != part {
		m.moveRole(now, k, part, fx)
	}
	m.changeStrategy(k)
	m.callback(core.CallbackRoleLearned, k, core.CauseNone, core.NoNode, fx)
}

// moveRole keeps true what tells participants from workers.
func (m *Machine) moveRole(now core.Instant, k int, part bool, fx *core.Effects) {
	r := &m.rec[k]
	s := r.state()
	if digested(s) {
		m.sum.move(m.id(k), r.incarnation(), part)
	}
	switch {
	case counted(s) && part:
		m.nPart++
		m.list.insert(k)
	case counted(s):
		m.nPart--
		m.list.remove(k)
		m.dropPings(now, k, fx) // nobody pings a worker
		m.watch.start(m, k, now)
	case s == core.StateDead && part:
		m.rememberDead(k)
	case s == core.StateDead:
		m.forgetDead(k)
	}
}

func (m *Machine) stale(inc, known uint32) {
	if inc == known {
		m.count.Duplicate++
	} else {
		m.count.Stale++
	}
}
