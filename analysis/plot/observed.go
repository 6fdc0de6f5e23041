package plot

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// observed returns the observations that a row of summary.csv describes, nil if the run does not keep them all.
// The row is of those after the warm-up: the last ones.
func observed(run *analysis.Run, row *metrics.SummaryRow) []float64 {
	all, _ := run.Samples(row.Metric)
	var filters []analysis.Filter
	for _, l := range analysis.ParseLabels(row.Labels) {
		filters = append(filters, analysis.Filter{Key: l.Key, Words: []string{l.Word}})
	}
	var list []analysis.Sample
	for _, s := range all {
		if s.Labels.Matches(filters) {
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b analysis.Sample) int { return cmp.Compare(a.At, b.At) })
	n := len(list) - int(row.Summary.Count)
	if n < 0 {
		return nil
	}
	v := make([]float64, 0, len(list)-n)
	for _, s := range list[n:] {
		v = append(v, s.Value)
	}
	return v
}

// described draws the distribution that a row of summary.csv describes: of all its observations where they are
// kept, or else its quantiles, which the legend then says. share scales the curve, as by trials that never came.
func (p *panel) described(run *analysis.Run, row *metrics.SummaryRow, label string, style draw.LineStyle, of int) {
	if v := observed(run, row); v != nil {
		p.line(label, style, true, ecdf(v, of, 0))
		return
	}
	n := float64(row.Summary.Count)
	p.quantiles(label+",\nquantiles only", style, summaryECDF(row.Summary, n/max(float64(of), n)))
}
