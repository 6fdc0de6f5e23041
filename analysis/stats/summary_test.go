package stats

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"hypersim/sim/metrics"
)

// finite draws values of very different sizes, so that naive sums lose digits.
func finite() *rapid.Generator[float64] {
	return rapid.Custom(func(t *rapid.T) float64 {
		m := rapid.Float64Range(-1, 1).Draw(t, "mantissa")
		return math.Ldexp(m, rapid.IntRange(-80, 80).Draw(t, "exponent"))
	})
}

// The sum is that of unlimited precision, rounded once to nearest even.
func TestSumIsRoundedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(finite(), 0, 60).Draw(t, "values")
		exact := new(big.Float).SetPrec(4000)
		for _, x := range v {
			exact.Add(exact, big.NewFloat(x))
		}
		want, _ := exact.Float64()
		if have := Sum(v); have != want {
			t.Fatalf("have %v, want %v", have, want)
		}
	})
}

func TestSumEdges(t *testing.T) {
	for _, c := range []struct {
		name string
		v    []float64
		want float64
	}{
		{"none", nil, 0},
		{"cancels", []float64{1e100, 1, -1e100}, 1},
		// Half an ulp above 1 and a little more must round up (the case that needs the last correction).
		{"just above a tie", []float64{1, 0x1p-53, 0x1p-120}, 1 + 0x1p-52},
		{"a tie goes to even", []float64{1, 0x1p-53}, 1},
		{"tenths", []float64{.1, .1, .1, .1, .1, .1, .1, .1, .1, .1}, 1},
		{"infinite", []float64{1, math.Inf(1)}, math.Inf(1)},
		{"negative zero", []float64{math.Copysign(0, -1)}, 0},
	} {
		if have := Sum(c.v); have != c.want || math.Signbit(have) != math.Signbit(c.want) {
			t.Errorf("%s: have %v, want %v", c.name, have, c.want)
		}
	}
	if s := Sum([]float64{math.Inf(1), math.Inf(-1)}); !math.IsNaN(s) {
		t.Errorf("+Inf − Inf: have %v, want NaN", s)
	}
}

// NIST Statistical Reference Datasets, univariate summary statistics, NumAcc1 to NumAcc4: certified means
// and standard deviations that one-pass formulas miss.
func TestNISTNumericalAccuracy(t *testing.T) {
	spread := func(middle, low, high float64) []float64 {
		v := []float64{middle}
		for range 500 {
			v = append(v, low, high)
		}
		return v
	}
	for _, c := range []struct {
		name     string
		v        []float64
		mean, sd float64
		digits   float64 // of sd: the data are not exact in binary
	}{
		{"NumAcc1", []float64{10000001, 10000003, 10000002}, 10000002, 1, 0},
		{"NumAcc2", spread(1.2, 1.1, 1.3), 1.2, 0.1, 1e-15},
		{"NumAcc3", spread(1000000.2, 1000000.1, 1000000.3), 1000000.2, 0.1, 1e-9},
		{"NumAcc4", spread(10000000.2, 10000000.1, 10000000.3), 10000000.2, 0.1, 1e-8},
	} {
		near(t, c.name+" mean", Mean(c.v), c.mean, math.Nextafter(c.mean, math.Inf(1))-c.mean) // one unit in the last place
		near(t, c.name+" sd", SD(c.v), c.sd, c.digits)
	}
}

// One definition of every column: that of a run's own summary.
func TestSummaryAgreesWithMetrics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.SampledFrom([]float64{0, 1, 2})), 0, 300).Draw(t, "values")
		list := make([]metrics.Value, len(v))
		size := 0.0
		for i, x := range v {
			list[i] = metrics.Value{V: x, W: 1}
			size = max(size, math.Abs(x))
		}
		want := metrics.Summarize(list)
		for _, c := range []struct {
			name       string
			have, want float64
			tolerance  float64 // 0: the same value
		}{
			{"p50", Percentile(v, 50), want.P50, 0}, {"p90", Percentile(v, 90), want.P90, 0}, {"p95", Percentile(v, 95), want.P95, 0},
			{"p99", Percentile(v, 99), want.P99, 0}, {"p99.9", Percentile(v, 99.9), want.P999, 0},
			{"mean", Mean(v), want.Mean, 1e-12 * size}, {"sd", SD(v), want.SD, 1e-12 * size},
		} {
			if !(math.Abs(c.have-c.want) <= c.tolerance) && !(math.IsNaN(c.have) && math.IsNaN(c.want)) {
				t.Fatalf("%s: %v, want %v", c.name, c.have, c.want)
			}
		}
	})
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		want float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}, {[]float64{7}, 7}, {[]float64{math.MaxFloat64, math.MaxFloat64}, math.MaxFloat64}} {
		if have := Median(c.v); have != c.want {
			t.Errorf("median of %v: %v, want %v", c.v, have, c.want)
		}
	}
}
