package rng

import (
	"math"
	"slices"
	"testing"
)

func TestFloatsAreTheTopBitsOfADraw(t *testing.T) {
	a, b, raw := New(1, "float"), New(1, "float"), New(1, "float")
	for range 10000 {
		u := raw.Uint64()
		if have, want := a.Float64(), math.Ldexp(float64(u>>11), -53); have != want || have >= 1 {
			t.Fatalf("Float64 = %v, want %v", have, want)
		}
		if have, want := b.OpenFloat64(), math.Ldexp(float64(2*(u>>12)+1), -53); have != want || have <= 0 || have >= 1 {
			t.Fatalf("OpenFloat64 = %v, want %v", have, want)
		}
	}
}

func TestFloat64IsUniform(t *testing.T) {
	s := New(1, "uniform")
	sample := make([]float64, 100000)
	for i := range sample {
		sample[i] = s.Float64()
	}
	kolmogorov(t, "Float64", sample, func(x float64) float64 { return x })
}

func TestIntegersAreUniform(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 10, 64, 1000} {
		s := New(1, "int", uint64(n))
		counts, counts32 := make([]int, n), make([]int, n)
		for range 100 * n {
			counts[s.Intn(n)]++
			counts32[s.Uint32n(uint32(n))]++
		}
		chiSquare(t, "Intn", counts)
		chiSquare(t, "Uint32n", counts32)
	}
}

// For n = 3·2^61 a plain product gives the remainders modulo 3 shares of 3/8, 3/8 and 2/8; a quarter of
// the draws must be refused to even them.
func TestHugeRangesAreUnbiased(t *testing.T) {
	const n = 3 << 61
	s := New(1, "huge")
	counts := make([]int, 3) // by remainder modulo 3
	for range 30000 {
		x := s.uint64n(n) // what Intn returns where int has 64 bits
		if x >= n {
			t.Fatalf("uint64n(%d) = %d", uint64(n), x)
		}
		counts[x%3]++
	}
	chiSquare(t, "draws below 3·2^61 modulo 3", counts)
}

func TestIntnRefusesEmptyRanges(t *testing.T) {
	s := New(1, "empty")
	for name, draw := range map[string]func(){
		"Intn(0)": func() { s.Intn(0) }, "Intn(-1)": func() { s.Intn(-1) }, "Uint32n(0)": func() { s.Uint32n(0) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			draw()
		}()
	}
}

func TestBool(t *testing.T) {
	const draws = 100000
	for _, p := range []float64{0.001, 0.3, 0.5, 0.99} {
		s := New(1, "bool", math.Float64bits(p))
		hits := 0
		for range draws {
			if s.Bool(p) {
				hits++
			}
		}
		within(t, "share of true", float64(hits)/draws, p, math.Sqrt(p*(1-p)/draws))
	}
	s, after := New(1, "bool"), New(1, "bool")
	for range 1000 {
		if s.Bool(0) || s.Bool(-1) || s.Bool(math.NaN()) || !s.Bool(1) || !s.Bool(2) {
			t.Fatal("Bool of a certain event is not certain")
		}
	}
	for range 5000 {
		after.Uint64()
	}
	if s != after {
		t.Error("Bool does not take exactly one draw")
	}
}

func TestShuffleReachesAllOrdersAlike(t *testing.T) {
	s := New(1, "shuffle")
	counts := make([]int, 24)
	for range 24 * 500 {
		v := [4]int{0, 1, 2, 3}
		Shuffle(&s, v[:])
		rank := 0
		for i := range v { // Lehmer code
			smaller := 0
			for _, w := range v[i+1:] {
				if w < v[i] {
					smaller++
				}
			}
			rank = rank*(4-i) + smaller
		}
		counts[rank]++
	}
	chiSquare(t, "orders of four", counts)
}

func TestBothShufflesAgree(t *testing.T) {
	a, b := New(1, "order"), New(1, "order")
	v := make([]int, 100)
	for i := range v {
		v[i] = i
	}
	w := slices.Clone(v)
	Shuffle(&a, v)
	b.Shuffle(len(w), func(i, j int) { w[i], w[j] = w[j], w[i] })
	if !slices.Equal(v, w) || a != b {
		t.Error("Shuffle and Stream.Shuffle differ")
	}
	Shuffle(&a, []int{})
	Shuffle(&a, []int{1})
	if a != b {
		t.Error("shuffling at most one element draws")
	}
}
