package plot

import (
	"math"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// panel is one pair of axes of a figure with what stands in it.
type panel struct {
	title  string // what this panel adds to the figure's title; "" for the only one
	x, y   axis
	weight float64 // share of the height; 0 = 1
	ranges bounds  // of the data
	layers []gonum.Plotter
	legend []entry
	bare   bool // the panel below carries the x axis
	bands  []band
	hlines []float64
}

// bounds is the extent of data.
type bounds struct{ x0, x1, y0, y1 float64 }

func newPanel(x, y axis) *panel {
	inf := math.Inf(1)
	return &panel{x: x, y: y, ranges: bounds{inf, -inf, inf, -inf}}
}

// see widens the extent by the points that the axes can show.
func (p *panel) see(xy plotter.XYs) {
	for _, v := range xy {
		if math.IsNaN(v.Y) || p.x.kind == logarithmic && v.X <= 0 || p.y.kind == logarithmic && v.Y <= 0 {
			continue
		}
		b := &p.ranges
		b.x0, b.x1, b.y0, b.y1 = min(b.x0, v.X), max(b.x1, v.X), min(b.y0, v.Y), max(b.y1, v.Y)
	}
}

// line adds a curve and, if label is not "", its entry in the legend.
func (p *panel) line(label string, style draw.LineStyle, step bool, xy plotter.XYs) {
	p.see(xy)
	p.layers = append(p.layers, &curve{xy: xy, style: style, step: step})
	if label != "" {
		p.legend = append(p.legend, entry{label: label, line: &style})
	}
}

// quantiles adds a distribution known at few points: a step line through dots, which the true one is nowhere
// below.
func (p *panel) quantiles(label string, style draw.LineStyle, xy plotter.XYs) {
	g := draw.GlyphStyle{Color: style.Color, Radius: vg.Points(2), Shape: draw.CircleGlyph{}}
	p.see(xy)
	p.layers = append(p.layers, &curve{xy: xy, style: style, step: true, glyph: &g})
	p.legend = append(p.legend, entry{label: label, line: &style, glyph: &g})
}

// dots adds points.
func (p *panel) dots(label string, g draw.GlyphStyle, xy plotter.XYs) {
	p.see(xy)
	p.layers = append(p.layers, &curve{xy: xy, glyph: &g})
	if label != "" {
		p.legend = append(p.legend, entry{label: label, glyph: &g})
	}
}

// stacked adds layers on top of each other, the first at the bottom; the legend lists them as they lie.
func (p *panel) stacked(x []float64, labels []string, layers [][]float64, styles []draw.LineStyle) {
	areas, total := stack(x, layers, styles)
	for _, a := range areas {
		p.layers = append(p.layers, a)
	}
	for i := len(labels) - 1; i >= 0; i-- {
		p.legend = append(p.legend, entry{label: labels[i], fill: styles[i].Color})
	}
	xy := make(plotter.XYs, len(x))
	for i := range x {
		xy[i] = plotter.XY{X: x[i], Y: total[i]}
	}
	p.see(xy)
	p.see(plotter.XYs{{X: x[0], Y: 0}})
}

// build turns the panel into a gonum plot with axes, bands behind a grid, and the data.
func (p *panel) build() *gonum.Plot {
	g := gonum.New()
	g.BackgroundColor = nil
	x, y := p.x, p.y
	if x.hi <= x.lo {
		x = x.fit(p.ranges.x0, p.ranges.x1)
	}
	if y.hi <= y.lo {
		y = y.fit(p.ranges.y0, p.ranges.y1)
	}
	x.apply(&g.X)
	y.apply(&g.Y)
	for _, a := range []*gonum.Axis{&g.X, &g.Y} {
		a.Tick.Label.Font, a.Tick.Label.Color = sans(tickSize, 0), ink
		a.Tick.Length, a.Tick.LineStyle = vg.Points(4), hairline(ink)
		a.LineStyle, a.Padding = hairline(ink), 0
	}
	if x.turned {
		style := &g.X.Tick.Label
		style.Rotation, style.XAlign, style.YAlign = math.Pi/2, draw.XRight, draw.YCenter
		for i := range x.ticks {
			x.ticks[i].Label = strings.TrimRight(x.ticks[i].Label, " ") + " " // off the axis
		}
	}
	marker := g.X.Tick.Marker
	if p.bare {
		g.X.Tick.Marker = gonum.TickerFunc(func(lo, hi float64) []gonum.Tick {
			ticks := marker.Ticks(lo, hi)
			for i := range ticks {
				ticks[i].Label = ""
			}
			return ticks
		})
	}
	g.Add(bandShades(p.bands), rules{x: marker})
	g.Add(p.layers...)
	for _, h := range p.hlines {
		g.Add(level(h))
	}
	return g
}

// rules draws the grid at labelled ticks, behind the data.
type rules struct{ x gonum.Ticker }

func (r rules) Plot(c draw.Canvas, p *gonum.Plot) {
	for _, t := range r.x.Ticks(p.X.Min, p.X.Max) {
		if x := c.X(p.X.Norm(t.Value)); c.ContainsX(x) && t.Label != "" {
			c.StrokeLine2(hairline(gridline), x, c.Min.Y, x, c.Max.Y)
		}
	}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if y := c.Y(p.Y.Norm(t.Value)); c.ContainsY(y) && t.Label != "" {
			c.StrokeLine2(hairline(gridline), c.Min.X, y, c.Max.X, y)
		}
	}
}

// level is a horizontal line, such as a threshold.
type level float64

func (l level) Plot(c draw.Canvas, p *gonum.Plot) {
	if _, log := p.Y.Scale.(gonum.LogScale); log && l <= 0 {
		return
	}
	if y := c.Y(p.Y.Norm(float64(l))); c.ContainsY(y) {
		style := draw.LineStyle{Color: ink, Width: vg.Points(0.9), Dashes: dashes[4]}
		c.StrokeLine2(style, c.Min.X, y, c.Max.X, y)
	}
}
