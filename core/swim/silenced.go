package swim

import "hypersim/core"

// What a node knows of a member may silence it. A record that is DEAD or LEFT takes nothing that the member says at its
// incarnation or below, and a tombstone nothing below. Often that is right. Often it is about the process before the one
// that speaks.
//
// The story of a tombstone and a process that knows nothing of it (settled 87):
//
//  1. B dies. A holds it DEAD(5), and some time later removes the record and remembers the 5: a tombstone.
//  2. B's host starts it again, without memory. It joins through C, which never met B: B lives at 0 for C.
//  3. B pings A. Nothing that B says at 0 counts here. B cannot know: nobody on C's side holds anything against it.
//  4. So A tells B what it demands: "alive at 5" for a tombstone, "dead at 5" or "left at 5" for a record. That rides on
//     every datagram to B, first of all (attachForced). Where B's message asks for no answer, it gets one of its own
//     (tellSilenced).
//  5. B takes that for a claim about itself, goes above it, and tells everybody that it lives at 6 (claimSelf).
//  6. 6 silences nobody. One exchange was enough, for A and for all that hold the same.
//
// The same story holds for two sides of a cut that declared each other dead: 1 is then a verdict that was wrong. It would
// go on for ever where A silences B and B silences A, each waiting for a higher number: who is told something that it
// must refute first does not answer with a demand of its own (tellSilenced).

// silences reports whether a member in state s goes unheard until its incarnation is higher.
func silences(s core.MemberState) bool {
	return s == core.StateDead || s == core.StateLeft || s == stateTomb
}

// demand is the claim that makes k, whose record silences it, raise its incarnation. DEAD and LEFT are told as what
// they are, and answered by a refutation. A tombstone says no more than that an earlier process got that far, and the
// one that has just spoken is not it: local health is not to suffer for the restart.
func (m *Machine) demand(k int) core.Update {
	r := &m.rec[k]
	u := core.Update{Type: core.UpdateAlive, Subject: m.id(k), Incarnation: r.incarnation(), From: core.NoNode, Role: r.role()}
	switch r.state() {
	case core.StateDead:
		u.Type, u.From = core.UpdateDead, m.self
	case core.StateLeft: // a leaver ignores it; a new process of its key refutes
		u.Type = core.UpdateLeft
	default:
	}
	return u
}

// answered reports whether msg asks for something that goes back at once.
func answered(msg *core.Message) bool {
	switch msg.Kind {
	case core.KindPing, core.KindStreamPing:
		return true
	case core.KindSyncDigest, core.KindSyncFull:
		return msg.Flags&core.FlagReply == 0
	default:
		return false
	}
}

// tellSilenced tells the sender of msg, whom the record of k silences, unless one of the messages of this step, those
// from first on, has just done so. Nothing goes to a worker unasked, which pings every manager sooner or later; and a
// departure is no wish to be heard.
func (m *Machine) tellSilenced(now core.Instant, k int, msg *core.Message, first int, fx *core.Effects) {
	if !m.isParticipant(msg.Role) || !m.isParticipant(m.rec[k].role()) {
		return
	}
	for i := first; i < len(fx.Messages); i++ {
		if fx.Messages[i].To == msg.From {
			return
		}
	}
	for i := range msg.Updates {
		u := &msg.Updates[i]
		if departs(u, msg.From, m.rec[k].incarnation()) || u.Subject == m.self && accuses(u.Type) && u.Incarnation >= m.inc {
			return // it goes, or tells what this node must refute first: two that silence each other would go on for ever
		}
	}
	m.gossip(now, k, 0, fx)
}

// departs reports whether u is the departure of its sender, at inc or above.
func departs(u *core.Update, sender core.NodeID, inc uint32) bool {
	return u.Type == core.UpdateLeft && u.Subject == sender && u.Incarnation >= inc
}

// quits reports whether msg tells that its sender leaves, at the incarnation that it has.
func quits(msg *core.Message) bool {
	for i := range msg.Updates {
		if departs(&msg.Updates[i], msg.From, msg.Incarnation) {
			return true
		}
	}
	return false
}

func accuses(t core.UpdateType) bool { return t != core.UpdateAlive && t != core.UpdateJoin }

// askDoubted asks, at the end of a step, those that this node doubts to be gone.
func (m *Machine) askDoubted(now core.Instant, fx *core.Effects) {
	for _, k := range m.doubts {
		if !m.stopped && silences(m.rec[k].state()) {
			m.doubt(now, int(k), fx)
		}
	}
	m.doubts = m.doubts[:0]
}

// doubt asks participant k, which is silenced here and lives by what others say of an incarnation no higher. Most
// often they have not heard of its end yet. But where many restart at once, a survivor may hold one dead that has
// joined at 0 through others and never heard of the survivor: neither would ever speak to the other. The demand rides
// on the ping. A worker's own verdicts, of which nobody hears and which nobody refutes (§1), fall in the same way.
func (m *Machine) doubt(now core.Instant, k int, fx *core.Effects) {
	if m.leaving || !m.isParticipant(m.rec[k].role()) {
		return
	}
	for i := range m.out {
		if int(m.out[i].target) == k {
			return
		}
	}
	m.count.ReconnectsTried++
	m.ping(now, k, ping{kind: pingDoubt, wait: m.cfg.Probe.TimeoutMax}, fx)
}

// evidence keeps what a claim shows that changes nobody's state: its subject has lived at incarnation inc, and no
// claim from before that is news (settled 87).
func (m *Machine) evidence(now core.Instant, k int, u *core.Update, fx *core.Effects) {
	r := &m.rec[k]
	if u.Incarnation <= r.incarnation() {
		m.stale(u.Incarnation, r.incarnation())
		return
	}
	m.count.Fresh++
	if r.state() == stateTomb {
		r.setIncarnation(u.Incarnation)
		r.changed = millis(now)
		return
	}
	m.transition(now, k, r.state(), u.Incarnation, core.CauseSuspect, u.From, fx)
}
