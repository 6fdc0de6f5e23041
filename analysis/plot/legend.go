package plot

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// entry is one line of a legend: a line, a filled square, a glyph, or only words (a heading).
type entry struct {
	label string // may hold line breaks
	line  *draw.LineStyle
	fill  color.Color
	glyph *draw.GlyphStyle
}

const (
	thumbWidth = 22 // points
	thumbGap   = 5
	legendGap  = 12 // between data and legend
	legendLead = 3.2
)

// legendWidth returns how much room the entries need to the right of a panel, 0 for none.
func legendWidth(entries []entry) vg.Length {
	w := vg.Length(0)
	style := textStyle(legendSize, ink)
	for _, e := range entries {
		for line := range strings.SplitSeq(e.label, "\n") {
			need := style.Width(line)
			if !e.heading() {
				need += vg.Points(thumbWidth + thumbGap)
			}
			w = max(w, need)
		}
	}
	if w == 0 {
		return 0
	}
	return w + vg.Points(legendGap)
}

func (e *entry) heading() bool { return e.line == nil && e.fill == nil && e.glyph == nil }

// drawLegend writes the entries from the top left of c downwards.
func drawLegend(c draw.Canvas, entries []entry) {
	style := textStyle(legendSize, ink)
	y := c.Max.Y
	high := vg.Points(legendSize * 1.18)
	for _, e := range entries {
		x := c.Min.X
		lines := strings.Split(e.label, "\n")
		if !e.heading() {
			e.thumbnail(&c, x, y-high/2-vg.Points(0.4))
			x += vg.Points(thumbWidth + thumbGap)
		}
		for _, line := range lines {
			c.FillText(style, vg.Point{X: x, Y: y + vg.Points(0.6)}, line)
			y -= high
		}
		y -= vg.Points(legendLead)
	}
}

func (e *entry) thumbnail(c *draw.Canvas, x, mid vg.Length) {
	w := vg.Points(thumbWidth)
	switch {
	case e.fill != nil:
		h := vg.Points(3.6)
		left := x + w/2 - vg.Points(5)
		c.FillPolygon(e.fill, []vg.Point{{X: left, Y: mid - h}, {X: left + vg.Points(10), Y: mid - h}, {X: left + vg.Points(10), Y: mid + h}, {X: left, Y: mid + h}})
	case e.line != nil:
		c.StrokeLine2(*e.line, x, mid, x+w, mid)
	}
	if e.glyph != nil {
		c.DrawGlyphNoClip(*e.glyph, vg.Point{X: x + w/2, Y: mid})
	}
}
