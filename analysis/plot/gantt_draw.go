package plot

import (
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// shardBars draws the bars of a Gantt chart, and the links between them.
type shardBars struct {
	list  []bar
	links []link
}

// rowHigh is how much of a row its bars take.
const rowHigh = 0.84

// Plot implements gonum's Plotter.
func (b *shardBars) Plot(c draw.Canvas, p *gonum.Plot) {
	for i := range b.list {
		b.list[i].draw(c, p)
	}
	for i := range b.list {
		if x := &b.list[i]; x.tail != "" {
			_, _, y0, y1 := x.place(c, p)
			style := textStyle(bandSize-1, ink)
			style.XAlign = draw.XRight
			c.FillText(style, vg.Point{X: c.Max.X - vg.Points(2), Y: (y0+y1)/2 + vg.Points((bandSize-1)/2)}, x.tail)
		}
	}
	style := draw.LineStyle{Color: ink, Width: vg.Points(0.9), Dashes: []vg.Length{vg.Points(3), vg.Points(2)}}
	for _, l := range b.links {
		_, end, y0, y1 := l.from.place(c, p)
		start, _, z0, z1 := l.to.place(c, p)
		from, to := vg.Point{X: end, Y: (y0 + y1) / 2}, vg.Point{X: start, Y: (z0 + z1) / 2}
		c.StrokeLines(style, c.ClipLinesXY([]vg.Point{from, to})...)
		if c.Contains(to) {
			c.DrawGlyph(draw.GlyphStyle{Color: ink, Radius: vg.Points(1.8), Shape: draw.CircleGlyph{}}, to)
		}
	}
}

// place returns where b lies within c.
func (b *bar) place(c draw.Canvas, p *gonum.Plot) (x0, x1, y0, y1 vg.Length) {
	foot := -float64(b.row) - rowHigh/2
	x0, x1 = c.X(p.X.Norm(max(b.from, p.X.Min))), c.X(p.X.Norm(min(b.to, p.X.Max)))
	y0, y1 = c.Y(p.Y.Norm(foot+rowHigh*b.lo)), c.Y(p.Y.Norm(foot+rowHigh*b.hi))
	return x0, x1, y0, y1
}

func (b *bar) draw(c draw.Canvas, p *gonum.Plot) {
	x0, x1, y0, y1 := b.place(c, p)
	x1 = max(x1, x0+vg.Points(0.8)) // the shortest one can be seen
	fill := ganttStyles[b.style()].color
	if b.end == "" { // nobody knows when it will end
		fill = alpha(fill, 0.55)
	}
	corners := []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
	c.FillPolygon(fill, corners)
	c.StrokeLines(draw.LineStyle{Color: white, Width: vg.Points(0.4)}, append(corners, corners[0]))
	if b.text == "" {
		return
	}
	size := min(bandSize, float64((y1-y0)/vg.Points(1))*0.95)
	style := textStyle(max(size, 4), white)
	if b.style() == 0 || b.end == "" {
		style.Color = ink
	}
	if w := style.Width(b.text); w+vg.Points(2) > x1-x0 { // beside it
		style.Color = ink
		if b.before {
			style.XAlign = draw.XRight
			c.FillText(style, vg.Point{X: x0 - vg.Points(1.5), Y: (y0+y1)/2 + vg.Points(size/2)}, b.text)
			return
		}
		c.FillText(style, vg.Point{X: x1 + vg.Points(1.5), Y: (y0+y1)/2 + vg.Points(size/2)}, b.text)
		return
	}
	style.XAlign = draw.XCenter
	c.FillText(style, vg.Point{X: (x0 + x1) / 2, Y: (y0+y1)/2 + vg.Points(size/2)}, b.text)
}
