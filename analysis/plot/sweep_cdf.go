package plot

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/analysis/stats"
)

// curvesMax is how many distributions one panel may hold.
const curvesMax = 6

// waits are what distributions are drawn of.
var waits = []measure{
	{Key: analysis.Key{Metric: "detection_first", Labels: "to=SUSPECT"}, name: "first SUSPECT"},
	{Key: analysis.Key{Metric: "detection_first", Labels: "to=DEAD"}, name: "first DEAD"},
	{Key: analysis.Key{Metric: "detection_full"}, name: "no live member holds it up any more"},
}

// distributions overlays the detection times of cells: of all if they are few, otherwise along each axis
// with the others at their default.
func (g *grid) distributions() []*figure {
	n := 1
	for _, f := range g.factors {
		n *= len(f.words)
	}
	if n <= curvesMax {
		f := g.overlay(g.expand(g.factors), "")
		if f != nil {
			f.name = "detection-cdf"
		}
		return []*figure{f}
	}
	var out []*figure
	for _, f := range g.factors {
		if len(f.words) > len(cycle) {
			continue
		}
		x := g.overlay(g.expand([]*factor{f}), g.held(func(o *factor) bool { return o != f }))
		if x != nil {
			x.name, x.title = "detection-cdf-"+fileName(f.key), x.title+", by "+f.key
		}
		out = append(out, x)
	}
	return out
}

func (g *grid) overlay(list []combination, note string) *figure {
	out := &figure{
		name: "detection-cdf", title: "Time from a crash to its detection",
		note: joined("share of crashes detected within the time, over all runs (Kaplan–Meier: crashes that the end of a run cut off count as long as they were waited for)", note),
	}
	for _, m := range waits {
		p := newPanel(axis{label: "time since the crash (s)", lo: 0}, axis{label: "detected (%)", kind: percent, lo: 0, hi: 1.02})
		p.title = m.name
		most := 0.0
		var seen []*analysis.Cell
		for k := range list {
			c := g.find(list[k].at)
			if c == nil || slices.Contains(seen, c) {
				continue
			}
			seen = append(seen, c)
			w, _, err := c.Waits(m.Key, nil)
			if err != nil || w.Curve().Events == 0 {
				continue
			}
			s := w.Curve()
			xy := incidence(s)
			most = max(most, xy[len(xy)-1].X)
			label := list[k].label
			if label == "" {
				label = "all"
			}
			label += fmt.Sprintf("\n%d crashes", s.N)
			if s.Censored > 0 {
				label += fmt.Sprintf(", %d undetected", s.Censored)
			}
			p.line(label, stroke(cycle[k%len(cycle)], k), true, xy)
		}
		if len(p.layers) > 0 {
			p.x.hi = math.Max(most*1.04, 1e-9)
			out.panels = append(out.panels, p)
		}
	}
	if len(out.panels) == 0 {
		return nil
	}
	out.inch = 2.6 + 2.1*float64(len(out.panels))
	return out
}

// incidence is one minus the survival curve, as corners for a step line.
func incidence(s *stats.Survival) plotter.XYs {
	xy := plotter.XYs{{X: 0, Y: 0}}
	for i := range s.Steps {
		xy = append(xy, plotter.XY{X: s.Steps[i].Time, Y: 1 - s.Steps[i].Survival})
	}
	if s.Last > xy[len(xy)-1].X {
		xy = append(xy, plotter.XY{X: s.Last, Y: xy[len(xy)-1].Y})
	}
	return xy
}
