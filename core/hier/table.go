package hier

import (
	"cmp"
	"slices"

	"hypersim/core"
)

// Scopes and their entries are sorted slices and no maps: there are few of each at one node, they are walked more often than
// they change, and a walk must come in the same order in every run.

// scope is one job or datacenter with all that is known of nodes in it.
type scope struct {
	id      uint64
	entries []entry // ascending by node
	held    int     // suspicions and marks among them
}

// entry is one (scope, node): 24 bytes.
type entry struct {
	progress core.Instant // last one, or when the work began
	node     core.NodeID
	held     uint32 // 1 + index of its suspicion or DEAD_JOB mark, 0 = neither
	active   bool   // work of the scope runs there
}

func byID(s scope, id uint64) int                { return cmp.Compare(s.id, id) }
func byNode(e entry, node core.NodeID) int       { return cmp.Compare(e.node, node) }
func (m *Machine) scopeAt(id uint64) (int, bool) { return slices.BinarySearchFunc(m.scopes, id, byID) }

// find returns an entry and its scope, nil if there is none.
func (m *Machine) find(id uint64, node core.NodeID) (*scope, *entry) {
	i, ok := m.scopeAt(id)
	if !ok {
		return nil, nil
	}
	k, ok := slices.BinarySearchFunc(m.scopes[i].entries, node, byNode)
	if !ok {
		return nil, nil
	}
	return &m.scopes[i], &m.scopes[i].entries[k]
}

// entry finds or makes one whose progress counts from now. Older pointers are void.
func (m *Machine) entry(now core.Instant, id uint64, node core.NodeID) (*scope, *entry) {
	i, ok := m.scopeAt(id)
	if !ok {
		s := scope{id: id}
		if n := len(m.spare); n > 0 {
			s.entries, m.spare = m.spare[n-1], m.spare[:n-1]
		}
		m.scopes = slices.Insert(m.scopes, i, s)
	}
	s := &m.scopes[i]
	k, ok := slices.BinarySearchFunc(s.entries, node, byNode)
	if !ok {
		s.entries = slices.Insert(s.entries, k, entry{node: node, progress: now})
	}
	return s, &s.entries[k]
}

// tidy drops an entry that says nothing any more, and its scope if that was all of it.
func (m *Machine) tidy(id uint64, node core.NodeID) {
	i, ok := m.scopeAt(id)
	if !ok {
		return
	}
	s := &m.scopes[i]
	if k, ok := slices.BinarySearchFunc(s.entries, node, byNode); ok && !s.entries[k].active && s.entries[k].held == 0 {
		s.entries = slices.Delete(s.entries, k, k+1)
	}
	if len(s.entries) == 0 {
		m.dropScope(i)
	}
}

// dropScope removes the scope at i, which has nothing in it.
func (m *Machine) dropScope(i int) {
	if e := m.scopes[i].entries; cap(e) > 0 {
		m.spare = append(m.spare, e[:0])
	}
	m.scopes = slices.Delete(m.scopes, i, i+1)
}
