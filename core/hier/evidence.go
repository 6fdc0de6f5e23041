package hier

import (
	"math"

	"hypersim/core"
	"hypersim/core/xmath"
)

// A manager that answers probes may still do nothing for a job. The story of a job suspicion (spec 10 §8):
//
//  1. The job on node N makes no progress for job.progress_gap, or a query to N fails. That is evidence of one source, for
//     one scope: N is suspected for this job, and for no other.
//  2. Another source says the same, a peer or a failed dispatch. Each counts once, and brings the deadline nearer; the same
//     source again brings nothing.
//  3. The deadline runs out: DEAD_JOB. Its owner may move the job elsewhere; other jobs on N go on, and in membership N is as alive as
//     before.
//  4. Progress of N in that scope takes either back, the mark too: it is the one proof that counts. A higher incarnation of N
//     takes back a suspicion only, since it shows that N lives and not that it works.
//  5. Membership declares N dead, or it leaves. Everything about N in all scopes goes: the global layer has the word.
//  6. Evidence that is late is about an incarnation that N has left behind, and is stale.

// Source is who or what says that a node does not respond for a scope: one of the constants, or a peer.
type Source int64

// Sources of this process's own. Peers are told apart by their ids, from 0.
const (
	SourceProgress Source = -1 - iota // no progress for job.progress_gap
	SourceQuery                       // a status query failed
	SourceDispatch                    // a dispatch failed
)

// SourcePeer is the source that a peer is.
func SourcePeer(id core.NodeID) Source { return Source(id) }

// timeout is the age at which a job suspicion with c of k further sources expires (spec 10 §5.2 with the
// bounds of §8): it falls from hi to lo with the logarithm of what confirms.
func timeout(lo, hi core.Duration, c, k int) core.Duration {
	if k < 1 {
		return lo
	}
	share := xmath.Log(float64(c+1)) / xmath.Log(float64(k+1))
	return max(lo, hi-core.Duration(math.Round(float64(hi-lo)*share)))
}

// longest is what a stretched bound and all extensions together are cut to, 36 years, so that their sum is a time.
const longest = core.Duration(1 << 60)

func stretched(d, f core.Duration) core.Duration {
	if d > longest/f {
		return longest
	}
	return f * d
}

func (s *suspicion) due() core.Instant {
	return s.start.Add(timeout(s.min, s.max, int(s.c), int(s.k)) + s.granted)
}

// Evidence is suspect_job of §8: the source says that the node, at incarnation inc, does not respond for
// the scope. A node that is not OK is refused: the global layer has the word. It reports whether a
// suspicion began or was confirmed.
func (m *Machine) Evidence(now core.Instant, scope uint64, node core.NodeID, inc uint32, from Source, fx *core.Effects) bool {
	if m.global.State(node) != core.StateOK {
		m.count.Refused++
		return false
	}
	if from == SourcePeer(node) || inc < m.global.Incarnation(node) {
		m.count.Stale++
		return false
	}
	if _, e := m.find(scope, node); e != nil && e.held != 0 {
		s := m.held.at(e.held)
		if s.pos < 0 || inc <= s.inc {
			return m.confirm(now, s, e.held, inc, from, fx)
		}
		m.end(now, scope, node, core.CauseRefuted, fx) // of an earlier incarnation: it begins anew
	}
	s, e := m.entry(now, scope, node)
	began := m.suspect(now, s, e, inc, from, fx)
	m.tidy(scope, node)
	m.rearm(now)
	return began
}

// Confirm is Evidence of a source that does not begin a suspicion, and counts where one runs: a question may fail for many reasons.
func (m *Machine) Confirm(now core.Instant, scope uint64, node core.NodeID, from Source, fx *core.Effects) bool {
	if !m.Bars(scope, node) {
		return false
	}
	return m.Evidence(now, scope, node, m.global.Incarnation(node), from, fx)
}

// suspect begins a suspicion of an entry that has none, if there is room.
func (m *Machine) suspect(now core.Instant, s *scope, e *entry, inc uint32, from Source, fx *core.Effects) bool {
	if s.held >= m.cfg.Job.MaxPerScope || m.held.len() >= m.cfg.Job.MaxTotal {
		m.count.Refused++
		return false
	}
	// A node that is itself unwell waits up to three times as long before it condemns another. Bounds are taken at the start:
	// what happens to its health later does not move a deadline that others may have been told.
	f := core.Duration(1 + min(m.global.LHM(), 2))
	i := m.held.alloc()
	h := m.held.at(i)
	*h = suspicion{
		start: now, min: stretched(m.lo, f), max: stretched(m.hi, f), scope: s.id, node: e.node, inc: inc,
		k: uint8(min(m.cfg.Job.K, maxSources-1)), pos: -1, used: true,
	}
	h.sources[0] = from
	h.deadline = h.due()
	m.held.push(i)
	e.held = i
	s.held++
	m.count.Started++
	m.tell(core.FactScopeSuspected, h, from, fx)
	return true
}

// confirm counts a further source. The deadline is recomputed from the start and can only come nearer.
func (m *Machine) confirm(now core.Instant, s *suspicion, i, inc uint32, from Source, fx *core.Effects) bool {
	known := s.pos < 0 || inc < s.inc || s.c >= s.k
	for _, old := range s.sources[:s.c+1] {
		known = known || old == from
	}
	if known {
		m.count.Stale++
		return false
	}
	s.c++
	s.sources[s.c] = from
	s.deadline = min(s.deadline, max(s.due(), now))
	m.held.fix(i)
	m.count.Confirmed++
	m.tell(core.FactScopeConfirmed, s, from, fx)
	m.rearm(now)
	return true
}

// Extend moves the deadline of a running suspicion later by d: the only thing that may (§5.3, AD-26). It
// reports whether one runs.
func (m *Machine) Extend(now core.Instant, scope uint64, node core.NodeID, d core.Duration, fx *core.Effects) bool {
	_, e := m.find(scope, node)
	if e == nil || e.held == 0 || d <= 0 {
		return false
	}
	s := m.held.at(e.held)
	if s.pos < 0 {
		return false
	}
	d = min(d, longest-s.granted)
	s.granted += d
	s.deadline = s.deadline.Add(d)
	m.held.fix(e.held)
	f := fx.Fact(core.FactScopeExtended)
	f.Subject, f.Inc, f.At = s.node, s.inc, s.deadline
	f.Put("scope", int64(s.scope)).Put("granted", int64(d)).Put("confirmations", int64(s.c))
	m.rearm(now)
	return true
}

func (m *Machine) tell(k core.FactKind, s *suspicion, from Source, fx *core.Effects) {
	f := fx.Fact(k)
	f.Subject, f.Inc, f.At = s.node, s.inc, s.deadline
	f.Put("scope", int64(s.scope)).Put("evidence", int64(from)).Put("confirmations", int64(s.c))
}
