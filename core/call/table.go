package call

import (
	"hypersim/core"
	"hypersim/core/indexed"
)

// phase is what a slot waits for.
type phase uint8

const (
	phaseIdle   phase = iota // free
	phaseAsked               // an answer
	phasePause               // the next attempt
	phaseOver                // the next Wake: there is nobody to ask
	phaseLate                // an answer to a sending whose deadline has passed
	phaseBarred              // that whom it asks next may be asked
)

// slot is a call, or a sending of one that may still be answered too late.
type slot struct {
	ticket    Ticket
	how       *Strategy
	body      core.Body
	at        core.Instant  // when what it waits for has not come
	order     uint64        // of slots in this process, for ties
	paused    core.Duration // before its last attempt
	waited    core.Duration // for servers that it asked too often
	to        core.NodeID   // whom it asked last
	ahead     core.NodeID   // phaseBarred: whom it asks next
	seq       uint32        // under which number
	next      uint32        // in its chain of the hash
	pos       int32         // in the heap
	attempt   int32         // from 1
	redirects int32         // in all
	followed  int32         // in this attempt
	seen      Codes
	code      Code
	kind      core.Kind
	phase     phase
	refused   uint8 // how often it comes again after BUSY
	answered  bool
	broke     bool // its stream failed
	unknown   bool
	final     bool // nothing more is sent for it
}

// table is the slab of slots, a heap of them by deadline and a hash of those that wait for an answer by its number.
// Handles count from 1.
type table struct {
	slab []slot
	idle []uint32
	heap []uint32
	hash indexed.Hash
	made uint64
	late int // slots in phaseLate
}

func (t *table) at(h uint32) *slot { return &t.slab[h-1] }

func (t *table) alloc() uint32 {
	var h uint32
	if n := len(t.idle); n > 0 {
		h, t.idle = t.idle[n-1], t.idle[:n-1]
	} else {
		t.slab = append(t.slab, slot{})
		h = uint32(len(t.slab))
	}
	t.made++
	*t.at(h) = slot{order: t.made, pos: -1}
	return h
}

// free takes h out of everything.
func (t *table) free(h uint32) {
	s := t.at(h)
	if s.phase == phaseLate {
		t.late--
	}
	t.unlink(h)
	t.heap = indexed.Remove(t, t.heap, int(s.pos))
	*s = slot{}
	t.idle = append(t.idle, h)
}

// await lets h wait in phase p until at.
func (t *table) await(h uint32, p phase, at core.Instant) {
	s := t.at(h)
	if s.phase, s.at = p, at; s.pos < 0 {
		t.heap = indexed.Push(t, t.heap, h)
	} else {
		indexed.Fix(t, t.heap, int(s.pos))
	}
}

// link makes h found by the number of its sending, which is fresh.
func (t *table) link(h uint32) { indexed.Add(t, &t.hash, h) }

// unlink ends that: h waits for no answer any more.
func (t *table) unlink(h uint32) {
	if s := t.at(h); s.phase == phaseAsked || s.phase == phaseLate {
		indexed.Take(t, &t.hash, h)
		s.phase = phasePause
	}
}

// find returns the slot of the sending of kind k with number seq to node id, 0 if no such thing is waited for.
func (t *table) find(k core.Kind, seq uint32, id core.NodeID) uint32 {
	for h := t.hash.Chain(hashOf(seq)); h != 0; h = t.at(h).next {
		if s := t.at(h); s.seq == seq && s.kind == k && s.to == id {
			return h
		}
	}
	return 0
}

// hashOf spreads numbers that follow each other over neighbouring chains.
func hashOf(seq uint32) uint64 { return uint64(seq) }

// Hash implements indexed.Linked.
func (t *table) Hash(h uint32) uint64 { return hashOf(t.at(h).seq) }

// Next implements indexed.Linked.
func (t *table) Next(h uint32) *uint32 { return &t.at(h).next }

// Before implements indexed.Items: by deadline, then in the order in which the slots were made.
func (t *table) Before(a, b uint32) bool {
	x, y := t.at(a), t.at(b)
	return x.at < y.at || x.at == y.at && x.order < y.order
}

// Place implements indexed.Items.
func (t *table) Place(h uint32, pos int) { t.at(h).pos = int32(pos) }
