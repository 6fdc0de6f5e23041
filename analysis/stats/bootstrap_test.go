package stats

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// boot.ci of R's package boot, mean of 16 values, a million resamples: BCa (32.31, 91.43). The same example
// stands in SciPy's tests. With 200,000 resamples the ends vary by about 0.1.
func TestBCaAgreesWithBoot(t *testing.T) {
	x := []float64{10, 12, 12.5, 12.5, 13.9, 15, 21, 22, 23, 34, 50, 81, 89, 121, 134, 213}
	b := BCa(x, Mean, Resampling{Seed: 1, Resamples: 200_000})
	near(t, "low", b.Low, 32.31, 0.2)
	near(t, "high", b.High, 91.43, 0.5)
}

// Efron and Tibshirani (1993), §14.2 and table 14.2: the plug-in variance of the spatial test, 171.5; 90 %
// BCa interval (115.8, 259.6) from 2000 resamples with z0 = 0.146 and a = 0.061.
func TestBCaSpatialTest(t *testing.T) {
	plugIn := func(v []float64) float64 { return squares(v) / float64(len(v)) }
	b := BCa(spatialA, plugIn, Resampling{Seed: 1, Resamples: 100_000, Level: 0.90})
	near(t, "estimate", b.Estimate, 171.5, 0.05)
	near(t, "acceleration", b.Acceleration, 0.061, 0.0006) // no chance in it
	// With 2000 resamples z0 has a standard error of 0.028, the ends of about 2 and 5.
	near(t, "bias", b.Bias, 0.146, 3*0.028)
	near(t, "low", b.Low, 115.8, 6)
	near(t, "high", b.High, 259.6, 15)
}

// Efron and Tibshirani (1993), table 6.1: correlation 0.776, standard error 0.132 from 3200 resamples.
func TestLawSchools(t *testing.T) {
	b := BCaPairs(lawSchools, correlation, Resampling{Seed: 1, Resamples: 50_000})
	near(t, "correlation", b.Estimate, 0.776, 0.0005)
	near(t, "standard error", b.StdErr, 0.132, 3*0.132/math.Sqrt(2*3200)+0.0005)
	if b.High > 1 || b.Low < 0 {
		t.Errorf("interval %v to %v; BCa respects the range, and the data exclude 0", b.Low, b.High)
	}
}

func correlation(ps []Pair) float64 {
	a, b := make([]float64, len(ps)), make([]float64, len(ps))
	for i, p := range ps {
		a[i], b[i] = p.A, p.B
	}
	ma, mb, cross := Mean(a), Mean(b), make([]float64, len(ps))
	for i := range ps {
		cross[i] = (a[i] - ma) * (b[i] - mb)
	}
	return Sum(cross) / math.Sqrt(squares(a)*squares(b))
}

// Efron and Tibshirani (1993), table 2.1: mouse data, difference of means 30.63; the bootstrap's standard
// error in the limit is that of plug-in variances.
func TestDifferenceOfMice(t *testing.T) {
	b := Difference(mouseControl, mouseTreated, Mean, Resampling{Seed: 1, Resamples: 50_000})
	near(t, "difference", b.Estimate, 30.63, 0.005)
	limit := math.Sqrt(squares(mouseTreated)/49 + squares(mouseControl)/81)
	near(t, "standard error", b.StdErr, limit, 4*limit/math.Sqrt(2*50_000))
	if b.Excludes(0) {
		t.Errorf("%+v excludes 0; the book finds no significance", b.Interval)
	}
}

func TestBootstrapDegenerate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name  string
		v     []float64
		known bool
	}{
		{"none", nil, false}, {"one", []float64{3}, false}, {"NaN", []float64{1, nan, 2}, false},
		{"infinite", []float64{1, inf, 2}, false}, {"two", []float64{1, 2}, true}, {"equal", []float64{.1, .1, .1, .1, .1}, true},
	} {
		b := BCa(c.v, Mean, Resampling{})
		if b.Known() != c.known || !c.known && b.Note == "" {
			t.Errorf("%s: %+v", c.name, b)
		}
	}
	if b := BCa([]float64{.1, .1, .1, .1, .1, .1, .1}, Mean, Resampling{}); b.Low != .1 || b.High != .1 {
		t.Errorf("equal values: %+v, want width 0", b)
	}
	if b := BCa([]float64{3}, Mean, Resampling{}); b.Estimate != 3 || b.N != 1 || b.Level != 0.95 {
		t.Errorf("one value: %+v, want its estimate", b)
	}
	// A median that most resamples share.
	if b := BCa([]float64{1, 5, 5, 5, 5, 5, 5, 5, 5, 5, 9}, Median, Resampling{}); b.Low != 5 || b.High != 5 || math.Abs(b.Bias) > 0.01 {
		t.Errorf("median of ties: %+v, want 5 to 5 without bias", b)
	}
	pairs := []Pair{{0, 1}, {1, 2}, {0, 3}, {2, 4}}
	if b := PairedRatio(pairs, Mean, Resampling{}); b.Known() || b.Note == "" {
		t.Errorf("ratio with resamples of zeros: %+v, want none", b)
	}
}

// A linear change of unit changes the interval alike, as does reversing the sign. The values are whole, so
// that scaling by 8 and shifting are exact.
func TestBCaEquivariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ints := rapid.SliceOfN(rapid.IntRange(0, 1000), 5, 30).Draw(t, "values")
		v, scaled := make([]float64, len(ints)), make([]float64, len(ints))
		for i, x := range ints {
			v[i], scaled[i] = float64(x), 8*float64(x)
		}
		r := Resampling{Seed: rapid.Uint64().Draw(t, "seed"), Resamples: 200}
		a, b := BCa(v, Mean, r), BCa(scaled, Mean, r)
		if 8*a.Low != b.Low || 8*a.High != b.High || 8*a.Estimate != b.Estimate {
			t.Fatalf("%+v, scaled by 8: %+v", a, b)
		}
		if a.Known() && !(a.Low <= a.High) {
			t.Fatalf("%+v", a)
		}
	})
}

// Pairs whose B is A plus a constant have a difference without any doubt, however much A varies; and a
// common factor is a ratio without doubt.
func TestPairingRemovesCommonWeather(t *testing.T) {
	g := testRand(4)
	var shifted, scaled []Pair
	for range 20 {
		a := math.Floor(1000 * g.Float64())
		shifted = append(shifted, Pair{a, a + 5})
		scaled = append(scaled, Pair{a, 2 * a})
	}
	if b := PairedDifference(shifted, Median, Resampling{}); b.Low != 5 || b.High != 5 || b.Estimate != 5 {
		t.Errorf("difference %+v, want 5", b.Interval)
	}
	if b := PairedRatio(scaled, Mean, Resampling{}); b.Low != 2 || b.High != 2 || b.Estimate != 2 {
		t.Errorf("ratio %+v, want 2", b.Interval)
	}
}

func TestMatch(t *testing.T) {
	a := []Run{{3, 30}, {1, 10}, {2, 20}, {9, 90}}
	b := []Run{{2, 21}, {4, 41}, {3, 31}}
	pairs, unmatched := Match(a, b)
	if len(pairs) != 2 || pairs[0] != (Pair{20, 21}) || pairs[1] != (Pair{30, 31}) || unmatched != 3 {
		t.Errorf("%v, %d unmatched", pairs, unmatched)
	}
}

// Coverage of the mean's interval. For normal values the bootstrap knows neither Student's t nor the n−1 of
// the variance, so its coverage is that of ±1.96·√((n−1)/n) of a t with n−1 degrees of freedom: 0.940 at
// n = 40, 0.905 at n = 10. For exponential values it is a little lower. Expand repairs most of it.
func TestCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	const trials = 1500
	// What an interval of ±1.96 plug-in standard errors covers of normal values.
	theory := func(n float64) float64 {
		return 1 - 2*distuv.StudentsT{Sigma: 1, Nu: n - 1}.CDF(-1.959964*math.Sqrt((n-1)/n))
	}
	g := testRand(5)
	for _, c := range []struct {
		name      string
		n         int
		expand    bool
		draw      func() float64
		mean      float64
		low, high float64
	}{
		{"normal", 40, false, g.NormFloat64, 0, theory(40) - 0.01, theory(40) + 0.01},
		{"exponential", 40, false, g.ExpFloat64, 1, 0.915, 0.95},
		{"normal", 10, false, g.NormFloat64, 0, theory(10) - 0.02, theory(10) + 0.01},
		{"normal, expanded", 10, true, g.NormFloat64, 0, 0.93, 0.96},
		{"exponential, expanded", 40, true, g.ExpFloat64, 1, 0.925, 0.96},
	} {
		covered := 0
		v := make([]float64, c.n)
		for trial := range trials {
			for i := range v {
				v[i] = c.draw()
			}
			if !BCa(v, Mean, Resampling{Seed: uint64(trial), Resamples: 500, Expand: c.expand}).Excludes(c.mean) {
				covered++
			}
		}
		p := float64(covered) / trials
		noise := 3 * math.Sqrt(0.94*0.06/trials)
		t.Logf("%s, n = %d: %.3f of 95 %% intervals cover", c.name, c.n, p)
		if p < c.low-noise || p > c.high+noise {
			t.Errorf("%s: coverage %.3f, want %.3f to %.3f ± %.3f", c.name, p, c.low, c.high, noise)
		}
	}
}

func BenchmarkBCa(b *testing.B) {
	g := testRand(6)
	v := make([]float64, 40)
	for i := range v {
		v[i] = g.ExpFloat64()
	}
	for _, c := range []struct {
		name string
		stat Statistic
	}{{"mean", Mean}, {"median", Median}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				BCa(v, c.stat, Resampling{})
			}
		})
	}
}

func BenchmarkDifference(b *testing.B) {
	g := testRand(7)
	x, y := make([]float64, 40), make([]float64, 40)
	for i := range x {
		x[i], y[i] = g.ExpFloat64(), g.ExpFloat64()
	}
	for b.Loop() {
		Difference(x, y, Mean, Resampling{})
	}
}
