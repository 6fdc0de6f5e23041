package rng

import (
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/exp/rand"
)

// Stream is one source of random numbers: the 16-byte state of a PCG XSL RR 128/64 generator. Make it
// with New; the zero value is not a valid stream. A copy continues independently from the same place,
// so pass a pointer. It satisfies math/rand/v2's Source through the pointer.
type Stream struct{ src rand.PCGSource }

// New returns the stream of (seed, purpose, ids). Different arguments give streams that share nothing:
// the state is the first half of SHA-256 over the seed, the length of the purpose, the purpose and the
// ids, each number in 8 bytes, so no two argument lists hash the same bytes. About 0.3 µs, so 600,000
// streams take 0.2 s; free of allocation while purpose and ids fit 112 bytes together.
func New(seed uint64, purpose string, ids ...uint64) Stream {
	var buf [128]byte
	b := binary.BigEndian.AppendUint64(buf[:0], seed)
	b = binary.BigEndian.AppendUint64(b, uint64(len(purpose)))
	b = append(b, purpose...)
	for _, id := range ids {
		b = binary.BigEndian.AppendUint64(b, id)
	}
	sum := sha256.Sum256(b)
	var s Stream
	if err := s.src.UnmarshalBinary(sum[:16]); err != nil {
		panic("rng: PCG refuses a state of 16 bytes: " + err.Error()) // cannot happen with the pinned version
	}
	return s
}

// At returns the stream of one thing among many, such as a message: where New would cost more than the draw, and
// a stream kept for each would be a table. h must be well mixed (Mix). About 1 ns.
func At(h uint64) (s Stream) {
	s.src.Seed(h)
	return s
}

// Uint64 returns 64 uniform bits.
func (s *Stream) Uint64() uint64 { return s.src.Uint64() }
