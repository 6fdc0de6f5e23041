package hier

import (
	"hypersim/core"
	"hypersim/core/indexed"
)

// maxSources bounds job.k: the first source and K more are kept.
const maxSources = 8

// suspicion is one that runs, or the DEAD_JOB mark that it became.
type suspicion struct {
	start, deadline core.Instant
	min, max        core.Duration // fixed at the start, as is K
	granted         core.Duration // extensions so far
	sources         [maxSources]Source
	scope           uint64
	node            core.NodeID
	inc             uint32
	pos             int32 // in the heap, −1 for a mark
	k, c            uint8
	used            bool
}

// suspicions is a slab, and a heap of its running ones by deadline. Indices count from 1.
type suspicions struct {
	slab []suspicion
	idle []uint32
	heap []uint32
}

func (t *suspicions) at(i uint32) *suspicion { return &t.slab[i-1] }

// len counts suspicions and marks.
func (t *suspicions) len() int { return len(t.slab) - len(t.idle) }

func (t *suspicions) alloc() uint32 {
	if n := len(t.idle); n > 0 {
		i := t.idle[n-1]
		t.idle = t.idle[:n-1]
		return i
	}
	t.slab = append(t.slab, suspicion{})
	return uint32(len(t.slab))
}

// free takes i out of slab and heap.
func (t *suspicions) free(i uint32) {
	t.stop(i)
	t.at(i).used = false
	t.idle = append(t.idle, i)
}

func (t *suspicions) next() core.Instant {
	if len(t.heap) == 0 {
		return core.Never
	}
	return t.at(t.heap[0]).deadline
}

// Before orders by deadline, then by scope and node, so that ties do not depend on history.
func (t *suspicions) Before(a, b uint32) bool {
	x, y := t.at(a), t.at(b)
	if x.deadline != y.deadline {
		return x.deadline < y.deadline
	}
	return x.scope < y.scope || x.scope == y.scope && x.node < y.node
}

// Place implements indexed.Items.
func (t *suspicions) Place(i uint32, pos int) { t.at(i).pos = int32(pos) }

func (t *suspicions) push(i uint32) { t.heap = indexed.Push(t, t.heap, i) }

// stop takes i out of the heap if it is there.
func (t *suspicions) stop(i uint32) {
	if p := int(t.at(i).pos); p >= 0 {
		t.heap = indexed.Remove(t, t.heap, p)
		t.at(i).pos = -1
	}
}

func (t *suspicions) fix(i uint32) { indexed.Fix(t, t.heap, int(t.at(i).pos)) }
