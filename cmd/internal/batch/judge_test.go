package batch

import (
	"math"
	"slices"
	"strings"
	"testing"

	"hypersim/scenarios/claim"

	"pgregory.net/rapid"

	"hypersim/analysis/judge"
	"hypersim/sim/metrics"
)

func ptr(v float64) *float64 { return &v }

// seeds makes a run of each list of values, judged by itself as the run would be.
func seeds(c *claim.Claim, runs ...[]float64) *evidence {
	e := &evidence{claim: c}
	for i, values := range runs {
		s := &Sample{id: c.ID, Count: number(len(values)), Exposure: 10, PerWhat: "s", Value: number(math.NaN())}
		v := slices.Clone(values)
		slices.Sort(v)
		for _, x := range v {
			s.Values, s.Weights = append(s.Values, number(x)), append(s.Weights, 1)
		}
		if len(v) > 0 {
			p := pool([]*Sample{s})
			stat := c.StatName()
			if stat == "all" {
				stat = "max"
			}
			s.Value = number(p.statistic(stat, p.once()))
		}
		switch {
		case len(v) < c.Least():
			s.outcome, s.why = judge.CannotJudge.String(), "too few"
		case c.Holds(float64(s.Value)):
			s.outcome = judge.Pass.String()
		default:
			s.outcome = judge.Fail.String()
		}
		e.samples, e.seeds = append(e.samples, s), append(e.seeds, uint64(i+1))
	}
	return e
}

func most(stat string, across claim.Across, bound float64) *claim.Claim {
	return &claim.Claim{ID: "x", Metric: "detection_first", Stat: stat, Max: ptr(bound), Across: across, Applies: true}
}

func TestAcross(t *testing.T) {
	good, bad := []float64{1, 2, 3}, []float64{4, 5, 12}
	share := most("max", claim.AcrossShare, 10)
	share.AtLeast = 0.5
	strictShare := most("max", claim.AcrossShare, 10)
	strictShare.AtLeast = 0.6
	many := most("p50", claim.AcrossPooled, 10)
	many.Needs = 7
	record := most("p50", claim.AcrossPooled, 1)
	record.Level = claim.Record
	for _, c := range []struct {
		name  string
		claim *claim.Claim
		runs  [][]float64
		want  string
		value float64
		fails bool
	}{
		{"all hold", most("max", claim.AcrossAll, 10), [][]float64{good, good}, "pass", 3, false},
		{"one does not", most("max", claim.AcrossAll, 10), [][]float64{good, bad}, "fail", 12, true},
		{"one has nothing", most("max", claim.AcrossAll, 10), [][]float64{good, {}}, "cannot-be-judged", 3, true},
		{"the pool holds though a run does not", most("p50", claim.AcrossPooled, 4), [][]float64{good, bad}, "pass", 3, false},
		{"the pool does not", most("p90", claim.AcrossPooled, 10), [][]float64{good, bad}, "fail", 12, true},
		{"a run without observations is in the pool", most("p50", claim.AcrossPooled, 4), [][]float64{good, {}}, "pass", 2, false},
		{"too few in the pool", many, [][]float64{good, bad}, "cannot-be-judged", 3, true},
		{"the mean of maxima", most("max", claim.AcrossMean, 7.5), [][]float64{good, bad}, "pass", 7.5, false},
		{"the mean of maxima, above", most("max", claim.AcrossMean, 7), [][]float64{good, bad}, "fail", 7.5, true},
		{"the mean, but a run has none", most("max", claim.AcrossMean, 10), [][]float64{good, {}}, "cannot-be-judged", 3, true},
		{"half of the runs", share, [][]float64{good, bad}, "pass", 0.5, false},
		{"more than half", strictShare, [][]float64{good, bad}, "fail", 0.5, true},
		{"recorded", record, [][]float64{good, bad}, "not-judged", 3, false},
	} {
		v := judged(seeds(c.claim, c.runs...))
		v.settle(false)
		if v.Verdict != c.want || float64(v.Value) != c.value || v.Fails != c.fails {
			t.Errorf("%s: %s %v fails=%v (%s), want %s %v %v", c.name, v.Verdict, v.Value, v.Fails, v.Why, c.want, c.value, c.fails)
		}
	}
}

// What is missing is not held against anybody, unless a single run decides.
func TestMissingRuns(t *testing.T) {
	e := seeds(most("p50", claim.AcrossPooled, 1), []float64{5})
	e.missing = 1
	v := judged(e)
	if v.settle(false); v.Verdict != "not-judged" || v.Fails || !strings.Contains(v.Why, "1 of 2 runs are missing") {
		t.Errorf("%+v", v)
	}
	e = seeds(most("max", claim.AcrossAll, 1), []float64{5})
	e.missing = 1
	if v := judged(e); v.Verdict != "fail" {
		t.Errorf("%+v", v)
	}
	e.missing, e.stopped = 0, 1
	v = judged(e)
	if v.settle(false); v.Verdict != "cannot-be-judged" || !v.Fails {
		t.Errorf("stopped by its budget: %+v", v)
	}
}

// A comparison is judged by its interval over pairs of seeds.
func TestVersus(t *testing.T) {
	base := [][]float64{{10}, {12}, {9}, {14}, {11}, {13}, {10}, {12}, {15}, {8}, {11}, {12}}
	shifted := func(by ...float64) (out [][]float64) {
		for i, v := range base {
			out = append(out, []float64{v[0] + by[i%len(by)]})
		}
		return out
	}
	scaled := func(by float64) (out [][]float64) {
		for _, v := range base {
			out = append(out, []float64{v[0] * by})
		}
		return out
	}
	paired := func(lo, hi float64, ratio bool) *claim.Claim {
		return &claim.Claim{
			Applies: true, AsRatio: ratio, Versus: []claim.Choice{{Key: "variant", Value: "base"}},
			ID: "x", Metric: "detection_first", Stat: "mean", Min: ptr(lo), Max: ptr(hi), Across: claim.AcrossMean,
		}
	}
	for _, c := range []struct {
		name  string
		claim *claim.Claim
		runs  [][]float64
		want  string
		value float64
		fails bool
		open  bool
	}{
		// The runs differ by 7 between seeds and by 0.2 within a pair: only pairing can show this.
		{"faster by one", paired(-2, -0.5, false), shifted(-1, -1.2, -0.8), "pass", -1, false, false},
		{"not faster", paired(-9, -0.5, false), shifted(0.1, -0.1), "fail", 0, true, false},
		{"somewhat faster", paired(-9, -0.9, false), shifted(-0.5, -1.5), "cannot-be-judged", -1, false, true},
		{"a ratio", paired(1.04, 1.06, true), scaled(1.05), "pass", 1.05, false, false},
		{"a ratio beyond", paired(1, 1.04, true), scaled(1.05), "fail", 1.05, true, false},
		{"the same", paired(0, 0, false), shifted(0), "pass", 0, false, false},
	} {
		e := seeds(c.claim, c.runs...)
		v := against(judged(e), e, seeds(c.claim, base...), "variant=base")
		v.settle(false)
		if v.Verdict != c.want || math.Abs(float64(v.Value)-c.value) > 1e-9 || v.Fails != c.fails || v.Open != c.open || v.Runs != len(base) {
			t.Errorf("%s: %s %v in [%v, %v] fails=%v, want %s %v (%s)", c.name, v.Verdict, v.Value, v.Low, v.High, v.Fails, c.want, c.value, v.Why)
		}
	}
	// Up to four seeds say nothing about a difference, whatever they show: neither a failure nor a pass.
	for n := 1; n <= 4; n++ {
		c := paired(-2, -0.5, false)
		e := seeds(c, shifted(-1, -1.2, -0.8)[:n]...)
		v := against(judged(e), e, seeds(c, base[:n]...), "variant=base")
		if v.settle(false); v.Verdict != "cannot-be-judged" || v.Fails || !v.Open || !strings.Contains(v.Why, "n >= 5 needed") {
			t.Errorf("%d seeds: %+v", n, v)
		}
	}
	report := CellReport{Verdicts: []Verdict{{Open: true}}}
	if report.settle(); report.Exit != 4 {
		t.Errorf("a claim that is open: exit %d, want 4", report.Exit)
	}
	report.Verdicts = append(report.Verdicts, Verdict{Fails: true})
	if report.settle(); report.Exit != 1 || worst(4, 1) != 1 || worst(4, 0) != 4 || worst(1, 4) != 1 {
		t.Errorf("and one that fails: exit %d, want 1", report.Exit)
	}
}

// Twenty observers that believe one accusation are not twenty accusations: the interval is that of the runs. Without
// any, nothing but how many runs may have some is known.
func TestRateInterval(t *testing.T) {
	c := most("rate", claim.AcrossPooled, 1)
	judge := func(counts ...int) Verdict {
		runs := make([][]float64, len(counts))
		for i, n := range counts {
			runs[i] = make([]float64, n)
		}
		e := seeds(c, runs...)
		for _, s := range e.samples {
			s.PerWhat, s.Exposure = "node-hour", 5000
		}
		return judged(e)
	}
	if v := judge(0, 0, 0, 0, 0); v.Verdict != "pass" || v.Value != 0 || v.High == v.High {
		t.Errorf("none: %+v", v)
	}
	burst, steady := judge(0, 20, 0, 0, 0, 0, 0, 0, 0, 0), judge(2, 2, 2, 2, 2, 2, 2, 2, 2, 2)
	if burst.Value != steady.Value || !(burst.High > 2*steady.High) || !(burst.Low < steady.Low/2) {
		t.Errorf("one burst of 20 in [%v, %v], 2 in every run in [%v, %v]", burst.Low, burst.High, steady.Low, steady.High)
	}
}

// Of 0 and 1 the mean is a share: ten runs in which all crashes were detected leave it open whether all are.
func TestShareOfObservations(t *testing.T) {
	c := most("mean", claim.AcrossPooled, 1)
	runs := make([][]float64, 10)
	for i := range runs {
		runs[i] = []float64{1, 1, 1}
	}
	e := seeds(c, runs...)
	for _, s := range e.samples {
		s.Unit = "fraction"
	}
	if v := judged(e); v.Value != 1 || math.Abs(float64(v.Low)-0.6915) > 5e-5 || v.High != 1 {
		t.Errorf("30 of 30 in ten runs: %v in [%v, %v], want [0.69, 1]", v.Value, v.Low, v.High)
	}
}

// No interval where none can be had: extremes, tails of few runs, means of two.
func TestNoInterval(t *testing.T) {
	few := [][]float64{{1, 2, 3}, {4, 5, 6}, {2, 3, 4}, {3, 4, 5}, {2, 2, 2}, {5, 6, 7}, {1, 1, 8}, {3, 3, 3}}
	for _, x := range []struct {
		stat  string
		runs  [][]float64
		known bool
	}{{"mean", few, true}, {"mean", few[:2], false}, {"p50", few, true}, {"p99", few, false}, {"max", few, false}, {"sd", few, true}} {
		v := judged(seeds(most(x.stat, claim.AcrossPooled, 100), x.runs...))
		if known := v.Low == v.Low && v.High == v.High; known != x.known || v.Verdict != "pass" {
			t.Errorf("%s of %d runs: [%v, %v], %s", x.stat, len(x.runs), v.Low, v.High, v.Verdict)
		}
	}
}

// The pool's statistics are those of sim/metrics over the same observations.
func TestPooledAgainstMetrics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []metrics.Value
		var samples []*Sample
		for range rapid.IntRange(1, 5).Draw(t, "runs") {
			var own []metrics.Value
			for range rapid.IntRange(0, 6).Draw(t, "values") {
				own = append(own, metrics.Value{V: float64(rapid.IntRange(-4, 9).Draw(t, "v")), W: float64(rapid.IntRange(1, 4).Draw(t, "w"))})
			}
			all = append(all, own...)
			own, _ = distinct(own)
			s := &Sample{}
			for _, x := range own {
				s.Values, s.Weights, s.Count = append(s.Values, number(x.V)), append(s.Weights, number(x.W)), s.Count+number(x.W)
			}
			samples = append(samples, s)
		}
		p, want := pool(samples), metrics.Summarize(all)
		for _, c := range []struct {
			stat string
			want float64
		}{
			{"count", float64(want.Count)}, {"mean", want.Mean}, {"sd", want.SD}, {"min", want.Min}, {"max", want.Max},
			{"p50", want.P50}, {"p90", want.P90}, {"p99", want.P99}, {"p99.9", want.P999},
		} {
			have := p.statistic(c.stat, p.once())
			if have != c.want && math.Abs(have-c.want) > 1e-9 && !(have != have && c.want != c.want) {
				t.Fatalf("%s of %v: have %v, want %v", c.stat, all, have, c.want)
			}
		}
		// Counting every run twice changes no mean and no percentile.
		twice := make([]int32, len(samples))
		for i := range twice {
			twice[i] = 2
		}
		for _, stat := range []string{"mean", "p50", "p90"} {
			if a, b := p.statistic(stat, p.once()), p.statistic(stat, twice); a != b && math.Abs(a-b) > 1e-9 {
				t.Fatalf("%s once %v, twice %v", stat, a, b)
			}
		}
	})
}

func TestDistinct(t *testing.T) {
	v := make([]metrics.Value, 3*valuesMax)
	for i := range v {
		v[i] = metrics.Value{V: 1 + float64(i)/1e6, W: 1}
	}
	exact := metrics.Percentile(v, 50)
	out, digits := distinct(v)
	total := 0.0
	for i := range out {
		total += out[i].W
	}
	if len(out) > valuesMax || digits == 0 || total != 3*valuesMax {
		t.Errorf("%d values of weight %v, %d digits", len(out), total, digits)
	}
	if have := metrics.Percentile(out, 50); math.Abs(have-exact) > 1e-4 {
		t.Errorf("median %v, want about %v", have, exact)
	}
	if out, digits := distinct([]metrics.Value{{V: 2, W: 1}, {V: 1, W: 1}, {V: 2, W: 3}}); digits != 0 || !slices.Equal(out, []metrics.Value{{V: 1, W: 1}, {V: 2, W: 4}}) {
		t.Errorf("%v, %d digits", out, digits)
	}
}
