package plot

import (
	"fmt"
	"image/color"
	"math"
	"os"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis/stats"
)

// Sensitivity is a figure of what each parameter of a search is worth: above, what it costs to put one back to its default;
// below, how the first objective lies over the values that were tried.
type Sensitivity struct {
	Name, Title, Note, Caption string

	Objectives []Worth // one to three
	Factors    []Factor
	Early      []bool // by point: it was stopped before it had run all seeds
}

// Worth is one objective.
type Worth struct {
	Label  string
	Unit   string    // of effects: % of the winner's value, or the objective's own
	Matter float64   // effects up to this are nothing; 0: not known
	Values []float64 // by point, NaN: none
}

// Factor is one parameter.
type Factor struct {
	Key, Default, Winner string

	X          Axis     // of the values that may be tried; Label: their unit
	Words      []string // what stands at 0, 1, 2 …, where values are no numbers
	Base, Best float64  // where default and winner lie, NaN: nowhere
	At         []float64
	Rank       float64  // correlation of ranks with the first objective, NaN: not known
	Effects    []Effect // by objective
}

// Effect is what an objective loses when a parameter goes back to its default: more is worse.
type Effect struct {
	Loss stats.Interval
	Kind EffectKind
}

// EffectKind says what is known of an effect.
type EffectKind uint8

// The kinds.
const (
	Matters  EffectKind = iota // for sure, and by enough
	Nothing                    // less than that, for sure
	Unshown                    // neither
	Unmoved                    // the winner has the default
	Excluded                   // the scenario does not take the winner with that default
)

var effectStyles = [...]struct {
	label  string
	colour color.NRGBA
	shape  draw.GlyphDrawer
}{
	Matters: {"matters", vermilion, draw.CircleGlyph{}}, Nothing: {"does not matter", green, draw.SquareGlyph{}},
	Unshown: {"not shown", grey, draw.RingGlyph{}}, Unmoved: {"the winner has the default", grey, draw.CrossGlyph{}},
	Excluded: {"not allowed at its default", black, draw.PlusGlyph{}},
}

// slicesMax is how many parameters have a panel of their own below.
const slicesMax = 9

// Sizes of the figure, in inches.
const (
	forestRow  = 0.34
	forestHead = 0.75
	sliceHigh  = 1.75
	frameHigh  = 0.85
	sliceRow   = 3 // panels in a row
)

// Draw writes s into dir, which it makes, as PNG and, if svg, as SVG, and returns the names of the files.
func (s *Sensitivity) Draw(dir string, svg bool) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("draw figures: %w", err)
	}
	rows := (min(len(s.Factors), slicesMax) + sliceRow - 1) / sliceRow
	f := &figure{name: s.Name, title: s.Title, note: s.Note, caption: s.Caption}
	f.inch = frameHigh + forestHead + forestRow*float64(len(s.Factors)) + 0.2 + sliceHigh*float64(rows)
	f.custom = func(c draw.Canvas) {
		top := c
		top.Min.Y = c.Max.Y - vg.Length(forestHead+forestRow*float64(len(s.Factors)))*vg.Inch
		s.forest(top)
		c.Max.Y = top.Min.Y - vg.Points(12)
		s.slices(c, rows)
	}
	return f.write(dir, svg)
}

// effectPanel is one objective's column of effects, a row for each parameter.
func (s *Sensitivity) effectPanel(i int) *panel {
	w := &s.Objectives[i]
	n := len(s.Factors)
	p := newPanel(axis{label: "loss, " + w.Unit + ": " + w.Label}, axis{lo: 0.5 - float64(n), hi: 0.5})
	p.y.names = make([]string, n)
	lo, hi := -1.5*w.Matter, 1.5*w.Matter
	for k := range s.Factors {
		e := &s.Factors[k].Effects[i]
		for _, v := range []float64{e.Loss.Estimate, e.Loss.Low, e.Loss.High} {
			if finite(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	if lo == hi {
		lo, hi = -1, 1
	}
	pad := 0.06 * (hi - lo)
	p.x.lo, p.x.hi = lo-pad, hi+pad
	p.layers = append(p.layers, strip{-w.Matter, w.Matter}, upright(0))
	for k := range s.Factors {
		e := &s.Factors[k].Effects[i]
		style := &effectStyles[e.Kind]
		b := &bars{glyph: draw.GlyphStyle{Color: style.colour, Radius: vg.Points(3), Shape: style.shape}}
		x := e.Loss
		if !finite(x.Estimate) {
			x = exactly(0)
		}
		b.points = []estimated{{x: x, y: exactly(-float64(k))}}
		p.layers = append(p.layers, b)
	}
	return p
}

// strip shades what does not matter.
type strip struct{ low, high float64 }

func (s strip) Plot(c draw.Canvas, p *gonum.Plot) {
	if s.low >= s.high {
		return
	}
	x0, x1 := max(c.X(p.X.Norm(s.low)), c.Min.X), min(c.X(p.X.Norm(s.high)), c.Max.X)
	c.FillPolygon(alpha(green, 0.13), []vg.Point{{X: x0, Y: c.Min.Y}, {X: x1, Y: c.Min.Y}, {X: x1, Y: c.Max.Y}, {X: x0, Y: c.Max.Y}})
}

// slicePanel shows the first objective over the values of a parameter.
func (s *Sensitivity) slicePanel(k int) *panel {
	f, w := &s.Factors[k], &s.Objectives[0]
	p := newPanel(f.X.axis(), axis{})
	p.x.label = ""
	if f.Words != nil {
		p.x.kind, p.x.lo, p.x.hi = linear, -0.5, float64(len(f.Words))-0.5
		p.x.ticks = make([]gonum.Tick, len(f.Words))
		for i, word := range f.Words {
			p.x.ticks[i] = gonum.Tick{Value: float64(i), Label: word}
		}
	} else if p.x.kind == logarithmic && p.x.hi < 3*p.x.lo { // no tick would have a label
		p.x.kind = linear
	}
	var full, early, best plotter.XYs
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, x := range f.At {
		y := w.Values[i]
		if math.IsNaN(x) || math.IsNaN(y) {
			continue
		}
		lo, hi = min(lo, y), max(hi, y)
		if s.Early[i] {
			early = append(early, plotter.XY{X: x, Y: y})
		} else {
			full = append(full, plotter.XY{X: x, Y: y})
		}
	}
	if lo >= hi {
		lo, hi = lo-1, hi+1
	}
	p.y.lo, p.y.hi = lo-0.08*(hi-lo), hi+0.08*(hi-lo)
	if !math.IsNaN(f.Best) {
		best = plotter.XYs{{X: f.Best, Y: p.y.lo}}
	}
	if !math.IsNaN(f.Base) {
		p.layers = append(p.layers, upright(f.Base))
	}
	dot := draw.GlyphStyle{Color: sky, Radius: vg.Points(1.8), Shape: draw.RingGlyph{}}
	p.dots("", dot, early)
	dot.Color, dot.Shape = blue, draw.CircleGlyph{}
	p.dots("", dot, full)
	p.layers = append(p.layers, &pointer{best})
	return p
}

// pointer marks places on the lower edge.
type pointer struct{ at plotter.XYs }

func (m *pointer) Plot(c draw.Canvas, p *gonum.Plot) {
	for _, v := range m.at {
		if x := c.X(p.X.Norm(v.X)); c.ContainsX(x) {
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: vermilion, Radius: vg.Points(4), Shape: draw.PyramidGlyph{}}, vg.Point{X: x, Y: c.Min.Y + vg.Points(3)})
		}
	}
}
