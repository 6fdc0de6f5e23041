package xmath

import "math"

// Expm1 returns e^x − 1, exact to 1 ulp near 0 as well. Special cases as math.Expm1.
func Expm1(x float64) float64 {
	const (
		saturation = 38.816242111356935 // 56 ln 2: below its negative the result is −1
		halfLn2    = 3.46573590279972654709e-01
	)
	switch {
	case x != x || x > expOverflow:
		return x + math.Inf(1) // NaN stays NaN
	case x < -saturation:
		return -1
	case math.Abs(x) < 0x1p-54:
		return x // also keeps −0
	}
	var k int
	var c float64 // what rounding hi−lo to x lost
	if math.Abs(x) > halfLn2 {
		k = nearest(float64(log2e * x))
		hi, lo := x-float64(float64(k)*ln2Hi), float64(float64(k)*ln2Lo)
		x = hi - lo
		c = (hi - x) - lo
	}
	return expm1Reduced(x, c, k)
}

// expm1Reduced returns e^(x+c)·2^k − 1 for |x| at most about ln 2 / 2 (fdlibm, s_expm1.c). Each branch
// orders its additions so that the subtraction of 1 cancels as few bits as possible.
func expm1Reduced(x, c float64, k int) float64 {
	const (
		q1 = -3.33333333333331316428e-02
		q2 = 1.58730158725481460165e-03
		q3 = -7.93650757867487942473e-05
		q4 = 4.00821782732936239552e-06
		q5 = -2.01099218183624371326e-07
	)
	hfx := float64(0.5 * x)
	hxs := float64(x * hfx)
	r := 1 + float64(hxs*(q1+float64(hxs*(q2+float64(hxs*(q3+float64(hxs*(q4+float64(hxs*q5)))))))))
	t := 3 - float64(r*hfx)
	e := float64(hxs * ((r - t) / (6 - float64(x*t))))
	if k == 0 {
		return x - (float64(x*e) - hxs)
	}
	e = float64(x*(e-c)) - c
	e -= hxs
	switch {
	case k == -1:
		return float64(0.5*(x-e)) - 0.5
	case k == 1 && x < -0.25:
		return float64(-2 * (e - (x + 0.5)))
	case k == 1:
		return 1 + float64(2*(x-e))
	case k <= -2 || k > 56:
		return scale(1-(e-x), k) - 1
	case k < 20:
		return scale((1-pow2(-k))-(e-x), k)
	}
	return scale((x-(e+pow2(-k)))+1, k)
}
