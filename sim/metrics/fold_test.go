package metrics

import (
	"math"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
)

// TestFold: labels, instants and statistics become one number as the definition of each kind of metric says.
func TestFold(t *testing.T) {
	nan := math.NaN()
	at := func(s int, v, w float64, stat string) Part {
		return Part{At: core.Instant(s) * 1e9, Value: v, Weight: w, Stat: stat}
	}
	lived := map[core.Instant]float64{1e9: 10, 2e9: 10, 3e9: 20}
	for _, c := range []struct {
		name  string
		fold  words.Fold
		parts []Part
		stat  string
		over  map[core.Instant]float64
		want  float64
	}{
		{"two types of one role add up", words.FoldRate, []Part{at(1, 20.4, 10, ""), at(1, 20, 10, "")}, "mean", map[core.Instant]float64{1e9: 10}, 40.4},
		{"two roles do not: their node-seconds add up too", words.FoldRate, []Part{at(1, 4, 10, ""), at(1, 1, 20, "")}, "mean", map[core.Instant]float64{1e9: 30}, 2},
		{"a sample without traffic is over its node-seconds as well", words.FoldRate, []Part{at(1, 4, 10, "")}, "mean", lived, 1},
		{"the largest sample, not of the parts", words.FoldRate, []Part{at(1, 3, 10, ""), at(1, 2, 10, ""), at(2, 4, 10, "")}, "max", lived, 5},
		{"a rate of nothing is 0 while nodes live", words.FoldRate, nil, "mean", lived, 0},
		{"a share is of all pairs", words.FoldShare, []Part{at(1, 0.5, 10, ""), at(1, 0, 90, "")}, "mean", nil, 0.05},
		{"in every instant", words.FoldShare, []Part{at(1, 0.5, 10, ""), at(2, 0, 90, "")}, "max", nil, 0.5},
		{"the largest of the largest", words.FoldLevel, []Part{at(1, 1, 9, "mean"), at(1, 7, 9, "max"), at(2, 3, 9, "max")}, "max", nil, 7},
		{"means weigh by nodes", words.FoldLevel, []Part{at(1, 1, 9, "mean"), at(1, 11, 1, "mean"), at(1, 99, 9, "max")}, "mean", nil, 2},
		{"a sum over nodes", words.FoldLevel, []Part{at(1, 1, 9, "mean"), at(1, 11, 1, "mean")}, "sum", nil, 20},
		{"of a typical instant", words.FoldLevel, []Part{at(1, 1, 10, "mean"), at(2, 3, 10, "mean")}, "sum", nil, 20},
		{"events add up", words.FoldEvents, []Part{at(1, 1, 1, ""), at(2, 1, 1, ""), at(2, 1, 1, "")}, "sum", nil, 3},
		{"none are 0", words.FoldEvents, nil, "sum", nil, 0},
		{"measurements have statistics", words.FoldNone, []Part{at(1, 3, 1, ""), at(2, 1, 1, ""), at(3, 8, 1, "")}, "p50", nil, 3},
		{"of nothing they are unknown", words.FoldNone, nil, "mean", nil, nan},
		{"a state is the last", words.FoldState, []Part{at(1, 3, 1, ""), at(2, 1, 1, "")}, "last", nil, 1},
		{"a quantile is taken as it is", words.FoldNone, []Part{at(1, 3, 50, "p50"), at(1, 9, 50, "p90")}, "p90", nil, 9},
	} {
		have, err := Over(c.fold, c.parts, c.stat, c.over)
		if err != nil || math.Abs(have-c.want) > 1e-12 || math.IsNaN(have) != math.IsNaN(c.want) {
			t.Errorf("%s: have %v, %v, want %v", c.name, have, err, c.want)
		}
	}
}

// TestFoldRefuses: what has no meaning is not made up.
func TestFoldRefuses(t *testing.T) {
	for _, c := range []struct {
		fold  words.Fold
		parts []Part
		stat  string
		want  string
	}{
		{words.FoldNone, []Part{{Value: 1, Weight: 1, Stat: "p50"}, {Value: 2, Weight: 1, Stat: "p50"}}, "p50", "they cannot become one"},
		{words.FoldNone, []Part{{Value: 1, Weight: 1, Stat: "p50"}}, "p75", "keeps no p75 of this metric (it keeps p50)"},
		{words.FoldLevel, []Part{{Value: 1, Weight: 1, Stat: "max"}}, "mean", "keeps no mean"},
		{words.FoldRate, []Part{{Value: 1, Weight: 1}}, "sum", "a share or a rate has no sum"},
		{words.FoldEvents, nil, "mode", `stat "mode" is not drawn`},
	} {
		if _, err := Over(c.fold, c.parts, c.stat, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v %s: have %v, want %q", c.fold, c.stat, err, c.want)
		}
	}
}
