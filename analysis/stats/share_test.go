package stats

import (
	"math"
	"testing"
)

// Where all runs have all or none, the interval is that of the runs: 0 of 20 is at most 16.8 % (Clopper and Pearson).
// Observations that are alike within a run count as one.
func TestShareInterval(t *testing.T) {
	repeat := func(n int, p Part) []Part {
		out := make([]Part, n)
		for i := range out {
			out[i] = p
		}
		return out
	}
	none := ShareInterval(repeat(20, Part{0, 10}), 0.95)
	near(t, "none of 20 runs", none.High, 0.1684, 5e-5)
	all := ShareInterval(repeat(20, Part{10, 10}), 0.95)
	near(t, "all of 20 runs", all.Low, 1-0.1684, 5e-5)
	if none.Low != 0 || all.High != 1 || all.N != 20 {
		t.Errorf("%+v, %+v", none, all)
	}
	// Half of 40 runs have all ten, the others none: 400 observations are worth about 40.
	clustered := ShareInterval(append(repeat(20, Part{10, 10}), repeat(20, Part{0, 10})...), 0.95)
	single := ClopperPearson(20, 40, 0.95)
	near(t, "low of clusters", clustered.Low, single.Low, 0.008)
	near(t, "high of clusters", clustered.High, single.High, 0.008)
	for _, few := range [][]Part{nil, {{1, 2}}, {{1, 2}, {0, 2}}, {{1, 2}, {0, 2}, {0, 0}}} {
		if iv := ShareInterval(few, 0); iv.Known() || iv.Note == "" {
			t.Errorf("%v: %+v, want none", few, iv)
		}
	}
}

// Twenty runs without a wrong view do not make it impossible: 16.8 % of runs may have one.
func TestFractionInterval(t *testing.T) {
	near(t, "none", FractionInterval(make([]float64, 20), 0).High, 0.1684, 5e-5)
	near(t, "all", FractionInterval([]float64{1, 1, 1, 1, 1}, 0).Low, 0.4782, 5e-5)
	if iv := FractionInterval([]float64{0, 0.01, 0, 0, 0.02}, 0); iv.Low != 0 || iv.High <= 0.01 {
		t.Errorf("%+v", iv)
	}
	if iv := FractionInterval([]float64{1, 1}, 0); iv.Known() {
		t.Errorf("two: %+v", iv)
	}
}

// By runs a share keeps its level; by observations it covers less than half.
func TestShareCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	g := testRand(21)
	for _, n := range []int{10, 40} {
		by := func(interval func(runs []Part) Interval) (float64, float64) {
			return coverage(1200, func() bool {
				runs := make([]Part, n)
				for i := range runs { // a good day or a bad one
					p := 0.9
					if g.Float64() < 0.3 {
						p = 0.1
					}
					for range 20 {
						runs[i].Whole++
						if g.Float64() < p {
							runs[i].Of++
						}
					}
				}
				return !interval(runs).Excludes(0.7*0.9 + 0.3*0.1)
			})
		}
		share, noise := by(func(runs []Part) Interval { return ShareInterval(runs, 0) })
		if share < 0.93-noise {
			t.Errorf("%d runs: coverage %.3f", n, share)
		}
		pooled, _ := by(func(runs []Part) Interval {
			var k, n float64
			for _, r := range runs {
				k, n = k+r.Of, n+r.Whole
			}
			return ClopperPearson(uint64(k), uint64(n), 0)
		})
		if pooled > 0.6 {
			t.Errorf("observations taken as independent cover %.3f: the case does not tell", pooled)
		}
	}
}

func ones(v ...float64) []Weighted {
	out := make([]Weighted, len(v))
	for i := range v {
		out[i] = Weighted{v[i : i+1], []float64{1}}
	}
	return out
}

// One value per run: order statistics. 95 % of the median of 20 values are the 6th to the 15th (sign test), one farther
// here because one observation pays for the spread that had to be estimated. The 99th percentile of 20 may be anything.
func TestQuantileInterval(t *testing.T) {
	v := make([]float64, 20)
	for i := range v {
		v[i] = float64(i + 1)
	}
	iv := QuantileInterval(ones(v...), 50, 0)
	if iv.Estimate != 10 || iv.Low < 5 || iv.Low > 6 || iv.High < 15 || iv.High > 16 {
		t.Errorf("median %+v, want 10 (5 to 15)", iv)
	}
	for _, c := range []struct {
		v []float64
		p float64
	}{{v, 99}, {v, 1}, {v[:5], 50}, {v[:2], 50}, {nil, 50}} {
		if iv := QuantileInterval(ones(c.v...), c.p, 0); iv.Known() || iv.Note == "" {
			t.Errorf("p%v of %d: %+v, want no interval", c.p, len(c.v), iv)
		}
	}
	if iv := QuantileInterval(ones(7, 7, 7, 7, 7, 7, 7, 7), 50, 0); iv.Low != 7 || iv.High != 7 {
		t.Errorf("equal values: %+v", iv)
	}
}

func TestQuantileCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	g := testRand(22)
	for _, c := range []struct {
		n    int
		p, q float64 // percentile, and its true value
	}{{10, 50, math.Ln2}, {40, 90, math.Log(10)}, {40, 50, math.Ln2}} {
		share, noise := coverage(1000, func() bool {
			v := make([]float64, c.n)
			for i := range v {
				v[i] = g.ExpFloat64()
			}
			return !QuantileInterval(ones(v...), c.p, 0).Excludes(c.q)
		})
		if share < 0.95-noise {
			t.Errorf("p%v of %d: coverage %.3f", c.p, c.n, share)
		}
	}
}

// Rates: whole runs are the unit. One burst counted at twenty observers is not twenty events.
func TestRateInterval(t *testing.T) {
	runs := make([]Rate, 20)
	for i := range runs {
		runs[i] = Rate{Exposure: 2}
	}
	if iv := RateInterval(runs, 0); iv.Known() || iv.Estimate != 0 || iv.Note != "none in 20 runs: at most 17 % of runs have any" {
		t.Errorf("none: %+v", iv)
	}
	runs[3].Count = 20
	burst := RateInterval(runs, 0)
	for i := range runs {
		runs[i].Count = 1
	}
	spread := RateInterval(runs, 0)
	exact := PoissonInterval(20, 40, 0)
	near(t, "events in all runs alike, low", spread.Low, exact.Low, 1e-12)
	near(t, "events in all runs alike, high", spread.High, exact.High, 1e-12)
	if burst.Estimate != spread.Estimate || burst.High < 5*burst.Estimate || burst.Low > 0.04*burst.Estimate {
		t.Errorf("one burst of 20: %+v", burst)
	}
	if iv := RateInterval(runs[:2], 0); iv.Known() || iv.Note == "" {
		t.Errorf("two runs: %+v, want none", iv)
	}
}

func TestRateCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	g := testRand(23)
	for _, bursts := range []float64{0.3, 1, 5} { // expected in a run
		for _, n := range []int{10, 40} {
			one := func() (runs []Rate) {
				for range n {
					r := Rate{Exposure: 1}
					for left := bursts - g.ExpFloat64(); left > 0; left -= g.ExpFloat64() {
						r.Count += 1 + uint64(20*g.Float64())
					}
					runs = append(runs, r)
				}
				return runs
			}
			share, noise := coverage(1200, func() bool { return !RateInterval(one(), 0).Excludes(bursts * 10.5) })
			if share < 0.94-noise {
				t.Errorf("%v bursts a run, %d runs: coverage %.3f", bursts, n, share)
			}
			naive, _ := coverage(1000, func() bool {
				k := uint64(0)
				for _, r := range one() {
					k += r.Count
				}
				return !PoissonInterval(k, float64(n), 0).Excludes(bursts * 10.5)
			})
			if naive > 0.6 {
				t.Errorf("events taken as independent cover %.3f: the case does not tell", naive)
			}
		}
	}
}
