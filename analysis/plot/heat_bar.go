package plot

import (
	"image"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// drawBar draws the colours with their milliseconds to the right of the cells.
func (h *heat) drawBar(c, a draw.Canvas) {
	const wide, steps = 14, 256
	x0, x1 := a.Max.X+vg.Points(16), a.Max.X+vg.Points(16+wide)
	strip := image.NewNRGBA(image.Rect(0, 0, 1, steps))
	for i := range steps {
		strip.SetNRGBA(0, i, viridis(1-float64(i)/(steps-1)))
	}
	r := vg.Rectangle{Min: vg.Point{X: x0, Y: a.Min.Y}, Max: vg.Point{X: x1, Y: a.Max.Y}}
	if h.missing {
		r.Min.Y += vg.Points(30)
	}
	c.DrawImage(r, strip)
	c.StrokeLines(hairline(ink), corners(r))
	var ticks []gonum.Tick
	place := func(v float64) float64 { return (v - h.lo) / (h.hi - h.lo) }
	if h.log {
		ticks = logTicks(h.lo, h.hi)
		place = func(v float64) float64 { return math.Log(v/h.lo) / math.Log(h.hi/h.lo) }
	} else {
		ticks = linearTicks(h.lo, h.hi)
	}
	style := textStyle(tickSize, ink)
	style.YAlign = draw.YCenter
	for _, t := range ticks {
		y := r.Min.Y + vg.Length(place(t.Value))*(r.Max.Y-r.Min.Y)
		if t.Label == "" {
			c.StrokeLine2(hairline(ink), x1, y, x1+vg.Points(2), y)
			continue
		}
		c.StrokeLine2(hairline(ink), x1, y, x1+vg.Points(4), y)
		c.FillText(style, vg.Point{X: x1 + vg.Points(6), Y: y + vg.Points(1)}, t.Label)
	}
	h.barWords(c, r)
}

func (h *heat) barWords(c draw.Canvas, r vg.Rectangle) {
	style := textStyle(labelSize, ink)
	style.XAlign, style.Rotation = draw.XCenter, math.Pi/2
	word := "round-trip time (ms)"
	if h.log {
		word = "round-trip time (ms, logarithmic)"
	}
	c.FillText(style, vg.Point{X: r.Max.X + vg.Points(30), Y: (r.Min.Y + r.Max.Y) / 2}, word)
	if h.missing {
		y := r.Min.Y - vg.Points(30)
		c.FillPolygon(missing, []vg.Point{{X: r.Min.X, Y: y}, {X: r.Max.X, Y: y}, {X: r.Max.X, Y: y + vg.Points(14)}, {X: r.Min.X, Y: y + vg.Points(14)}})
		c.FillText(textStyle(tickSize, ink), vg.Point{X: r.Max.X + vg.Points(6), Y: y + vg.Points(12)}, "not measured")
	}
}

func corners(r vg.Rectangle) []vg.Point {
	return []vg.Point{r.Min, {X: r.Max.X, Y: r.Min.Y}, r.Max, {X: r.Min.X, Y: r.Max.Y}, r.Min}
}
