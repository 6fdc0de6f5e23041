package plot

import (
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// curve is a line through its points, broken where y is NaN, clipped to the panel.
type curve struct {
	xy    plotter.XYs
	style draw.LineStyle
	step  bool             // horizontal to the next x, then vertical
	glyph *draw.GlyphStyle // at each point
}

func (l *curve) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	var run []vg.Point
	flush := func() {
		if len(run) > 1 {
			c.StrokeLines(l.style, c.ClipLinesXY(run)...)
		}
		if len(run) == 1 && l.glyph == nil { // a lone sample would be invisible
			c.DrawGlyph(draw.GlyphStyle{Color: l.style.Color, Radius: vg.Points(1.5), Shape: draw.CircleGlyph{}}, run[0])
		}
		run = run[:0]
	}
	for _, v := range l.xy {
		if math.IsNaN(v.Y) || !representable(p, v) {
			flush()
			continue
		}
		pt := vg.Point{X: x(v.X), Y: y(v.Y)}
		if l.step && len(run) > 0 {
			run = append(run, vg.Point{X: pt.X, Y: run[len(run)-1].Y})
		}
		run = append(run, pt)
	}
	flush()
	if l.glyph != nil {
		for _, v := range l.xy {
			if !math.IsNaN(v.Y) && representable(p, v) {
				c.DrawGlyph(*l.glyph, vg.Point{X: x(v.X), Y: y(v.Y)})
			}
		}
	}
}

// representable reports whether v has a place on the axes: a logarithmic one has none for 0.
func representable(p *gonum.Plot, v plotter.XY) bool {
	on := func(a *gonum.Axis, v float64) bool {
		_, log := a.Scale.(gonum.LogScale)
		return !log || v > 0
	}
	return on(&p.X, v.X) && on(&p.Y, v.Y)
}

// hideZeros breaks a line where it would only run along the axis and hide others: at zeros between zeros.
func hideZeros(xy plotter.XYs) {
	zero := func(i int) bool { return i < 0 || i >= len(xy) || xy[i].Y == 0 }
	hide := make([]bool, len(xy))
	for i := range xy {
		hide[i] = zero(i-1) && zero(i) && zero(i+1)
	}
	for i := range xy {
		if hide[i] {
			xy[i].Y = math.NaN()
		}
	}
}

// area is a polygon between two lines over the same x.
type area struct {
	x, low, high []float64
	color        draw.LineStyle // Color fills
}

func (a *area) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, ty := p.Transforms(&c)
	pts := make([]vg.Point, 0, 2*len(a.x))
	for i := range a.x {
		pts = append(pts, vg.Point{X: tx(a.x[i]), Y: ty(a.high[i])})
	}
	for i := len(a.x) - 1; i >= 0; i-- {
		pts = append(pts, vg.Point{X: tx(a.x[i]), Y: ty(a.low[i])})
	}
	c.FillPolygon(a.color.Color, c.ClipPolygonXY(pts))
}

// stack turns values, one slice per layer over the same x, into areas on top of each other, and returns the
// sums. NaN counts as 0.
func stack(x []float64, layers [][]float64, colors []draw.LineStyle) (areas []*area, total []float64) {
	total = make([]float64, len(x))
	for k, layer := range layers {
		a := &area{x: x, low: append([]float64(nil), total...), color: colors[k]}
		for i, v := range layer {
			if !math.IsNaN(v) {
				total[i] += v
			}
		}
		a.high = append([]float64(nil), total...)
		areas = append(areas, a)
	}
	return areas, total
}
