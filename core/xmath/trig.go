package xmath

import "math"

// Sin returns the sine of x radians, within 1 ulp for every finite x. Special cases as math.Sin.
func Sin(x float64) float64 {
	if x == 0 {
		return x // keeps −0
	}
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	q, r := quadrant(x)
	return sinQuadrant(q, r)
}

// Cos returns the cosine of x radians, within 1 ulp for every finite x. Special cases as math.Cos.
func Cos(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	q, r := quadrant(x)
	return sinQuadrant(q+1, r)
}

// sinQuadrant returns sin(q·π/2 + r).
func sinQuadrant(q int, r double) float64 {
	switch q & 3 {
	case 0:
		return sinReduced(r)
	case 1:
		return cosReduced(r)
	case 2:
		return -sinReduced(r)
	}
	return -cosReduced(r)
}

// sinReduced returns sin r for |r| up to about π/4 (fdlibm, k_sin.c).
func sinReduced(r double) float64 {
	const (
		s1 = -1.66666666666666324348e-01
		s2 = 8.33333333332248946124e-03
		s3 = -1.98412698298579493134e-04
		s4 = 2.75573137070700676789e-06
		s5 = -2.50507602534068634195e-08
		s6 = 1.58969099521155010221e-10
	)
	x, y := r.hi, r.lo
	z := float64(x * x)
	v := float64(z * x)
	p := s2 + float64(z*(s3+float64(z*(s4+float64(z*(s5+float64(z*s6)))))))
	return x - ((float64(z*(float64(0.5*y)-float64(v*p))) - y) - float64(v*s1))
}

// cosReduced returns cos r for |r| up to about π/4 (fdlibm, k_cos.c): 1 − z/2 is kept exact as w plus
// its rounding error.
func cosReduced(r double) float64 {
	const (
		c1 = 4.16666666666666019037e-02
		c2 = -1.38888888888741095749e-03
		c3 = 2.48015872894767294178e-05
		c4 = -2.75573143513906633035e-07
		c5 = 2.08757232129817482790e-09
		c6 = -1.13596475577881948265e-11
	)
	x, y := r.hi, r.lo
	z := float64(x * x)
	p := float64(z * (c1 + float64(z*(c2+float64(z*(c3+float64(z*(c4+float64(z*(c5+float64(z*c6)))))))))))
	hz := float64(0.5 * z)
	w := 1 - hz
	return w + (((1 - w) - hz) + (float64(z*p) - float64(x*y)))
}

// quadrant returns q modulo 4 and r with x = q·π/2 + r (modulo 2π) and |r| up to about π/4.
func quadrant(x float64) (q int, r double) {
	const (
		twoOverPi = 6.36619772367581382433e-01
		// π/2 in three pieces of 33 bits and a tail: with n below 2^20 all but the last product is exact.
		half1 = 1.57079632673412561417e+00
		half2 = 6.07710050630396597660e-11
		half3 = 2.02226624871116645580e-21
		half4 = 8.47842766036889956997e-32
	)
	if x != x || math.Abs(x) >= 1<<20 {
		return quadrantLarge(x)
	}
	n := nearest(float64(twoOverPi * x))
	nf := float64(n)
	a := twoSum(x-float64(nf*half1), -float64(nf*half2))
	b := twoSum(a.hi, -float64(nf*half3))
	return n, fastTwoSum(b.hi, (b.lo+a.lo)-float64(nf*half4))
}
