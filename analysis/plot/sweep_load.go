package plot

import (
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"hypersim/analysis"
	"hypersim/analysis/stats"
)

// load shows how many jobs completed against how many were handed in, a line for each value of the axes that do not change
// the load: on the diagonal all are served; a knee lies where a line leaves it, and a collapse falls. It is nil where all
// were served everywhere, or as many handed in.
func (g *grid) load() *figure {
	f := g.loading()
	if f == nil {
		return nil
	}
	lines, note := g.combinations(linesMax, f)
	p := newPanel(axis{label: "jobs handed in, per run"}, axis{label: "jobs completed, per run"})
	most, served := 0.0, 0.0
	for k := range lines {
		b := &bars{glyph: marker(k, 3), line: stroke(cycle[k%len(cycle)], k)}
		for _, w := range f.words {
			c := g.find(lines[k].with(f, w))
			if c == nil {
				continue
			}
			x, y := jobsCounted(c, "job_outcome"), jobsCounted(c, "goodput")
			if len(x) == 0 || len(y) == 0 {
				continue
			}
			at := exactly(stats.MeanInterval(x, 0).Estimate)
			most = max(most, at.Estimate)
			b.points = append(b.points, estimated{at, stats.MeanInterval(y, 0)})
			served = max(served, b.points[len(b.points)-1].y.Estimate)
		}
		slices.SortStableFunc(b.points, func(a, b estimated) int {
			switch {
			case a.x.Estimate < b.x.Estimate:
				return -1
			case a.x.Estimate > b.x.Estimate:
				return 1
			}
			return 0
		})
		if len(b.points) == 1 {
			b.line.Width = 0
		}
		b.line.Width = min(b.line.Width, vg.Points(1.5))
		if len(b.points) > 0 {
			p.estimates(lines[k].label, b)
		}
	}
	if len(p.layers) == 0 {
		return nil
	}
	p.x.hi, p.y.hi = most*1.05+1, served*1.4+1 // the diagonal may leave the picture
	p.line("all are served", stroke(grey, 1), false, plotter.XYs{{X: 0, Y: 0}, {X: most, Y: most}})
	return &figure{
		name: "goodput", title: "What is served of what is asked for",
		note:   joined("means over runs with 95 % intervals; where a line leaves the diagonal, not all are served; where it falls, more load serves fewer", note),
		panels: []*panel{p},
	}
}

// loading returns the axis along which the load changes most: of those without numbers, one will do. nil: there are no jobs,
// all of them were served, or no axis changes how many there are.
func (g *grid) loading() *factor {
	served := true
	for i := range g.sweep.Cells {
		x, y := jobsCounted(&g.sweep.Cells[i], "job_outcome"), jobsCounted(&g.sweep.Cells[i], "goodput")
		served = served && slices.Equal(x, y)
	}
	if served {
		return nil
	}
	start := &combination{at: g.fixed}
	var best *factor
	widest := 0.0
	for _, f := range g.factors {
		lo, hi := 0.0, 0.0
		for k, w := range f.words {
			c := g.find(start.with(f, w))
			if c == nil {
				continue
			}
			if v := stats.MeanInterval(jobsCounted(c, "job_outcome"), 0).Estimate; finite(v) {
				if k == 0 {
					lo, hi = v, v
				}
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		spread := hi - lo
		if !f.number {
			spread /= 1e6
		}
		if spread > widest {
			best, widest = f, spread
		}
	}
	return best
}

// jobsCounted returns how often something of jobs was counted in each run of a cell.
func jobsCounted(c *analysis.Cell, metric string) (out []float64) {
	for i := range c.Runs {
		for _, n := range c.Runs[i].Counts {
			if n.Metric == metric && n.Labels == "" {
				out = append(out, float64(n.Count))
			}
		}
	}
	return out
}
