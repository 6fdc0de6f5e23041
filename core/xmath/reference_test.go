package xmath

import (
	"math"
	"math/big"
)

// The reference works in 320 bits by other means than the package: plain Taylor and atanh series after
// halving, and π from Machin's formula.
const refPrec = 320

func num(x float64) *big.Float { return new(big.Float).SetPrec(refPrec).SetFloat64(x) }

func quo(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(refPrec).Quo(a, b) }
func mul(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(refPrec).Mul(a, b) }
func add(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(refPrec).Add(a, b) }
func sub(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(refPrec).Sub(a, b) }

func negligible(term, sum *big.Float) bool {
	return term.Sign() == 0 || sum.Sign() != 0 && term.MantExp(nil) < sum.MantExp(nil)-refPrec
}

// refExpm1 sums e^x−1 for x scaled down by 2^64, then undoes it: (1+d)²−1 = 2d + d².
func refExpm1(x *big.Float) *big.Float {
	if x.Sign() == 0 {
		return num(0)
	}
	const halvings = 32
	r := new(big.Float).SetPrec(refPrec).SetMantExp(x, -halvings)
	sum, term := num(0), num(1)
	for n := 1; ; n++ {
		term = quo(mul(term, r), num(float64(n)))
		sum = add(sum, term)
		if negligible(term, sum) {
			break
		}
	}
	for range halvings {
		sum = add(add(sum, sum), mul(sum, sum))
	}
	return sum
}

func refExp(x *big.Float) *big.Float {
	if x.Sign() < 0 { // 1 + expm1 would cancel
		return quo(num(1), refExp(new(big.Float).Neg(x)))
	}
	return add(num(1), refExpm1(x))
}

// refAtanh2 returns ln((1+s)/(1−s)).
func refAtanh2(s *big.Float) *big.Float {
	z := mul(s, s)
	sum, power := num(0), add(s, s)
	for n := 1; ; n += 2 {
		term := quo(power, num(float64(n)))
		sum = add(sum, term)
		if negligible(term, sum) {
			return sum
		}
		power = mul(power, z)
	}
}

var refLn2 = refAtanh2(quo(num(1), num(3)))

func refLog(x *big.Float) *big.Float {
	m := new(big.Float).SetPrec(refPrec)
	k := x.MantExp(m) // m in [½, 1)
	if m.Cmp(num(0.7)) < 0 {
		m = add(m, m)
		k--
	}
	l := refAtanh2(quo(sub(m, num(1)), add(m, num(1))))
	return add(l, mul(num(float64(k)), refLn2))
}

func refLog1p(x float64) *big.Float {
	if math.Abs(x) < 0.5 { // 1+x may not fit
		return refAtanh2(quo(num(x), add(num(2), num(x))))
	}
	return refLog(add(num(1), num(x)))
}

// refSinCos takes any float64: π has 1500 bits here, so whole turns up to 2^1024 leave some 470 exact.
func refSinCos(x float64) (sin, cos *big.Float) {
	wide := func() *big.Float { return new(big.Float).SetPrec(2 * refPiPrec) }
	turn := wide().Add(refPi, refPi)
	n, _ := wide().Quo(wide().SetFloat64(x), turn).Int(nil)
	whole := wide().Mul(wide().SetInt(n), turn)
	r := new(big.Float).SetPrec(refPrec).Sub(wide().SetFloat64(x), whole)
	sin, cos = num(0), num(0)
	term := num(1)
	for k := range 110 {
		signed := new(big.Float).SetPrec(refPrec).Set(term)
		if k&2 != 0 {
			signed.Neg(signed)
		}
		if k&1 == 0 {
			cos = add(cos, signed)
		} else {
			sin = add(sin, signed)
		}
		term = quo(mul(term, r), num(float64(k+1)))
	}
	return sin, cos
}

const refPiPrec = 1500

var refPi = func() *big.Float {
	// Machin: π = 16 atan(1/5) − 4 atan(1/239), in fixed point.
	one := new(big.Int).Lsh(big.NewInt(1), refPiPrec+64)
	atan := func(n int64) *big.Int {
		power := new(big.Int).Quo(one, big.NewInt(n))
		sum := new(big.Int)
		for k := int64(0); power.Sign() != 0; k++ {
			term := new(big.Int).Quo(power, big.NewInt(2*k+1))
			if k%2 == 1 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Quo(power, big.NewInt(n*n))
		}
		return sum
	}
	p := new(big.Int).Mul(big.NewInt(16), atan(5))
	p.Sub(p, new(big.Int).Mul(big.NewInt(4), atan(239)))
	f := new(big.Float).SetPrec(refPiPrec).SetInt(p)
	return f.SetMantExp(f, -(refPiPrec + 64))
}()

// ulps returns |got − want| in units of the last place of want (of a float64, subnormals included).
func ulps(got float64, want *big.Float) float64 {
	w, _ := want.Float64()
	if math.IsInf(w, 0) || math.IsInf(got, 0) {
		if got == w {
			return 0
		}
		return math.Inf(1)
	}
	exp := want.MantExp(nil) - 53
	if want.Sign() == 0 || exp < -1074 {
		exp = -1074
	}
	d := sub(num(got), want)
	d.SetMantExp(d, -exp)
	u, _ := d.Float64()
	return math.Abs(u)
}
