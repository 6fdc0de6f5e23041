package xmath

import (
	"math"
	"math/big"
	"testing"
)

// corners are the arguments at which an elementary function of package math documents a special case,
// and the edges of the number format.
var corners = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 2, -2, 3, -3, 2.5, -2.5, math.Inf(1), math.Inf(-1), math.NaN(),
	math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1022, math.MaxFloat64, -math.MaxFloat64,
	1<<52 + 1, 1 << 53, -(1<<53 - 1), 1 << 62, 1 << 63, -(1 << 63), 1e300, -1e300, 1e-300,
	708, 709.79, 710, -745.13, -745.14, -746, 1024, 1023.5, -1074, -1075, -1080,
}

// same compares NaN, infinities and zeros, signs included; for ordinary numbers the sign alone, because
// their size is compared with a better reference than math (which has Log(5e-324) wrong by 35 on amd64).
func same(a, b float64) bool {
	switch {
	case math.IsNaN(a) || math.IsNaN(b):
		return math.IsNaN(a) && math.IsNaN(b)
	case a == 0 || math.IsInf(a, 0) || b == 0 || math.IsInf(b, 0):
		return math.Float64bits(a) == math.Float64bits(b)
	}
	return math.Signbit(a) == math.Signbit(b)
}

func TestSpecialCasesAreThoseOfMath(t *testing.T) {
	tests := []struct {
		name      string
		have, ref func(float64) float64
	}{
		{"Exp", Exp, math.Exp}, {"Log", Log, math.Log}, {"Log1p", Log1p, math.Log1p},
		{"Log2", Log2, math.Log2}, {"Log10", Log10, math.Log10}, {"Sin", Sin, math.Sin}, {"Cos", Cos, math.Cos},
	}
	for _, tc := range tests {
		for _, x := range corners {
			if have, want := tc.have(x), tc.ref(x); !same(have, want) {
				t.Errorf("%s(%v) = %v, math has %v", tc.name, x, have, want)
			}
		}
	}
}

func TestPowSpecialCasesAreThoseOfMath(t *testing.T) {
	for _, x := range corners {
		for _, y := range corners {
			if have, want := Pow(x, y), math.Pow(x, y); !same(have, want) {
				t.Errorf("Pow(%v, %v) = %v, math has %v", x, y, have, want)
			}
		}
	}
}

func TestExactResults(t *testing.T) {
	for k := -1074; k <= 1023; k++ {
		x := math.Ldexp(1, k)
		if have := Log2(x); have != float64(k) {
			t.Errorf("Log2(2^%d) = %v", k, have)
		}
		if have := Pow(2, float64(k)); have != x {
			t.Errorf("Pow(2, %d) = %v", k, have)
		}
	}
	for k, x := 0, 1.0; k <= 22; k, x = k+1, x*10 { // powers of ten up to 10^22 are exact
		if have := Log10(x); have != float64(k) {
			t.Errorf("Log10(1e%d) = %v", k, have)
		}
	}
	for x := -50.0; x <= 50; x++ {
		if have := Pow(x, 3); have != x*x*x {
			t.Errorf("Pow(%v, 3) = %v", x, have)
		}
	}
}

func TestEdgesOfTheNumberFormat(t *testing.T) {
	tests := []struct {
		name string
		have float64
		want *big.Float
	}{
		{"Exp of the logarithm of the largest number", Exp(709.782712893384), refExp(num(709.782712893384))},
		{"Exp near the smallest number", Exp(-744.4400719213812), refExp(num(-744.4400719213812))},
		{"Log of the smallest number", Log(math.SmallestNonzeroFloat64), refLog(num(math.SmallestNonzeroFloat64))},
		{"Log of the largest number", Log(math.MaxFloat64), refLog(num(math.MaxFloat64))},
		{"Log10 of the smallest number", Log10(math.SmallestNonzeroFloat64), quo(refLog(num(math.SmallestNonzeroFloat64)), refLog(num(10)))},
	}
	for _, tc := range tests {
		if u := ulps(tc.have, tc.want); !(u < 1) {
			t.Errorf("%s: %v is off by %v ulp", tc.name, tc.have, u)
		}
	}
}
