package plot

import (
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// figure is panels below each other with a title, labelled fault bars and a caption.
type figure struct {
	name    string // of the file, without extension
	title   string // what is shown
	note    string // one line under the title: how to read it, what is left out; may be ""
	caption string // where it comes from
	panels  []*panel
	shared  bool // the panels share one x axis: only the last carries labels
	bands   []band
	inch    float64             // height; 0: by the number of panels
	drawn   []Drawn             // of a requested figure: its numbers
	custom  func(c draw.Canvas) // draws what stands below the note, instead of panels
}

const (
	margin   = 9.0 // points, around everything
	panelGap = 9.0
)

func (f *figure) height() float64 {
	switch {
	case f.inch > 0:
		return f.inch + f.upright()/72
	case len(f.panels) < 2:
		return heightInch + f.upright()/72
	}
	return heightInch + 1.25*float64(len(f.panels)-1) + f.upright()/72
}

// upright is how much more room, in points, the words below a shared axis take that stand upright there: side by side they would
// run into each other. 0: they do not.
func (f *figure) upright() float64 {
	if !f.shared || len(f.panels) == 0 {
		return 0
	}
	room := 72*widthInch - 2*margin - sideLabel - yTicks
	for _, p := range f.panels {
		room = min(room, 72*widthInch-2*margin-sideLabel-yTicks-float64(legendWidth(p.legend)))
	}
	ticks, style := f.panels[len(f.panels)-1].x.ticks, textStyle(tickSize, ink)
	widest := 0.0
	for _, t := range ticks {
		widest = max(widest, float64(style.Width(t.Label)))
	}
	if (widest+tickSize/2)*float64(len(ticks)) <= room {
		return 0
	}
	return widest
}

// yTicks is about what the numbers beside an axis take, in points.
const yTicks = 3.5 * tickSize

// draw puts the figure on c.
func (f *figure) draw(c draw.Canvas) {
	c = draw.Crop(c, vg.Points(margin), -vg.Points(margin), vg.Points(margin), -vg.Points(margin))
	c = f.frame(c)
	if f.custom != nil {
		f.custom(c)
		return
	}
	plots, wide := make([]*gonum.Plot, len(f.panels)), vg.Length(0)
	turned := f.upright() > 0
	for i, p := range f.panels {
		p.x.turned = turned
		if p.bare = f.shared && i < len(f.panels)-1; f.shared {
			p.bands = f.bands
		}
		plots[i] = p.build()
		wide = max(wide, legendWidth(p.legend))
	}
	data := c
	data.Max.X -= wide
	left, right := f.align(plots, data)
	tags, dropped := f.tags(plots, data, left, right)
	strip, rows := vg.Length(0), 0
	for _, t := range tags {
		rows = max(rows, t.lane+1)
	}
	if dropped > 0 { // a row of its own says so
		rows++
	}
	if rows > 0 {
		strip = vg.Points(laneHigh*float64(rows) + 4)
	}
	top := c.Max.Y
	data.Max.Y -= strip
	cells := f.split(data)
	for i, p := range f.panels {
		cell := draw.Crop(f.header(p, cells[i]), vg.Points(sideLabel), 0, p.foot(), 0)
		cell = nudge(plots[i], cell, left, right)
		plots[i].Draw(cell)
		area := plots[i].DataCanvas(cell)
		box(area)
		p.labels(cells[i], area)
		legend := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: data.Max.X + vg.Points(legendGap), Y: area.Min.Y}, Max: vg.Point{X: c.Max.X, Y: area.Max.Y},
		}}
		drawLegend(legend, p.legend)
	}
	drawTags(c, tags, top)
	if dropped > 0 {
		style := textStyle(bandSize, faint)
		style.XAlign = draw.XRight
		c.FillText(style, vg.Point{X: right, Y: top - vg.Points(laneHigh*float64(rows-1))}, fmt.Sprintf("+%d more faults, shaded but not named", dropped))
	}
}

// frame writes title, note and caption and returns what is left.
func (f *figure) frame(c draw.Canvas) draw.Canvas {
	c.FillText(boldStyle(titleSize, ink), vg.Point{X: c.Min.X, Y: c.Max.Y}, f.title)
	c.Max.Y -= vg.Points(titleSize * 1.4)
	if note := joined(f.note, f.hidden()); note != "" {
		style := textStyle(noteSize, faint)
		for _, line := range wrap(note, style, c.Max.X-c.Min.X) {
			c.FillText(style, vg.Point{X: c.Min.X, Y: c.Max.Y}, line)
			c.Max.Y -= vg.Points(noteSize * 1.3)
		}
	}
	c.Max.Y -= vg.Points(3)
	c.FillText(textStyle(captionSize, faint), vg.Point{X: c.Min.X, Y: c.Min.Y + vg.Points(captionSize)}, f.caption)
	c.Min.Y += vg.Points(captionSize * 1.9)
	return c
}

// hidden says what the axes of the figure hide.
func (f *figure) hidden() string {
	for _, p := range f.panels {
		if p.y.kind == counts {
			return "the log of 1 + n shows 0 and 1 beside thousands, and so hides how much more there is above: 1,000 stand only about a tenth higher than 500"
		}
	}
	return ""
}

// split shares the height among the panels.
func (f *figure) split(c draw.Canvas) []draw.Canvas {
	// The last panel of a shared axis carries its labels; give it their height on top of its share.
	axisHigh := vg.Length(0)
	if f.shared {
		axisHigh = vg.Points(footLabel + tickSize + f.upright())
	}
	total := 0.0
	for _, p := range f.panels {
		total += weight(p)
	}
	room := c.Max.Y - c.Min.Y - axisHigh - vg.Points(panelGap)*vg.Length(len(f.panels)-1)
	cells := make([]draw.Canvas, len(f.panels))
	y := c.Max.Y
	for i, p := range f.panels {
		h := room * vg.Length(weight(p)/total)
		if i == len(f.panels)-1 {
			h += axisHigh
		}
		cells[i] = c
		cells[i].Max.Y, cells[i].Min.Y = y, y-h
		y -= h + vg.Points(panelGap)
	}
	return cells
}

func weight(p *panel) float64 {
	if p.weight == 0 {
		return 1
	}
	return p.weight
}

// header writes the title of a panel and returns the rest of its cell.
func (f *figure) header(p *panel, c draw.Canvas) draw.Canvas {
	if p.title == "" {
		return c
	}
	c.FillText(boldStyle(panelSize, ink), vg.Point{X: c.Min.X, Y: c.Max.Y}, p.title)
	c.Max.Y -= vg.Points(panelSize * 1.45)
	return c
}

// Room that the labels of the axes take, in points. Underscores of metric names hang low beside numbers.
const (
	footLabel = labelSize * 1.3
	sideLabel = labelSize * 1.65
)

// foot is the room below the axis for its label.
func (p *panel) foot() vg.Length {
	if p.bare {
		return 0
	}
	return vg.Points(footLabel)
}

// labels writes what the axes count, centred on the data.
func (p *panel) labels(cell, area draw.Canvas) {
	style := textStyle(labelSize, ink)
	style.XAlign = draw.XCenter
	if !p.bare {
		cell.FillText(style, vg.Point{X: area.Center().X, Y: cell.Min.Y + vg.Points(labelSize*1.15)}, p.x.label)
	}
	style.Rotation = math.Pi / 2
	cell.FillText(style, vg.Point{X: cell.Min.X, Y: area.Center().Y}, p.y.label)
}

// align returns the edges of the data that all panels can keep.
func (f *figure) align(plots []*gonum.Plot, c draw.Canvas) (left, right vg.Length) {
	left, right = c.Min.X, c.Max.X
	for _, p := range plots {
		d := p.DataCanvas(draw.Crop(c, vg.Points(sideLabel), 0, 0, 0))
		left, right = max(left, d.Min.X), min(right, d.Max.X)
	}
	return left, right
}

// nudge crops c so that the data of p lies between left and right.
func nudge(p *gonum.Plot, c draw.Canvas, left, right vg.Length) draw.Canvas {
	for range 3 { // labels that hang over the edge make the first crop inexact
		d := p.DataCanvas(c)
		c.Min.X += left - d.Min.X
		c.Max.X += right - d.Max.X
		if math.Abs(float64(left-d.Min.X))+math.Abs(float64(right-d.Max.X)) < 1e-6 {
			break
		}
	}
	return c
}

// tags places the fault bars above the first panel that has bands.
func (f *figure) tags(plots []*gonum.Plot, c draw.Canvas, left, right vg.Length) ([]tag, int) {
	for i, p := range f.panels {
		if len(p.bands) == 0 {
			continue
		}
		across := c
		across.Min.X, across.Max.X = left, right
		style := textStyle(bandSize, ink)
		return lanes(p.bands, func(b *band) (vg.Length, vg.Length, bool) { return b.place(across, plots[i]) }, style.Width, left, right)
	}
	return nil, 0
}

func drawTags(c draw.Canvas, tags []tag, top vg.Length) {
	style := textStyle(bandSize, ink)
	for _, t := range tags {
		y1 := top - vg.Points(laneHigh*float64(t.lane))
		y0 := y1 - vg.Points(laneHigh-1.5)
		for _, b := range t.bars {
			if t.instant() {
				c.SetColor(faint)
				c.DrawGlyphNoClip(draw.GlyphStyle{Color: faint, Radius: vg.Points(2.4), Shape: draw.PyramidGlyph{}}, vg.Point{X: (b.x0 + b.x1) / 2, Y: (y0 + y1) / 2})
				continue
			}
			c.FillPolygon(alpha(t.tint, 0.55), []vg.Point{{X: b.x0, Y: y0}, {X: b.x1, Y: y0}, {X: b.x1, Y: y1}, {X: b.x0, Y: y1}})
		}
		c.FillText(style, vg.Point{X: t.text, Y: y1 - vg.Points(0.2)}, t.label)
	}
}

// box closes the frame that the axes leave open.
func box(c draw.Canvas) {
	style := hairline(gridline)
	c.StrokeLines(style, []vg.Point{{X: c.Min.X, Y: c.Max.Y}, {X: c.Max.X, Y: c.Max.Y}, {X: c.Max.X, Y: c.Min.Y}})
}
