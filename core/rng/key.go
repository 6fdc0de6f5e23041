package rng

import (
	"crypto/sha256"
	"encoding/binary"
)

// Key is what chance knows a thing by: the first 8 bytes of SHA-256 over its name. Draws are keyed by names
// and not by numbers, which change when something is added before. Two names of one run meet with
// probability n²/2^65: 10^−9 for 250,000 of them.
func Key(name string) uint64 {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:8])
}

// Mix returns 64 bits that depend on every bit of both numbers (the finaliser of MurmurHash3 between and
// after them). For one a it is a permutation of b: things with different keys never draw the same. Ordering
// things by Mix(draw, key) is a uniform shuffle in which a thing more or less moves none of the others.
func Mix(a, b uint64) uint64 { return scramble(scramble(a+0x9e3779b97f4a7c15) ^ b) }

func scramble(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
