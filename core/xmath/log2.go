package xmath

import "math"

// Log2 returns the binary logarithm of x, within 1 ulp and exact for powers of two. Special cases as
// math.Log2.
func Log2(x float64) float64 {
	if !(x > 0) || x > math.MaxFloat64 {
		return logSpecial(x)
	}
	m, k := split(x)
	l := logDouble(m).mul(double{1.4426950408889634, 2.0355273740931033e-17}) // 1/ln 2
	s := twoSum(float64(k), l.hi)
	return s.hi + (s.lo + l.lo)
}

// Log10 returns the decimal logarithm of x, within 1 ulp. Special cases as math.Log10.
func Log10(x float64) float64 {
	if !(x > 0) || x > math.MaxFloat64 {
		return logSpecial(x)
	}
	l := lnDouble(x).mul(double{0.4342944819032518, 1.098319650216765e-17}) // 1/ln 10
	return l.hi + l.lo
}

// lnDouble returns ln x to about 2^−64 of its size, for x positive and finite.
func lnDouble(x float64) double {
	m, k := split(x)
	kf := float64(k)
	l := logDouble(m)
	if k == 0 {
		return l
	}
	s := twoSum(float64(kf*ln2Hi), l.hi) // the product is exact
	return fastTwoSum(s.hi, s.lo+(l.lo+float64(kf*ln2Lo)))
}

// logDouble returns ln m for m in [√½, √2) to about 2^−64 of its size, from
// ln m = 2s·(1 + z/3 + z²/5 + …), s = (m−1)/(m+1), z = s² < 0.03. Terms from z²/5 on weigh less than
// 2^−11 and need single length only.
func logDouble(m float64) double {
	f := m - 1 // exact
	d := fastTwoSum(2, f)
	s := double{hi: f / d.hi}
	p := twoProd(s.hi, d.hi)
	s.lo = ((f - p.hi) - p.lo - float64(s.hi*d.lo)) / d.hi
	z := s.mul(s)
	q := 1.0 / 25
	for n := 23; n >= 5; n -= 2 {
		q = 1/float64(n) + float64(z.hi*q)
	}
	third := double{1.0 / 3, 1.850371707708594e-17}
	sum := third.add(double{hi: float64(z.hi * q)}).mul(z)
	s.hi, s.lo = float64(2*s.hi), float64(2*s.lo)
	return s.add(s.mul(sum))
}
