package election

import "hypersim/core"

// Wake implements core.Machine.
func (m *Machine) Wake(now core.Instant, fx *core.Effects) {
	if m.role == Follower && m.leader != core.NoNode && now >= m.lease { // judged against a live leader only (03-28)
		m.changed(now, core.NoNode, fx)
	}
	if now >= m.poll {
		m.arrive(now)
	}
	switch {
	case m.role == Leader:
		m.wakeLeader(now, fx)
	case m.role != Follower && now >= m.ends:
		m.count(now, fx)
	case m.role == Follower && now >= m.timer:
		m.stand(now, fx)
	}
}

// may reports whether the node may stand for leader.
func (m *Machine) may(now core.Instant) bool {
	return now >= m.lease && now >= m.holdoff && now >= m.cool &&
		m.p.Members.LHM() <= m.c.MaxLHM && m.p.Members.Level() < levelModerate
}

// stand asks whether there would be votes.
func (m *Machine) stand(now core.Instant, fx *core.Effects) {
	if m.draining {
		m.timer = core.Never
		return
	}
	if !m.may(now) {
		m.rearm(max(now, m.lease, m.holdoff, m.cool))
		if m.timer <= now { // without a draw there must still be a pause
			m.timer = now.Add(m.c.PreVote)
		}
		return
	}
	m.standing = m.next()
	m.become(PreCandidate, fx)
	m.timer = core.Never
	m.ends = now.Add(m.c.PreVote)
	m.clearGrants()
	m.ask(core.KindPreVoteRequest, fx)
	m.arrived(now, fx)
}

func (m *Machine) clearGrants() {
	clear(m.grants)
	m.grants[m.index] = true
}

func (m *Machine) ask(k core.Kind, fx *core.Effects) {
	turn := m.nextTurn()
	for _, id := range m.p.Voters {
		if id == m.p.Self {
			continue
		}
		b := core.Attach[Candidacy](fx, m.say(id, k, turn, fx))
		b.Term, b.Candidate, b.LHM = m.standing, m.p.Self, float64(m.p.Members.LHM())
	}
}

// onVote takes in an answer to a pre-vote or claim.
func (m *Machine) onVote(now core.Instant, msg *core.Message, from int, b *Vote, fx *core.Effects) {
	pre := msg.Kind == core.KindPreVoteResponse
	if b.Term > m.term && (!pre || m.role != PreCandidate || b.Term >= m.standing) {
		m.higher(now, b.Term, fx)
		return
	}
	if b.For != m.standing || !b.Granted || pre != (m.role == PreCandidate) || !pre && m.role != Candidate {
		return
	}
	m.grants[from] = true
	m.arrived(now, fx)
}

// arrived ends a pre-vote or round as soon as there is a majority, if votes are counted on arrival.
func (m *Machine) arrived(now core.Instant, fx *core.Effects) {
	if m.c.Count == CountOnArrival && m.granted() >= m.majority() {
		m.count(now, fx)
	}
}

func (m *Machine) granted() (n int) {
	for _, g := range m.grants {
		if g {
			n++
		}
	}
	return n
}

// count ends a pre-vote or a round.
func (m *Machine) count(now core.Instant, fx *core.Effects) {
	m.ends = core.Never
	n := m.granted()
	f := fx.JobFact(core.JobFactRound)
	f.From = uint8(m.role)
	f.Put("term", int64(m.standing)).Put("grants", int64(n))
	if n < m.majority() || m.standing <= m.term && m.role == PreCandidate {
		m.become(Follower, fx)
		m.rearm(now)
		return
	}
	f.To = 1
	if m.role == Candidate {
		m.win(now, fx)
		return
	}
	m.adopt(now, m.standing, fx)
	m.vote, m.voted = m.p.Self, now
	m.started++
	m.become(Candidate, fx)
	m.ends = now.Add(m.c.Timeout + m.draw(&m.length, m.c.Jitter))
	m.clearGrants()
	m.ask(core.KindLeaderClaim, fx)
	m.arrived(now, fx)
}
