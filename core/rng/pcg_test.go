package rng

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// handPCG is PCG XSL RR 128/64 from the paper's formulas, in big integers: state' = state·a + c modulo
// 2^128; the output is the two halves' xor rotated right by the top six bits.
type handPCG struct{ state *big.Int }

func decimal(s string) *big.Int {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		panic(s)
	}
	return n
}

func (p *handPCG) next() uint64 {
	p.state.Mul(p.state, decimal("47026247687942121848144207491837523525"))
	p.state.Add(p.state, decimal("117397592171526113268558934119004209487"))
	p.state.And(p.state, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), big.NewInt(1)))
	high := new(big.Int).Rsh(p.state, 64).Uint64()
	low := new(big.Int).And(p.state, new(big.Int).SetUint64(1<<64-1)).Uint64()
	return bits.RotateLeft64(high^low, -int(high>>58))
}

// handState hashes the documented framing, written out in hexadecimal.
func handState(seed uint64, purpose string, ids ...uint64) *big.Int {
	text := fmt.Sprintf("%016x%016x%x", seed, len(purpose), purpose)
	for _, id := range ids {
		text += fmt.Sprintf("%016x", id)
	}
	raw, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(raw)
	return new(big.Int).SetBytes(sum[:16])
}

func TestStreamsMatchHashAndGeneratorByHand(t *testing.T) {
	tests := []struct {
		seed    uint64
		purpose string
		ids     []uint64
	}{
		{0, "", nil},
		{1, "network.loss", []uint64{7}},
		{1 << 63, "probe", []uint64{0, 1<<64 - 1, 3}},
		{42, "a purpose so long that it takes more than one block of the hash, and with its ids more than the buffer of New", []uint64{1, 2, 3}},
	}
	for _, tc := range tests {
		s := New(tc.seed, tc.purpose, tc.ids...)
		hand := handPCG{handState(tc.seed, tc.purpose, tc.ids...)}
		for i := range 100 {
			if have, want := s.Uint64(), hand.next(); have != want {
				t.Fatalf("New(%d, %q, %v), draw %d: %#x, by hand %#x", tc.seed, tc.purpose, tc.ids, i, have, want)
			}
		}
	}
}

// The bits that the hand computation above gives; here so that nobody changes both sides at once.
func TestKnownStreams(t *testing.T) {
	tests := []struct {
		seed    uint64
		purpose string
		ids     []uint64
		want    [3]uint64
	}{
		{1, "network.loss", []uint64{7}, [3]uint64{0x755a6d13a632caa4, 0xb2fe11be0633f008, 0xb5176f9fcb1cfdb4}},
		{0, "", nil, [3]uint64{0x9976a582c4c2e853, 0x2aad0cb0ef4474c0, 0xe6f6c5936afa7f31}},
		{20260101, "probe", []uint64{99999, 2}, [3]uint64{0xefac16f6f92aa639, 0xaa1e9d07a06e0785, 0x3475beaee3975052}},
	}
	for _, tc := range tests {
		s := New(tc.seed, tc.purpose, tc.ids...)
		for i, want := range tc.want {
			if have := s.Uint64(); have != want {
				t.Errorf("New(%d, %q, %v), draw %d: %#016x, want %#016x", tc.seed, tc.purpose, tc.ids, i, have, want)
			}
		}
	}
}

func TestEveryArgumentMakesAnotherStream(t *testing.T) {
	first := map[uint64]string{}
	note := func(name string, s Stream) {
		u := s.Uint64()
		if other, taken := first[u]; taken {
			t.Errorf("%s and %s begin alike", name, other)
		}
		first[u] = name
	}
	// Pairs that a careless framing would join: ids in the purpose, purposes in the seed, trailing zeros.
	note("plain", New(1, "a"))
	note("seed", New(2, "a"))
	note("purpose", New(1, "b"))
	note("one id 0", New(1, "a", 0))
	note("two ids 0", New(1, "a", 0, 0))
	note("id in purpose", New(1, "a\x00\x00\x00\x00\x00\x00\x00\x00"))
	note("order", New(1, "a", 1, 2))
	note("order swapped", New(1, "a", 2, 1))
	for node := range uint64(20000) {
		note(fmt.Sprint("node ", node), New(1, "probe", node))
	}
}

// Neighbouring streams agree in half of their bits, as strangers do.
func TestNeighbouringStreamsAreIndependent(t *testing.T) {
	const draws = 2000
	for _, pair := range [][2]Stream{
		{New(1, "a", 1), New(1, "a", 2)}, {New(1, "a"), New(2, "a")}, {New(1, "a"), New(1, "b")},
	} {
		same := 0
		for range draws {
			same += bits.OnesCount64(^(pair[0].Uint64() ^ pair[1].Uint64()))
		}
		within(t, "share of equal bits", float64(same)/(64*draws), 0.5, 0.5/sqrtOf(64*draws))
	}
}

func TestStreamIsASourceAndCopiesContinue(t *testing.T) {
	s := New(3, "source")
	copied := s
	var _ rand.Source = &s
	r := rand.New(&s)
	if r.Uint64() != copied.Uint64() {
		t.Error("math/rand/v2 over a stream does not draw from it")
	}
}
