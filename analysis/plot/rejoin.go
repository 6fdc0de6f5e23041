package plot

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/fault"
	"hypersim/sim/metrics"
)

// rejoin shows how the views heal after each cut has ended.
func rejoin(run *analysis.Run) *figure {
	if len(run.Tables.Membership) == 0 {
		return nil
	}
	p := newPanel(axis{label: "time since the cut ended (s)", kind: seconds}, axis{label: "wrong pairs (log of 1 + n)", kind: counts})
	ends := cutEnds(run.Tables)
	for i, e := range ends {
		xy, agreed := healing(run.Tables.Membership, e.End)
		if len(xy) == 0 {
			continue
		}
		label := fmt.Sprintf("%s:\nall agree first\nafter %s s", e.ID, number(agreed, 0.1))
		if agreed < 0 {
			label = e.ID + ":\nnot all agree at the end"
		}
		if i >= healingsNamed {
			label = ""
		}
		p.line(label, stroke(cycle[i%len(cycle)], i), true, xy)
	}
	if n := len(ends) - healingsNamed; n > 0 {
		p.legend = append(p.legend, entry{label: fmt.Sprintf("and %d more ends of cuts", n)})
	}
	if len(p.layers) == 0 || p.ranges.y1 == 0 {
		return nil
	}
	p.x = p.x.fit(0, p.ranges.x1/1.06)
	return &figure{name: "rejoin", title: "Healing: wrong views after a cut has ended",
		note:   "(observer, subject) pairs of live members whose view and the truth differ, sampled; another cut may still last when one ends",
		panels: []*panel{p}}
}

// healingsNamed is how many ends of cuts the legend has room for.
const healingsNamed = 8

// cutEnds returns each time that a cut ended, episodes of repeated ones too, in order of time.
func cutEnds(t *metrics.Tables) []metrics.EpisodeRow {
	var out []metrics.EpisodeRow
	for _, f := range t.Faults {
		if !fault.Kind(f.Kind).Row().Cuts || f.End == core.Never {
			continue
		}
		n := len(out)
		for _, e := range t.Episodes {
			if e.ID == f.ID && e.End != core.Never {
				e.ID += " at " + number(e.Start.Seconds(), 0.1) + " s"
				out = append(out, e)
			}
		}
		if len(out) == n {
			out = append(out, metrics.EpisodeRow{ID: f.ID, Start: f.Start, End: f.End})
		}
	}
	slices.SortStableFunc(out, func(a, b metrics.EpisodeRow) int { return cmp.Compare(a.End, b.End) })
	return out
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
