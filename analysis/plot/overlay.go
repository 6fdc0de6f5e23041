package plot

import (
	"fmt"
	"math"
	"os"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis/stats"
)

// Overlay is a figure of what was measured over what was expected.
type Overlay struct {
	Name    string // of the file, without extension
	Title   string
	Note    string // one line under the title, or ""
	Caption string // where it comes from
	X, Y    Axis
	Curves  []Curve // drawn in order; give references before measurements
	Levels  []float64
}

// Axis says what one axis of an overlay counts. Low ≥ High: from the data.
type Axis struct {
	Label     string
	Log       bool // logarithmic
	Percent   bool // 0–1, printed as 0–100
	Low, High float64
}

// CurveKind is how a curve of an overlay is drawn.
type CurveKind uint8

// The kinds.
const (
	Reference CurveKind = iota // a dashed line
	Measured                   // a full line
	Steps                      // a full line in steps: a distribution
	Points                     // dots with error bars where Low and High are known
	Marks                      // open squares: single reference values
)

// Curve is one line or set of points. Low and High are nil, or as long as X: a band around a line, error
// bars of points. NaN breaks a line.
type Curve struct {
	Label     string // may hold line breaks
	Kind      CurveKind
	X, Y      []float64
	Low, High []float64
	Colour    int // index into the palette; equal colours belong together
}

// Distribution returns a curve of the share of values that is at most x. Infinite values never come and
// keep it below 1.
func Distribution(label string, kind CurveKind, colour int, values []float64) Curve {
	var finiteValues []float64
	for _, v := range values {
		if !math.IsInf(v, 0) {
			finiteValues = append(finiteValues, v)
		}
	}
	c := Curve{Label: label, Kind: kind, Colour: colour}
	for _, p := range ecdf(finiteValues, len(values), 0) {
		c.X, c.Y = append(c.X, p.X), append(c.Y, p.Y)
	}
	return c
}

// Draw writes o into dir, which it makes, as PNG and, if svg, as SVG, and returns the names of the files.
func (o *Overlay) Draw(dir string, svg bool) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("draw figures: %w", err)
	}
	p := newPanel(o.X.axis(), o.Y.axis())
	p.hlines = o.Levels
	for i := range o.Curves {
		p.overlay(&o.Curves[i])
	}
	f := &figure{name: o.Name, title: o.Title, note: o.Note, caption: o.Caption, panels: []*panel{p}, inch: 4.2}
	return f.write(dir, svg)
}

func (a *Axis) axis() axis {
	x := axis{label: a.Label, lo: a.Low, hi: a.High}
	switch {
	case a.Log:
		x.kind = logarithmic
	case a.Percent:
		x.kind = percent
	}
	return x
}

func (p *panel) overlay(c *Curve) {
	xy := make(plotter.XYs, len(c.X))
	for i := range xy {
		xy[i] = plotter.XY{X: c.X[i], Y: c.Y[i]}
	}
	colour := cycle[c.Colour%len(cycle)]
	if c.Low != nil && c.Kind != Points {
		p.layers = append(p.layers, &area{x: c.X, low: c.Low, high: c.High, color: draw.LineStyle{Color: alpha(colour, 0.18)}})
	}
	switch c.Kind {
	case Points:
		p.errorDots(c, xy, draw.GlyphStyle{Color: colour, Radius: vg.Points(2.4), Shape: draw.CircleGlyph{}})
	case Marks:
		p.dots(c.Label, draw.GlyphStyle{Color: colour, Radius: vg.Points(3.6), Shape: draw.SquareGlyph{}}, xy)
	default:
		style := stroke(colour, 0)
		if c.Kind == Reference {
			style = stroke(colour, 1)
		}
		p.line(c.Label, style, c.Kind == Steps, xy)
	}
}

func (p *panel) errorDots(c *Curve, xy plotter.XYs, g draw.GlyphStyle) {
	b := &bars{glyph: g}
	for i := range xy {
		y := exactly(xy[i].Y)
		if c.Low != nil {
			y = stats.Interval{Estimate: xy[i].Y, Low: c.Low[i], High: c.High[i]}
		}
		b.points = append(b.points, estimated{x: exactly(xy[i].X), y: y})
	}
	p.estimates(c.Label, b)
}
