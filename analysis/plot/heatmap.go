package plot

import (
	"fmt"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strings"

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
