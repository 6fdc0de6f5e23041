package kernel

import (
	"math"
	"math/bits"

	"hypersim/core"
)

// The queue reads (At, Key) as one number of 2·wordDigits digits of digitBits bits. Digit 0 is the lowest
// of Key, digit wordDigits the lowest of At.
const (
	digitBits  = 7
	digitSize  = 1 << digitBits
	wordDigits = (64 + digitBits - 1) / digitBits
	numLevels  = 2 * wordDigits
)

// place is a point of the order: an instant and a key in it.
type place struct {
	at  core.Instant
	key uint64
}

func (e *Event) place() place { return place{e.At, e.Key} }

// highest returns the index of the highest digit in which p and q differ, and p's digit there;
// level is -1 if they are equal.
func (p place) highest(q place) (level int, digit uint32) {
	if x := uint64(p.at ^ q.at); x != 0 {
		d := (bits.Len64(x) - 1) / digitBits
		return d + wordDigits, uint32(uint64(p.at)>>(d*digitBits&63)) % digitSize
	}
	x := p.key ^ q.key
	if x == 0 {
		return -1, 0
	}
	d := (bits.Len64(x) - 1) / digitBits
	return d, uint32(p.key>>(d*digitBits&63)) % digitSize
}

// digit returns p's digit of the given level.
func (p place) digit(level int) uint32 {
	w := p.key
	if level >= wordDigits {
		w, level = uint64(p.at), level-wordDigits
	}
	return uint32(w>>(level*digitBits)) % digitSize
}

// last returns the last place that has p's digits from level upwards.
func (p place) last(level int) place {
	if level >= wordDigits {
		low := uint64(1)<<((level-wordDigits)*digitBits) - 1
		return place{p.at | core.Instant(low), math.MaxUint64}
	}
	return place{p.at, p.key | (1<<(level*digitBits) - 1)}
}
