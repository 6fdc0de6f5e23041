package tune

import (
	"fmt"
	"math"

	"hypersim/analysis"
	"hypersim/analysis/plot"
)

// draw makes the pictures: how the search went, and for two objectives the front with the default marked.
func (t *Tune) draw(r *Report, dir string, svg bool) (names []string, err error) {
	pictures := []*plot.Overlay{}
	for g := range t.goals {
		pictures = append(pictures, t.trajectory(g))
	}
	for g := 1; g < len(t.goals); g++ {
		pictures = append(pictures, t.pareto(r, g))
	}
	for _, o := range pictures {
		o.Caption = fmt.Sprintf("%s, %s, seeds %s", t.Scenario(), t.method, analysis.SeedRanges(t.req.Search))
		list, err := o.Draw(dir, svg)
		if err != nil {
			return nil, err
		}
		names = append(names, list[0])
	}
	if r.winner().Point == 0 { // no parameter moved
		return names, nil
	}
	s := t.worth(r)
	s.Caption = fmt.Sprintf("%s, point %d, seeds %s; below: seeds %s", t.Scenario(), r.winner().Point, analysis.SeedRanges(t.req.HeldOut), analysis.SeedRanges(t.req.Search))
	list, err := s.Draw(dir, svg)
	if err != nil {
		return nil, err
	}
	return append(names, list[0]), nil
}

func (t *Tune) label(row int) string {
	if t.units[row] == "" {
		return t.rows[row].String()
	}
	return t.rows[row].String() + " (" + t.units[row] + ")"
}

// trajectory shows each point in the order of its trial, and the best so far.
func (t *Tune) trajectory(goal int) *plot.Overlay {
	f := &t.search.field
	full, dropped := plot.Curve{Label: "all seeds", Kind: plot.Points, Colour: 0}, plot.Curve{Label: "stopped early", Kind: plot.Points, Colour: 1}
	best := plot.Curve{Label: "best so far", Kind: plot.Steps, Colour: 2}
	for i, p := range f.points {
		v := f.estimate(p, goal)
		if math.IsNaN(v) || p.refused != "" {
			continue
		}
		c := &full
		if !p.full(len(f.seeds)) {
			c = &dropped
		}
		c.X, c.Y = append(c.X, float64(p.no)), append(c.Y, v)
		if len(f.goals) == 1 && i < len(t.bestAt) {
			best.X, best.Y = append(best.X, float64(p.no)), append(best.Y, f.estimate(f.points[t.bestAt[i]], goal))
		}
	}
	o := &plot.Overlay{
		Name: "trajectory", Title: "How the search went", X: plot.Axis{Label: "point, in the order of trial"}, Y: plot.Axis{Label: t.label(goal)},
		Note: "dashed level: the default, point 0", Levels: []float64{f.estimate(f.points[0], goal)},
	}
	if goal > 0 {
		o.Name += "-" + itoa(goal+1)
	}
	for _, c := range []plot.Curve{best, dropped, full} {
		if len(c.X) > 0 {
			o.Curves = append(o.Curves, c)
		}
	}
	return o
}

// pareto shows one objective against the first: every point, the front, and the default.
func (t *Tune) pareto(r *Report, goal int) *plot.Overlay {
	f := &t.search.field
	tried := plot.Curve{Label: "tried", Kind: plot.Points, Colour: 1}
	for _, p := range f.points {
		x, y := f.estimate(p, goal), f.estimate(p, 0)
		if p.full(len(f.seeds)) && !math.IsNaN(x) && !math.IsNaN(y) {
			tried.X, tried.Y = append(tried.X, x), append(tried.Y, y)
		}
	}
	front := plot.Curve{Label: "front, held-out seeds", Kind: plot.Points, Colour: 0}
	chosen := plot.Curve{Label: "winner", Kind: plot.Marks, Colour: 2}
	base := plot.Curve{Label: "default", Kind: plot.Marks, Colour: 3}
	for _, c := range r.Candidates {
		x, y := r.row(c.Point, t.rows[goal].String()), r.row(c.Point, t.rows[0].String())
		if x == nil || y == nil {
			continue
		}
		front.X, front.Y = append(front.X, float64(x.Mean)), append(front.Y, float64(y.Mean))
		if c.Winner {
			chosen.X, chosen.Y = []float64{float64(x.Mean)}, []float64{float64(y.Mean)}
			base.X, base.Y = []float64{float64(x.Default)}, []float64{float64(y.Default)}
		}
	}
	o := &plot.Overlay{
		Name: "pareto", Title: t.rows[0].String() + " against " + t.rows[goal].String(),
		Note: "tried: means on the seeds of the search, where all were run; front, winner and default: means on seeds that it never saw",
		X:    plot.Axis{Label: t.label(goal)}, Y: plot.Axis{Label: t.label(0)},
	}
	if goal > 1 {
		o.Name += "-" + itoa(goal)
	}
	for _, c := range []plot.Curve{tried, front, chosen, base} {
		if len(c.X) > 0 {
			o.Curves = append(o.Curves, c)
		}
	}
	return o
}

func (r *Report) row(point int, value string) *Row {
	for i := range r.Rows {
		if x := &r.Rows[i]; x.World == r.Scenario && x.Point == point && x.Value == value {
			return x
		}
	}
	return nil
}
