package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/health"
	"hypersim/core/job"
)

// Breakers towards workers (spec 30 §9.2). A worker that lets a few calls run out gets no new shard for a while, then one, by
// which it shows whether it is back. What it runs already is another matter, and so is CONTROL.

// Fared implements call.Watcher. While this manager is loaded itself an answer may wait in its own inbox (ADR-0039).
func (m *Manager) Fared(now core.Instant, s *call.Sending, answered bool, code call.Code) {
	if !m.workers.knows(s.To) || !answered && m.p.Flow.State() > core.LoadHealthy {
		return
	}
	before := m.shuts.Phase(now, s.To)
	opened := m.shuts.Fared(now, s.To, answered && code != call.CodeInternal)
	switch after := m.shuts.Phase(now, s.To); {
	case opened: // be it for no time at all
		m.shut(now, s.To, m.shuts.Wait(now, s.To))
	case after == health.Closed && before != after:
		m.workers.at(s.To).shut = false
		m.relist(s.To)
	}
}

// shut gives a worker nothing new, and looks again after a while.
func (m *Manager) shut(now core.Instant, id core.NodeID, wait core.Duration) {
	m.workers.at(id).shut = true
	m.timers.Arm(timer{at: now.Add(wait), kind: timerTrial, token: job.Token(id)})
	m.relist(id)
}

// tries notes that a worker is to be sent a shard: where its breaker is half open, that is its trial, and is told before the shard
// is. A round of agreement takes the trial when it is planned, else two that overlap would both choose the worker. It reports
// whether the trial is the caller's.
func (m *Manager) tries(now core.Instant, id core.NodeID, fx *core.Effects) bool {
	tries := m.shuts.Phase(now, id) == health.HalfOpen && !m.shuts.Trying(id) && m.shuts.Allow(now, id)
	m.shuts.Tell(fx)
	if !tries {
		return false
	}
	m.shut(now, id, m.p.Breaker.Trial)
	return true
}

// lets reports whether what was chosen some time ago may be sent: its worker is not shut, or the trial of it is this round's.
func (m *Manager) lets(now core.Instant, s *spot) bool {
	own := s.tried != 0 && m.shuts.Mine(s.worker, s.tried)
	return (own || !m.workers.at(s.worker).shut) && m.shuts.Phase(now, s.worker) != health.Open
}

// spares lets another one try a worker that a round had taken the trial of, and came to nothing.
func (m *Manager) spares(s *spot) {
	if s.tried != 0 && m.shuts.Spare(s.worker, s.tried) {
		m.workers.at(s.worker).shut = false
	}
}

// trial lets a worker be tried whose time is over, whatever the clock says afterwards. A trial that nobody heard of is over, too.
func (m *Manager) trial(now core.Instant, id core.NodeID) {
	m.shuts.Ripen(now, id)
	switch {
	case m.shuts.Phase(now, id) != health.HalfOpen:
	case !m.shuts.Trying(id):
		m.workers.at(id).shut = false
		m.relist(id)
	case !m.shuts.Allow(now, id) && !m.shuts.Trying(id):
		m.shut(now, id, m.shuts.Wait(now, id))
	}
}
