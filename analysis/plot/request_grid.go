package plot

import (
	"fmt"
	"math"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// rowsMax bounds the rows of a strip or heat map over time.
const rowsMax = 60

// cells are rows of coloured intervals over time, the first row on top.
type cells struct {
	ends   []float64
	values [][]float64 // by row, then interval; NaN: nothing
	color  func(float64) draw.LineStyle
	states []string // what the values are called, each of which holds until the next; nil: they are numbers
}

func (g *cells) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	for row, list := range g.values {
		top, bottom := y(float64(-row)+0.42), y(float64(-row)-0.42)
		for i := 0; i < len(list); {
			k := i
			for k < len(list) && list[k] == list[i] {
				k++
			}
			if !math.IsNaN(list[i]) {
				x0, x1 := max(x(g.ends[i]), c.Min.X), min(x(g.ends[k])+seam, c.Max.X)
				if x0 < x1 {
					c.FillPolygon(g.color(list[i]).Color, []vg.Point{{X: x0, Y: bottom}, {X: x1, Y: bottom}, {X: x1, Y: top}, {X: x0, Y: top}})
				}
			}
			i = max(k, i+1)
		}
	}
}

// seam makes a cell reach under its right neighbour, or the paper would shine through between them.
const seam = vg.Length(0.7)

// grid draws a strip (the last value of each interval; few values, a colour each) or a heat map (a statistic
// of each interval, viridis).
func (r *Request) grid(run *analysis.Run, d *found) (*figure, error) {
	if len(d.groups) > rowsMax {
		return nil, fmt.Errorf("%d rows, at most %d can be read; use where", len(d.groups), rowsMax)
	}
	stat := "mean"
	if r.Kind == "strip" {
		stat = "max"
	}
	if len(r.Stat) > 0 {
		stat = r.Stat[0]
	}
	g := &cells{ends: r.intervals(run, d), states: statesOf(r.Metric)}
	if g.states != nil && len(r.Stat) == 0 {
		stat = "last"
	}
	var all []float64
	for _, group := range d.groups {
		xy, err := reduce(group.list, stat, g.ends)
		if err != nil {
			return nil, err
		}
		row := make([]float64, len(xy))
		for i := range xy {
			row[i] = xy[i].Y
			if g.states != nil && i > 0 && math.IsNaN(row[i]) {
				row[i] = row[i-1]
			}
			if !math.IsNaN(row[i]) {
				all = append(all, row[i])
			}
		}
		g.values = append(g.values, row)
	}
	p := newPanel(axis{}, axis{lo: 0.5 - float64(len(d.groups)), hi: 0.5})
	p.y.names = d.groups.words()
	p.legend = append(p.legend, entry{label: r.values(d.unit, false).label})
	g.paint(p, all, r.LogY)
	p.see(plotter.XYs{{X: g.ends[0], Y: 0}})
	p.layers = append(p.layers, g)
	f := r.overTime(run, p)
	f.inch = min(max(2.6+0.32*float64(len(d.groups)), 3.2), 8)
	return f, nil
}

// statesOf returns the names of a metric's values, nil if it measures a quantity.
func statesOf(metric string) []string {
	if m, ok := metrics.Lookup(metric); ok {
		return m.Definition().States
	}
	return nil
}

func (g *cells) word(v float64) string {
	if i := int(v); i >= 0 && i < len(g.states) {
		return g.states[i]
	}
	return threeDigits(v)
}

const stripColorsMax = 7

// paint decides the colours and lists them.
func (g *cells) paint(p *panel, all []float64, log bool) {
	slices.Sort(all)
	if few := slices.Compact(slices.Clone(all)); len(few) <= stripColorsMax {
		color := func(v float64) draw.LineStyle {
			i, _ := slices.BinarySearch(few, v)
			return draw.LineStyle{Color: viridis(float64(i) / math.Max(float64(len(few)-1), 1))}
		}
		for _, v := range few {
			p.legend = append(p.legend, entry{label: g.word(v), fill: color(v).Color})
		}
		g.color = color
		return
	}
	lo, hi := all[0], all[len(all)-1]
	log = log && lo > 0
	at := func(v float64) float64 { return (v - lo) / (hi - lo) }
	back := func(s float64) float64 { return lo + s*(hi-lo) }
	if log {
		at = func(v float64) float64 { return math.Log(v/lo) / math.Log(hi/lo) }
		back = func(s float64) float64 { return lo * math.Exp(s*math.Log(hi/lo)) }
	}
	g.color = func(v float64) draw.LineStyle { return draw.LineStyle{Color: viridis(at(v))} }
	for i := 8; i >= 0; i-- {
		p.legend = append(p.legend, entry{label: threeDigits(back(float64(i) / 8)), fill: viridis(float64(i) / 8)})
	}
}
