package stats

import (
	"math"
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

// Hollander and Wolfe (1973), p. 69f., in R's wilcox.test: W = 35, one-sided p = 0.1272; the shift estimate
// is 0.305.
func TestMannWhitneyPermeability(t *testing.T) {
	m := MannWhitney(earlier, atTerm, Greater)
	if m.Statistic != 35 || m.Method != "exact" {
		t.Errorf("%+v, want U = 35, exact", m)
	}
	near(t, "p", m.P, 0.1272, 0.00005)
	near(t, "shift", HodgesLehmann(earlier, atTerm, 0.95).Estimate, 0.305, 1e-12)
}

// airquality's ozone in May and August, R's example of wilcox.test: W = 127.5, p = 0.0001208, many ties.
func TestMannWhitneyTies(t *testing.T) {
	may := []float64{41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37}
	august := []float64{39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85}
	m := MannWhitney(august, may, TwoSided)
	if m.Statistic != 127.5 || m.Method != "normal approximation" {
		t.Errorf("%+v, want U = 127.5, normal approximation", m)
	}
	near(t, "p", m.P, 0.0001208, 5e-8)
}

// Table of critical values of U, two-sided 5 % (Mann and Whitney 1947, Auble 1953, as reprinted in
// textbooks): the greatest U whose two tails hold at most 5 %.
func TestMannWhitneyCriticalValues(t *testing.T) {
	for _, c := range []struct{ m, n, critical int }{{5, 5, 2}, {7, 9, 12}, {8, 8, 13}, {10, 10, 23}, {15, 20, 90}, {20, 20, 127}} {
		dist := uDistribution(c.m, c.n)
		if at := exactU(dist, c.critical, TwoSided); at > 0.05 {
			t.Errorf("%d and %d: U = %d has p = %v", c.m, c.n, c.critical, at)
		}
		if next := exactU(dist, c.critical+1, TwoSided); next <= 0.05 {
			t.Errorf("%d and %d: U = %d has p = %v", c.m, c.n, c.critical+1, next)
		}
		near(t, "total", Sum(dist), 1, 1e-13)
	}
}

// All arrangements of m among m+n, counted one by one.
func TestUDistributionAgainstEnumeration(t *testing.T) {
	for _, c := range [][2]int{{1, 1}, {1, 6}, {4, 3}, {6, 6}} {
		m, n := c[0], c[1]
		counts, total := make([]float64, m*n+1), 0.0
		for set := range uint(1) << (m + n) {
			if bits.OnesCount(set) != m { // the ones are x, from the least value up
				continue
			}
			u, xs := 0, 0
			for i := range m + n {
				if set>>i&1 == 1 {
					xs++
				} else {
					u += xs
				}
			}
			counts[u]++
			total++
		}
		for u, p := range uDistribution(m, n) {
			near(t, "probability", p, counts[u]/total, 1e-15)
		}
	}
}

// Where both apply the approximation is close to the exact value.
func TestMannWhitneyApproximationIsClose(t *testing.T) {
	g := testRand(11)
	for range 50 {
		x, y := make([]float64, 30), make([]float64, 25)
		for i := range x {
			x[i] = g.Float64()
		}
		for i := range y {
			y[i] = g.Float64() + 0.1
		}
		for _, alt := range []Alternative{TwoSided, Greater, Less} {
			m := MannWhitney(x, y, alt)
			near(t, "approximate p", approximateU(ascending(sortedCopy(x)), sortedCopy(y), m.Statistic, alt), m.P, 0.005)
		}
	}
}

func TestEffectSizes(t *testing.T) {
	// R's wilcox.test gives W = 35 of 50 pairs: δ = 2·35/50 − 1.
	near(t, "Cliff's delta", CliffsDelta(earlier, atTerm), 0.4, 1e-15)
	// Hollander and Wolfe (1973), p. 29f.: V = 40 of 45: r = (40 − 5)/45 (Kerby's simple difference).
	near(t, "rank-biserial", RankBiserial(depression), 35.0/45, 1e-15)
	// R's sleep example: paired t = 4.0621 with 10 pairs, and d = t/√n.
	near(t, "Cohen's d", CohenD(sleep), 4.0621/math.Sqrt(10), 2e-5)
	for name, v := range map[string]float64{
		"δ of none": CliffsDelta(nil, sleep), "r of zeros": RankBiserial([]float64{0, 0}),
		"d of one": CohenD([]float64{1}), "d without spread": CohenD([]float64{.1, .1, .1}),
	} {
		if !math.IsNaN(v) {
			t.Errorf("%s: %v, want NaN", name, v)
		}
	}
	if d := CliffsDelta([]float64{1, 2}, []float64{3, 4}); d != 1 {
		t.Errorf("δ of separate samples: %v, want 1", d)
	}
}

func samples() *rapid.Generator[[]float64] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-20, 20).Draw(t, "v")) }), 1, 25)
}

// Counting pairs one by one, with ties.
func TestPairCountsAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := samples().Draw(t, "a"), samples().Draw(t, "b")
		delta, u := 0.0, 0.0
		for _, x := range a {
			for _, y := range b {
				switch {
				case y > x:
					delta, u = delta+1, u+1
				case y < x:
					delta--
				default:
					u += 0.5
				}
			}
		}
		if have, want := CliffsDelta(a, b), delta/float64(len(a)*len(b)); have != want {
			t.Fatalf("δ %v, want %v", have, want)
		}
		if have := MannWhitney(a, b, TwoSided).Statistic; have != u {
			t.Fatalf("U %v, want %v", have, u)
		}
	})
}

// The interval of the shift is the set of shifts that the exact test does not reject.
func TestHodgesLehmannInvertsMannWhitney(t *testing.T) {
	g := testRand(12)
	for range 20 {
		x, y := make([]float64, 4+g.IntN(12)), make([]float64, 4+g.IntN(12))
		for i := range x {
			x[i] = g.NormFloat64()
		}
		for i := range y {
			y[i] = g.NormFloat64() + 1
		}
		iv := HodgesLehmann(x, y, 0.95)
		shifted := func(by float64) float64 {
			z := make([]float64, len(y))
			for i := range y {
				z[i] = y[i] - by
			}
			return MannWhitney(x, z, TwoSided).P
		}
		const step = 1e-9
		for _, end := range []struct{ in, out float64 }{{iv.Low + step, iv.Low - step}, {iv.High - step, iv.High + step}} {
			if p := shifted(end.in); p <= 0.05 {
				t.Errorf("%d and %d: a shift within has p = %v", len(x), len(y), p)
			}
			if p := shifted(end.out); p > 0.05 {
				t.Errorf("%d and %d: a shift outside has p = %v", len(x), len(y), p)
			}
		}
	}
	if iv := HodgesLehmann([]float64{1, 2, 3}, []float64{4, 5, 6}, 0.95); iv.Known() || iv.Note == "" {
		t.Errorf("3 and 3 cannot reach 95 %%: %+v", iv)
	}
}

func BenchmarkMannWhitneyExact(b *testing.B) {
	g := testRand(14)
	x, y := make([]float64, 40), make([]float64, 40)
	for i := range x {
		x[i], y[i] = g.Float64(), g.Float64()
	}
	for b.Loop() {
		MannWhitney(x, y, TwoSided)
	}
}
