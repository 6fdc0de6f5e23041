package election

import "hypersim/core"

// From silence to a leader (spec 20 §7; times with the defaults):
//
//  1. The lease of the last leader ends at each follower by its own clock. Until then it promised to follow, and neither
//     stands nor encourages anybody.
//  2. Whoever's draw is shortest asks all voters whether they would vote (PRE_CANDIDATE). That changes no term: a node that is
//     cut off asks for ever, and disturbs nobody when it comes back.
//  3. With a majority of encouragements it takes the next term, votes for itself, and claims it (CANDIDATE). Voters give one
//     vote a term, and only if they promised nothing to anybody.
//  4. With a majority of votes it is the leader, and says so. It acts only once a round of heartbeats is acknowledged.
//  5. Two that stand at once yield by id (encourages); if both get through to step 3, the voters part, nobody wins, and each
//     draws a new pause. The next term is another for both.

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
	// The term that it would claim. The own one stays: if there is no majority nothing has happened.
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
	// A pre-vote that was won for a term which somebody else has reached meanwhile is worth nothing: the votes for it may have
	// been given.
	if n < m.majority() || m.standing <= m.term && m.role == PreCandidate {
		m.become(Follower, fx)
		m.rearm(now)
		return
	}
	// A majority of encouragements: now it counts. The own vote goes with the term, before anybody is asked for his.
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
