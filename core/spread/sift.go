package spread

import "hypersim/core"

// Sift walks over items, least urgent first, and drops some:
//
//	s := q.Sift()
//	for it := s.Next(); it != nil; it = s.Next() {
//		if … {
//			s.Drop()
//		}
//	}
//
// The walk must go to its end, and nothing may be pushed meanwhile.
type Sift[T any] struct {
	q     *Queue[T]
	r, w  int // the next item to look at, and where the next one that stays goes
	stay  bool
	all   bool
	about uint32 // unless all
}

// Sift begins a walk over all items.
func (q *Queue[T]) Sift() Sift[T] { return Sift[T]{q: q, all: true} }

// SiftAbout begins a walk over the items about id. Ids that are equal in their low 22 bits pass for one: those of a
// group lie closer together.
func (q *Queue[T]) SiftAbout(id core.NodeID) Sift[T] {
	return Sift[T]{q: q, about: uint32(id) & aboutMask}
}

// Next returns the next item, nil at the end.
func (s *Sift[T]) Next() *Item[T] {
	items := s.q.items
	if s.stay {
		s.keep(items, s.r-1)
	}
	if !s.all {
		for s.r < len(items) && items[s.r].about() != s.about {
			s.keep(items, s.r)
			s.r++
		}
	}
	if s.r == len(items) {
		s.q.items = items[:s.w]
		return nil
	}
	s.stay = true
	s.r++
	return &items[s.r-1]
}

// keep moves items[i] to where the next one that stays goes.
func (s *Sift[T]) keep(items []Item[T], i int) {
	if s.w != i {
		items[s.w] = items[i]
	}
	s.w++
}

// Drop removes the item that Next returned last.
func (s *Sift[T]) Drop() { s.stay = false }
