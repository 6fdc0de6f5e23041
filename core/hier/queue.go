package hier

import "hypersim/core"

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

// less orders by deadline, then by scope and node, so that ties do not depend on history.
func (t *suspicions) less(a, b uint32) bool {
	x, y := t.at(a), t.at(b)
	if x.deadline != y.deadline {
		return x.deadline < y.deadline
	}
	return x.scope < y.scope || x.scope == y.scope && x.node < y.node
}

func (t *suspicions) push(i uint32) {
	t.heap = append(t.heap, i)
	t.at(i).pos = int32(len(t.heap) - 1)
	t.up(len(t.heap) - 1)
}

// stop takes i out of the heap if it is there.
func (t *suspicions) stop(i uint32) {
	p, last := int(t.at(i).pos), len(t.heap)-1
	if p < 0 {
		return
	}
	t.swap(p, last)
	t.heap = t.heap[:last]
	t.at(i).pos = -1
	if p < last {
		t.fix(t.heap[p])
	}
}

func (t *suspicions) fix(i uint32) {
	t.up(int(t.at(i).pos))
	t.down(int(t.at(i).pos))
}

func (t *suspicions) swap(i, j int) {
	t.heap[i], t.heap[j] = t.heap[j], t.heap[i]
	t.at(t.heap[i]).pos, t.at(t.heap[j]).pos = int32(i), int32(j)
}

func (t *suspicions) up(i int) {
	for i > 0 && t.less(t.heap[i], t.heap[(i-1)/2]) {
		t.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (t *suspicions) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(t.heap) {
			return
		}
		if c+1 < len(t.heap) && t.less(t.heap[c+1], t.heap[c]) {
			c++
		}
		if !t.less(t.heap[c], t.heap[i]) {
			return
		}
		t.swap(i, c)
		i = c
	}
}
