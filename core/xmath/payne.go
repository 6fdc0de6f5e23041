package xmath

import (
	"math"
	"math/bits"
)

// twoOverPiBits is 2/π as a binary fraction, most significant word first: 1216 bits, enough for the
// largest float64 exponent (971) plus 192 bits below the point.
var twoOverPiBits = [...]uint64{
	0xa2f9836e4e441529,
	0xfc2757d1f534ddc0,
	0xdb6295993c439041,
	0xfe5163abdebbc561,
	0xb7246e3a424dd2e0,
	0x06492eea09d1921c,
	0xfe1deb1cb129a73e,
	0xe88235f52ebb4484,
	0xe99c7026b45f7e41,
	0x3991d639835339f4,
	0x9c845f8bbdf9283b,
	0x1ff897ffde05980f,
	0xef2f118b5a0a6d1f,
	0x6d367ecf27cb09b7,
	0x4f463f669e5fea2d,
	0x7527bac7ebe5f17b,
	0x3d0739f78a5292ea,
	0x6bfb5fb11f8d5d08,
	0x56033046fc7b6bab,
}

// quadrantLarge is quadrant for |x| ≥ 2^20 (Payne and Hanek 1983): x is an integer times 2^e, so of 2/π
// only 192 bits matter: those above give whole turns, those below are too small to show.
func quadrantLarge(x float64) (q int, r double) {
	if x != x {
		return 0, double{hi: x}
	}
	b := math.Float64bits(x)
	e := int(b>>52&expMask) - expBias - 52 // ≥ −32
	m := b&fracMask | 1<<52
	// The product m·2^e·(2/π) modulo 4: bits of weight 2^(2−e) and more in 2/π contribute whole turns.
	w2, w1, w0 := fractionAt(e - 2)
	h0, p0 := bits.Mul64(m, w0)
	h1, p1 := bits.Mul64(m, w1)
	p1, carry := bits.Add64(p1, h0, 0)
	p2 := m*w2 + h1 + carry
	_ = p0 // below 2^−126 of a turn
	// p2:p1 is the product in units of 2^−126, modulo 4. Round to the nearest quadrant.
	q = int(p2 >> 62)
	p2 <<= 2
	p2 |= p1 >> 62
	p1 <<= 2
	negative := p2>>63 == 1
	if negative {
		q++
		p1, carry = bits.Sub64(0, p1, 0)
		p2, _ = bits.Sub64(0, p2, carry)
	}
	f := fastTwoSum(fractionParts(p2, p1))
	r = f.mul(double{1.5707963267948966, 6.123233995736766e-17})
	if negative != (b>>63 == 1) {
		r.hi, r.lo = -r.hi, -r.lo
	}
	if b>>63 == 1 {
		q = -q
	}
	return q, r
}

// fractionAt returns the 192 bits of 2/π that start after its first n bits; bits before the point are 0.
func fractionAt(n int) (w2, w1, w0 uint64) {
	at := func(i int) uint64 {
		if i < 0 {
			return 0
		}
		return twoOverPiBits[i]
	}
	i, shift := n>>6, uint(n&63) // arithmetic shift: n may be negative
	word := func(j int) uint64 {
		return at(i+j)<<shift | at(i+j+1)>>(64-shift)
	}
	return word(0), word(1), word(2)
}

// fractionParts returns hi and lo with hi+lo = (p2·2^64 + p1)·2^−128 to more than 100 bits of its size.
func fractionParts(p2, p1 uint64) (hi, lo float64) {
	if p2 == 0 && p1 == 0 {
		return 0, 0
	}
	shift := bits.LeadingZeros64(p2)
	if shift == 64 {
		p2, p1 = p1, 0
		s := bits.LeadingZeros64(p2)
		p2 <<= uint(s)
		shift += s
	} else {
		p2, p1 = p2<<uint(shift)|p1>>(64-uint(shift)), p1<<uint(shift)
	}
	top := p2 &^ (1<<11 - 1) // 53 bits: exact as a float64
	rest := (p2&(1<<11-1))<<53 | p1>>11
	unit := pow2(-64 - shift)
	return float64(float64(top) * unit), float64(float64(float64(rest)*pow2(-53)) * unit)
}
