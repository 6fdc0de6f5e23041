package xmath

// double is an unevaluated sum hi+lo with |lo| at most half an ulp of hi: about 106 bits.
type double struct{ hi, lo float64 }

// twoSum returns a+b exactly (Knuth, TAOCP 2, 4.2.2 theorem B).
func twoSum(a, b float64) double {
	s := a + b
	t := s - a
	return double{s, (a - (s - t)) + (b - t)}
}

// fastTwoSum returns a+b exactly when |a| ≥ |b| or a is 0 (Dekker 1971).
func fastTwoSum(a, b float64) double {
	s := a + b
	return double{s, b - (s - a)}
}

// twoProd returns a·b exactly, short of overflow and underflow, by splitting each factor into halves of
// 26 bits whose products are exact (Dekker 1971, Veltkamp).
func twoProd(a, b float64) double {
	const splitter = 1<<27 + 1
	t := float64(splitter * a)
	ah := t - (t - a)
	al := a - ah
	t = float64(splitter * b)
	bh := t - (t - b)
	bl := b - bh
	p := float64(a * b)
	return double{p, ((float64(ah*bh) - p) + float64(ah*bl) + float64(al*bh)) + float64(al*bl)}
}

// add returns a+b to about 100 bits when |a| ≥ |b|.
func (a double) add(b double) double {
	s := twoSum(a.hi, b.hi)
	return fastTwoSum(s.hi, s.lo+(a.lo+b.lo))
}

// mul returns a·b to about 100 bits.
func (a double) mul(b double) double {
	p := twoProd(a.hi, b.hi)
	return fastTwoSum(p.hi, p.lo+(float64(a.hi*b.lo)+float64(a.lo*b.hi)))
}
