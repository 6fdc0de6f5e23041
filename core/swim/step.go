package swim

import "hypersim/core"

// Receive applies one message (spec 10 §3.2; steps 1 and its CRC are the codec's). A stream of the group that is for
// another room may be shown to it too: it is a sign of life, and no more.
func (m *Machine) Receive(now core.Instant, msg *core.Message, fx *core.Effects) {
	if m.stopped {
		return
	}
	if msg.Kind == core.KindStreamFailed {
		m.onStreamFailed(now, msg, fx)
		return
	}
	if msg.Kind >= core.NumKinds {
		m.count.Malformed++
		return
	}
	m.count.Received[msg.Kind.Place(core.RoomMembership)]++
	if msg.Group != m.group && m.otherGroup(msg, fx) {
		return
	}
	k, ok := m.index(msg.From)
	if !ok || msg.Kind == core.KindNone || msg.Incarnation > maxIncarnation || msg.Group != m.group || msg.From == m.self || msg.To != m.self {
		m.count.Malformed++
		return
	}
	// Before anything is believed of it: a flood must not get to push out records or queue news. Streams pay for themselves.
	if m.cfg.Rate.Burst > 0 && !msg.Kind.IsStream() && !m.rate.allow(m.cfg, now, msg.From) {
		m.count.RateLimited++
		return
	}
	if msg.Kind == core.KindJoinAck { // of somebody who is no member here?
		if ack, ok := msg.Body.(*JoinAck); ok && ack.Reject == RejectGroup {
			m.onJoinAck(now, k, msg, ack, fx)
			return
		}
	}
	if msg.Kind == core.KindJoin { // the sender's claims are weighed by the JOIN rules alone (§2.6)
		if ask, ok := msg.Body.(*JoinRequest); ok {
			m.onJoin(now, k, msg, ask, fx)
		} else {
			m.count.Malformed++
		}
		return
	}
	// From here on the sender's process counts: messages of one that is known to be gone, or older than the present one, are
	// dropped whole. Their updates too: what an old process heard of others, others have told since.
	if m.lockedOut(now, k, msg) {
		m.count.ZombieRejections++
		return
	}
	if !m.checkInstance(now, k, msg, fx) {
		return
	}
	// The order of what follows is §3.2's, and each step relies on the one before. The header first: it says at which
	// incarnation the sender lives, so that an accusation of it in the same datagram is judged against that. Then the updates,
	// before the message's own meaning: a ping is answered with what its updates have just taught.
	first := len(fx.Messages)
	m.seen(now, k, msg, fx)
	if m.viv != nil && msg.Coord.Dims != 0 {
		m.hearCoord(now, k, msg)
	}
	for i := range msg.Updates {
		if i == maxUpdatesParsed {
			break
		}
		m.claim(now, &msg.Updates[i], source{from: msg.From, answered: answered(msg)}, fx)
	}
	if m.stopped { // §2.4, last row
		return
	}
	if msg.Extra != nil {
		m.hearExtra(now, msg, fx)
	}
	m.act(now, k, msg, fx)
	// What the message leaves open is asked or told last, when all that it says has been taken in: a sender that is not confirmed
	// is pinged, one that is silenced here hears what it would have to raise its incarnation above.
	switch m.rec[k].state() {
	case core.StateUnconfirmed:
		m.reactive(now, k, fx)
	case core.StateDead, core.StateLeft, stateTomb:
		m.tellSilenced(now, k, msg, first, fx)
	default:
	}
	if len(m.doubts) > 0 {
		m.askDoubted(now, fx)
	}
}

// act is step 8 of §3.2: the message's own meaning.
func (m *Machine) act(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	switch msg.Kind {
	case core.KindPing:
		m.onPing(now, k, msg, fx)
	case core.KindAck:
		m.onAck(now, k, msg, fx)
	case core.KindPingReq:
		m.onPingReq(now, msg, fx)
	case core.KindIndAck:
		m.onIndAck(now, msg, fx)
	case core.KindNack:
		m.onNack(msg)
	case core.KindStreamPing:
		m.onStreamPing(now, k, msg, fx)
	case core.KindStreamAck:
		m.onStreamAck(now, k, msg, fx)
	case core.KindGossip, core.KindLeave: // their updates are all they say
	default:
		m.actBody(now, k, msg, fx)
	}
	if m.cfg.Confirm.On == ConfirmOnAnyMessage && !m.hearsay && m.rec[k].state() == core.StateUnconfirmed {
		m.confirm(now, k, msg.Incarnation, fx)
	}
}

// actBody is act for the kinds that have a body.
func (m *Machine) actBody(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	switch b := msg.Body.(type) {
	case *JoinAck:
		m.onJoinAck(now, k, msg, b, fx)
	case *SyncDigest:
		m.onSyncDigest(now, k, msg, b, fx)
	case *SyncFull:
		m.onSyncFull(now, k, msg, b, fx)
	default:
		if msg.Kind.Room() == core.RoomMembership || !msg.Kind.IsStream() {
			m.count.Malformed++
		} // else it is for another room, and all it says here is that its sender lives
	}
}

// Wake fires every timer that is due, earliest first, ties in the order of the timer constants.
func (m *Machine) Wake(now core.Instant, fx *core.Effects) {
	for !m.stopped {
		t, at := m.earliest()
		if at > now {
			return
		}
		m.due[t] = core.Never
		// A timer that fires far too late says that the process stood still. Deadlines of suspicions that ran out meanwhile are
		// not to be trusted: refutations may wait in the inbox behind this very timer (suspicion.go).
		if now.Sub(at) > m.cfg.Suspicion.GraceAfter {
			m.back = now
		}
		m.fire(t, at, now, fx)
	}
}

// fire calls what a timer is for. The timer is unset before: what it calls sets it again if it is to go on.
func (m *Machine) fire(t timer, due, now core.Instant, fx *core.Effects) {
	switch t {
	case timerOutstanding:
		m.onPingTimers(now, fx)
	case timerSuspicion:
		m.onSuspicionTimer(now, fx)
	case timerConfirm:
		m.onConfirmTimer(now, fx)
	case timerTick:
		m.onTick(now, fx)
	case timerLag:
		m.onLag(due, now, fx)
	case timerGossip:
		m.onGossipTick(now, fx)
	case timerRefute:
		m.onRefuteWindow(now, fx)
	case timerJoin:
		m.onJoinTimer(now, fx)
	case timerSync:
		m.onSyncTimer(now, fx)
	case timerSyncWait:
		m.onSyncWait(fx)
	case timerReconnect:
		m.onReconnect(now, fx)
	case timerReseed:
		m.onReseed(now, fx)
	case timerWatch:
		m.onWatch(now, fx)
	case timerSweep:
		m.onSweep(now, fx)
	case timerLeave:
		m.onLeaveTimer(now, fx)
	case numTimers:
	}
}

// Deadline reports the earliest timer.
func (m *Machine) Deadline() (core.Instant, bool) {
	if m.stopped {
		return core.Never, false
	}
	_, at := m.earliest()
	return at, at != core.Never
}

// earliest is the timer that fires next. There are few, so that looking at all of them is cheaper than keeping an order.
func (m *Machine) earliest() (timer, core.Instant) {
	best, at := timer(0), m.due[0]
	for t := timer(1); t < numTimers; t++ {
		if m.due[t] < at {
			best, at = t, m.due[t]
		}
	}
	return best, at
}
