package hier

import (
	"fmt"

	"hypersim/core"
	"hypersim/core/indexed"
)

// Counters returns the counters. The pointer stays valid and shows later counts too.
func (m *Machine) Counters() *Counters { return &m.count }

// Scopes returns how many scopes are known.
func (m *Machine) Scopes() int { return len(m.scopes) }

// Suspects returns how many pairs are suspected, Marks how many are DEAD_JOB.
func (m *Machine) Suspects() int { return len(m.held.heap) }

// Marks returns how many pairs are DEAD_JOB.
func (m *Machine) Marks() int { return m.held.len() - len(m.held.heap) }

// Remaining returns how long a suspicion has still to run; false if none does.
func (m *Machine) Remaining(now core.Instant, scope uint64, node core.NodeID) (core.Duration, bool) {
	_, e := m.find(scope, node)
	if e == nil || e.held == 0 || m.held.at(e.held).pos < 0 {
		return 0, false
	}
	return m.held.at(e.held).deadline.Sub(now), true
}

// Sizes in bytes of what a layer keeps, held to the truth by a test.
const (
	machineBytes   = 296
	scopeBytes     = 40
	entryBytes     = 24
	suspicionBytes = 128
)

// MemoryBytes returns the heap bytes that the layer holds.
func (m *Machine) MemoryBytes() int {
	n := machineBytes + cap(m.open)*8 + cap(m.scopes)*scopeBytes + cap(m.held.slab)*suspicionBytes + cap(m.held.idle)*4 + cap(m.held.heap)*4
	for i := range m.scopes {
		n += cap(m.scopes[i].entries) * entryBytes
	}
	for _, e := range m.spare {
		n += cap(e) * entryBytes
	}
	return n + cap(m.spare)*24
}

// Validate recomputes everything that is kept incrementally and returns what does not agree (spec 10 §12,
// I-M20, I-M21). It costs a walk over all there is. Lines begin with "job layer rule:" (I-M20), "job layer
// route:" (I-M21) or "job layer:".
func (m *Machine) Validate() []string {
	var bad []string
	fail := func(format string, args ...any) { bad = append(bad, "job layer"+fmt.Sprintf(format, args...)) }
	held := 0
	for i := range m.scopes {
		s := &m.scopes[i]
		if i > 0 && m.scopes[i-1].id >= s.id {
			fail(": scope %d stands after %d", s.id, m.scopes[i-1].id)
		}
		if len(s.entries) == 0 {
			fail(": scope %d is empty", s.id)
		}
		here := 0
		for k := range s.entries {
			e := &s.entries[k]
			if k > 0 && s.entries[k-1].node >= e.node {
				fail(": scope %d: node %d stands after %d", s.id, e.node, s.entries[k-1].node)
			}
			if e.held != 0 {
				here++
				m.validateHeld(s, e, fail)
			} else if !e.active {
				fail(": scope %d: node %d is kept for nothing", s.id, e.node)
			}
			if m.AliveFor(s.id, e.node) && !m.AliveGlobal(e.node) {
				fail(" route: node %d is alive for scope %d and not at all", e.node, s.id)
			}
		}
		if here != s.held || here > m.cfg.Job.MaxPerScope {
			fail(": scope %d holds %d suspicions and marks, recomputed %d", s.id, s.held, here)
		}
		held += here
	}
	if held != m.held.len() || held > m.cfg.Job.MaxTotal {
		fail(": %d suspicions and marks are kept, recomputed %d", m.held.len(), held)
	}
	for i, h := range m.held.heap {
		if m.held.at(h).pos != int32(i) || !indexed.Ordered(&m.held, m.held.heap, i) {
			fail(": heap is out of order at %d", i)
		}
	}
	if m.due[timerExpiry] != m.held.next() {
		fail(": timer stands at %v, the next suspicion ends at %v", m.due[timerExpiry], m.held.next())
	}
	if m.count.Anomalies != 0 {
		fail(" rule: reconcile_anomalies is %d", m.count.Anomalies)
	}
	return bad
}

// validateHeld checks one suspicion or mark against its entry, its bounds and its sources.
func (m *Machine) validateHeld(s *scope, e *entry, fail func(string, ...any)) {
	h := m.held.at(e.held)
	if !h.used || h.scope != s.id || h.node != e.node {
		fail(": scope %d: node %d points at the suspicion of scope %d, node %d", s.id, e.node, h.scope, h.node)
	}
	if !carries(m.global.State(e.node)) {
		fail(" rule: scope %d: node %d is held although it is %v", s.id, e.node, m.global.State(e.node))
	}
	if h.c > h.k || h.deadline < h.start.Add(h.min) && h.pos >= 0 || h.deadline > h.start.Add(h.max+h.granted) {
		fail(": scope %d: node %d has %d of %d sources and ends at %v", s.id, e.node, h.c, h.k, h.deadline)
	}
	for i := range h.sources[:h.c] {
		for _, b := range h.sources[i+1 : h.c+1] {
			if h.sources[i] == b {
				fail(": scope %d: node %d has source %d twice", s.id, e.node, b)
			}
		}
	}
}
