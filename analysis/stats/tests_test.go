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

// Fisher (1935), chapter III: of 32768 sign arrangements of Darwin's differences, 863 have a sum of at least 314.
func TestSignFlipDarwin(t *testing.T) {
	one := SignFlip(darwin, Greater, Resampling{})
	if one.P != 863.0/32768 || one.Method != "exact" {
		t.Errorf("%+v, want p = 863/32768", one)
	}
	if two := SignFlip(darwin, TwoSided, Resampling{}); two.P != 2*863.0/32768 {
		t.Errorf("%+v, want p = 1726/32768", two)
	}
	near(t, "mean", one.Statistic, 314.0/15, 1e-12)
}

// Efron and Tibshirani (1993), §15.2: one-sided significance level of the mouse data, 0.132 from 1000
// random permutations. Theirs has a standard error of 0.011.
func TestPermutationMice(t *testing.T) {
	p := Permutation(mouseControl, mouseTreated, Greater, Resampling{})
	if p.Method != "exact" {
		t.Errorf("%+v, want exact", p)
	}
	near(t, "p", p.P, 0.132, 2*0.0107)
	if back := Permutation(mouseTreated, mouseControl, Less, Resampling{}); back.P != p.P || back.Statistic != -p.Statistic {
		t.Errorf("exchanged sides: %+v, want that of %+v", back, p)
	}
}

// On whole numbers that are 1 … N the permutation test of means is the rank test.
func TestPermutationOfRanksIsMannWhitney(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 14).Draw(t, "n")
		ranks := make([]float64, n)
		for i := range ranks {
			ranks[i] = float64(i + 1)
		}
		ranks = rapid.Permutation(ranks).Draw(t, "order")
		k := rapid.IntRange(1, n-1).Draw(t, "k")
		for _, alt := range []Alternative{Greater, Less, TwoSided} {
			u, p := MannWhitney(ranks[:k], ranks[k:], alt).P, Permutation(ranks[:k], ranks[k:], alt, Resampling{}).P
			if math.Abs(u-p) > 1e-12 {
				t.Fatalf("alternative %d: ranks %v, permutation %v", alt, u, p)
			}
		}
	})
}

// Monte Carlo agrees with what enumeration would say: 21 differences of ±1 are a binomial, and 15 of 30
// values are a hypergeometric.
func TestMonteCarloPermutations(t *testing.T) {
	d := make([]float64, 21)
	for i := range d {
		d[i] = 1
		if i < 6 {
			d[i] = -1
		}
	}
	// P(X ≤ 6 or X ≥ 15), X binomial(21, 1/2).
	exact := 0.0
	for k := 0; k <= 6; k++ {
		exact += 2 * choose(21, k) / (1 << 21)
	}
	s := SignFlip(d, TwoSided, Resampling{Seed: 1})
	if s.Method != "Monte Carlo, 9999 draws" {
		t.Errorf("%+v", s)
	}
	near(t, "sign flips", s.P, exact, 4*math.Sqrt(exact/9999))

	x, y := make([]float64, 15), make([]float64, 15)
	for i := range 5 {
		x[i] = 1
	}
	for i := range 10 {
		y[i] = 1
	}
	exact = 0
	for k := 10; k <= 15; k++ { // of 15 ones among 30, at least 10 fall to y
		exact += choose(15, k) * choose(15, 15-k) / choose(30, 15)
	}
	p := Permutation(x, y, Greater, Resampling{Seed: 1})
	near(t, "two samples", p.P, exact, 4*math.Sqrt(exact/9999))

	far := Permutation(make([]float64, 40), []float64{9, 8, 7, 9, 8, 9, 7, 8, 9, 9, 9, 8, 7, 7, 9, 8, 8, 9, 9, 7}, TwoSided, Resampling{Resamples: 999})
	if far.P != 1.0/1000 {
		t.Errorf("p = %v, want (0+1)/(999+1): never 0", far.P)
	}
}

func TestPermutationDegenerate(t *testing.T) {
	if p := SignFlip([]float64{0, 0, 0}, TwoSided, Resampling{}); p.P != 1 {
		t.Errorf("no differences: %+v, want p = 1", p)
	}
	if p := Permutation([]float64{2, 2}, []float64{2, 2, 2}, TwoSided, Resampling{}); p.P != 1 {
		t.Errorf("equal values: %+v, want p = 1", p)
	}
	if p := MannWhitney([]float64{2, 2}, []float64{2, 2, 2}, TwoSided); p.P != 1 {
		t.Errorf("equal values: %+v, want p = 1", p)
	}
	for _, p := range []Test{
		SignFlip(nil, TwoSided, Resampling{}), Permutation(nil, sleep, TwoSided, Resampling{}),
		MannWhitney(sleep, nil, TwoSided), MannWhitney([]float64{math.NaN()}, sleep, TwoSided),
	} {
		if !math.IsNaN(p.P) || p.Note == "" {
			t.Errorf("%+v, want no test and a note", p)
		}
	}
	// Tenths are not exact in binary: equal sums must count as equal.
	if p := SignFlip([]float64{.1, .2, .3}, Greater, Resampling{}); p.P != 1.0/8 {
		t.Errorf("%+v, want 1/8", p)
	}
	if p := SignFlip([]float64{.1, .2, -.3}, TwoSided, Resampling{}); p.P != 1 {
		t.Errorf("sum 0: %+v, want 1", p)
	}
}

// The level is kept: under the null hypothesis P(p ≤ α) ≤ α, over all arrangements of one set of values.
func TestPermutationKeepsItsLevel(t *testing.T) {
	values := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	var ps []float64
	for set := range uint(1) << len(values) {
		if bits.OnesCount(set) != 4 {
			continue
		}
		var x, y []float64
		for i, v := range values {
			if set>>i&1 == 1 {
				x = append(x, v)
			} else {
				y = append(y, v)
			}
		}
		ps = append(ps, Permutation(x, y, TwoSided, Resampling{}).P)
	}
	for _, alpha := range []float64{0.05, 0.1, 0.3, 0.5} {
		n := 0
		for _, p := range ps {
			if p <= alpha {
				n++
			}
		}
		if share := float64(n) / float64(len(ps)); share > alpha {
			t.Errorf("p ≤ %v in %v of all arrangements", alpha, share)
		}
	}
}

// The worked example of the method's common textbook form: p = 0.01, 0.04, 0.03, 0.005 at 5 % rejects the
// fourth and the first only; R's p.adjust gives 0.03, 0.06, 0.06, 0.02.
func TestHolm(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct{ p, want []float64 }{
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}},
		{[]float64{0.2}, []float64{0.2}},
		{[]float64{0.5, 0.9, 0.8}, []float64{1, 1, 1}},
		{[]float64{0.01, nan, 0.03}, []float64{0.02, nan, 0.03}},
		{nil, nil},
	} {
		have := Holm(c.p)
		for i := range c.want {
			if math.Abs(have[i]-c.want[i]) > 1e-15 || math.IsNaN(have[i]) != math.IsNaN(c.want[i]) {
				t.Errorf("%v: have %v, want %v", c.p, have, c.want)
			}
		}
	}
}

// Definition: step down while the least p is at most α/k.
func TestHolmRejectsAsItsProcedure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 0.2), 1, 12).Draw(t, "p")
		const alpha = 0.05
		sorted, rejected := sortedCopy(p), 0
		for rejected < len(sorted) && sorted[rejected]*float64(len(sorted)-rejected) <= alpha {
			rejected++
		}
		n := 0
		for _, q := range Holm(p) {
			if q <= alpha {
				n++
			}
		}
		if n != rejected {
			t.Fatalf("%d adjusted below 5 %%, the procedure rejects %d", n, rejected)
		}
	})
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

// Two disjoint sets of seeds of one variant differ in at most about one comparison of twenty, whichever of
// the unpaired methods is asked.
func TestFalseAlarms(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	const trials, n = 300, 40
	g := testRand(13)
	alarms := map[string]int{}
	x, y := make([]float64, n), make([]float64, n)
	for trial := range trials {
		for i := range x {
			x[i], y[i] = g.ExpFloat64(), g.ExpFloat64()
		}
		r := Resampling{Seed: uint64(trial), Resamples: 399}
		expand := r
		expand.Expand = true
		for name, alarm := range map[string]bool{
			"Difference":    Difference(x, y, Mean, r).Excludes(0),
			"Expand":        Difference(x, y, Mean, expand).Excludes(0),
			"MannWhitney":   MannWhitney(x, y, TwoSided).P <= 0.05,
			"Permutation":   Permutation(x, y, TwoSided, r).P <= 0.05,
			"HodgesLehmann": HodgesLehmann(x, y, 0).Excludes(0),
		} {
			if alarm {
				alarms[name]++
			}
		}
	}
	for name, limit := range map[string]float64{"Difference": 0.065, "Expand": 0.055, "MannWhitney": 0.05, "Permutation": 0.05, "HodgesLehmann": 0.05} {
		share := float64(alarms[name]) / trials
		t.Logf("%s: %.3f false alarms", name, share)
		if share > limit+3*math.Sqrt(0.05*0.95/trials) {
			t.Errorf("%s: %.3f false alarms, want about %.3f", name, share, limit)
		}
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
