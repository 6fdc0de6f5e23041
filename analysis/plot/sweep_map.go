package plot

import (
	"fmt"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// mapsMax is how many pairs of axes get a map.
const mapsMax = 3

// maps draws the measures over each pair of parameters, the others at their default: of two axes that pair,
// of more those pairs that are ours to choose.
func (g *grid) maps() []*figure {
	var out []*figure
	for i, a := range g.factors {
		for _, b := range g.factors[i+1:] {
			if len(g.all) > 0 && (len(g.factors) == 2 || a.ours && b.ours) && len(out) < mapsMax {
				out = append(out, g.heat(a, b))
			}
		}
	}
	return out
}

// heat maps the measures over a, to the right, and b, upwards.
func (g *grid) heat(a, b *factor) *figure {
	if len(b.words) > len(a.words) {
		a, b = b, a
	}
	framed := ""
	if a.def != "" && b.def != "" {
		framed = "the default is framed"
	}
	f := &figure{
		name: "map-" + fileName(a.key) + "-" + fileName(b.key), title: a.short + " and " + b.short,
		note:   joined("means over runs ± half of the 95 % interval; colours span what each panel differs by, or six times the half where it differs by less", framed, g.held(func(o *factor) bool { return o != a && o != b })),
		shared: true,
	}
	for i := range g.all {
		m := &g.all[i]
		p := newPanel(even(a), even(b))
		p.title = joined(m.label(), m.note)
		h := &tiles{wide: len(a.words), high: len(b.words), values: make([]float64, len(a.words)*len(b.words)), texts: make([]string, len(a.words)*len(b.words)), def: -1}
		var halves []float64
		for x, v := range a.words {
			for y, w := range b.words {
				at := combination{at: g.fixed}
				at.at = at.with(a, v)
				k := y*h.wide + x
				h.values[k] = math.NaN()
				c := g.find(at.with(b, w))
				if c == nil {
					continue
				}
				iv := m.estimate(c)
				h.values[k], h.texts[k] = iv.Estimate, figureText(iv.Estimate)
				switch {
				case m.counted && iv.Estimate == 0 && iv.Known():
					h.texts[k] = fmt.Sprintf("0, below %.2g", iv.High)
				case iv.Known() && finite(iv.High):
					h.texts[k] += fmt.Sprintf(" ± %.2g", (iv.High-iv.Low)/2)
				}
				if half := (iv.High - iv.Low) / 2; finite(half) {
					halves = append(halves, half)
				}
				if v == a.def && w == b.def {
					h.def = k
				}
			}
		}
		h.noise = typical(halves)
		p.layers = []gonum.Plotter{h}
		f.panels = append(f.panels, p)
	}
	f.inch = mapInches(len(g.all), len(b.words), b.short)
	return f
}

// mapInches is the height of a figure of so many maps: each has room for its rows, and for the label that stands upright beside them.
func mapInches(panels, rows int, label string) float64 {
	high := max(0.32*float64(max(2, rows)), 0.085*float64(len(label)))
	return 1.2 + float64(panels)*(0.45+high)
}

// even is an axis with the words of f in cells of one size.
func even(f *factor) axis {
	at := make([]float64, len(f.words))
	for i := range at {
		at[i] = float64(i)
	}
	return axis{label: f.short, lo: -0.5, hi: float64(len(at)) - 0.5, ticks: ticksAt(at, f.words)}
}

func figureText(v float64) string {
	if !finite(v) {
		return "-"
	}
	return fmt.Sprintf("%.3g", v)
}

// tiles are rectangles in the colours of their values, which stand in them.
type tiles struct {
	wide, high int
	values     []float64 // row by row from below; NaN: none
	noise      float64   // half of a typical interval: what differs by little more shall look alike
	texts      []string
	def        int // index of the framed one; −1: none
}

// typical returns the median, 0 of nothing.
func typical(halves []float64) float64 {
	if len(halves) == 0 {
		return 0
	}
	slices.Sort(halves)
	return halves[len(halves)/2]
}

// shade places v between 0 and 1. Values from lo to hi take the whole scale only if they differ by six
// half-intervals at least; less takes its part of the middle, and nothing of it is made of noise.
func (h *tiles) shade(v, lo, hi float64) float64 {
	room := max(hi-lo, 6*h.noise)
	if !(room > 0) {
		return 0.5
	}
	return 0.5 + (v-(lo+hi)/2)/room
}

func (h *tiles) Plot(c draw.Canvas, p *gonum.Plot) {
	tx, ty := p.Transforms(&c)
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range h.values {
		if finite(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	corner := func(k int) vg.Rectangle {
		x, y := float64(k%h.wide), float64(k/h.wide)
		return vg.Rectangle{Min: vg.Point{X: tx(x - 0.5), Y: ty(y - 0.5)}, Max: vg.Point{X: tx(x + 0.5), Y: ty(y + 0.5)}}
	}
	for k, v := range h.values {
		r, colour := corner(k), missing
		if finite(v) {
			colour = viridis(h.shade(v, lo, hi))
		}
		c.FillPolygon(colour, corners(r)[:4])
		words := textStyle(min(legendSize, 0.62*float64((r.Max.X-r.Min.X)/vg.Points(1))/4), white)
		if lightness(colour) > 55 {
			words.Color = black
		}
		for words.Font.Size > vg.Points(4) && words.Width(h.texts[k]) > r.Max.X-r.Min.X-vg.Points(3) {
			words.Font.Size -= vg.Points(0.5)
		}
		words.XAlign, words.YAlign = draw.XCenter, draw.YCenter
		c.FillText(words, vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y+r.Max.Y)/2 + vg.Points(1)}, h.texts[k])
	}
	if h.def >= 0 {
		r := corner(h.def)
		c.StrokeLines(draw.LineStyle{Color: white, Width: vg.Points(3.2)}, corners(r))
		c.StrokeLines(draw.LineStyle{Color: vermilion, Width: vg.Points(1.6)}, corners(r))
	}
}
