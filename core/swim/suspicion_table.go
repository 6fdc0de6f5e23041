package swim

import (
	"hypersim/core"
	"hypersim/core/indexed"
)

// maxAccusers bounds suspicion.k: the first accuser and K more are kept per suspicion.
const maxAccusers = 8

// suspicion is one running suspicion of a SUSPECT record. It exists as long as the record is SUSPECT.
type suspicion struct {
	start, deadline core.Instant
	min, max        core.Duration // fixed at the start, as are n and K (§5.2)
	subject         uint16
	pos             uint16 // in the heap
	n               uint16 // group size
	k, c            uint8
	graced          bool
	accusers        [maxAccusers]core.NodeID // the first, then the c that confirmed
	granted         uint32                   // extensions, ms
}

// suspicions are the side table of SUSPECT records: a slab, and a heap of its indices by deadline.
type suspicions struct {
	slab []suspicion
	idle []uint16
	heap []uint16
}

func (t *suspicions) at(side uint16) *suspicion { return &t.slab[side-1] }

// alloc returns the place of a suspicion, counted from 1: a record's side is 0 where it has none. Places are used again, so
// that a group in trouble costs memory once.
func (t *suspicions) alloc() uint16 {
	if n := len(t.idle); n > 0 {
		i := t.idle[n-1]
		t.idle = t.idle[:n-1]
		return i
	}
	t.slab = append(t.slab, suspicion{})
	return uint16(len(t.slab))
}

// Before orders by deadline, then by subject.
func (t *suspicions) Before(a, b uint16) bool {
	x, y := t.at(a), t.at(b)
	return x.deadline < y.deadline || x.deadline == y.deadline && x.subject < y.subject
}

// Place implements indexed.Items.
func (t *suspicions) Place(side uint16, pos int) { t.at(side).pos = uint16(pos) }

func (t *suspicions) push(side uint16) { t.heap = indexed.Push(t, t.heap, side) }

func (t *suspicions) fix(side uint16) { indexed.Fix(t, t.heap, int(t.at(side).pos)) }

func (t *suspicions) drop(side uint16) {
	t.heap = indexed.Remove(t, t.heap, int(t.at(side).pos))
	t.idle = append(t.idle, side)
}

// next is the earliest deadline: one timer serves all suspicions.
func (t *suspicions) next() core.Instant {
	if len(t.heap) == 0 {
		return core.Never
	}
	return t.at(t.heap[0]).deadline
}
