package xmath

import "math"

const (
	ln2Hi = 6.93147180369123816490e-01 // ln 2 to 33 bits: k·ln2Hi is exact for any exponent k
	ln2Lo = 1.90821492927058770002e-10 // ln 2 − ln2Hi
	log2e = 1.44269504088896338700e+00 // 1/ln 2

	expOverflow  = 7.09782712893383973096e+02  // above it Exp is infinite
	expUnderflow = -7.45133219101941108420e+02 // below it Exp is 0
)

// Exp returns e^x, within 1 ulp. Special cases as math.Exp. About 10 ns.
func Exp(x float64) float64 {
	switch {
	case x != x:
		return x
	case x > expOverflow:
		return math.Inf(1)
	case x < expUnderflow:
		return 0
	case -0x1p-28 < x && x < 0x1p-28:
		return 1 + x
	}
	k := nearest(float64(log2e * x))
	kf := float64(k)
	return expReduced(x-float64(kf*ln2Hi), float64(kf*ln2Lo), k)
}

// expReduced returns e^(hi−lo)·2^k for |hi−lo| at most about ln 2 / 2 (fdlibm, e_exp.c: the rational
// approximation r·c/(2−c) with a Remez polynomial in r²).
func expReduced(hi, lo float64, k int) float64 {
	const (
		p1 = 1.66666666666666657415e-01
		p2 = -2.77777777770155933842e-03
		p3 = 6.61375632143793436117e-05
		p4 = -1.65339022054652515390e-06
		p5 = 4.13813679705723846039e-08
	)
	r := hi - lo
	t := float64(r * r)
	c := r - float64(t*(p1+float64(t*(p2+float64(t*(p3+float64(t*(p4+float64(t*p5)))))))))
	return scale(1-((lo-float64(r*c)/(2-c))-hi), k)
}

// nearest rounds to the nearest integer, halves away from zero.
func nearest(x float64) int {
	if x < 0 {
		return int(x - 0.5)
	}
	return int(x + 0.5)
}
