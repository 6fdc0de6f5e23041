package validate

import (
	"strings"
	"testing"

	"hypersim/analysis/stats"
)

func TestJudge(t *testing.T) {
	with := func(x, half float64) Value {
		return Value{Interval: stats.Interval{Estimate: x, Low: x - half, High: x + half}}
	}
	bare := func(x float64) Value { return number(x, "") }
	count := func(hits, trials uint64) Value {
		return Value{Interval: stats.Wilson(hits, trials, 0), Hits: hits, Trials: trials}
	}
	for _, c := range []struct {
		name  string
		judge Judge
		ref   float64
		high  float64
		value Value
		want  Verdict
	}{
		{"near, inside", Near(0.1), 10, 0, bare(10.9), Pass},
		{"near, outside", Near(0.1), 10, 0, bare(11.1), Fail},
		{"near, the interval reaches it", Near(0.1), 10, 0, with(11.4, 0.5), Pass},
		{"near, the interval does not", Near(0.1), 10, 0, with(11.6, 0.5), Fail},
		{"near, the slack is wider", Near(0.1).Or(0.5), 1, 0, bare(1.4), Pass},
		{"near, no value", Near(0.1), 10, 0, bare(nan), Fail},
		{"exactly", Exactly(1e-6), 2, 0, bare(2 + 1e-7), Pass},
		{"not exactly", Exactly(1e-6), 2, 0, bare(2 + 1e-5), Fail},
		{"at most", AtMost, 2, 0, bare(2), Pass},
		{"more than at most", AtMost, 2, 0, bare(2.1), Fail},
		{"at most, no value", AtMost, 2, 0, bare(nan), Fail},
		{"at least", AtLeast, 2, 0, bare(1.9), Fail},
		{"chance, 3 σ of 100 expected", Chance, 0.01, 0, count(129, 10_000), Pass},
		{"chance, more", Chance, 0.01, 0, count(131, 10_000), Fail},
		{"chance, few expected", Chance, 1e-6, 0, count(3, 10_000), Pass},
		{"within", Within(0), 0.9, 1.1, bare(1.1), Pass},
		{"below within", Within(0), 0.9, 1.1, bare(0.89), Fail},
		{"below within, tolerated", Within(0.1), 0.9, 1.1, bare(0.85), Pass},
		{"around", Around, 0.01, 0, bare(0.0151), Pass},
		{"far above around", Around, 0.01, 0, bare(0.0153), Fail},
		{"far below around", Around, 0.01, 0, bare(0.0037), Fail},
		{"among the runs", Among(0.1), 11, 0, with(13, 2.5), Pass},
		{"not among them", Among(0.1), 10, 0, with(13, 2.5), Fail},
		{"the intervals meet", Meets, 9.9, 10.2, with(10.3, 0.2), Pass},
		{"the value lies in the other's", Meets, 9.9, 10.2, with(10, 0.01), Pass},
		{"the intervals are apart", Meets, 9.9, 10.2, with(10.5, 0.2), Fail},
		{"not above", NotAbove(0.1), 1, 0, with(1.3, 0.25), Pass},
		{"above", NotAbove(0.1), 1, 0, with(1.3, 0.15), Fail},
		{"above, without an interval", NotAbove(0.1), 1, 0, bare(1.2), Fail},
		{"no interval to meet", Meets, 9.9, 10.2, bare(10), Fail},
		{"reported", Reported, nan, 0, bare(5), NotJudged},
	} {
		r := Row{Ref: c.ref, RefHigh: c.high, Judge: c.judge}
		if have := r.verdict(&c.value, false); have != c.want {
			t.Errorf("%s: %s, want %s", c.name, have, c.want)
		}
	}
}

// A quick run has some of the cells that a reference is about: it may say that they keep a bar and not that all break it.
func TestQuickRunDoesNotCondemnTheWhole(t *testing.T) {
	for _, c := range []struct {
		name  string
		judge Judge
		value float64
		quick bool
		want  Verdict
	}{
		{"full, kept", AtMost.OfAll(), 0.1, false, Pass},
		{"full, broken", AtMost.OfAll(), 0.2, false, Fail},
		{"quick, kept", AtMost.OfAll(), 0.1, true, Pass},
		{"quick, broken on some cells", AtMost.OfAll(), 0.2, true, Unclear},
		{"quick, no value", AtMost.OfAll(), nan, true, Fail},
		{"quick, the cells are all", AtMost, 0.2, true, Fail},
		{"quick, reported", Reported.OfAll(), 0.2, true, NotJudged},
	} {
		r := Row{Ref: 0.1, Judge: c.judge}
		if have := r.verdict(&Value{Interval: number(c.value, "").Interval}, c.quick); have != c.want {
			t.Errorf("%s: %s, want %s", c.name, have, c.want)
		}
	}
	r := Report{Outcomes: []Outcome{{Experiment: &Experiment{}, Results: []Result{{Row: Row{ID: "bar"}, ID: "x/bar", Verdict: Unclear}}}}}
	if have := r.Summary(); have != "1 rows: 0 pass, 0 fail, 0 reported only, 1 cannot be judged by a quick run" {
		t.Error(have)
	}
	if have := r.Text(TextOptions{Failed: true}); !strings.Contains(have, "x/bar") {
		t.Errorf("it is not among those that did not pass:%s", have)
	}
}
