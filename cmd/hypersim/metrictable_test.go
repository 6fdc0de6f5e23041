package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"hypersim/cmd/internal/runner"
	"hypersim/scenarios"
	"hypersim/sim/metrics/words"
)

// The table of metrics keeps apart the pairs of nodes that summary.csv keeps apart: it has a line for each of its
// rows, of as many pairs.
func TestCoordinatesOfDifferentPairsAreDifferentLines(t *testing.T) {
	sc, err := scenarios.Parse(`schema = 1
[scenario]
name = "pairs"
title = "Gates and managers at three sites"
duration = "20s"
warmup = "5s"
settle = "2s"
[topology]
use = "wan3"
[cluster]
gates = 2
managers = 3
start = { mode = "formed" }
`, "pairs.toml", nil, scenarios.Options{Alone: true})
	if err != nil {
		t.Fatal(err)
	}
	res, err := runner.Measure(context.Background(), runner.Options{Scenario: sc})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := newReport(&out, res, &runFlags{})
	p.metrics()
	if err := p.w.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, lines := 0, strings.Count(out.String(), "\ncoordinate_error ")
	for _, row := range res.Metrics.Summaries() {
		if row.Metric != words.CoordinateError.String() {
			continue
		}
		rows++
		if want := fmt.Sprintf("relative %d ", row.Summary.Count); !strings.Contains(strings.Join(strings.Fields(out.String()), " "), want) {
			t.Errorf("no line has %q as %s of summary.csv does", want, row.Labels)
		}
	}
	if rows < 2 || lines != rows {
		t.Errorf("%d lines for %d rows of summary.csv:\n%s", lines, rows, out.String())
	}
}
