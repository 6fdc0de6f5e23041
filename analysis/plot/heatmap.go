package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"hypersim/core"
)

// Latency is a square matrix of round trips to draw.
type Latency struct {
	Name   string          // heads the figure
	Title  string          // one line; may be ""
	Source string          // attribution, with date and licence; may be ""
	Labels []string        // of the rows; nil: none
	N      int             // rows
	RTT    []core.Duration // row-major N×N, the row is the sender; ≤ 0: not measured
	// Kept true to the source: Scale multiplies every value, 2 for one-way delays. 0 = 1.
	Scale int
}

// Order is how the rows of a heat map stand.
type Order uint8

// The orders.
const (
	Clustered Order = iota // close rows together
	Given                  // as they came
)

// Colours is how round trips become colours.
type Colours uint8

// The ways. Auto is logarithmic if the range of the values asks for it.
const (
	Auto Colours = iota
	Log
	Linear
)

// HeatOptions says how a matrix is drawn.
type HeatOptions struct {
	Order   Order
	Colours Colours
}

// Labels are written for up to labelRowsMax rows, values into the cells of up to valueRowsMax.
const (
	labelRowsMax = 60
	valueRowsMax = 16
	heatInch     = 7.0 // height of the figure
)

var missing = color.NRGBA{0xd0, 0xd0, 0xd0, 0xff}

// HeatMap draws m to path, whose extension says PNG or SVG. The same matrix gives the same bytes. It costs
// O(N³) for the order up to 1500 rows; larger matrices keep theirs.
func HeatMap(m *Latency, path string, opt HeatOptions) error {
	if m.N < 1 || len(m.RTT) != m.N*m.N || m.Labels != nil && len(m.Labels) != m.N {
		return fmt.Errorf("heat map of %s: %d values and %d labels for %d rows", m.Name, len(m.RTT), len(m.Labels), m.N)
	}
	h := newHeat(m, opt)
	w, high := vg.Length(widthInch)*vg.Inch, vg.Length(heatInch)*vg.Inch
	var c vg.CanvasWriterTo
	switch strings.ToLower(filepath.Ext(path)) {
	case ".png":
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, high), vgimg.UseDPI(dpi))}
	case ".svg":
		c = vgsvg.NewWith(vgsvg.UseWH(w, high), vgsvg.EmbedFonts(false))
	default:
		return fmt.Errorf("heat map: %s must end in .png or .svg", path)
	}
	h.draw(draw.New(c))
	return replace(path, c)
}

// heat is a matrix ready to be drawn: in order, in milliseconds, with the range of its colours.
type heat struct {
	m              *Latency
	ms             []float64 // NaN: not measured
	labels         []string
	clustered      bool
	log            bool
	lo, hi         float64 // ends of the colours
	least, largest float64 // of all values
	missing        bool
}

func newHeat(m *Latency, opt HeatOptions) *heat {
	h := &heat{m: m, ms: make([]float64, m.N*m.N)}
	order := make([]int, m.N)
	for i := range order {
		order[i] = i
	}
	if h.clustered = opt.Order == Clustered && m.N > 2 && m.N <= clusterMax; h.clustered {
		order = clusterOrder(m.N, m.distances())
	}
	var values []float64
	h.least, h.largest = math.Inf(1), 0
	for a, i := range order {
		if m.Labels != nil {
			h.labels = append(h.labels, m.Labels[i])
		}
		for b, k := range order {
			v := m.value(i, k)
			h.ms[a*m.N+b] = v
			switch {
			case math.IsNaN(v):
				h.missing = h.missing || a != b
			case a != b:
				values = append(values, v)
				fallthrough
			default:
				h.least, h.largest = min(h.least, v), max(h.largest, v)
			}
		}
	}
	h.scale(values, opt.Colours)
	return h
}

// value returns the round trip from i to k in ms, NaN if it was not measured.
func (m *Latency) value(i, k int) float64 {
	v := m.RTT[i*m.N+k]
	if v <= 0 {
		return math.NaN()
	}
	return float64(max(m.Scale, 1)) * float64(v) / 1e6
}

// distances returns the matrix made symmetric, with the largest value for what was not measured.
func (m *Latency) distances() []float64 {
	d, far := make([]float64, m.N*m.N), 0.0
	for i := range m.N {
		for k := range m.N {
			a, b := m.value(i, k), m.value(k, i)
			switch {
			case math.IsNaN(a):
				a = b
			case math.IsNaN(b):
				b = a
			}
			d[i*m.N+k] = (a + b) / 2
			if !math.IsNaN(a) {
				far = max(far, d[i*m.N+k])
			}
		}
	}
	for i := range d {
		if math.IsNaN(d[i]) {
			d[i] = far
		}
	}
	return d
}

// scale lets the colours span the values off the diagonal, but for the outermost thousandths of a large
// matrix: one outage of seconds would paint all else in one colour.
func (h *heat) scale(values []float64, c Colours) {
	if len(values) == 0 {
		values = []float64{1}
	}
	slices.Sort(values)
	cut := len(values) / 500
	h.lo, h.hi = values[cut], values[len(values)-1-cut]
	h.log = c == Log || c == Auto && h.hi > 12*h.lo
	if !h.log {
		h.lo = 0
	}
	if h.hi <= h.lo {
		h.hi = h.lo * 1.01
	}
}

func (h *heat) color(v float64) color.NRGBA {
	switch {
	case math.IsNaN(v):
		return missing
	case h.log:
		return viridis(math.Log(v/h.lo) / math.Log(h.hi/h.lo))
	}
	return viridis((v - h.lo) / (h.hi - h.lo))
}

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
