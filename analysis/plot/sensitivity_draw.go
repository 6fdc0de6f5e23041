package plot

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// forest draws the names of the parameters, and a column of effects for each objective.
func (s *Sensitivity) forest(c draw.Canvas) {
	bold, plain := boldStyle(panelSize, ink), textStyle(bandSize, faint)
	wide := vg.Length(0)
	for i := range s.Factors {
		f := &s.Factors[i]
		wide = max(wide, bold.Width(f.Key), plain.Width(f.moved()))
	}
	wide = min(wide+vg.Points(8), 0.45*(c.Max.X-c.Min.X))
	s.legend(c)
	c.Max.Y -= vg.Points(16)
	each := (c.Max.X - c.Min.X - wide) / vg.Length(len(s.Objectives))
	for i := range s.Objectives {
		cell := c
		cell.Min.X = c.Min.X + wide + each*vg.Length(i)
		cell.Max.X = cell.Min.X + each - vg.Points(10)
		p := s.effectPanel(i)
		area := p.place(cell, vg.Points(footLabel))
		style := textStyle(labelSize, ink)
		style.XAlign = draw.XCenter
		cell.FillText(style, vg.Point{X: area.Center().X, Y: cell.Min.Y + vg.Points(labelSize*1.15)}, cutTo(p.x.label, style, cell.Max.X-cell.Min.X))
		if i > 0 {
			continue
		}
		for k := range s.Factors {
			y := area.Max.Y - (area.Max.Y-area.Min.Y)*vg.Length((float64(k)+0.5)/float64(len(s.Factors)))
			c.FillText(bold, vg.Point{X: c.Min.X, Y: y + vg.Points(10)}, cutTo(s.Factors[k].Key, bold, wide))
			c.FillText(plain, vg.Point{X: c.Min.X, Y: y - vg.Points(0.5)}, cutTo(s.Factors[k].moved(), plain, wide))
		}
	}
}

// moved says from where to where a parameter went.
func (f *Factor) moved() string {
	if f.Effects[0].Kind == Unmoved {
		return f.Winner + ", as it was"
	}
	return f.Default + " → " + f.Winner
}

// legend writes what the marks of the effects that are there mean.
func (s *Sensitivity) legend(c draw.Canvas) {
	style := textStyle(legendSize, ink)
	x, y := c.Min.X, c.Max.Y
	for kind := range effectStyles {
		there := false
		for i := range s.Factors {
			for _, e := range s.Factors[i].Effects {
				there = there || int(e.Kind) == kind
			}
		}
		if !there {
			continue
		}
		k := &effectStyles[kind]
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: k.colour, Radius: vg.Points(3), Shape: k.shape}, vg.Point{X: x + vg.Points(4), Y: y - vg.Points(5)})
		c.FillText(style, vg.Point{X: x + vg.Points(12), Y: y}, k.label)
		x += style.Width(k.label) + vg.Points(28)
	}
}

// place draws a panel into c, with so much room left below its ticks, and returns where its data lie.
func (p *panel) place(c draw.Canvas, foot vg.Length) draw.Canvas {
	g := p.build()
	cell := draw.Crop(c, 0, 0, foot, 0)
	g.Draw(cell)
	area := g.DataCanvas(cell)
	box(area)
	return area
}

// slices draws a panel for each parameter, as many as there is room for.
func (s *Sensitivity) slices(c draw.Canvas, rows int) {
	n := min(len(s.Factors), slicesMax)
	if n == 0 {
		return
	}
	head := fmt.Sprintf("%s over the values that were tried", s.Objectives[0].Label)
	if n < len(s.Factors) {
		head += fmt.Sprintf(", of the first %d", n)
	}
	bold, plain := boldStyle(panelSize, ink), textStyle(bandSize, faint)
	c.FillText(bold, vg.Point{X: c.Min.X, Y: c.Max.Y}, head)
	words := "filled: all seeds; open: stopped early; dotted: default; triangle: winner; rank: correlation of ranks"
	plain.XAlign = draw.XRight
	c.FillText(plain, vg.Point{X: c.Max.X, Y: c.Max.Y - vg.Points(1)}, words)
	plain.XAlign = draw.XLeft
	c.Max.Y -= vg.Points(17)
	wide, high := (c.Max.X-c.Min.X)/sliceRow, (c.Max.Y-c.Min.Y)/vg.Length(rows)
	for k := range n {
		cell := c
		cell.Min.X, cell.Max.X = c.Min.X+wide*vg.Length(k%sliceRow), c.Min.X+wide*vg.Length(k%sliceRow+1)-vg.Points(9)
		cell.Max.Y = c.Max.Y - high*vg.Length(k/sliceRow)
		cell.Min.Y = cell.Max.Y - high + vg.Points(6)
		f := &s.Factors[k]
		title := f.Key
		if f.X.Label != "" {
			title += ", " + f.X.Label
		}
		if !math.IsNaN(f.Rank) {
			title += strings.ReplaceAll(fmt.Sprintf(" (rank %.2f)", f.Rank), "-", "−")
		}
		c.FillText(plain, vg.Point{X: cell.Min.X, Y: cell.Max.Y}, cutTo(title, plain, wide-vg.Points(9)))
		cell.Max.Y -= vg.Points(11)
		s.slicePanel(k).place(cell, 0)
	}
}
