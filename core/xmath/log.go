package xmath

import "math"

// Log returns the natural logarithm of x, within 1 ulp. Special cases as math.Log. About 10 ns.
func Log(x float64) float64 {
	if !(x > 0) || x > math.MaxFloat64 {
		return logSpecial(x)
	}
	m, k := split(x)
	f, kf := m-1, float64(k)
	hfsq, p := logPoly(f)
	return float64(kf*ln2Hi) - ((hfsq - (p + float64(kf*ln2Lo))) - f)
}

// Log1p returns ln(1+x), exact to 1 ulp near 0 as well. Special cases as math.Log1p.
func Log1p(x float64) float64 {
	switch {
	case !(x > -1) || x > math.MaxFloat64:
		return logSpecial(1 + x)
	case math.Abs(x) < 0x1p-54:
		return x // also keeps −0
	}
	const sqrt2Less1, sqrtHalfLess1 = 0.41421356237309504880, -0.29289321881345247560
	f, kf, c := x, 0.0, 0.0
	if x <= sqrtHalfLess1 || x >= sqrt2Less1 {
		u := 1 + x
		// c is what rounding 1+x lost; ln(u+c) = ln u + c/u to working precision.
		if x >= 1 {
			c = (1 - (u - x)) / u
		} else {
			c = (x - (u - 1)) / u
		}
		m, k := split(u)
		f, kf = m-1, float64(k)
	}
	hfsq, p := logPoly(f)
	return float64(kf*ln2Hi) - ((hfsq - (p + (float64(kf*ln2Lo) + c))) - f)
}

// logPoly returns f²/2 and p with ln(1+f) = f − f²/2 + p for 1+f in [√½, √2): fdlibm, e_log.c, which
// expands ln((1+s)/(1−s)) with s = f/(2+f) and a Remez polynomial in s².
func logPoly(f float64) (hfsq, p float64) {
	const (
		l1 = 6.666666666666735130e-01
		l2 = 3.999999999940941908e-01
		l3 = 2.857142874366239149e-01
		l4 = 2.222219843214978396e-01
		l5 = 1.818357216161805012e-01
		l6 = 1.531383769920937332e-01
		l7 = 1.479819860511658591e-01
	)
	s := f / (2 + f)
	z := float64(s * s)
	w := float64(z * z)
	odd := float64(z * (l1 + float64(w*(l3+float64(w*(l5+float64(w*l7)))))))
	even := float64(w * (l2 + float64(w*(l4+float64(w*l6)))))
	hfsq = float64(float64(0.5*f) * f)
	return hfsq, float64(s * (hfsq + (even + odd)))
}

// logSpecial answers what has no finite logarithm: NaN and +Inf for themselves, −Inf for 0, NaN below.
func logSpecial(x float64) float64 {
	switch {
	case x != x || x > 0:
		return x
	case x == 0:
		return math.Inf(-1)
	}
	return math.NaN()
}
