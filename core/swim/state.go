package swim

import (
	"slices"

	"hypersim/core"
)

// The rows of §2.3, one function for each state that a record may come to. Each ends what the old state had under way, moves
// the record by transition, and tells role logic. Which claim leads to which of them is transitions.go's business.

// becomeUnconfirmed makes a record of a member that others speak of, and that has not been heard itself (AD-29). It counts for
// nothing yet: not in the size of the group, not as a target, not in digests.
func (m *Machine) becomeUnconfirmed(now core.Instant, k int, inc uint32, cause core.Cause, fx *core.Effects) {
	if !m.admit(now, k, fx) {
		return
	}
	m.transition(now, k, core.StateUnconfirmed, inc, cause, core.NoNode, fx)
}

// becomeOK makes k a member, or raises the incarnation of one. Role logic is told twice when it is new: that it is confirmed,
// and that it joined, since roles ask for either.
func (m *Machine) becomeOK(now core.Instant, k int, inc uint32, cause core.Cause, fx *core.Effects) {
	if !m.admit(now, k, fx) {
		return
	}
	was := m.rec[k].state()
	m.transition(now, k, core.StateOK, inc, cause, core.NoNode, fx)
	if was != core.StateOK {
		m.count.Confirmed[m.rec[k].role()]++
		m.callback(core.CallbackPeerConfirmed, k, cause, core.NoNode, fx)
		m.callback(core.CallbackJoined, k, cause, core.NoNode, fx)
	}
}

// becomeSuspect begins a suspicion. With the table of suspicions full it does nothing, which is the safe side: a member that
// is really gone is found again by the next probe, when there is room.
func (m *Machine) becomeSuspect(now core.Instant, k int, inc uint32, accuser core.NodeID, cause core.Cause, fx *core.Effects) {
	if len(m.susp.heap) >= m.cfg.Membership.MaxSuspicions {
		m.count.SuspicionsRefused++
		return
	}
	was := m.rec[k].state()
	m.transition(now, k, core.StateSuspect, inc, cause, accuser, fx)
	m.startSuspicion(now, k, accuser, fx)
	if was != core.StateSuspect { // a higher incarnation of the suspect starts anew, but tells nothing new
		m.callback(core.CallbackSuspected, k, cause, accuser, fx)
	}
}

// becomeRefuted brings a SUSPECT back. The observer enqueues the alive itself: the news that clears the
// suspicion elsewhere.
func (m *Machine) becomeRefuted(now core.Instant, k int, inc uint32, cause core.Cause, fx *core.Effects) {
	m.endSuspicion(now, k, core.CauseRefuted, fx)
	m.transition(now, k, core.StateOK, inc, cause, core.NoNode, fx)
	m.relayAlive(now, k, fx)
	m.callback(core.CallbackRefuted, k, cause, core.NoNode, fx)
}

// becomeRecovered takes back who was held DEAD: it spoke at a higher incarnation. It is not joined again; what role logic
// did about its death is for role logic to undo.
func (m *Machine) becomeRecovered(now core.Instant, k int, inc uint32, cause core.Cause, fx *core.Effects) {
	m.transition(now, k, core.StateOK, inc, cause, core.NoNode, fx)
	m.callback(core.CallbackRecovered, k, cause, core.NoNode, fx)
}

// becomeDead ends the life of a record, by the own deadline or because others say so; by says who declared it. A death that
// others declare ends a suspicion of one's own without a verdict.
func (m *Machine) becomeDead(now core.Instant, k int, inc uint32, by core.NodeID, cause core.Cause, fx *core.Effects) {
	if m.rec[k].state() == core.StateSuspect {
		end := core.CauseGossip
		if cause == core.CauseExpired {
			end = core.CauseExpired
		}
		m.endSuspicion(now, k, end, fx)
	}
	m.transition(now, k, core.StateDead, inc, cause, by, fx)
	m.callback(core.CallbackDied, k, cause, by, fx)
}

// becomeLeft takes a departure. Unlike a death it cannot be refuted at the same incarnation: who says goodbye means it.
func (m *Machine) becomeLeft(now core.Instant, k int, inc uint32, fx *core.Effects) {
	was := m.rec[k].state()
	if was == core.StateSuspect {
		m.endSuspicion(now, k, core.CauseLeft, fx)
	}
	m.count.Leaves++
	m.transition(now, k, core.StateLeft, inc, core.CauseLeft, core.NoNode, fx)
	if was != core.StateDead { // who died has been mourned
		m.callback(core.CallbackLeft, k, core.CauseLeft, core.NoNode, fx)
	}
}

// remove drops a record; with tomb its incarnation is remembered (§2.6).
func (m *Machine) remove(now core.Instant, k int, inc uint32, cause core.Cause, tomb bool, fx *core.Effects) {
	r := &m.rec[k]
	if r.state() == core.StateUnconfirmed {
		m.count.UnconfirmedRemoved[r.role()][removalOf(cause)]++
	}
	m.transition(now, k, core.StateNone, inc, cause, core.NoNode, fx)
	m.callback(core.CallbackPeerRemoved, k, cause, core.NoNode, fx)
	if tomb {
		r.setState(stateTomb)
		m.hasGone = true
	} else {
		*r = record{inc: r.inc & flagQueued}
	}
}

// transition is the one place where a record changes: it keeps the counts, the digest, the probe list
// and the side tables true to the new state, and reports it.
func (m *Machine) transition(now core.Instant, k int, to core.MemberState, inc uint32, cause core.Cause, other core.NodeID, fx *core.Effects) {
	r := &m.rec[k]
	id, from, old := m.id(k), r.state(), r.incarnation()
	part := m.isParticipant(r.role())

	f := fx.Fact(core.FactTransition)
	f.Subject, f.From, f.To, f.Inc, f.Cause, f.Other, f.Role = id, from, to, inc, cause, other, r.role()
	f.Put("old_incarnation", int64(old))
	switch from {
	case stateTomb:
		f.From = core.StateNone
	case core.StateNone:
		f.Put("old_incarnation", -1)
	default:
	}

	if m.cfg.Audit.Max > 0 {
		m.audit.add(m.cfg.Audit.Max, AuditEntry{
			At: now, Subject: id, Accuser: other, Incarnation: inc, From: f.From, To: to, Cause: cause,
		})
	}
	// Digests are sums, so that a change costs one subtraction and one addition, in any order (§7.3).
	if digested(from) {
		m.sum.sub(id, old, part)
	}
	if digested(to) {
		m.sum.add(id, inc, part)
	}
	if inc > old || !counted(to) {
		m.settleRestart(k, to)
	}
	if from != to {
		m.nRec += present(to) - present(f.From)
		m.count.Transitions[f.From][to]++
		m.leaveState(now, k, from, to, fx)
		m.enterState(now, k, from, to, fx)
		r.changed = millis(now)
		r.setState(to)
	}
	r.setIncarnation(inc)
}

// leaveState and enterState are halves of one table: what a state keeps outside of the record. To add something that a state
// keeps is a line in each; validate.go recomputes all of it and compares.

// leaveState undoes what the old state kept elsewhere.
func (m *Machine) leaveState(now core.Instant, k int, from, to core.MemberState, fx *core.Effects) {
	r := &m.rec[k]
	part := m.isParticipant(r.role())
	if counted(from) && !counted(to) {
		if part {
			m.nPart--
			m.list.remove(k)
		}
		m.dropPings(now, k, fx)
		m.forgetCoord(k)
		m.forgetHealth(k)
	}
	switch from {
	case core.StateUnconfirmed:
		m.stopConfirming(k)
	case core.StateDead:
		if part {
			m.forgetDead(k)
		}
	default:
	}
}

// enterState sets up what the new state keeps elsewhere.
func (m *Machine) enterState(now core.Instant, k int, from, to core.MemberState, fx *core.Effects) {
	r := &m.rec[k]
	part := m.isParticipant(r.role())
	if counted(to) && !counted(from) {
		if part {
			m.nPart++
			m.list.insert(k)
		} else {
			m.watch.start(m, k, now)
		}
	}
	if !part && m.watch.owners != nil {
		m.watch.entered(m, k, from, to, now, fx)
	}
	switch to {
	case core.StateUnconfirmed:
		r.side = m.startConfirming(now, k)
	case core.StateDead:
		if part {
			m.deads = append(m.deads, uint16(k))
		}
	default:
	}
	m.hasGone = m.hasGone || to == core.StateDead || to == core.StateLeft
	if !counted(to) && r.role() == core.RoleManager {
		m.watch.managerGone(m, k, to, now, fx)
	}
}

// rememberDead puts k, which has been DEAD for a while, in its place.
func (m *Machine) rememberDead(k int) {
	i := len(m.deads)
	for i > 0 && int32(m.rec[m.deads[i-1]].changed-m.rec[k].changed) > 0 {
		i--
	}
	m.deads = slices.Insert(m.deads, i, uint16(k))
}

// forgetDead takes k out of the list of the dead, which is in the order in which they died.
func (m *Machine) forgetDead(k int) {
	for i, d := range m.deads {
		if int(d) == k {
			m.deads = append(m.deads[:i], m.deads[i+1:]...)
			return
		}
	}
}

// callback tells role logic. It is a fact like others, and comes after the fact of the transition that it is about.
func (m *Machine) callback(c core.Callback, k int, cause core.Cause, other core.NodeID, fx *core.Effects) {
	r := &m.rec[k]
	f := fx.Fact(core.FactCallback)
	f.Callback, f.Subject, f.Cause, f.Other, f.Inc, f.Role = c, m.id(k), cause, other, r.incarnation(), r.role()
}

func present(s core.MemberState) int {
	if s == core.StateNone {
		return 0
	}
	return 1
}

// admit makes room for a record of k (§2.6): DEAD, then LEFT, then UNCONFIRMED records give way, oldest
// first; OK and SUSPECT never do, then the newcomer is refused.
func (m *Machine) admit(now core.Instant, k int, fx *core.Effects) bool {
	if m.rec[k].present() || m.nRec < m.cfg.Membership.MaxMembers {
		return true
	}
	for _, s := range [...]core.MemberState{core.StateDead, core.StateLeft, core.StateUnconfirmed} {
		if old := m.oldest(now, s); old >= 0 {
			m.count.Evicted++
			m.remove(now, old, m.rec[old].incarnation(), core.CauseEvicted, false, fx)
			return true
		}
	}
	m.count.MembersRefused++
	return false
}

// oldest is the record that has been in state s for longest, −1 if none is. It looks at all records, since a full table is
// rare and an order of ages would have to be kept true all the time.
func (m *Machine) oldest(now core.Instant, s core.MemberState) int {
	best, most := -1, uint32(0)
	for k := range m.rec {
		if r := &m.rec[k]; r.state() == s && (best < 0 || age(now, r.changed) > most) {
			best, most = k, age(now, r.changed)
		}
	}
	return best
}
