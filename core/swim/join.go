package swim

import "hypersim/core"

// joiner brings a cold node into its group (§7.1).
type joiner struct {
	home     []core.NodeID                    // the configured seeds
	seeds    []core.NodeID                    // whom to ask now
	order    func(core.NodeID, []core.NodeID) // of a worker: its own one over those whom it may ask; nil: at a draw
	next     int
	asked    int // of seeds, in this round
	attempts int
	seq      uint32 // of the JOIN that is waited for; 0 = none
	delay    core.Duration
	done     bool // nobody is asked
	once     bool // one attempt only, by a member that is in already
	owner    bool // an orphaned worker looks for an owner: whom to ask is looked up for every attempt
	in       bool // somebody has let it in, or nobody had to
}

func (j *joiner) begin(m *Machine, p Params) {
	if !m.participates() {
		j.order = p.Order
	}
	for _, s := range p.Seeds {
		if s != m.self {
			j.home = append(j.home, s)
		}
	}
	j.seeds = append(j.seeds, j.home...)
	j.delay = m.cfg.Join.RetryMin
	if len(j.seeds) == 0 || len(p.Formed) > 0 {
		j.done, j.in = true, true
		return
	}
	j.first(m)
	m.due[timerJoin] = p.Start
}

// first decides whom of the seeds to ask first, so that a storm of joiners spreads over them. To a worker who lets it in is its
// owner for as long as both live: it begins with the first of an order of its own, which is the same after a restart, and
// goes on in it when nobody answers (01-44). A participant begins anywhere.
func (j *joiner) first(m *Machine) {
	if j.order == nil {
		j.next = m.jitter.Intn(len(j.seeds))
		return
	}
	j.order(m.self, j.seeds)
	j.next = 0
}

// onJoinTimer sends the next attempt, or gives up on the one that got no answer.
func (m *Machine) onJoinTimer(now core.Instant, fx *core.Effects) {
	j := &m.join
	if j.done {
		return
	}
	if j.seq != 0 {
		m.joinFailed(now, core.CauseJoinFailed, fx)
		return
	}
	if j.owner && j.asked >= len(j.seeds) {
		m.watch.candidates(m)
		if j.asked = 0; len(j.seeds) == 0 {
			m.due[timerJoin] = now.Add(m.cfg.Join.RetryMax)
			return
		}
		j.first(m)
	}
	seed := j.seeds[j.next]
	j.next = (j.next + 1) % len(j.seeds)
	j.asked++
	m.sendJoin(now, seed, core.CauseJoinSent, fx)
}

// sendJoin asks one seed to be let in. It says which version it speaks; its incarnation and process stand in the header.
func (m *Machine) sendJoin(now core.Instant, seed core.NodeID, cause core.Cause, fx *core.Effects) {
	j := &m.join
	k, ok := m.index(seed)
	if !ok {
		return
	}
	j.attempts++
	j.seq = m.nextSeq()
	msg := m.header(core.KindJoin, k, fx)
	msg.Seq, msg.Timeout = j.seq, m.cfg.Join.Timeout
	ask := core.Attach[JoinRequest](fx, msg)
	ask.Major, ask.Minor = VersionMajor, VersionMinor
	if j.in { // no new process: nobody is to take it for a restart
		msg.Flags |= core.FlagRetry
	}
	m.due[timerJoin] = now.Add(m.cfg.Join.Timeout)
	m.joinFact(seed, cause, fx)
}

func (m *Machine) joinFact(seed core.NodeID, cause core.Cause, fx *core.Effects) {
	f := fx.Fact(core.FactJoin)
	f.Subject, f.Cause = seed, cause
	f.Put("attempts", int64(m.join.attempts))
}

// joinFailed schedules the next attempt: 0.5 s doubling to 10 s, with jitter.
func (m *Machine) joinFailed(now core.Instant, cause core.Cause, fx *core.Effects) {
	j := &m.join
	m.count.JoinsFailed++
	j.seq = 0
	m.joinFact(core.NoNode, cause, fx)
	if j.once {
		j.done, j.once = true, false
		m.due[timerJoin] = core.Never
		return
	}
	spread := 1 + float64((float64(2*m.jitter.Float64())-1)*m.cfg.Join.Jitter)
	m.due[timerJoin] = now.Add(core.Duration(float64(j.delay) * spread))
	j.delay = min(2*j.delay, m.cfg.Join.RetryMax)
}

// Two seeds may let in one joiner, and their news may cross. The story of a JOIN that is sent twice (§7.1):
//
//  1. B asks A. A takes it in, at the incarnation that it demanded, and tells "join". The answer is lost.
//  2. B has waited long enough and asks C, under a new number.
//  3. If C has met B itself meanwhile, it holds B at that incarnation, in this process: it demands nothing, has no news
//     to tell, and answers with its table.
//  4. If C has only heard A's news, that does not say which process it is about, and C demands one more. B adopts that,
//     and the second join replaces the first everywhere.
//  5. If C has heard nothing, it takes B in as A did. Both tell the same claim: what comes second is a duplicate.
//  6. A's answer arrives late. Its number is not the one that B waits for any more: nothing happens (onJoinAck).
//  7. For a worker the two are two owners with one number: the lower id keeps it (entryWins).

// requiredIncarnation is what a JOIN must bring (§2.6): the joiner adopts it, since only the owner of an
// incarnation raises it. A tombstone counts as a known incarnation too, or the join would be news that
// nobody takes.
func (m *Machine) requiredIncarnation(now core.Instant, k int, msg *core.Message) uint32 {
	r := &m.rec[k]
	known := r.incarnation()
	switch r.state() {
	case core.StateNone:
		return 0
	case core.StateDead:
		if age(now, r.changed) <= uint32(m.cfg.Membership.ZombieWindow.Milliseconds()) {
			return max(known+1, min(known+m.cfg.Membership.ZombieBump, maxIncarnation))
		}
		return known + 1
	default:
		if counted(r.state()) && r.state() != core.StateSuspect && r.instance == msg.Instance && msg.Incarnation >= known {
			return 0 // the same process again, for example through a second seed
		}
		return known + 1
	}
}

// onJoin lets a joiner in, or says why not. What it may not do is to let two processes of one key live: an older one is
// turned away for good, and a newer one must come at an incarnation above all that is known of the older, so that news about
// that one cannot touch it (requiredIncarnation).
func (m *Machine) onJoin(now core.Instant, k int, msg *core.Message, ask *JoinRequest, fx *core.Effects) {
	r := &m.rec[k]
	switch {
	case ask.Major != VersionMajor:
		m.rejectJoin(k, msg, RejectVersion, fx)
		return
	case msg.Instance < r.instance:
		m.count.ZombieRejections++
		m.rejectJoin(k, msg, RejectZombie, fx)
		return
	case m.lockedOut(now, k, msg):
		m.count.ZombieRejections++
		m.rejectJoin(k, msg, RejectZombie, fx)
		return
	case m.leaving || !m.keeps(msg.Role):
		return
	}
	if need := m.requiredIncarnation(now, k, msg); msg.Incarnation < need {
		m.count.JoinsRetried++
		ack := m.header(core.KindJoinAck, k, fx)
		ack.Seq, ack.Flags, ack.Timeout = msg.Seq, core.FlagRetry, m.cfg.Join.Timeout
		core.Attach[JoinAck](fx, ack).Required = need
		return
	}
	// A member that asks again, since its answer was lost, is no news: others must not take it for a restart.
	fresh := r.state() != core.StateOK || msg.Incarnation > r.incarnation()
	news := core.UpdateJoin
	if msg.Flags&core.FlagRetry != 0 {
		news = core.UpdateAlive
	}
	if !r.present() {
		r.setRole(msg.Role)
		r.instance = msg.Instance
	}
	m.checkInstance(now, k, msg, fx)
	m.learnRole(now, k, msg.Role, fx)
	m.admitJoiner(now, k, msg.Incarnation, fx)
	if r.state() != core.StateOK {
		m.rejectJoin(k, msg, RejectFull, fx)
		return
	}
	m.watch.adopted(m, k, fresh, now, fx)
	if fresh {
		u := core.Update{
			Type: news, Subject: msg.From, Incarnation: msg.Incarnation, From: core.NoNode, Role: r.role(),
		}
		if m.relay(now, &u, core.CauseFresh, fx); m.cfg.Inherited.Unicast {
			m.tellAll(&u, fx)
		}
	}
	m.count.JoinsAccepted++
	ack := m.header(core.KindJoinAck, k, fx)
	ack.Seq, ack.Timeout = msg.Seq, m.cfg.Join.Timeout
	b := core.Attach[JoinAck](fx, ack)
	b.Records = m.table(now, m.isParticipant(msg.Role), b.Records)
}

// admitJoiner brings the joiner's record to OK by the row of §2.3 that its state names.
func (m *Machine) admitJoiner(now core.Instant, k int, inc uint32, fx *core.Effects) {
	r := &m.rec[k]
	switch s := r.state(); s {
	case core.StateNone, core.StateUnconfirmed, stateTomb:
		m.becomeOK(now, k, max(inc, r.incarnation()), core.CauseConfirm, fx)
	case core.StateOK:
		if inc > r.incarnation() {
			m.transition(now, k, core.StateOK, inc, core.CauseJoined, core.NoNode, fx)
		}
	case core.StateSuspect:
		if inc > r.incarnation() {
			m.becomeRefuted(now, k, inc, core.CauseJoined, fx)
		}
	case core.StateDead:
		if inc > r.incarnation() {
			m.becomeRecovered(now, k, inc, core.CauseJoined, fx)
		}
	case core.StateLeft:
		if inc > r.incarnation() {
			m.becomeUnconfirmed(now, k, inc, core.CauseJoined, fx)
			m.confirm(now, k, inc, fx)
		}
	}
}

// otherGroup takes what does not belong to this group but concerns a JOIN: one that came to the wrong place is told so,
// in the joiner's group, and the joiner tries the next seed (§7.1). It reports whether msg was that.
func (m *Machine) otherGroup(msg *core.Message, fx *core.Effects) bool {
	if msg.To != m.self || msg.From == m.self || msg.Kind != core.KindJoin {
		return false
	}
	m.rejectJoin(int(msg.From)-int(m.base), msg, RejectGroup, fx)
	fx.Messages[len(fx.Messages)-1].Group = msg.Group
	return true
}

// rejectJoin says no, and why: a joiner that hears nothing would ask the same seed again.
func (m *Machine) rejectJoin(k int, msg *core.Message, why Reject, fx *core.Effects) {
	m.count.JoinsRejected[why]++
	ack := m.header(core.KindJoinAck, k, fx)
	ack.Seq, ack.Flags, ack.Timeout = msg.Seq, core.FlagRejected, m.cfg.Join.Timeout
	core.Attach[JoinAck](fx, ack).Reject = why
}

// onJoinAck takes the answer to the JOIN that is waited for, and to no other. A demand for a higher incarnation is met at once,
// at the same seed; a refusal counts as a failed attempt, after which the next seed is asked.
func (m *Machine) onJoinAck(now core.Instant, k int, msg *core.Message, ack *JoinAck, fx *core.Effects) {
	j := &m.join
	if j.done || j.seq == 0 || msg.Seq != j.seq {
		return
	}
	switch {
	case msg.Flags&core.FlagRetry != 0:
		switch {
		case ack.Required > maxIncarnation+1:
			m.count.Malformed++
			return
		case ack.Required > maxIncarnation: // its last process was there already
			m.fatal(fx)
			return
		}
		if ack.Required > m.inc {
			m.setIncarnation(ack.Required, core.CauseJoinRequired, fx)
		}
		m.sendJoin(now, msg.From, core.CauseJoinRetry, fx)
		return
	case msg.Flags&core.FlagRejected != 0:
		m.joinFailed(now, core.CauseJoinRejected, fx)
		return
	}
	j.done, j.once, j.in, j.owner, j.seq = true, false, true, false, 0
	m.due[timerJoin] = core.Never
	m.confirm(now, k, msg.Incarnation, fx)
	if !m.participates() {
		m.watch.owner, m.watch.process = msg.From, msg.Instance
	}
	m.mergeTable(now, msg.From, ack.Records, fx)
	m.joinFact(msg.From, core.CauseJoinAccepted, fx)
}

// onStreamFailed learns from the driver that a stream message was not delivered in time.
func (m *Machine) onStreamFailed(now core.Instant, msg *core.Message, fx *core.Effects) {
	switch msg.Failed {
	case core.KindJoin:
		if !m.join.done && msg.Seq == m.join.seq {
			m.joinFailed(now, core.CauseJoinFailed, fx)
		}
	case core.KindSyncDigest, core.KindSyncFull:
		if msg.Seq == m.sync.seq {
			m.due[timerSyncWait] = core.Never
			m.onSyncWait(fx)
		}
	default:
	}
}
