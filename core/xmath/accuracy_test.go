package xmath

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// arguments draws from generators that cover what the functions treat differently.
func arguments(r *rand.Rand, n int, gens ...func() float64) []float64 {
	var xs []float64
	for _, gen := range gens {
		for range n {
			xs = append(xs, gen())
		}
	}
	return xs
}

func anyPositive(r *rand.Rand) func() float64 {
	return func() float64 { return math.Float64frombits(1 + r.Uint64N(0x7ff0000000000000-1)) }
}

func around(r *rand.Rand, center, width float64) func() float64 {
	return func() float64 { return center + width*(2*r.Float64()-1) }
}

// closeTo draws numbers whose distance to center spreads over many orders of magnitude.
func closeTo(r *rand.Rand, center float64) func() float64 {
	return func() float64 {
		d := math.Ldexp(r.Float64(), -r.IntN(60))
		if r.IntN(2) == 0 {
			d = -d
		}
		return center + d
	}
}

func TestWithinOneUlpOfReference(t *testing.T) {
	n := 600
	if testing.Short() {
		n = 150
	}
	r := rand.New(rand.NewPCG(1, 2))
	tests := []struct {
		name  string
		f     func(float64) float64
		ref   func(float64) *big.Float
		gens  []func() float64
		bound float64
	}{
		{"Exp", Exp, func(x float64) *big.Float { return refExp(num(x)) },
			[]func() float64{around(r, 0, 2), around(r, 0, 700), closeTo(r, 0), around(r, -727, 18), around(r, 709, 0.78)}, 1},
		{"Log", Log, func(x float64) *big.Float { return refLog(num(x)) },
			[]func() float64{anyPositive(r), around(r, 1, 0.5), closeTo(r, 1.5), around(r, 3, 2)}, 1},
		{"Log1p", Log1p, refLog1p,
			[]func() float64{anyPositive(r), around(r, 0, 0.5), closeTo(r, 0), around(r, 0, 0.99), around(r, 3, 2)}, 1},
		{"Log2", Log2, func(x float64) *big.Float { return quo(refLog(num(x)), refLn2) },
			[]func() float64{anyPositive(r), around(r, 1, 0.5), closeTo(r, 1), around(r, 3, 2)}, 1},
		{"Log10", Log10, func(x float64) *big.Float { return quo(refLog(num(x)), refLog(num(10))) },
			[]func() float64{anyPositive(r), around(r, 1, 0.5), closeTo(r, 1), around(r, 3, 2)}, 1},
		{"Sin", Sin, func(x float64) *big.Float { s, _ := refSinCos(x); return s },
			[]func() float64{around(r, 0, 1), around(r, 0, 100), around(r, 0, 2e6), anyPositive(r), closeTo(r, math.Pi), closeTo(r, 1000*math.Pi)}, 1},
		{"Cos", Cos, func(x float64) *big.Float { _, c := refSinCos(x); return c },
			[]func() float64{around(r, 0, 1), around(r, 0, 100), around(r, 0, 2e6), anyPositive(r), closeTo(r, math.Pi/2), closeTo(r, 999.5*math.Pi)}, 1},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			worst, at := 0.0, 0.0
			for _, x := range arguments(r, n, tc.gens...) {
				if u := ulps(tc.f(x), tc.ref(x)); u > worst {
					worst, at = u, x
				}
			}
			t.Logf("worst error %.3f ulp, at %v", worst, at)
			if !(worst < tc.bound) {
				t.Errorf("error %.3f ulp at %v, must be below %v", worst, at, tc.bound)
			}
		})
	}
}

func TestPowWithinOneUlpOfReference(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 300
	}
	r := rand.New(rand.NewPCG(3, 4))
	any, near1, small := anyPositive(r), closeTo(r, 1.5), around(r, 0, 30)
	worst, at := 0.0, [2]float64{}
	for i := range n {
		var x, y float64
		switch i % 4 {
		case 0:
			x = any() // exponent chosen so that the result spans the whole range
			y = 745 * (2*r.Float64() - 1) / math.Log(x)
		case 1:
			x, y = near1(), small()
		case 2:
			x = 1 + math.Ldexp(r.Float64()-0.5, -r.IntN(50))
			y = 700 * (2*r.Float64() - 1) / math.Log(x)
			if math.IsInf(y, 0) {
				continue
			}
		case 3:
			x, y = float64(1+r.IntN(1000)), float64(r.IntN(40)-20)
		}
		want := refExp(mul(num(y), refLog(num(x))))
		if u := ulps(Pow(x, y), want); u > worst {
			worst, at = u, [2]float64{x, y}
		}
	}
	t.Logf("worst error %.3f ulp, at %v", worst, at)
	if !(worst < 1) {
		t.Errorf("error %.3f ulp at %v, must be below 1", worst, at)
	}
}
