package manager

import (
	"hypersim/core"
	"hypersim/core/job"
)

// How a manager leaves with all jobs in good hands (spec 20 §5.7, 03-2, 04-55). It accepts none any more and hands those
// that it holds to other members, each to the one that holds fewest. One that nobody comes for is taken back after a while
// and offered to the next; when its time is over it leaves anyway, and a takeover does the rest.

// Drain begins that.
func (m *Manager) Drain(now core.Instant, fx *core.Effects) {
	if m.draining {
		return
	}
	m.draining, m.drained = true, now.Add(m.p.Replica.Lease.Drain)
	m.rep.Leaving = true
	for _, x := range append([]*record(nil), m.records.order...) {
		m.handOver(now, x, fx)
	}
	m.rest(now, fx)
}

// Drained reports whether this process has nothing to hand over any more, or no time left for it.
func (m *Manager) Drained(now core.Instant) bool {
	if !m.draining {
		return false
	}
	if m.alone || now >= m.drained {
		return true
	}
	for _, x := range m.records.order {
		if !x.delivered {
			return false
		}
	}
	return len(m.accepting) == 0
}

// handOver offers a job to the member that holds fewest and was not asked for it before. What others need to know of it is
// sent first.
func (m *Manager) handOver(now core.Instant, x *record, fx *core.Effects) {
	if m.alone || x.delivered || x.gone {
		return
	}
	i := m.heir(now, x)
	if i < 0 { // all were: from the first again, later
		x.asked = 0
		m.timers.Arm(timer{at: now.Add(m.p.Replica.Lease.Handover), kind: timerHandOver, job: x.id, de: x.de})
		return
	}
	m.sendChanges(now, fx)
	if m.rep.Handover(now, x.id, m.peers[i], fx) {
		x.asked |= 1 << i
	}
}

// heir returns the place of the member that a job is offered to, −1 if all were asked that would take it.
func (m *Manager) heir(now core.Instant, x *record) int {
	best, least := -1, 0
	for i, p := range m.peers {
		if m.away(p) || x.asked&(1<<i) != 0 || !m.rep.Willing(now, p) {
			continue
		}
		if n := m.rep.Led(p) + m.offers(p); best < 0 || n < least {
			best, least = i, n
		}
	}
	return best
}

// offers counts the jobs that are on their way to a member.
func (m *Manager) offers(to core.NodeID) (n int) {
	for _, x := range m.records.order {
		if e := m.rep.View(x.id); e != nil && e.HandoverTo == to {
			n++
		}
	}
	return n
}

// offerAgain hands on a job that is this process's again.
func (m *Manager) offerAgain(now core.Instant, id job.ID, fx *core.Effects) {
	if x := m.records.by[id]; m.draining && x != nil {
		m.handOver(now, x, fx)
	}
}
