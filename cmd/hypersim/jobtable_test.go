package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"hypersim/cmd/internal/runner"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// TestJobTable: a run with jobs tells of them, one without does not.
func TestJobTable(t *testing.T) {
	var b bytes.Buffer
	p := &report{w: bufio.NewWriter(&b), res: &runner.Result{Metrics: &metrics.Result{}}}
	p.jobs()
	_ = p.w.Flush()
	if b.Len() > 0 {
		t.Errorf("without jobs: %q", b.String())
	}
	done, never := words.Outcome(7), words.Unfinished
	p.res.Metrics = &metrics.Result{Jobs: make([]metrics.Job, 2), Observations: []metrics.Observation{
		{Metric: words.JobOutcome, Value: 1, Weight: 1, Type: done}, {Metric: words.JobOutcome, Value: 1, Weight: 1, Type: never},
		{Metric: words.Wait, Value: 2, Weight: 1}, {Metric: words.Wait, Value: 4, Weight: 1},
		{Metric: words.CoreSeconds, Value: 5, Weight: 1, Type: 1}, {Metric: words.CoreSeconds, Value: 7, Weight: 1, Type: 1},
	}}
	p.jobs()
	_ = p.w.Flush()
	text := strings.Join(strings.Fields(b.String()), " ")
	for _, want := range []string{"job_outcome COMPLETED count 1", "job_outcome UNFINISHED count 1", "wait s 2 3 2 4 4", "core_seconds lost core-s 2 sum 12"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
}
