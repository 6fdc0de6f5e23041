package election

import (
	"slices"

	"hypersim/core"
)

// Begin starts the process.
func (m *Machine) Begin(now core.Instant, fx *core.Effects) {
	m.lease, m.holdoff, m.cool, m.voted = now, now, now, now.Add(-m.c.Holdoff) // no promise is older than the process
	switch {
	case len(m.p.Voters) == 1: // it leads, without anybody to be careful of (01-29)
		m.armed = true
		m.term, m.vote = 1, m.p.Self
		m.lead(now, fx)
	case m.p.Formed:
		m.armed = true
		m.form(now, fx)
	default:
		m.holdoff = now.Add(m.c.Holdoff)
		m.poll, m.patience = now.Add(m.p.Config.Start.PeerPoll), now.Add(m.p.Config.Start.PeerWait)
	}
}

// form begins in a cluster that stands: the leases run from now, and no promise of an earlier life is to be feared.
func (m *Machine) form(now core.Instant, fx *core.Effects) {
	if m.p.First == core.NoNode {
		m.rearm(now)
		return
	}
	m.term = uint64(slices.Index(m.p.Voters, m.p.First) + 1)
	if m.p.First != m.p.Self {
		m.leader, m.lease = m.p.First, now.Add(m.c.Lease)
		m.rearm(m.lease)
		return
	}
	m.vote = m.p.Self
	m.lead(now, fx)
	m.extend(m.won, fx)
	m.beat = now.Add(m.draw(&m.jitter, m.c.Heartbeat))
}

// arrive looks whether all configured voters are OK. Once they are, or it has waited long enough, the voter waits a draw,
// so that those who start together do not stand together, and is armed then (spec 20 §1.2 steps 3 and 4).
func (m *Machine) arrive(now core.Instant) {
	s := &m.p.Config.Start
	switch {
	case m.all:
		m.poll = core.Never
		m.arm(now)
	case now >= m.patience || m.alive() == len(m.p.Voters):
		m.all = true
		m.poll = now.Add(m.draw(&m.wait, s.Jitter))
	default:
		m.poll = min(now.Add(s.PeerPoll), max(m.patience, now+1))
	}
}

// arm lets the voter stand for leader from now on.
func (m *Machine) arm(now core.Instant) {
	m.armed = true
	m.rearm(max(now, m.lease))
}
