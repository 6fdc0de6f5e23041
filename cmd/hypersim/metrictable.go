package main

import (
	"fmt"
	"slices"
	"text/tabwriter"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// shownMetric is a metric of the table.
type shownMetric struct {
	metric words.Metric
	also   []string // labels that tell its lines apart, beside those that it never pools
	asked  bool     // shown also if it has no observations
}

// keyMetrics are shown at the end of every run that has them, over everything after the warm-up. What must not
// happen is shown also if it did not.
var keyMetrics = []shownMetric{
	{metric: words.DetectionFirst},
	{metric: words.DetectionFull},
	{metric: words.Detected},
	{metric: words.Dissemination},
	{metric: words.FalseSuspicions},
	{metric: words.FalsePositives},
	{metric: words.ExcusedPositives, also: []string{"truth"}},
	{metric: words.Accusations},
	{metric: words.Rejoin},
	{metric: words.ViewError},
	{metric: words.LHMScore},
	{metric: words.Convergence},
	{metric: words.CoordinateError, also: []string{"roles"}},
	{metric: words.Messages},
	{metric: words.Bytes},
}

func (p *report) metrics() {
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	n := 0
	for _, k := range p.shown() {
		kinds := p.res.Metrics.Kinds(k.metric, core.Instant(p.res.Metrics.Warmup), k.also...)
		if len(kinds) == 0 && k.asked {
			kinds = []metrics.Kind{{}}
		}
		for _, kind := range kinds {
			if n++; n == 1 {
				fmt.Fprintf(t, "\nmetric\tof\tunit\tcount\tmean\tp50\tp99\tmax\n")
			}
			fmt.Fprintln(t, metricLine(k.metric, &kind))
		}
	}
	_ = t.Flush() // p.w keeps the error
}

// shown returns the key metrics, and those of which the scenario wants a picture: where nothing happened there is
// no picture, and the table says so.
func (p *report) shown() []shownMetric {
	list := slices.Clone(keyMetrics)
	for i := range p.res.Scenario.Report.Plots {
		m, ok := words.Lookup(p.res.Scenario.Report.Plots[i].Metric)
		if ok && m.Def().Fold == words.FoldState {
			continue // kept as changes over time, not as observations: a count of 0 would say that there were none
		}
		if ok && !slices.ContainsFunc(list, func(s shownMetric) bool { return s.metric == m }) {
			list = append(list, shownMetric{metric: m, asked: true})
		}
	}
	return list
}

// metricLine is a line of the table. What only happens has a count: every one of its values is 1.
func metricLine(m words.Metric, kind *metrics.Kind) string {
	s, def := metrics.Summarize(kind.Values), m.Def()
	if def.Fold == words.FoldEvents || s.Count == 0 {
		return fmt.Sprintf("%s\t%s\t%s\t%d\t\t\t\t", m, kind.Words, def.Unit, s.Count)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%d\t%.4g\t%.4g\t%.4g\t%.4g", m, kind.Words, def.Unit, s.Count, s.Mean, s.P50, s.P99, s.Max)
}
