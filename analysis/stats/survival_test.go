package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Freireich et al. (1963), weeks in remission of leukemia under 6-MP and placebo; negative is censored.
var (
	sixMP   = observed(6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35)
	placebo = observed(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)
)

func observed(times ...float64) []Observation {
	var obs []Observation
	for _, t := range times {
		obs = append(obs, Observation{math.Abs(t), t < 0})
	}
	return obs
}

func mustSurvive(t *testing.T, obs []Observation) *Survival {
	t.Helper()
	s, err := KaplanMeier(obs, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The estimate and Greenwood's standard error as in Klein and Moeschberger (2003), table 4.1A; the limits are
// those of R's survfit(conf.type = "log-log").
func TestKaplanMeierFreireich(t *testing.T) {
	s := mustSurvive(t, sixMP)
	want := []Step{
		{6, 21, 3, 1, 0.857, 0.0764, 0.620, 0.952},
		{7, 17, 1, 1, 0.807, 0.0869, 0.563, 0.923},
		{10, 15, 1, 2, 0.753, 0.0963, 0.503, 0.889},
		{13, 12, 1, 0, 0.690, 0.1068, 0.432, 0.849},
		{16, 11, 1, 3, 0.627, 0.1141, 0.368, 0.805},
		{22, 7, 1, 0, 0.538, 0.1282, 0.268, 0.747},
		{23, 6, 1, 5, 0.448, 0.1346, 0.188, 0.680},
	}
	if s.N != 21 || s.Events != 9 || s.Censored != 12 || len(s.Steps) != len(want) {
		t.Fatalf("%d observations, %d events, %d censored, %d steps", s.N, s.Events, s.Censored, len(s.Steps))
	}
	for i, w := range want {
		h := s.Steps[i]
		if h.Time != w.Time || h.AtRisk != w.AtRisk || h.Events != w.Events || h.Censored != w.Censored {
			t.Errorf("step %+v, want %+v", h, w)
		}
		near(t, "survival", h.Survival, w.Survival, 0.0005)
		near(t, "standard error", h.StdErr, w.StdErr, 0.00005)
		near(t, "low", h.Low, w.Low, 0.00051)
		near(t, "high", h.High, w.High, 0.00051)
	}
	// PROC LIFETEST and survfit: median 23, interval from 13 and without an upper end.
	m := s.Median()
	if m.Estimate != 23 || m.Low != 13 || !math.IsInf(m.High, 1) || m.Note != "12 of 21 censored" {
		t.Errorf("median %+v", m)
	}
	// survfit's restricted mean up to 35 weeks: 23.29, standard error 2.83.
	rm := s.RestrictedMean(0)
	near(t, "restricted mean", rm.Estimate, 23.29, 0.005)
	near(t, "its standard error", (rm.High-rm.Low)/2/1.959964, 2.83, 0.005)
	// PROC LIFETEST stops at the last event, 23 weeks: 17.909, standard error 1.647, which includes the factor
	// √(m/(m−1)) for m = 9 events that Kaplan and Meier suggest and survfit leaves out.
	rm = s.RestrictedMean(23)
	near(t, "mean to the last event", rm.Estimate, 17.909, 0.0005)
	near(t, "its standard error", (rm.High-rm.Low)/2/1.959964*math.Sqrt(9.0/8), 1.647, 0.0005)
	if iv := s.RestrictedMean(36); iv.Known() || !math.IsNaN(iv.Estimate) {
		t.Errorf("beyond the last, censored, observation: %+v, want none", iv)
	}
	// Half of the patients under placebo relapse within 8 weeks; 10 of 21 remain then.
	p := mustSurvive(t, placebo)
	if m := p.Median(); m.Estimate != 8 || m.Low != 4 || m.High != 11 {
		t.Errorf("placebo's median %+v, want 8 (4 to 11)", m)
	}
	near(t, "placebo's mean", p.RestrictedMean(0).Estimate, 182.0/21, 1e-12)
}

// Without censoring every figure is that of the plain sample.
func TestKaplanMeierWithoutCensoring(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 50).Draw(t, "t")) / 4 }), 1, 200).Draw(t, "times")
		obs := observed(times...)
		s, err := KaplanMeier(obs, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []float64{1, 7, 25, 50, 90, 99, 100} {
			if have, want := s.Percentile(p).Estimate, Percentile(times, p); have != want {
				t.Fatalf("p%v: %v, want %v", p, have, want)
			}
		}
		iv, n := s.RestrictedMean(0), float64(len(times))
		if s.Last == 0 {
			return
		}
		if math.Abs(iv.Estimate-Mean(times)) > 1e-10 {
			t.Fatalf("mean %v, want %v", iv.Estimate, Mean(times))
		}
		if have, want := (iv.High-iv.Low)/2, 1.9599639845*math.Sqrt(squares(times))/n; math.Abs(have-want) > 1e-9*(1+want) {
			t.Fatalf("half width %v, want %v", have, want)
		}
	})
}

// Definition by redistribution to the right (Efron 1967): going up in time, a censored observation's weight is
// shared equally among all later ones.
func TestKaplanMeierAgainstRedistribution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		obs := make([]Observation, n)
		for i := range obs { // no ties: the definition has no order for them
			obs[i] = Observation{float64(i + 1), rapid.Bool().Draw(t, "censored")}
		}
		s, err := KaplanMeier(obs, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		weight, survival := make([]float64, n), 1.0
		for i := range weight {
			weight[i] = 1 / float64(n)
		}
		for i, o := range obs {
			if !o.Censored {
				survival -= weight[i]
			} else {
				for j := i + 1; j < n; j++ {
					weight[j] += weight[i] / float64(n-i-1)
				}
			}
			if have := s.At(o.Time).Survival; math.Abs(have-survival) > 1e-12 {
				t.Fatalf("at %v: %v, want %v", o.Time, have, survival)
			}
		}
	})
}

func TestKaplanMeierEdges(t *testing.T) {
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := KaplanMeier([]Observation{{Time: bad}}, 0.95); err == nil {
			t.Errorf("a time of %v is accepted", bad)
		}
	}
	none := mustSurvive(t, nil)
	if m, r := none.Median(), none.RestrictedMean(0); m.Known() || r.Known() || m.Note == "" || r.Note == "" {
		t.Errorf("no observations: %+v, %+v", m, r)
	}
	all := mustSurvive(t, observed(-3, -4, -5))
	if m := all.Median(); !math.IsInf(m.Estimate, 1) || !math.IsInf(m.Low, 1) || m.Note != "3 of 3 censored" {
		t.Errorf("all censored: median %+v", m)
	}
	if all.At(2).Survival != 1 || all.First.Censored != 3 {
		t.Errorf("all censored: %+v", all)
	}
	if r := all.RestrictedMean(4); r.Estimate != 4 {
		t.Errorf("all censored: mean up to 4 is %v", r.Estimate)
	}
	dead := mustSurvive(t, observed(1, 2))
	if st := dead.At(9); st.Survival != 0 || !math.IsNaN(st.Low) || !math.IsNaN(st.High) {
		t.Errorf("all had the event: %+v", st)
	}
}

// Pointwise coverage of the log(−log) interval at the true median, exponential times censored uniformly.
func TestKaplanMeierCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("simulation")
	}
	const trials, n = 2000, 40
	g := testRand(21)
	covered, medians := 0, 0
	for range trials {
		obs := make([]Observation, n)
		for i := range obs {
			event, end := g.ExpFloat64(), 3*g.Float64()
			obs[i] = Observation{min(event, end), end < event}
		}
		s := mustSurvive(t, obs)
		if st := s.At(math.Ln2); st.Low <= 0.5 && 0.5 <= st.High {
			covered++
		}
		if !s.Median().Excludes(math.Ln2) {
			medians++
		}
	}
	for name, n := range map[string]int{"curve": covered, "median": medians} {
		share := float64(n) / trials
		t.Logf("%s: %.3f of 95 %% intervals cover", name, share)
		if math.Abs(share-0.95) > 0.015+3*math.Sqrt(0.95*0.05/trials) {
			t.Errorf("%s: coverage %.3f", name, share)
		}
	}
}
