package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// draw puts the figure on c: titles, cells, labels, and the colours beside them.
func (h *heat) draw(c draw.Canvas) {
	f := &figure{title: h.title(), note: h.m.Title, caption: h.caption()}
	c = draw.Crop(c, vg.Points(margin), -vg.Points(margin), vg.Points(margin), -vg.Points(margin))
	style := textStyle(captionSize, faint)
	lines := wrap(f.caption, style, c.Max.X-c.Min.X)
	f.caption = ""
	for i := range lines {
		c.FillText(style, vg.Point{X: c.Min.X, Y: c.Min.Y + vg.Points(captionSize*1.25*float64(len(lines)-i))}, lines[i])
	}
	c.Min.Y += vg.Points(captionSize * 1.25 * float64(max(len(lines)-1, 0)))
	c = f.frame(c)
	size := h.labelSize(c)
	rows := vg.Length(0)
	for _, l := range h.shown() {
		rows = max(rows, textStyle(size, ink).Width(l))
	}
	const bar = 70 // points at the right for the colours
	area := draw.Crop(c, rows+vg.Points(22), -vg.Points(bar+14), rows+vg.Points(22), 0)
	side := min(area.Max.X-area.Min.X, area.Max.Y-area.Min.Y)
	area = h.align(area, side)
	c.DrawImage(area.Rectangle, h.image(area))
	c.StrokeLines(hairline(ink), corners(area.Rectangle))
	h.drawLabels(c, area, size)
	h.drawValues(c, area)
	h.drawBar(c, area)
}

// align makes the picture start and end on whole pixels, so that none is a blend of two.
func (h *heat) align(a draw.Canvas, side vg.Length) draw.Canvas {
	pixel := vg.Inch / dpi
	whole := func(v vg.Length) vg.Length { return vg.Length(math.Round(float64(v/pixel))) * pixel }
	n := math.Floor(float64(side / pixel))
	if cell := math.Floor(n / float64(h.m.N)); cell >= 3 { // cells of one size
		n = cell * float64(h.m.N)
	}
	a.Min.X, a.Max.Y = whole(a.Min.X), whole(a.Max.Y)
	a.Max.X, a.Min.Y = a.Min.X+vg.Length(n)*pixel, a.Max.Y-vg.Length(n)*pixel
	return a
}

// image paints the cells, first row on top.
func (h *heat) image(a draw.Canvas) image.Image {
	side := int(math.Round(float64((a.Max.X - a.Min.X) / (vg.Inch / dpi))))
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			row, column := y*h.m.N/side, x*h.m.N/side
			v := h.ms[row*h.m.N+column]
			if row == column && math.IsNaN(v) {
				continue // nobody measures a node to itself: not a hole
			}
			img.SetNRGBA(x, y, h.color(v))
		}
	}
	return img
}

func (h *heat) title() string {
	return fmt.Sprintf("Round-trip times, %s: %d × %d", h.m.Name, h.m.N, h.m.N)
}

func (h *heat) caption() string {
	parts := []string{"hypersim"}
	if h.clustered {
		parts = append(parts, "rows ordered by closeness (average linkage)")
	}
	if h.least < h.lo*0.9999 || h.largest > h.hi*1.0001 {
		parts = append(parts, fmt.Sprintf("colours end at %s and %s ms, values at %s and %s ms", threeDigits(h.lo), threeDigits(h.hi), threeDigits(h.least), threeDigits(h.largest)))
	}
	if h.m.Source != "" {
		parts = append(parts, "source: "+h.m.Source)
	}
	return strings.Join(parts, "  ·  ")
}

// shown returns the labels if there are few enough to be read.
func (h *heat) shown() []string {
	if h.m.N > labelRowsMax {
		return nil
	}
	return h.labels
}

// labelSize returns a size at which the labels of neighbouring rows do not touch.
func (h *heat) labelSize(c draw.Canvas) float64 {
	room := float64(c.Max.Y-c.Min.Y) * 0.8 / float64(h.m.N)
	return min(8.5, max(4.5, room*0.85))
}

func (h *heat) drawLabels(c, a draw.Canvas, size float64) {
	style := textStyle(size, ink)
	step := (a.Max.X - a.Min.X) / vg.Length(h.m.N)
	for i, l := range h.shown() {
		mid := step * (vg.Length(i) + 0.5)
		row, column := style, style
		row.XAlign, row.YAlign = draw.XRight, draw.YCenter
		c.FillText(row, vg.Point{X: a.Min.X - vg.Points(3), Y: a.Max.Y - mid + vg.Points(size*0.12)}, l)
		column.XAlign, column.YAlign, column.Rotation = draw.XRight, draw.YCenter, math.Pi/2
		c.FillText(column, vg.Point{X: a.Min.X + mid - vg.Points(size*0.12), Y: a.Min.Y - vg.Points(3)}, l)
	}
	head := textStyle(labelSize, ink)
	head.XAlign = draw.XCenter
	down := head
	down.Rotation = math.Pi / 2
	from, to := "from", "to"
	if h.shown() == nil {
		from, to = "from (row of the matrix)", "to"
	}
	c.FillText(down, vg.Point{X: c.Min.X, Y: a.Center().Y}, from)
	longest := vg.Length(0)
	for _, l := range h.shown() {
		longest = max(longest, style.Width(l))
	}
	c.FillText(head, vg.Point{X: a.Center().X, Y: a.Min.Y - longest - vg.Points(7)}, to)
}

// drawValues writes the milliseconds into the cells of a small matrix.
func (h *heat) drawValues(c, a draw.Canvas) {
	if h.m.N > valueRowsMax {
		return
	}
	step := (a.Max.X - a.Min.X) / vg.Length(h.m.N)
	size := min(9, float64(step)*0.32)
	for i, v := range h.ms {
		if math.IsNaN(v) {
			continue
		}
		ink := color.NRGBA{0xff, 0xff, 0xff, 0xff}
		if lightness(h.color(v)) > 55 {
			ink = black
		}
		style := textStyle(size, ink)
		style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
		x, y := a.Min.X+step*(vg.Length(i%h.m.N)+0.5), a.Max.Y-step*(vg.Length(i/h.m.N)+0.5)
		c.FillText(style, vg.Point{X: x, Y: y + vg.Points(size*0.12)}, threeDigits(v))
	}
}

// threeDigits prints v with about three significant digits.
func threeDigits(v float64) string {
	switch {
	case v < 10:
		return number(v, 0.01)
	case v < 100:
		return number(v, 0.1)
	}
	return number(v, 1)
}
