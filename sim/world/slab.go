package world

import (
	"hypersim/core"
	"hypersim/sim/network"
)

// flight is a message on its way, from the moment it leaves to the moment it was handled or lost. Its kind is KindNone
// while it is nobody's.
type flight struct {
	msg     core.Message // its Updates have their memory here, also while there are none
	sent    core.Instant
	min     core.Duration
	came    core.Instant // at its receiver's host, while it waits there
	extra   *core.Extra  // own memory that msg.Extra uses, from the first need on
	size    uint32
	corrupt bool
	copied  bool // an extra copy
	judged  bool // the receiver has taken it in
}

// streamed is the flight of a stream message, or of the notice that its sender gets when it is lost.
type streamed struct {
	flight
	try      network.StreamTry // how far it has got
	deadline core.Instant      // when its sender gives up
	due      core.Instant      // of the event that is meant for it: of all others of its handle nobody knows any more
	key      uint64            // likewise
	order    uint64            // key of its tries: at one instant those of a sender come in the order in which it sent them
	life     uint32            // of the receiver when it was sent
	from     uint32            // life of its sender then
	retry    bool              // the event is a retransmission, not an arrival
	ends     bool              // an event stands at its deadline, under order
}

// slab keeps flights, datagrams and streams apart: what a stream needs beside its message makes no ping longer. A
// handle with streamBit is a stream's.
type slab struct {
	datagrams pool[flight]
	streams   pool[streamed]
	shelf     *core.Shelf // where the bodies of ended flights go

	flying  [core.NumKinds]uint64 // by kind, as of the last count,
	changes uint64                // which was good until more was changed than that
	counted uint64
}

const streamBit = 1 << 31

// isStream reports whether a handle is that of a stream message or of its notice.
func isStream(h uint32) bool { return h&streamBit != 0 }

func (s *slab) at(h uint32) *flight {
	if isStream(h) {
		return &s.stream(h).flight
	}
	return s.datagrams.at(h)
}

// stream returns the flight of a stream.
func (s *slab) stream(h uint32) *streamed { return s.streams.at(h &^ streamBit) }

// alloc returns the handle of a fresh datagram's flight, or of a stream's.
func (s *slab) alloc(stream bool) uint32 {
	s.changes++
	if stream {
		return s.streams.alloc() | streamBit
	}
	return s.datagrams.alloc()
}

func (s *slab) free(h uint32) {
	s.changes++
	f := s.at(h)
	s.drop(f)
	f.msg.Kind, f.corrupt, f.copied, f.judged = core.KindNone, false, false, false
	if isStream(h) {
		s.stream(h).retry = false
		s.streams.free(h &^ streamBit)
	} else {
		s.datagrams.free(h)
	}
}

// drop lets go of the body of f.
func (s *slab) drop(f *flight) {
	if b := f.msg.Body; b != nil {
		f.msg.Body = nil
		s.shelf.Drop(f.msg.Kind, b)
	}
}

// live is how many flights there are.
func (s *slab) live() int { return s.datagrams.live() + s.streams.live() }

// count returns the live messages of a kind. All are counted at once, since whoever asks for one asks for all.
func (s *slab) count(k core.Kind) uint64 {
	if s.counted != s.changes {
		s.counted = s.changes
		clear(s.flying[:])
		s.datagrams.each(func(f *flight) { s.flying[f.msg.Kind]++ })
		s.streams.each(func(f *streamed) { s.flying[f.msg.Kind]++ })
		s.flying[core.KindNone] = 0
	}
	return s.flying[k]
}

// fill copies m into f, slices included: what a machine appended to its effects is recycled at once. The
// body is not copied, since nobody writes to it any more.
func (f *flight) fill(m *core.Message) {
	own := f.msg.Updates[:0]
	f.msg = *m
	f.msg.Updates = append(own, m.Updates...)
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

const (
	chunkBits = 8
	chunkSize = 1 << chunkBits
)

// pool keeps things in chunks, so that a pointer stays good while others are added. Freed ones are used again, the last
// freed first, with the memory of their slices.
type pool[T any] struct {
	chunks [][]T
	idle   []uint32 // handles
}

func (p *pool[T]) at(h uint32) *T { return &p.chunks[h>>chunkBits][h&(chunkSize-1)] }

func (p *pool[T]) alloc() uint32 {
	if len(p.idle) == 0 {
		p.grow()
	}
	last := len(p.idle) - 1
	h := p.idle[last]
	p.idle = p.idle[:last]
	return h
}

func (p *pool[T]) free(h uint32) { p.idle = append(p.idle, h) }

func (p *pool[T]) grow() {
	base := uint32(len(p.chunks)) << chunkBits
	p.chunks = append(p.chunks, make([]T, chunkSize))
	for i := range uint32(chunkSize) {
		p.idle = append(p.idle, base+chunkSize-1-i)
	}
}

func (p *pool[T]) live() int { return len(p.chunks)*chunkSize - len(p.idle) }

func (p *pool[T]) each(do func(*T)) {
	for _, c := range p.chunks {
		for i := range c {
			do(&c[i])
		}
	}
}
