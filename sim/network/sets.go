package network

import (
	"fmt"
	"math/bits"

	"hypersim/core"
)

// sides keeps, for up to 64 cuts or overlays, which nodes are on side a and on side b of each: one bit
// per entry and node, so that all entries are matched against a pair of nodes at once.
type sides struct {
	used   uint64
	active uint64
	both   uint64   // entries that hold from b to a as well
	a, b   []uint64 // by NodeID
}

// add takes a free bit for the given sides; nil means every node.
func (s *sides) add(what string, nodes int, a, b []bool, both bool) (int, error) {
	if a != nil && len(a) != nodes || b != nil && len(b) != nodes {
		return 0, fmt.Errorf("%s: sides have %d and %d entries, want one for each of %d nodes", what, len(a), len(b), nodes)
	}
	if s.used == ^uint64(0) {
		return 0, fmt.Errorf("%s: there are 64 already; remove one that is done with", what)
	}
	if s.a == nil {
		s.a, s.b = make([]uint64, nodes), make([]uint64, nodes)
	}
	id := bits.TrailingZeros64(^s.used)
	bit := uint64(1) << id
	s.used |= bit
	if both {
		s.both |= bit
	}
	for i := range nodes {
		if a == nil || a[i] {
			s.a[i] |= bit
		}
		if b == nil || b[i] {
			s.b[i] |= bit
		}
	}
	return id, nil
}

// set turns entry id on or off. It panics if there is no such entry.
func (s *sides) set(what string, id int, on bool) {
	bit := uint64(1) << (id & 63)
	if id < 0 || id > 63 || s.used&bit == 0 {
		panic(fmt.Sprintf("network: there is no %s %d", what, id))
	}
	s.active &^= bit
	if on {
		s.active |= bit
	}
}

// remove turns entry id off and frees it.
func (s *sides) remove(what string, id int) {
	s.set(what, id, false)
	bit := uint64(1) << id
	s.used &^= bit
	s.both &^= bit
	for i := range s.a {
		s.a[i] &^= bit
		s.b[i] &^= bit
	}
}

// match returns the active entries that hold from one node to another.
func (s *sides) match(from, to core.NodeID) uint64 {
	return s.active & (s.a[from]&s.b[to] | s.b[from]&s.a[to]&s.both)
}
