package hier

import (
	"slices"

	"hypersim/core"
)

// Work says whether work of the scope runs on the node. Progress counts from the moment it begins; to say
// so again changes nothing. What is suspected or dead stays so when the work ends (§8).
func (m *Machine) Work(now core.Instant, scope uint64, node core.NodeID, active bool) {
	if !active {
		if _, e := m.find(scope, node); e != nil {
			e.active = false
			m.tidy(scope, node)
			m.rearm(now)
		}
		return
	}
	_, e := m.entry(now, scope, node)
	if !e.active {
		e.active, e.progress = true, now
		m.rearm(now)
	}
}

// Progress says that the node's work in the scope went on. It takes a suspicion back, and DEAD_JOB too.
func (m *Machine) Progress(now core.Instant, scope uint64, node core.NodeID, fx *core.Effects) {
	_, e := m.find(scope, node)
	if e == nil {
		return
	}
	e.progress = now
	if e.held == 0 {
		return
	}
	m.end(now, scope, node, core.CauseRefuted, fx)
	m.tidy(scope, node)
	m.rearm(now)
}

// ClearScope forgets a scope: the job ended, or the datacenter is linked no more.
func (m *Machine) ClearScope(now core.Instant, id uint64, fx *core.Effects) {
	if i, known := slices.BinarySearch(m.open, id); known {
		m.open = slices.Delete(m.open, i, i+1)
	}
	i, ok := m.scopeAt(id)
	if !ok {
		return
	}
	s := &m.scopes[i]
	for k := range s.entries {
		if s.entries[k].held != 0 {
			m.drop(now, s, &s.entries[k], core.CauseRemoved, fx)
		}
	}
	s.entries = s.entries[:0]
	m.dropScope(i)
	m.rearm(now)
}

// GlobalChanged says that the global layer now holds the node in a state at an incarnation. It is called in
// the event that changed it. Who is gone has no jobs: everything about it goes too. A higher incarnation is
// a life sign of the node itself and takes suspicions back, but not DEAD_JOB marks (§8).
func (m *Machine) GlobalChanged(now core.Instant, node core.NodeID, state core.MemberState, inc uint32, fx *core.Effects) {
	// Most changes are of members that nobody suspects in any scope: they cost one comparison.
	alive := carries(state)
	if alive && len(m.held.heap) == 0 {
		return
	}
	// From the last one, since tidy may take a scope out of the list behind this one's back.
	for i := len(m.scopes) - 1; i >= 0; i-- {
		id := m.scopes[i].id
		_, e := m.find(id, node)
		if e == nil {
			continue
		}
		switch {
		case !alive:
			if e.held != 0 {
				m.drop(now, &m.scopes[i], e, core.CauseGossip, fx)
			}
			e.active = false
		case e.held != 0 && m.held.at(e.held).pos >= 0 && m.held.at(e.held).inc < inc:
			m.drop(now, &m.scopes[i], e, core.CauseRefuted, fx)
		}
		m.tidy(id, node)
	}
	m.rearm(now)
}

// expire turns what ran out into DEAD_JOB.
func (m *Machine) expire(now core.Instant, fx *core.Effects) {
	for m.held.next() <= now {
		i := m.held.heap[0]
		s := m.held.at(i)
		m.held.stop(i)
		m.count.Expired++
		m.ended(now, s, core.CauseExpired, 0, fx)
	}
	m.due[timerExpiry] = m.held.next()
}

// end takes back what is held against a node in a scope, if anything is.
func (m *Machine) end(now core.Instant, id uint64, node core.NodeID, cause core.Cause, fx *core.Effects) {
	if s, e := m.find(id, node); e != nil && e.held != 0 {
		m.drop(now, s, e, cause, fx)
	}
}

// drop ends the suspicion or mark of e, and counts why.
func (m *Machine) drop(now core.Instant, s *scope, e *entry, cause core.Cause, fx *core.Effects) {
	h := m.held.at(e.held)
	mark := h.pos < 0
	switch {
	case cause == core.CauseGossip:
		m.count.ClearedByGlobal++
	case cause == core.CauseRemoved:
		m.count.ClearedByScope++
	case mark:
		m.count.Revived++
	default:
		m.count.Refuted++
	}
	was := int64(0)
	if mark {
		was = 1
	}
	m.ended(now, h, cause, was, fx)
	m.held.free(e.held)
	e.held = 0
	s.held--
}

// ended reports the end of a suspicion, or of the mark that one left.
func (m *Machine) ended(now core.Instant, s *suspicion, cause core.Cause, mark int64, fx *core.Effects) {
	f := fx.Fact(core.FactScopeEnded)
	f.Subject, f.Inc, f.Cause = s.node, s.inc, cause
	f.Put("scope", int64(s.scope)).Put("age", int64(now.Sub(s.start))).Put("dead", mark)
}
