package plot

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
)

// cuts are the kinds of faults after which views must grow together again (spec 50 §6, rejoin).
var cuts = []string{"partition", "flap", "site-outage"}

// rejoin shows how the views heal after each cut has ended.
func rejoin(run *analysis.Run) *figure {
	if len(run.Tables.Membership) == 0 {
		return nil
	}
	p := newPanel(axis{label: "time since the cut ended (s)", kind: seconds}, axis{label: "wrong pairs (log of 1 + n)", kind: counts})
	for _, b := range faultBands(run.Tables.Faults, run.Duration.Seconds(), nil) {
		f := faultOf(run, b.label)
		if f == nil || f.End == core.Never {
			continue
		}
		xy, agreed := healing(run.Tables.Membership, f.End)
		if len(xy) == 0 {
			continue
		}
		label := fmt.Sprintf("%s:\nall agree first\nafter %s s", f.ID, number(agreed, 0.1))
		if agreed < 0 {
			label = f.ID + ":\nnot all agree at the end"
		}
		k := len(p.legend)
		p.line(label, stroke(cycle[k%len(cycle)], k), true, xy)
	}
	if len(p.legend) == 0 {
		return nil
	}
	p.x = p.x.fit(0, p.ranges.x1/1.06)
	return &figure{name: "rejoin", title: "Healing: wrong views after a cut has ended",
		note:   "(observer, subject) pairs of live members whose view and the truth differ, sampled; another cut may still last when one ends",
		panels: []*panel{p}}
}

// faultOf returns the cut whose band carries the label.
func faultOf(run *analysis.Run, label string) *metrics.FaultRow {
	for i := range run.Tables.Faults {
		if f := &run.Tables.Faults[i]; slices.Contains(cuts, f.Kind) && (label == f.ID || label == f.ID+" ("+f.Kind+")") {
			return f
		}
	}
	return nil
}

// healing returns the wrong pairs over the time since end, and when they were first none (−1: never).
func healing(rows []metrics.MembershipRow, end core.Instant) (xy plotter.XYs, agreed float64) {
	agreed = -1
	eachInstant(rows, func(at core.Instant, list []metrics.MembershipRow) {
		if at < end {
			return
		}
		n := uint64(0)
		for i := range list {
			n += list[i].Disagree
		}
		since := at.Sub(end).Seconds()
		if n == 0 && agreed < 0 {
			agreed = since
		}
		xy = append(xy, plotter.XY{X: since, Y: float64(n)})
	})
	return xy, agreed
}
