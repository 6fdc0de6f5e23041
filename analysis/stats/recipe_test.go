package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// R's t.test(extra ~ group, data = sleep), Student (1908): t = −1.8608, df = 17.776, 95 % from −3.3654832 to 0.2054832
// for the first drug minus the second. The recipe's interval holds that of Welch.
func TestWelchSleep(t *testing.T) {
	s := shapeOfDifference(sortedCopy(drugOne), sortedCopy(drugTwo))
	d := Mean(drugTwo) - Mean(drugOne)
	near(t, "t", d/s.se, 1.8608, 5e-5)
	near(t, "degrees of freedom", s.freedom, 17.776, 5e-4)
	s.skew = 0
	low, high := s.around(d, 0.95)
	near(t, "low", low, -0.2054832, 5e-8)
	near(t, "high", high, 3.3654832, 5e-8)
	if iv := DifferenceOfMeans(drugOne, drugTwo, 0.95); iv.Low > low || iv.High < high || iv.N != 10 {
		t.Errorf("%+v does not hold %v to %v", iv, low, high)
	}
}

// R's t.test(extra ~ group, data = sleep, paired = TRUE): mean 1.58, 0.7001142 to 2.4598858. One patient slept 4.6 h
// longer, so that the values lean to the right and the upper end lies farther out.
func TestMeanIntervalSleep(t *testing.T) {
	s := shapeOfMean(sortedCopy(sleep))
	s.skew = 0
	low, high := s.around(Mean(sleep), 0.95)
	near(t, "low", low, 0.7001142, 5e-8)
	near(t, "high", high, 2.4598858, 5e-8)
	iv := MeanInterval(sleep, 0.95)
	near(t, "low end", iv.Low, low, 1e-12)
	if iv.High <= high {
		t.Errorf("%+v: the upper end should lie beyond %v", iv, high)
	}
}

// Hall's transformation of straightened(y) is y, whatever the skew.
func TestStraightenedInvertsHall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, y := rapid.Float64Range(-2, 2).Draw(t, "k"), rapid.Float64Range(-13, 13).Draw(t, "y")
		x := shape{skew: k}.straightened(y)
		if back := x + k*x*x/3 + k*k*x*x*x/27 + k/6; math.Abs(back-y) > 1e-6*(1+math.Abs(y)) && math.Abs(k) >= 1e-6 {
			t.Fatalf("g(%v) = %v, want %v", x, back, y)
		}
	})
}

// The k-statistic of 1, 2, 6: mean 3, Σ(v−3)³ = −8 − 1 + 27 = 18, times 3/2.
func TestThirdCumulant(t *testing.T) { near(t, "k₃", thirdCumulant([]float64{1, 2, 6}), 27, 1e-12) }

func TestIntervalsRefuse(t *testing.T) {
	for _, c := range []struct {
		name  string
		v     []float64
		known bool
	}{
		{"none", nil, false}, {"one", []float64{3}, false}, {"two", []float64{1, 2}, false}, {"NaN", []float64{1, math.NaN(), 2}, false},
		{"infinite", []float64{1, math.Inf(1), 2}, false}, {"three", []float64{1, 2, 4}, true}, {"equal", []float64{.1, .1, .1}, true},
	} {
		for kind, iv := range map[string]Interval{
			"mean": MeanInterval(c.v, 0), "difference": DifferenceOfMeans([]float64{1, 2, 3}, c.v, 0), "ratio": RatioOfMeans([]float64{1, 2, 3}, c.v, 0),
		} {
			if iv.Known() != c.known || !c.known && iv.Note == "" {
				t.Errorf("%s of %s: %+v", kind, c.name, iv)
			}
		}
	}
	if iv := MeanInterval([]float64{.1, .1, .1, .1, .1}, 0); iv.Low != .1 || iv.High != .1 {
		t.Errorf("equal values: %+v, want width 0", iv)
	}
	if iv := MeanInterval([]float64{3}, 0); iv.Estimate != 3 || iv.N != 1 || iv.Level != 0.95 {
		t.Errorf("one value: %+v, want its estimate", iv)
	}
	for name, iv := range map[string]Interval{
		"a baseline of 0": PairedRatio([]Pair{{0, 1}, {0, 2}, {0, 3}}, 0), "a negative value": PairedRatio([]Pair{{1, 1}, {2, -2}, {1, 3}}, 0),
		"nothing on the other side": RatioOfMeans([]float64{1, 2, 3}, []float64{0, 0, 0}, 0),
	} {
		if iv.Known() || iv.Note == "" {
			t.Errorf("%s: %+v, want none", name, iv)
		}
	}
}

// A change of unit changes the interval alike, and a change of sign turns it around.
func TestIntervalEquivariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ints := rapid.SliceOfN(rapid.IntRange(0, 1000), 3, 30).Draw(t, "values")
		v, scaled, turned := make([]float64, len(ints)), make([]float64, len(ints)), make([]float64, len(ints))
		for i, x := range ints {
			v[i], scaled[i], turned[i] = float64(x), 8*float64(x), -float64(x)
		}
		a, b, c := MeanInterval(v, 0), MeanInterval(scaled, 0), MeanInterval(turned, 0)
		if 8*a.Low != b.Low || 8*a.High != b.High || !(a.Low <= a.Estimate && a.Estimate <= a.High) {
			t.Fatalf("%+v, scaled by 8: %+v", a, b)
		}
		if math.Abs(c.Low+a.High) > 1e-9 || math.Abs(c.High+a.Low) > 1e-9 {
			t.Fatalf("%+v, turned: %+v", a, c)
		}
	})
}

// Pairs whose B is A plus a constant differ without any doubt, however much A varies; so does a common factor.
func TestPairingRemovesCommonWeather(t *testing.T) {
	g := testRand(4)
	var shifted, scaled []Pair
	for range 20 {
		a := math.Floor(1000 * g.Float64())
		shifted = append(shifted, Pair{a, a + 5})
		scaled = append(scaled, Pair{a, 2 * a})
	}
	if iv := PairedDifference(shifted, 0); iv.Low != 5 || iv.High != 5 || iv.Estimate != 5 {
		t.Errorf("difference %+v, want 5", iv)
	}
	if iv := PairedRatio(scaled, 0); iv.Low != 2 || iv.High != 2 || iv.Estimate != 2 {
		t.Errorf("ratio %+v, want 2", iv)
	}
}

// A ratio of what rarely happens stays above 0, where a plain interval of its mean would not.
func TestRatioStaysPositive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 3).Draw(t, "n")) }), 6, 20).Draw(t, "values")
		v[0], v[1] = 1, 2
		half := len(v) / 2
		iv := RatioOfMeans([]float64{5, 6, 4, 5, 7}, v, 0)
		if !(iv.Low > 0 && iv.Low <= iv.Estimate && iv.Estimate <= iv.High) {
			t.Fatalf("%+v", iv)
		}
		pairs := make([]Pair, half)
		for i := range pairs {
			pairs[i] = Pair{v[i] + 1, v[half+i] + float64(i%2)}
		}
		if iv := PairedRatio(pairs, 0); iv.Known() && !(iv.Low > 0 && iv.Low <= iv.Estimate && iv.Estimate <= iv.High) {
			t.Fatalf("%+v", iv)
		}
	})
}

func TestMatch(t *testing.T) {
	a := []Run{{3, 30}, {1, 10}, {2, 20}, {9, 90}}
	b := []Run{{2, 21}, {4, 41}, {3, 31}}
	pairs, unmatched := Match(a, b)
	if len(pairs) != 2 || pairs[0] != (Pair{20, 21}) || pairs[1] != (Pair{30, 31}) || unmatched != 3 {
		t.Errorf("%v, %d unmatched", pairs, unmatched)
	}
}

// coverage is the share of trials whose interval holds the truth, with three standard errors of that share.
func coverage(trials int, covers func() bool) (share, noise float64) {
	n := 0
	for range trials {
		if covers() {
			n++
		}
	}
	share = float64(n) / float64(trials)
	return share, 3 * math.Sqrt(0.05*0.95/float64(trials))
}

// waits draws a detection: some seconds of suspicion and an exponential wait for the first probe.
func waits(g *rand.Rand) func() float64 { return func() float64 { return 5 + 1.6*g.ExpFloat64() } }

// The promise of MeanInterval, and of the unpaired difference with unequal spreads.
func TestCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	g := testRand(5)
	for _, d := range []struct {
		name string
		draw func() float64
		mean float64
	}{{"normal", g.NormFloat64, 0}, {"detection", waits(g), 6.6}} {
		for n, least := range map[int]float64{5: 0.90, 10: 0.93, 20: 0.94, 40: 0.94} {
			v := make([]float64, n)
			share, noise := coverage(2000, func() bool {
				for i := range v {
					v[i] = d.draw()
				}
				return !MeanInterval(v, 0).Excludes(d.mean)
			})
			if share < least-noise || share > 0.98 {
				t.Errorf("%s, n = %d: coverage %.3f, want %.2f", d.name, n, share, least)
			}
			x, y := make([]float64, n), make([]float64, 2*n)
			share, noise = coverage(1200, func() bool {
				for i := range x {
					x[i] = 4 * (d.draw() - d.mean)
				}
				for i := range y {
					y[i] = d.draw()
				}
				return !DifferenceOfMeans(x, y, 0).Excludes(d.mean)
			})
			if share < least-noise {
				t.Errorf("difference, %s, n = %d: coverage %.3f, want %.2f", d.name, n, share, least)
			}
			share, noise = coverage(1200, func() bool { // B is twice A, but for an own half of the weather
				p := make([]Pair, n)
				for i := range p {
					a := 20 + d.draw()
					p[i] = Pair{a, 2*a + d.draw() - d.mean}
				}
				return !PairedRatio(p, 0).Excludes(2)
			})
			if share < least-noise {
				t.Errorf("ratio, %s, n = %d: coverage %.3f, want %.2f", d.name, n, share, least)
			}
		}
	}
}

func BenchmarkMeanInterval(b *testing.B) {
	g := testRand(6)
	v := make([]float64, 40)
	for i := range v {
		v[i] = g.ExpFloat64()
	}
	b.ReportAllocs()
	for b.Loop() {
		MeanInterval(v, 0)
	}
}
