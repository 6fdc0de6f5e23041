package election

import (
	"slices"

	"hypersim/core"
)

// Receive implements core.Machine.
func (m *Machine) Receive(now core.Instant, msg *core.Message, fx *core.Effects) {
	from, known := slices.BinarySearch(m.p.Voters, msg.From)
	if !known || from == m.index {
		return
	}
	switch b := msg.Body.(type) {
	case *Candidacy:
		if msg.Kind == core.KindPreVoteRequest {
			m.onPreVote(now, msg, b, fx)
		} else {
			m.onClaim(now, msg, b, fx)
		}
	case *Vote:
		m.onVote(now, msg, from, b, fx)
	case *Leadership:
		m.onLeader(now, msg, b, fx)
	case *HeartbeatAck:
		m.onAck(now, from, b, fx)
	}
}

// say sends a datagram to one voter.
func (m *Machine) say(to core.NodeID, k core.Kind, turn uint32, fx *core.Effects) *core.Message {
	msg := fx.Send()
	msg.Kind, msg.From, msg.To, msg.Role, msg.Instance, msg.Turn = k, m.p.Self, to, m.p.Role, m.p.Instance, turn
	return msg
}

// nextTurn is the turn of what is asked or told now; answers carry it on.
func (m *Machine) nextTurn() uint32 {
	m.said++
	return core.TurnLone(m.p.Instance, int64(m.said))
}

// adopt takes over a higher term. The lease stays: it is a promise to the old leader (03-26).
func (m *Machine) adopt(now core.Instant, term uint64, fx *core.Effects) {
	m.term, m.vote = term, core.NoNode
	m.yielded = m.yielded[:0]
	m.changed(now, core.NoNode, fx)
}

// onPreVote says whether the voter would vote. Nothing of its own state changes but whom it leaves the field to.
func (m *Machine) onPreVote(now core.Instant, msg *core.Message, b *Candidacy, fx *core.Effects) {
	again := slices.Contains(m.yielded, yield{b.Candidate, b.Term})
	grant := m.encourages(now, b, again)
	if grant && !again {
		m.yielded = append(m.yielded, yield{b.Candidate, b.Term})
		if m.role == PreCandidate {
			m.become(Follower, fx)
			m.ends = core.Never
		}
		m.rearm(now.Add(m.c.PreVoteGuard))
	}
	m.answer(msg, core.KindPreVoteResponse, b.Term, grant, fx)
}

// encourages is the rule of the pre-vote. A candidate for one yields to a lower id, once (01-26, 03-20).
func (m *Machine) encourages(now core.Instant, b *Candidacy, again bool) bool {
	switch {
	case b.Term <= m.term, m.believes(now), now < m.lease, now < m.holdoff, b.LHM > float64(m.c.MaxLHM):
		return false
	case m.role == Leader && now < m.lease, m.role == Candidate, now < m.voted.Add(m.c.Holdoff):
		return false
	case m.role == PreCandidate:
		return b.Candidate < m.p.Self && !again
	}
	return true
}

func (m *Machine) answer(msg *core.Message, k core.Kind, term uint64, granted bool, fx *core.Effects) {
	out := m.say(msg.From, k, msg.Turn, fx)
	v := core.Attach[Vote](fx, out)
	v.Term, v.For, v.Granted = m.term, term, granted
}

// onClaim gives a vote or refuses it. A higher term is adopted even so (03-26).
func (m *Machine) onClaim(now core.Instant, msg *core.Message, b *Candidacy, fx *core.Effects) {
	if b.Term > m.term {
		m.higher(now, b.Term, fx)
	}
	// One vote a term, kept until the term ends: two candidates of one term can then not both have a majority. Asked twice by the
	// same one, it says yes twice: the answer may have been lost.
	grant := b.Term == m.term && now >= m.holdoff && now >= m.lease && b.LHM <= float64(m.c.MaxLHM) &&
		(m.vote == core.NoNode || m.vote == b.Candidate)
	if grant {
		m.vote, m.voted = b.Candidate, now
		m.rearm(now.Add(m.c.Holdoff))
	}
	m.answer(msg, core.KindLeaderVote, b.Term, grant, fx)
}

// higher adopts a higher term: whatever the node was, it follows now.
func (m *Machine) higher(now core.Instant, term uint64, fx *core.Effects) {
	was := m.role
	switch was {
	case Leader:
		m.stepDown(now, fx)
	case PreCandidate, Candidate:
		m.become(Follower, fx)
		m.ends = core.Never
	case Follower:
	}
	m.adopt(now, term, fx)
	if was != Follower {
		m.rearm(now)
	}
}

// onLeader hears of a leader: it was elected, lives, or has stepped down.
func (m *Machine) onLeader(now core.Instant, msg *core.Message, b *Leadership, fx *core.Effects) {
	if msg.Kind == core.KindLeaderStepdown {
		if b.Term == m.term && b.Leader == m.leader { // only its own end ends its lease early (03-26)
			m.lease = now
			m.changed(now, core.NoNode, fx)
			m.rearm(now)
		}
		return
	}
	switch {
	case b.Term < m.term:
		m.ack(now, msg, b, fx) // with the higher term
		return
	case b.Term > m.term:
		m.higher(now, b.Term, fx)
	// Two leaders of one term cannot be, by the votes. Where it happens all the same, a voter that lost its memory has voted
	// twice; it is counted, and everybody follows the lower id, so that it ends.
	case m.believes(now) && m.leader != b.Leader:
		m.violations++
		if m.leader < b.Leader {
			return
		}
	}
	if m.role != Follower {
		m.become(Follower, fx)
		m.ends, m.beat, m.check = core.Never, core.Never, core.Never
	}
	m.changed(now, b.Leader, fx)
	// The promise runs from when the heartbeat arrived, at the leader's from when it was sent, less a margin: the leader stops to
	// act before the last voter is free to follow another.
	m.lease = max(m.lease, now.Add(m.c.Lease))
	m.yielded = m.yielded[:0]
	m.rearm(m.lease)
	if msg.Kind == core.KindLeaderHeartbeat {
		m.ack(now, msg, b, fx)
	}
}

// ack tells a leader that this voter follows it, or, with a higher term, that it leads no more. A voter in holdoff follows and
// says that it may not be counted: it has restarted, and does not know what it promised.
func (m *Machine) ack(now core.Instant, msg *core.Message, b *Leadership, fx *core.Effects) {
	out := m.say(msg.From, core.KindLeaderHeartbeatAck, msg.Turn, fx)
	a := core.Attach[HeartbeatAck](fx, out)
	a.Term, a.Leader, a.Seq, a.Holdoff = m.term, m.leader, b.Seq, now < m.holdoff
}

// changed notes whom the node follows. Who sees too many changes does not add to them.
func (m *Machine) changed(now core.Instant, leader core.NodeID, fx *core.Effects) {
	if leader == m.leader {
		return
	}
	m.leader = leader
	f := fx.JobFact(core.JobFactLeader)
	f.Node, f.To = leader, uint8(m.role)
	f.Put("term", int64(m.term))
	if leader == core.NoNode {
		return
	}
	from := now.Add(-m.c.FlapWindow)
	m.changes = slices.DeleteFunc(m.changes, func(t core.Instant) bool { return t < from })
	m.changes = append(m.changes, now)
	switch {
	case len(m.changes) >= m.c.FlapLimit:
		m.cool = now.Add(m.cooldown)
		m.cooldown = min(core.Duration(float64(float64(m.cooldown)*m.c.FlapFactor)), m.c.FlapCooldownX)
	case len(m.changes) == 1:
		m.cooldown = m.c.FlapCooldown
	}
}

func (m *Machine) become(r Role, fx *core.Effects) {
	f := fx.JobFact(core.JobFactVoter)
	f.From, f.To = uint8(m.role), uint8(r)
	f.Put("term", int64(m.term)).Put("standing", int64(m.standing))
	m.role = r
}
