package plot

import (
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// thresholdLine is how a panel draws what must not be passed (level).
var thresholdLine = draw.LineStyle{Color: ink, Width: vg.Points(0.9), Dashes: dashes[4]}

// Plot implements gonum's Plotter.
func (l *levelLanes) Plot(c draw.Canvas, p *gonum.Plot) {
	for i := range l.bars {
		b := &l.bars[i]
		row := slices.Index(l.rows, b.row)
		if row < 0 || b.to < p.X.Min || b.from > p.X.Max {
			continue
		}
		x0, x1 := c.X(p.X.Norm(max(b.from, p.X.Min))), c.X(p.X.Norm(min(b.to, p.X.Max)))
		y0, y1 := c.Y(p.Y.Norm(-float64(row)-rowHigh/2)), c.Y(p.Y.Norm(-float64(row)+rowHigh/2))
		x1 = max(x1, x0+vg.Points(0.6)) // the shortest one can be seen
		c.FillPolygon(levelStyles[b.level].color, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
	}
}

// flushGlyph is the mark of a flush under a level.
func flushGlyph(level, i int) draw.GlyphStyle {
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}, draw.RingGlyph{}}
	c := levelStyles[level].color
	if level == 0 { // its bar is paler than a dot may be
		c = grey
	}
	return draw.GlyphStyle{Color: alpha(c, 0.8), Radius: vg.Points(1.8), Shape: shapes[i%len(shapes)]}
}
