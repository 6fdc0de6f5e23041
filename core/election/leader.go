package election

import "hypersim/core"

// lead makes the node the leader of its term. It may not act before its first round is acknowledged (03-27). Where it is
// the only voter nobody can acknowledge anything, nor could another lead instead: it leads until it leaves.
func (m *Machine) lead(now core.Instant, fx *core.Effects) {
	m.become(Leader, fx)
	m.changed(now, m.p.Self, fx)
	m.lease, m.won = now, now.Add(m.c.Lease-m.c.Margin)
	m.timer, m.ends = core.Never, core.Never
	m.rounds, m.low = m.rounds[:0], 0
	m.beat, m.check = now, now.Add(m.c.QuorumEvery)
	if len(m.p.Voters) == 1 {
		m.beat, m.check = core.Never, core.Never
		m.extend(core.Never, fx)
	}
}

// win is lead for who was elected: it says so.
func (m *Machine) win(now core.Instant, fx *core.Effects) {
	m.elected++
	m.lead(now, fx)
	m.tell(core.KindLeaderElected, fx)
	m.heartbeat(now, fx)
}

// tell says something to all voters, in one turn: what they answer carries it on.
func (m *Machine) tell(k core.Kind, fx *core.Effects) {
	turn := m.nextTurn()
	for _, id := range m.p.Voters {
		if id == m.p.Self {
			continue
		}
		b := core.Attach[Leadership](fx, m.say(id, k, turn, fx))
		b.Term, b.Leader, b.Seq = m.term, m.p.Self, m.seq
	}
}

// heartbeat begins a round. It remembers those of the last lease: the acknowledgement of an older one renews nothing.
func (m *Machine) heartbeat(now core.Instant, fx *core.Effects) {
	m.seq++
	if n := len(m.rounds); n > int(m.c.Lease/m.c.Heartbeat) {
		first := m.rounds[0].who
		copy(m.rounds, m.rounds[1:])
		clear(first)
		m.rounds[n-1] = round{seq: m.seq, sent: now, who: first}
	} else {
		m.rounds = append(m.rounds, round{seq: m.seq, sent: now, who: make([]bool, len(m.p.Voters))})
	}
	m.mark(len(m.rounds)-1, m.index, fx)
	m.beat = now.Add(m.c.Heartbeat)
	m.tell(core.KindLeaderHeartbeat, fx)
}

// mark notes an acknowledgement, and renews the lease with the one that makes a majority.
func (m *Machine) mark(i, from int, fx *core.Effects) {
	r := &m.rounds[i]
	if r.who[from] {
		return
	}
	r.who[from] = true
	if r.acks++; r.acks == m.majority() {
		m.extend(r.sent.Add(m.c.Lease-m.c.Margin), fx)
	}
}

// extend lets the leader act until then.
func (m *Machine) extend(until core.Instant, fx *core.Effects) {
	if until <= m.lease {
		return
	}
	m.lease = until
	f := fx.JobFact(core.JobFactLease)
	f.Put("term", int64(m.term)).Put("until", int64(until))
}

// onAck hears that a voter follows, or that there is a higher term.
func (m *Machine) onAck(now core.Instant, from int, b *HeartbeatAck, fx *core.Effects) {
	if b.Term > m.term {
		m.higher(now, b.Term, fx)
		return
	}
	if m.role != Leader || b.Term != m.term || b.Leader != m.p.Self || b.Holdoff { // 03-25
		return
	}
	for i := range m.rounds {
		if m.rounds[i].seq == b.Seq {
			m.mark(i, from, fx)
		}
	}
}

// wakeLeader sends the next heartbeat, and steps down if it must.
func (m *Machine) wakeLeader(now core.Instant, fx *core.Effects) {
	if now >= m.check {
		m.check = now.Add(m.c.QuorumEvery)
		if m.low++; m.alive() >= m.majority() {
			m.low = 0
		}
	}
	switch {
	// It steps down by its own judgement, before others have one: the lease has run out, so that nobody need follow any more; for
	// several checks it has held no majority of voters alive; or it is too slow to be a leader.
	case now >= max(m.lease, m.won), m.low >= m.c.QuorumChecks, m.p.Members.Level() >= levelHeavy:
		m.stepDown(now, fx)
		m.rearm(now)
	case now >= m.beat:
		m.heartbeat(now, fx)
	}
}

// alive counts the voters that are held OK, the node itself included.
func (m *Machine) alive() (n int) {
	for _, id := range m.p.Voters {
		if id == m.p.Self || m.p.Members.State(id) == core.StateOK {
			n++
		}
	}
	return n
}

// stepDown ends the leadership of this node, and tells the voters, whose faith in it ends with that.
func (m *Machine) stepDown(now core.Instant, fx *core.Effects) {
	m.tell(core.KindLeaderStepdown, fx)
	m.become(Follower, fx)
	m.changed(now, core.NoNode, fx)
	// From this instant it may not act, whatever it still has in hand: tokens are given out by whoever holds the lease.
	m.lease = now
	m.beat, m.check, m.ends = core.Never, core.Never, core.Never
}
