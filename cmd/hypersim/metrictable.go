package main

import (
	"fmt"
	"text/tabwriter"

	"hypersim/core"
	"hypersim/sim/metrics"
)

// keyMetrics are shown at the end of every run that has them, over everything after the warm-up. What must not
// happen is shown also if it did not.
var keyMetrics = []struct {
	metric metrics.Metric
	also   []string // labels that tell its lines apart, beside those that it never pools
}{
	{metrics.DetectionFirst, nil},
	{metrics.DetectionFull, nil},
	{metrics.Detected, nil},
	{metrics.Dissemination, nil},
	{metrics.FalseSuspicions, nil},
	{metrics.FalsePositives, nil},
	{metrics.ExcusedPositives, []string{"truth"}},
	{metrics.Accusations, nil},
	{metrics.Rejoin, nil},
	{metrics.ViewError, nil},
	{metrics.Convergence, nil},
	{metrics.CoordinateError, nil},
	{metrics.Messages, nil},
	{metrics.Bytes, nil},
}

func (p *report) metrics() {
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	n := 0
	for _, k := range keyMetrics {
		for _, kind := range p.res.Metrics.Kinds(k.metric, core.Instant(p.res.Metrics.Warmup), k.also...) {
			if n++; n == 1 {
				fmt.Fprintf(t, "\nmetric\tof\tunit\tcount\tmean\tp50\tp99\tmax\n")
			}
			fmt.Fprintln(t, metricLine(k.metric, &kind))
		}
	}
	_ = t.Flush() // p.w keeps the error
}

// metricLine is a line of the table. What only happens has a count: every one of its values is 1.
func metricLine(m metrics.Metric, kind *metrics.Kind) string {
	s, def := metrics.Summarize(kind.Values), m.Definition()
	if def.Fold == metrics.FoldEvents {
		return fmt.Sprintf("%s\t%s\t%s\t%d\t\t\t\t", m, kind.Words, def.Unit, s.Count)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%d\t%.4g\t%.4g\t%.4g\t%.4g", m, kind.Words, def.Unit, s.Count, s.Mean, s.P50, s.P99, s.Max)
}
