package plot

import (
	"math"
	"slices"
	"strings"
	"testing"

	"hypersim/analysis"
)

func TestRequests(t *testing.T) {
	run := synthetic(t, t.TempDir())
	dir := heatDir(t)
	requests := []Request{
		{Kind: "line", Metric: "view_error", Split: []string{"role"}, HLine: []float64{0.1}, Mark: []string{"cut-region"}},
		{Kind: "line", Metric: "coordinate_error", Split: []string{"link"}, Stat: []string{"p50", "p90"}, LogY: true},
		{Kind: "line", Metric: "detection_each", Split: []string{"to"}, Stat: []string{"p50", "max"}, From: 180, To: 240},
		{Kind: "line", Metric: "messages", Split: []string{"type"}, Where: []analysis.Filter{{Key: "direction", Words: []string{"sent"}}, {Key: "type", Words: []string{"ping", "ack"}, Not: true}}, Rate: true},
		{Kind: "area", Metric: "bytes", Split: []string{"type"}, Stat: []string{"mean"}, Where: []analysis.Filter{{Key: "role", Words: []string{"gate"}}}},
		{Kind: "scatter", Metric: "detection_first", Split: []string{"to", "role"}, LogY: true},
		{Kind: "ecdf", Metric: "detection_each", Split: []string{"to"}, LogX: true},
		{Kind: "hist", Metric: "detection_each", Split: []string{"to"}},
		{Kind: "strip", Metric: "lhm_score", Split: []string{"role"}, Where: []analysis.Filter{{Key: "stat", Words: []string{"max"}}}, Stat: []string{"max"}},
		{Kind: "heatmap", Metric: "false_suspicions", Split: []string{"subject"}, Stat: []string{"count"}},
		{Kind: "heatmap", Metric: "coordinate_error", Split: []string{"site_a", "site_b"}, Stat: []string{"p50"}, LogY: true},
	}
	names, err := All(run, dir, Options{Plots: requests})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range requests {
		if !slices.ContainsFunc(names, func(n string) bool {
			return strings.HasPrefix(n, "plot-"+number(float64(i+1), 1)+"-"+r.Kind+"-"+r.Metric)
		}) {
			t.Errorf("no picture of request %d among %v", i, names)
		}
	}
}

// TestRequestsRefused: what cannot be drawn says why, and costs no other figure.
func TestRequestsRefused(t *testing.T) {
	run := synthetic(t, t.TempDir())
	for _, c := range []struct {
		r    Request
		want string
	}{
		{Request{Kind: "box", Metric: "view_error"}, `kind "box" is not drawn`},
		{Request{Kind: "gantt", Metric: "view_error"}, `a gantt chart shows the shards that core_seconds counts, not view_error`},
		{Request{Kind: "line", Metric: "no_such_metric"}, `no values of "no_such_metric" over time (it has bytes, coordinate_error`},
		{Request{Kind: "line", Metric: "view_error", X: "cluster.size"}, `x = "cluster.size" is a key of a sweep`},
		{Request{Kind: "line", Metric: "view_error", Split: []string{"site"}}, `carry no label "site" (they have role)`},
		{Request{Kind: "line", Metric: "view_error", Where: []analysis.Filter{{Key: "role", Words: []string{"client"}}}}, "none of the 900 values"},
		{Request{Kind: "line", Metric: "view_error", Stat: []string{"mode"}}, `stat "mode" is not drawn`},
		{Request{Kind: "line", Metric: "coordinate_error", Stat: []string{"p75"}}, "keeps no p75 of this metric (it keeps p50, p90, p99)"},
		{Request{Kind: "area", Metric: "bytes", LogY: true}, "shows no shares"},
		{Request{Kind: "line", Metric: "detection_each", Split: []string{"subject"}}, "at most 16"},
	} {
		if _, err := c.r.figure(run); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s of %s: have error %v, want one with %q", c.r.Kind, c.r.Metric, err, c.want)
		}
	}
	names, err := All(run, t.TempDir(), Options{Plots: []Request{{Kind: "box"}, {Kind: "ecdf", Metric: "detection_first"}}})
	if err == nil || !strings.HasPrefix(err.Error(), "report.plot[0]: ") {
		t.Errorf("have error %v, want one that names the request", err)
	}
	if len(names) != 10 || names[9] != "plot-2-ecdf-detection_first.png" {
		t.Errorf("a refused request cost other figures: %v", names)
	}
}

// The last bin reaches beyond the window: its rate is over the part inside, so that rates times their time are the number of events.
func TestRateOfTheLastBin(t *testing.T) {
	run := synthetic(t, t.TempDir())
	list, _ := run.Samples("detection_each")
	last := 0.0
	for _, s := range list {
		last = max(last, s.At.Seconds())
	}
	r := Request{Kind: "line", Metric: "detection_each", Stat: []string{"count"}, Rate: true, To: last + 0.01}
	lines, err := r.Numbers(run)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, l := range lines {
		for i, y := range l.Y {
			sum += y * (min(l.X[i], r.To) - (l.X[i] - l.Width))
		}
	}
	if math.Abs(sum-float64(len(list))) > 1e-3*float64(len(list)) {
		t.Errorf("rates come to %.4f events of %d", sum, len(list))
	}
}
