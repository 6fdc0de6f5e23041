package plot

import (
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis/stats"
)

// estimated is a point with an interval in one or both directions; an interval without ends is not drawn.
type estimated struct{ x, y stats.Interval }

// exactly is an interval that is a number.
func exactly(v float64) stats.Interval {
	return stats.Interval{Estimate: v, Low: math.NaN(), High: math.NaN()}
}

// bars are points with error bars, joined by a line if it has a width. shift moves all to the right, so that
// bars of several lines at one place do not hide each other.
type bars struct {
	points []estimated
	glyph  draw.GlyphStyle
	line   draw.LineStyle
	shift  vg.Length
}

func (b *bars) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, ty := p.Transforms(&c)
	thin := draw.LineStyle{Color: b.glyph.Color, Width: vg.Points(1)}
	cap := vg.Points(2)
	var joined []vg.Point
	for _, e := range b.points {
		if !representable(p, plotter.XY{X: e.x.Estimate, Y: e.y.Estimate}) || !finite(e.y.Estimate) {
			continue
		}
		at := vg.Point{X: tx(e.x.Estimate) + b.shift, Y: ty(e.y.Estimate)}
		joined = append(joined, at)
		if e.y.Known() {
			lo, hi := clamp(ty(e.y.Low), c.Min.Y, c.Max.Y), clamp(ty(e.y.High), c.Min.Y, c.Max.Y)
			c.StrokeLine2(thin, at.X, lo, at.X, hi)
			c.StrokeLine2(thin, at.X-cap, lo, at.X+cap, lo)
			c.StrokeLine2(thin, at.X-cap, hi, at.X+cap, hi)
		}
		if e.x.Known() {
			lo, hi := clamp(tx(e.x.Low), c.Min.X, c.Max.X), clamp(tx(e.x.High), c.Min.X, c.Max.X)
			c.StrokeLine2(thin, lo, at.Y, hi, at.Y)
			c.StrokeLine2(thin, lo, at.Y-cap, lo, at.Y+cap)
			c.StrokeLine2(thin, hi, at.Y-cap, hi, at.Y+cap)
		}
	}
	if b.line.Width > 0 && len(joined) > 1 {
		c.StrokeLines(b.line, c.ClipLinesXY(joined)...)
	}
	for _, at := range joined {
		c.DrawGlyph(b.glyph, at)
	}
}

func clamp(v, lo, hi vg.Length) vg.Length {
	if v != v || v < lo {
		return lo
	}
	return min(v, hi)
}

// estimates adds points with their bars to the panel.
func (p *panel) estimates(label string, b *bars) {
	for _, e := range b.points {
		for _, v := range []float64{e.y.Estimate, e.y.Low, e.y.High} {
			if finite(v) {
				p.see(plotter.XYs{{X: e.x.Estimate, Y: v}})
			}
		}
		for _, v := range []float64{e.x.Low, e.x.High} {
			if finite(v) {
				p.see(plotter.XYs{{X: v, Y: e.y.Estimate}})
			}
		}
	}
	p.layers = append(p.layers, b)
	if label == "" {
		return
	}
	e := entry{label: label, glyph: &b.glyph}
	if b.line.Width > 0 {
		e.line = &b.line
	}
	p.legend = append(p.legend, e)
}

// upright is a vertical line, such as at the default.
type upright float64

func (u upright) Plot(c draw.Canvas, p *gonum.Plot) {
	if x := c.X(p.X.Norm(float64(u))); c.ContainsX(x) {
		c.StrokeLine2(defaultLine, x, c.Min.Y, x, c.Max.Y)
	}
}

// defaultLine marks the default of a parameter.
var defaultLine = draw.LineStyle{Color: faint, Width: vg.Points(1), Dashes: dashes[2]}

// shapes tell points apart without colour, in the order of cycle.
var shapes = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.RingGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}, draw.PlusGlyph{}, draw.CrossGlyph{},
}

func marker(i int, radius float64) draw.GlyphStyle {
	return draw.GlyphStyle{Color: cycle[i%len(cycle)], Radius: vg.Points(radius), Shape: shapes[i%len(shapes)]}
}
