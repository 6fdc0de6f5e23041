package rng

import "math/bits"

// Float64 returns a uniform multiple of 2^−53 in [0, 1). One draw.
func (s *Stream) Float64() float64 { return float64(float64(s.Uint64()>>11) * 0x1p-53) }

// OpenFloat64 returns a uniform number in (0, 1): an odd multiple of 2^−53, so that its logarithm and
// that of its complement are finite. One draw.
func (s *Stream) OpenFloat64() float64 {
	return float64((float64(s.Uint64()>>12) + 0.5) * 0x1p-52) // the sum is exact
}

// Intn returns a uniform integer in [0, n). It panics unless n > 0. One draw, rarely more.
func (s *Stream) Intn(n int) int {
	if n <= 0 {
		panic("rng: Intn of a number that is not positive")
	}
	return int(s.uint64n(uint64(n)))
}

// uint64n returns a uniform integer in [0, n) for n > 0 (Lemire 2019, algorithm 5): the high half of a
// product, redrawn when the low half falls among the 2^64 mod n values that would favour some results.
func (s *Stream) uint64n(n uint64) uint64 {
	hi, lo := bits.Mul64(s.Uint64(), n)
	if lo < n {
		for floor := -n % n; lo < floor; {
			hi, lo = bits.Mul64(s.Uint64(), n)
		}
	}
	return hi
}

// Uint32n returns a uniform integer in [0, n). It panics if n is 0. One draw, and more only with
// probability below 2^−32.
func (s *Stream) Uint32n(n uint32) uint32 {
	if n == 0 {
		panic("rng: Uint32n of 0")
	}
	return uint32(s.uint64n(uint64(n)))
}

// Bool returns true with probability p: never for p ≤ 0 or NaN, always for p ≥ 1. It takes one draw
// whatever p is, so that changing p does not shift the draws that follow.
func (s *Stream) Bool(p float64) bool { return s.Float64() < p }

// Shuffle permutes n elements uniformly through swap (Fisher and Yates). n−1 draws, rarely more.
func (s *Stream) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, s.Intn(i+1))
	}
}

// Shuffle permutes v uniformly, drawing exactly as Stream.Shuffle does.
func Shuffle[T any](s *Stream, v []T) {
	for i := len(v) - 1; i > 0; i-- {
		j := s.Intn(i + 1)
		v[i], v[j] = v[j], v[i]
	}
}
