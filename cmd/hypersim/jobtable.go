package main

import (
	"fmt"
	"text/tabwriter"

	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// jobMetrics are told of every run with jobs, apart by what must not be pooled.
var jobMetrics = []words.Metric{
	words.Wait, words.Makespan, words.JobLatency, words.AcceptTime, words.Utilisation, words.CoreSeconds, words.DuplicateWork, words.OrphanTime,
	words.WorkflowRestarts,
}

// jobs tells how the jobs of a run ended, how long they waited and took, and how busy the workers were, over what was
// handed in after the warm-up.
func (p *report) jobs() {
	r := p.res.Metrics
	if len(r.Jobs) == 0 {
		return
	}
	t := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\njobs\tof\tunit\tcount\tmean\tp50\tp95\tmax\n")
	from := core.Instant(r.Warmup)
	for _, kind := range r.Kinds(words.JobOutcome, from) {
		if n := metrics.Summarize(kind.Values).Count; n > 0 {
			fmt.Fprintf(t, "job_outcome\t%s\tcount\t%d\t\t\t\t\n", kind.Words, n)
		}
	}
	for _, m := range jobMetrics {
		for _, kind := range r.Kinds(m, from) {
			if s := metrics.Summarize(kind.Values); s.Count > 0 {
				fmt.Fprintln(t, jobLine(m, &kind, &s))
			}
		}
	}
	_ = t.Flush() // p.w keeps the error
}

// jobLine is a line of the table. Of core-seconds the sum says how many there were; of what only happens the count does.
func jobLine(m words.Metric, kind *metrics.Kind, s *metrics.Summary) string {
	d := m.Def()
	if d.Fold == words.FoldEvents {
		return fmt.Sprintf("%s\t%s\t%s\t%d\t\t\t\t", m, kind.Words, d.Unit, s.Count)
	}
	if d.Unit == words.CoreSeconds.Def().Unit {
		return fmt.Sprintf("%s\t%s\t%s\t%d\t\t\t\tsum %.4g", m, kind.Words, d.Unit, s.Count, float64(s.Mean*float64(s.Count)))
	}
	if d.Fold == words.FoldShare { // what a sample counts by its weight says nothing to a reader
		return fmt.Sprintf("%s\t%s\t%s\t\t%.4g\t%.4g\t%.4g\t%.4g", m, kind.Words, d.Unit, s.Mean, s.P50, s.P95, s.Max)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%d\t%.4g\t%.4g\t%.4g\t%.4g", m, kind.Words, d.Unit, s.Count, s.Mean, s.P50, s.P95, s.Max)
}
