package dispatch

import (
	"math/bits"

	"hypersim/core"
)

// Bucket is how willingly a worker is used, best first (spec 30 §2).
type Bucket uint8

// Buckets.
const (
	BucketHealthy Bucket = iota
	BucketBusy
	BucketDegraded
	BucketNone // not used at all

	NumBuckets = 4
)

var bucketNames = [NumBuckets]string{"healthy", "busy", "degraded", "none"}

func (b Bucket) String() string {
	if int(b) < len(bucketNames) {
		return bucketNames[b]
	}
	return "unknown"
}

// A pool of thousands of workers is asked for the best at every dispatch, and told of a change with every result. So workers
// with the same number of free cores are a level, a set of bits, and a choice is: of the best bucket that has anybody the
// level with most free cores, its lowest bit. Ties go to the lower id, which makes a placement the same for every order of events that led to it.

// level is the set of workers of one bucket with one number of free cores, a bit for each.
type level struct {
	bits []uint64
	n    int
}

// slot is what the pool knows of a worker.
type slot struct {
	free   int32
	bucket Bucket // BucketNone: in no level
}

// Pool orders the workers of a site for placement: by bucket, then most free cores, then id. Workers without free cores
// are not in it. A change costs O(1), a choice the number of levels that are empty.
type Pool struct {
	base   core.NodeID // id of slot 0
	slots  []slot
	levels [BucketNone][]level
	total  int
}

// NewPool returns a pool for workers whose ids are from base to base+n−1.
func NewPool(base core.NodeID, n int) *Pool {
	p := &Pool{base: base, slots: make([]slot, n)}
	for i := range p.slots {
		p.slots[i].bucket = BucketNone
	}
	return p
}

// Total returns the free cores of all workers that may be used.
func (p *Pool) Total() int { return p.total }

// Set says how many cores of id are free to be given away, and how willingly. It reports whether that is news.
func (p *Pool) Set(id core.NodeID, b Bucket, free int) bool {
	i := int(id - p.base)
	s := &p.slots[i]
	if free <= 0 || b == BucketNone {
		b, free = BucketNone, 0
	}
	if s.bucket == b && int(s.free) == free {
		return false
	}
	if s.bucket != BucketNone {
		p.levels[s.bucket][s.free].flip(i, -1)
		p.total -= int(s.free)
	}
	s.bucket, s.free = b, int32(free)
	if b == BucketNone {
		return true
	}
	for len(p.levels[b]) <= free {
		p.levels[b] = append(p.levels[b], level{})
	}
	l := &p.levels[b][free]
	if l.bits == nil {
		l.bits = make([]uint64, (len(p.slots)+63)/64)
	}
	l.flip(i, 1)
	p.total += free
	return true
}

func (l *level) flip(i, by int) {
	l.bits[i/64] ^= 1 << (i % 64)
	l.n += by
}

// Cursor walks over the workers of a pool in the order of placement. The pool must not change meanwhile.
type Cursor struct {
	p      *Pool
	bucket Bucket
	free   int
	word   int
	rest   uint64 // bits of the word that are still to come
	begun  bool
}

// Best returns a cursor that stands before the best worker.
func (p *Pool) Best() Cursor { return Cursor{p: p, free: len(p.levels[0])} }

// Next moves on to the next worker and returns it; false at the end.
func (c *Cursor) Next() (id core.NodeID, free int, ok bool) {
	for {
		if c.rest != 0 {
			i := c.word*64 + bits.TrailingZeros64(c.rest)
			c.rest &= c.rest - 1
			return c.p.base + core.NodeID(i), c.free, true
		}
		if !c.nextWord() && !c.nextLevel() {
			return core.NoNode, 0, false
		}
	}
}

// nextWord loads the next word of the level that the cursor is in.
func (c *Cursor) nextWord() bool {
	if !c.begun {
		return false
	}
	l := &c.p.levels[c.bucket][c.free]
	for c.word++; c.word < len(l.bits); c.word++ {
		if c.rest = l.bits[c.word]; c.rest != 0 {
			return true
		}
	}
	return false
}

// nextLevel goes to the next level that has somebody.
func (c *Cursor) nextLevel() bool {
	for c.bucket < BucketNone {
		for c.free--; c.free > 0; c.free-- {
			if c.p.levels[c.bucket][c.free].n > 0 {
				c.word, c.begun = -1, true
				return c.nextWord()
			}
		}
		if c.bucket++; c.bucket < BucketNone {
			c.free = len(c.p.levels[c.bucket])
		}
	}
	c.begun = false
	return false
}

// MemoryBytes returns the heap bytes that p holds.
func (p *Pool) MemoryBytes() int {
	n := 8 * cap(p.slots)
	for b := range p.levels {
		n += 32 * cap(p.levels[b])
		for i := range p.levels[b] {
			n += 8 * cap(p.levels[b][i].bits)
		}
	}
	return n
}
