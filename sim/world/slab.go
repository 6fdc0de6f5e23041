package world

import (
	"hypersim/core"
	"hypersim/sim/network"
)

// flight is a message on its way, from the moment it leaves to the moment it was handled or lost.
type flight struct {
	msg      core.Message
	sent     core.Instant
	min      core.Duration
	size     uint32
	life     uint32 // of the receiver when a stream message was sent
	from     uint32 // life of its sender then
	next     uint32 // free list
	corrupt  bool
	stream   bool
	retry    bool // the event is a retransmission, not an arrival
	copied   bool // an extra copy
	live     bool
	try      network.StreamTry // stream: how far it has got
	deadline core.Instant      // stream: when its sender gives up
	updates  []core.Update     // own memory that msg.Updates uses
	extra    *core.Extra       // own memory that msg.Extra uses, from the first need on
}

const (
	chunkBits = 8
	chunkSize = 1 << chunkBits
)

// slab keeps flights in chunks, so that a pointer stays good while others are added. Freed ones are used
// again, with the memory of their slices.
type slab struct {
	chunks [][]flight
	shelf  *core.Shelf // where the bodies of ended flights go
	head   uint32      // free list, 1 + handle
	live   int
}

func (s *slab) at(h uint32) *flight { return &s.chunks[h>>chunkBits][h&(chunkSize-1)] }

func (s *slab) alloc() uint32 {
	if s.head == 0 {
		s.grow()
	}
	h := s.head - 1
	f := s.at(h)
	s.head = f.next
	s.live++
	f.live = true
	return h
}

func (s *slab) grow() {
	base := uint32(len(s.chunks)) << chunkBits
	c := make([]flight, chunkSize)
	for i := range c {
		c[i].next = base + uint32(i) + 2
	}
	c[chunkSize-1].next = s.head
	s.chunks = append(s.chunks, c)
	s.head = base + 1
}

func (s *slab) free(h uint32) {
	f := s.at(h)
	s.drop(f)
	f.corrupt, f.stream, f.retry, f.copied, f.live = false, false, false, false, false
	f.next = s.head
	s.head = h + 1
	s.live--
}

// drop lets go of the body of f.
func (s *slab) drop(f *flight) {
	if b := f.msg.Body; b != nil {
		f.msg.Body = nil
		s.shelf.Drop(f.msg.Kind, b)
	}
}

// fill copies m into f, slices included: what a machine appended to its effects is recycled at once. The
// body is not copied, since nobody writes to it any more.
func (f *flight) fill(m *core.Message) {
	f.msg = *m
	if len(m.Updates) > 0 {
		f.updates = append(f.updates[:0], m.Updates...)
		f.msg.Updates = f.updates
	}
	if m.Body != nil {
		core.Hold(m.Body)
	}
	if m.Extra != nil {
		if f.extra == nil {
			f.extra = new(core.Extra)
		}
		f.extra.CopyFrom(m.Extra)
		f.msg.Extra = f.extra
	}
}

// count returns the live messages of a kind.
func (s *slab) count(k core.Kind) uint64 {
	n := uint64(0)
	for _, c := range s.chunks {
		for i := range c {
			if c[i].live && c[i].msg.Kind == k {
				n++
			}
		}
	}
	return n
}
