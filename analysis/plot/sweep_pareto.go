package plot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis"
)

// tradeoff sets the first measure against what it costs: a point per choice, a colour per world, the choices
// that no other beats in both joined by a line. Choices are compared within one world only: a small group is
// no better way to run a large one.
func (g *grid) tradeoff() *figure {
	var ours []*factor
	for _, f := range g.factors {
		if f.ours {
			ours = append(ours, f)
		}
	}
	costs := g.costs()
	if len(ours) == 0 || len(costs) == 0 {
		return nil
	}
	worlds, note := g.combinations(linesMax, ours...)
	names := make([]string, len(ours))
	for i, f := range ours {
		names[i] = f.short
	}
	out := &figure{
		name: "tradeoff", title: g.all[0].name + " against its cost",
		note: joined("lower left is better; broad pale steps join the cells that no other beats in both, thin bars are 95 % intervals; labels: "+strings.Join(names, ", ")+", joined by = where cells coincide", note),
	}
	choices := append([]combination{{at: g.fixed}}, g.expand(ours)...) // the default first: it names points that are equal
	for i := range costs {
		p := newPanel(axis{label: costs[i].label(), kind: costs[i].scale(g)}, axis{label: g.all[0].label()})
		marks := &callouts{}
		for k := range worlds {
			g.scatter(p, marks, &worlds[k], choices, ours, &costs[i], k, i == 0)
		}
		p.zoom()
		p.layers = append(p.layers, marks)
		if i == 0 && marks.def {
			p.legend = append(p.legend, entry{label: "default", glyph: &defaultRing})
		}
		out.panels = append(out.panels, p)
	}
	out.inch = 1.5 + 3.6*float64(len(out.panels))
	return out
}

// costs are the measures that stand against the first: traffic and false alarms.
func (g *grid) costs() []measure {
	var out []measure
	for i := range g.all {
		switch {
		case i == 0:
		case g.all[i].Metric == "bytes":
			out = slices.Insert(out, 0, g.all[i])
		case g.all[i].counted:
			out = append(out, g.all[i])
		}
	}
	return out[:min(len(out), 2)]
}

// defaultRing marks the cell where everything stands at its default.
var defaultRing = draw.GlyphStyle{Color: black, Radius: vg.Points(6), Shape: draw.RingGlyph{}}

// scatter adds the points of one world.
func (g *grid) scatter(p *panel, marks *callouts, world *combination, choices []combination, ours []*factor, cost *measure, k int, named bool) {
	b := &bars{glyph: marker(k, 2.4)}
	var words []string
	var seen []*analysis.Cell
	for _, choice := range choices {
		at := map[string]string{}
		for _, f := range g.factors {
			at[f.key] = world.at[f.key]
		}
		for _, f := range ours {
			at[f.key] = choice.at[f.key]
		}
		c := g.find(at)
		if c == nil || slices.Contains(seen, c) {
			continue
		}
		seen = append(seen, c)
		e := estimated{cost.estimate(c), g.all[0].estimate(c)}
		if !finite(e.x.Estimate) || !finite(e.y.Estimate) {
			continue
		}
		var w []string
		for _, f := range ours {
			if v := c.Point.Get(f.key); v != "" {
				w = append(w, v)
			}
		}
		if g.isDefault(c, true) {
			marks.def = true
			p.layers = append(p.layers, &curve{xy: plotter.XYs{{X: e.x.Estimate, Y: e.y.Estimate}}, glyph: &defaultRing})
		}
		b.points, words = append(b.points, e), append(words, strings.Join(w, ", "))
	}
	if len(b.points) == 0 {
		return
	}
	label := world.label
	if !named {
		label = ""
	}
	var line plotter.XYs
	for _, i := range front(b.points) {
		line = append(line, plotter.XY{X: b.points[i].x.Estimate, Y: b.points[i].y.Estimate})
		marks.add(coinciding(b.points, words, i), line[len(line)-1])
	}
	p.line("", draw.LineStyle{Color: alpha(cycle[k%len(cycle)], stepsAlpha), Width: vg.Points(stepsWide)}, true, line)
	p.estimates(label, b)
}

// The steps of a front are broad and pale: nobody takes them for the bar of an interval.
const (
	stepsAlpha = 0.3
	stepsWide  = 3.2
)

// namedMax is how many coinciding cells are named.
const namedMax = 3

// coinciding names the point i and those that lie on it: without, nobody would know that they are there.
func coinciding(points []estimated, words []string, i int) string {
	var names []string
	for k := range points {
		if points[k].x.Estimate == points[i].x.Estimate && points[k].y.Estimate == points[i].y.Estimate {
			names = addOnce(names, words[k])
		}
	}
	if more := len(names) - namedMax; more > 0 {
		names = append(names[:namedMax], fmt.Sprintf("%d more", more))
	}
	return strings.Join(names, " = ")
}

// front returns the points that no other beats in both coordinates, by x.
func front(points []estimated) []int {
	order := make([]int, len(points))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := points[i], points[j]
		return cmp.Or(cmp.Compare(a.x.Estimate, b.x.Estimate), cmp.Compare(a.y.Estimate, b.y.Estimate), i-j)
	})
	var out []int
	for _, i := range order {
		if len(out) == 0 || points[i].y.Estimate < points[out[len(out)-1]].y.Estimate {
			out = append(out, i)
		}
	}
	return out
}

// zoom lets the axes span the data and not start at 0: only differences matter here.
func (p *panel) zoom() {
	b := &p.ranges
	for _, a := range []struct {
		axis   *axis
		lo, hi float64
	}{{&p.x, b.x0, b.x1}, {&p.y, b.y0, b.y1}} {
		if a.axis.kind == linear && a.hi > a.lo && a.lo > 0.3*a.hi {
			room := 0.08 * (a.hi - a.lo)
			a.axis.lo, a.axis.hi = a.lo-room, a.hi+room
		}
	}
}

// callouts are words beside points; those that would cover another are left out.
type callouts struct {
	words []string
	at    plotter.XYs
	def   bool
}

func (l *callouts) add(word string, at plotter.XY) {
	l.words, l.at = append(l.words, word), append(l.at, at)
}

func (l *callouts) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, ty := p.Transforms(&c)
	style := textStyle(bandSize, ink)
	high := vg.Points(bandSize * 1.2)
	var taken []vg.Rectangle
	free := func(r vg.Rectangle) bool {
		if r.Min.X < c.Min.X || r.Max.X > c.Max.X || r.Min.Y < c.Min.Y || r.Max.Y > c.Max.Y {
			return false
		}
		return !slices.ContainsFunc(taken, func(t vg.Rectangle) bool {
			return r.Min.X < t.Max.X && t.Min.X < r.Max.X && r.Min.Y < t.Max.Y && t.Min.Y < r.Max.Y
		})
	}
	for i := range l.words {
		x, y, w := tx(l.at[i].X), ty(l.at[i].Y), style.Width(l.words[i])
		for _, corner := range []vg.Point{{X: x + 5, Y: y + 2}, {X: x + 5, Y: y - high - 2}, {X: x - w - 5, Y: y - high - 2}, {X: x - w - 5, Y: y + 2}} {
			r := vg.Rectangle{Min: corner, Max: vg.Point{X: corner.X + w, Y: corner.Y + high}}
			if free(r) {
				taken = append(taken, r)
				c.FillText(style, vg.Point{X: corner.X, Y: r.Max.Y}, l.words[i])
				break
			}
		}
	}
}
