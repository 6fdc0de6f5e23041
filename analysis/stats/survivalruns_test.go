package stats

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// each makes a run of every observation.
func each(obs []Observation) []RunTimes {
	out := make([]RunTimes, len(obs))
	for i := range obs {
		out[i] = obs[i : i+1]
	}
	return out
}

func mustWait(t *testing.T, runs []RunTimes) *Waits {
	t.Helper()
	w, err := NewWaits(runs)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Freireich et al. (1963), a patient a run: the mean of the first 35 weeks is 23.29 under 6-MP, standard error 2.83 by
// Greenwood (survfit), and 8.667, 1.38 under placebo. The jackknife comes near both, and the difference excludes 0
// as the log-rank test does (χ² = 16.8).
func TestRestrictedMeanFreireich(t *testing.T) {
	mean, drug, _ := mustWait(t, each(sixMP)).RestrictedMean(35)
	near(t, "6-MP", mean, 23.29, 0.005)
	near(t, "its contributions", Mean(drug), mean, 1e-12)
	near(t, "its standard error", SD(drug)/math.Sqrt(21), 2.83, 0.15)
	mean, none, _ := mustWait(t, each(placebo)).RestrictedMean(35)
	near(t, "placebo", mean, 8.667, 0.0005)
	near(t, "its standard error", SD(none)/math.Sqrt(21), 1.38, 0.05)
	var f Family
	f.Unpaired(runsOf(none...), runsOf(drug...))
	if r := f.Test(Draws{}).Rows[0]; r.P > 0.001 {
		t.Errorf("6-MP against placebo: p = %v, log-rank says 0.00004", r.P)
	}
}

// What leaving a run out changes is what it contributes, but for terms of a higher order: the jackknife of Andersen,
// Hansen and Klein (2004) beside ours, three crashes a run.
func TestContributionsAgainstJackknife(t *testing.T) {
	g := testRand(33)
	runs := make([]RunTimes, 40)
	for i := range runs {
		for range 3 {
			x, c := 5+2*g.ExpFloat64(), 4+12*g.Float64()
			runs[i] = append(runs[i], Observation{min(x, c), x > c})
		}
	}
	w := mustWait(t, runs)
	mean, c, _ := w.RestrictedMean(9)
	for i := range runs {
		rest := slices.Concat(runs[:i], runs[i+1:])
		without, _, _ := mustWait(t, rest).RestrictedMean(9)
		near(t, "contribution", c[i], mean+39*(mean-without), 0.25)
	}
	near(t, "their mean", Mean(c), mean, 1e-9)
}

// Without censoring a contribution is the run's own min(time, until) (Andersen, Hansen and Klein 2004, §2).
func TestContributionsWithoutCensoring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Float64Range(0.1, 20), 2, 30).Draw(t, "times")
		w, err := NewWaits(each(observed(times...)))
		if err != nil {
			t.Fatal(err)
		}
		mean, c, note := w.RestrictedMean(10)
		if note != "" || math.Abs(Mean(c)-mean) > 1e-9 {
			t.Fatalf("%v, %v, %s", mean, c, note)
		}
		for i := range c {
			if math.Abs(c[i]-min(times[i], 10)) > 1e-9 {
				t.Fatalf("run %d of %v contributes %v", i, times, c[i])
			}
		}
	})
}

// A crash that is over after two seconds says nothing about what takes seven.
func TestEarlyCensoringChangesNothing(t *testing.T) {
	runs := make([]RunTimes, 10)
	for i := range runs {
		runs[i] = observed(6.5+0.1*float64(i), 7, 7.5, -2)
	}
	mean, _, note := mustWait(t, runs).RestrictedMean(60)
	near(t, "mean", mean, (6.95*10+70+75)/30, 1e-9)
	if note != "" {
		t.Error(note)
	}
}

// Runs without times count nothing, and a curve that nobody was watched long enough for has no mean there.
func TestWaitsEdges(t *testing.T) {
	w := mustWait(t, []RunTimes{nil, observed(3, -5), {}, observed(4, -5)})
	if n := w.Runs(); len(n) != 2 || n[0] != 1 || n[1] != 3 || w.Until() != 5 {
		t.Errorf("%v, until %v", n, w.Until())
	}
	if _, c, note := w.RestrictedMean(6); c != nil || note == "" {
		t.Errorf("beyond what was watched: %v, %q", c, note)
	}
	if iv := w.Percentile(50, 0); iv.Known() || iv.Note == "" || iv.Estimate != 4 {
		t.Errorf("median of two runs: %+v, want 4 without an interval", iv)
	}
	if _, err := NewWaits([]RunTimes{{{Time: math.NaN()}}}); err == nil {
		t.Error("NaN is taken")
	}
	if w := mustWait(t, nil); w.Curve().N != 0 {
		t.Errorf("%+v", w)
	}
}

// One observation a run and no censoring: the interval of QuantileInterval.
func TestWaitsPercentile(t *testing.T) {
	v := make([]float64, 30)
	for i := range v {
		v[i] = float64(i*i%31) + 1
	}
	for _, p := range []float64{50, 75} {
		have, want := mustWait(t, each(observed(v...))).Percentile(p, 0), QuantileInterval(ones(v...), p, 0)
		if have.Estimate != want.Estimate || have.Low != want.Low || have.High != want.High {
			t.Errorf("p%v: %+v, want %+v", p, have, want)
		}
	}
	if iv := mustWait(t, each(observed(v...))).Percentile(99, 0); iv.Known() {
		t.Errorf("p99 of 30: %+v, want no interval", iv)
	}
	// More than half were never seen to end.
	late := mustWait(t, each(observed(1, 2, 3, 4, -9, -9, -9, -9, -9, -9, -9, -9)))
	if iv := late.Percentile(50, 0); !math.IsInf(iv.Estimate, 1) || !math.IsInf(iv.High, 1) || iv.Low > 4 {
		t.Errorf("median %+v, want later than anything seen", iv)
	}
}

// The restricted mean keeps its level under censoring that takes a third of the events, three crashes of one weather a run.
func TestWaitsCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	g := testRand(31)
	const until = 12.0
	one := func() RunTimes {
		weather := 4 + g.Float64()
		var out RunTimes
		for range 3 {
			x, c := weather+2*g.ExpFloat64(), 4+8*g.Float64()
			if g.Float64() < 0.4 {
				c = until
			}
			out = append(out, Observation{min(x, c), x > c})
		}
		return out
	}
	truth := func() float64 { // ∫ P(X > t) up to 12, X = 4 + U + 2E
		const n = 100_000
		sum := 0.0
		h := testRand(32)
		for range n {
			sum += min(until, 4+h.Float64()+2*h.ExpFloat64())
		}
		return sum / n
	}()
	for n, least := range map[int]float64{5: 0.90, 10: 0.92, 40: 0.94} {
		share, noise := coverage(600, func() bool {
			runs := make([]RunTimes, n)
			for i := range runs {
				runs[i] = one()
			}
			w, err := NewWaits(runs)
			if err != nil {
				t.Fatal(err)
			}
			mean, c, _ := w.RestrictedMean(min(until, w.Until()))
			return !Around(mean, c, 0).Excludes(truth)
		})
		if share < least-noise {
			t.Errorf("%d runs: coverage %.3f, want %.2f", n, share, least)
		}
	}
}

func BenchmarkWaits(b *testing.B) {
	g := testRand(34)
	runs := make([]RunTimes, 1000)
	for i := range runs {
		for range 4 {
			runs[i] = append(runs[i], Observation{5 + g.ExpFloat64(), g.Float64() < 0.2})
		}
	}
	for b.Loop() {
		w, err := NewWaits(runs)
		if err != nil {
			b.Fatal(err)
		}
		w.RestrictedMean(6)
		w.Percentile(50, 0)
	}
}
