package stats

import (
	"math"
	"testing"
)

// Garwood's limits at 95 % as tabulated (Garwood 1936; Ulm 1990).
func TestPoissonInterval(t *testing.T) {
	for _, c := range []struct {
		k         uint64
		low, high float64
	}{
		{0, 0, 3.689}, {1, 0.0253, 5.572}, {2, 0.242, 7.225}, {3, 0.619, 8.767}, {5, 1.623, 11.668},
		{10, 4.795, 18.390}, {20, 12.217, 30.888}, {50, 37.111, 65.919}, {100, 81.364, 121.627},
	} {
		nearInterval(t, "count", PoissonInterval(c.k, 1, 0.95), c.low, c.high, 0.0006)
	}
	// "0 in 10,000 node-hours: < 3.7 at 95 %".
	iv := PoissonInterval(0, 1, 0.95)
	near(t, "0 events, two-sided: −ln 0.025", iv.High, -math.Log(0.025), 1e-12)
	near(t, "per node-hour", PoissonInterval(0, 10_000, 0.95).High, 3.688879e-4, 1e-10)
	if iv := PoissonInterval(3, 0, 0.95); iv.Known() || iv.Note == "" {
		t.Errorf("no exposure: %+v", iv)
	}
}

func poissonCDF(k uint64, mean float64) float64 {
	var terms []float64
	for i := uint64(0); i <= k; i++ {
		lg, _ := math.Lgamma(float64(i) + 1)
		terms = append(terms, math.Exp(float64(i)*math.Log(mean)-mean-lg))
	}
	return Sum(terms)
}

// Definition: at each end the tail beyond what was seen has probability (1−level)/2.
func TestPoissonIntervalIsExact(t *testing.T) {
	for _, level := range []float64{0.8, 0.95, 0.999} {
		for _, k := range []uint64{1, 2, 7, 40, 300, 5000} {
			iv := PoissonInterval(k, 1, level)
			near(t, "upper tail at low", 1-poissonCDF(k-1, iv.Low), (1-level)/2, 1e-9)
			near(t, "lower tail at high", poissonCDF(k, iv.High), (1-level)/2, 1e-9)
		}
	}
}

// Coverage is at least the level for every true mean, computed without chance.
func TestPoissonCoverage(t *testing.T) {
	for mean := 0.05; mean < 30; mean += 0.173 {
		covered := 0.0
		for k := range uint64(90) {
			if !PoissonInterval(k, 1, 0.95).Excludes(mean) {
				covered += poissonCDF(k, mean)
				if k > 0 {
					covered -= poissonCDF(k-1, mean)
				}
			}
		}
		if covered < 0.95-1e-9 {
			t.Errorf("mean %v: coverage %v", mean, covered)
		}
	}
}

// Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I: methods 3 (score) and
// 5 (Clopper–Pearson) at 95 %.
func TestBinomialIntervals(t *testing.T) {
	for _, c := range []struct {
		k, n                                     uint64
		exactLow, exactHigh, scoreLow, scoreHigh float64
	}{
		{81, 263, 0.2527, 0.3676, 0.2553, 0.3662},
		{15, 148, 0.0578, 0.1617, 0.0624, 0.1605},
		{0, 20, 0, 0.1684, 0, 0.1611},
		{1, 29, 0.0009, 0.1776, 0.0061, 0.1718},
	} {
		nearInterval(t, "Clopper–Pearson", ClopperPearson(c.k, c.n, 0.95), c.exactLow, c.exactHigh, 0.00006)
		nearInterval(t, "Wilson", Wilson(c.k, c.n, 0.95), c.scoreLow, c.scoreHigh, 0.00006)
		e, f := ClopperPearson(c.k, c.n, 0.95), ClopperPearson(c.n-c.k, c.n, 0.95)
		nearInterval(t, "failures", f, 1-e.High, 1-e.Low, 1e-12)
	}
	for _, iv := range []Interval{ClopperPearson(0, 0, 0.95), Wilson(3, 2, 0.95)} {
		if iv.Known() || iv.Note == "" {
			t.Errorf("%+v, want none", iv)
		}
	}
	if iv := ClopperPearson(7, 7, 0.95); iv.High != 1 || math.Abs(iv.Low-math.Pow(0.025, 1.0/7)) > 1e-12 {
		t.Errorf("7 of 7: %+v", iv)
	}
}

func binomialAt(k, n int, p float64) float64 {
	return choose(n, k) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(n-k))
}

func TestBinomialCoverage(t *testing.T) {
	const n = 40
	lowest, total, cells := 1.0, 0.0, 0
	for p := 0.0125; p < 1; p += 0.0125 {
		exact, score := 0.0, 0.0
		for k := range n + 1 {
			if !ClopperPearson(uint64(k), n, 0.95).Excludes(p) {
				exact += binomialAt(k, n, p)
			}
			if !Wilson(uint64(k), n, 0.95).Excludes(p) {
				score += binomialAt(k, n, p)
			}
		}
		lowest, total, cells = min(lowest, exact), total+score, cells+1
	}
	if lowest < 0.95-1e-9 {
		t.Errorf("Clopper–Pearson covers %v at worst", lowest)
	}
	near(t, "Wilson's average coverage", total/float64(cells), 0.95, 0.01)
}
