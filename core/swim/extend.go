package swim

import (
	"math"
	"time"

	"hypersim/core"
)

// ExtendSuspicion moves the deadline of id's suspicion later by d, in whole milliseconds: a suspect that
// shows progress may get some time (spec 10 §5.3, AD-26). Nothing else may; confirmations later on keep what
// was granted. It reports whether a suspicion runs.
func (m *Machine) ExtendSuspicion(_ core.Instant, id core.NodeID, d core.Duration, fx *core.Effects) bool {
	k, ok := m.index(id)
	d -= d % time.Millisecond
	if !ok || d <= 0 || m.rec[k].state() != core.StateSuspect {
		return false
	}
	r := &m.rec[k]
	s := m.susp.at(r.side)
	d = min(d, time.Duration(math.MaxUint32)*time.Millisecond-s.extension())
	s.granted += uint32(d / time.Millisecond)
	s.deadline = s.deadline.Add(d)
	m.susp.fix(r.side)
	m.due[timerSuspicion] = m.susp.next()
	f := fx.Fact(core.FactSuspicionExtended)
	f.Subject, f.Inc, f.At = id, r.incarnation(), s.deadline
	f.Put("granted", int64(d))
	return true
}

// ExtendDeadline lets a worker that this node watches be silent for d longer than worker.deadline, from now
// or from the end of what was granted before (§10.4). Time that passes while the worker is heard is spent:
// what counts is what is still granted when it falls silent. It reports whether the worker is watched.
func (m *Machine) ExtendDeadline(now core.Instant, worker core.NodeID, d core.Duration) bool {
	k, ok := m.index(worker)
	if !ok || d <= 0 || m.watch.heardAt == nil || m.isParticipant(m.rec[k].role()) || !counted(m.rec[k].state()) {
		return false
	}
	m.watch.heardAt[k] = max(m.watch.heardAt[k], now).Add(d) // heard in the future
	return true
}

// extension is what was granted so far.
func (s *suspicion) extension() core.Duration {
	return core.Duration(s.granted) * time.Millisecond
}
