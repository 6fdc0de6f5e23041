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
	"hypersim/sim/metrics/words"
)

// rowsMax bounds the rows of a strip or heat map over time.
const rowsMax = 60

// cells are rows of coloured intervals over time, the first row on top.
type cells struct {
	rows   []cellRow
	color  func(float64) draw.LineStyle
	states []string // what the values are called, each of which holds until the next; nil: they are numbers
}

// cellRow is one row: values[i] from ends[i] to ends[i+1] (s); NaN: nothing.
type cellRow struct{ ends, values []float64 }

func (g *cells) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	for row := range g.rows {
		ends, list := g.rows[row].ends, g.rows[row].values
		top, bottom := y(float64(-row)+0.42), y(float64(-row)-0.42)
		for i := 0; i < len(list); {
			k := i
			for k < len(list) && list[k] == list[i] {
				k++
			}
			if !math.IsNaN(list[i]) {
				x0, x1 := max(x(ends[i]), c.Min.X), min(x(ends[k])+seam, c.Max.X)
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

// grid draws a strip (few values, a colour each; of states when each began) or a heat map (a statistic of each
// interval, viridis).
func (r *Request) grid(run *analysis.Run, d *found) (*figure, error) {
	if len(d.groups) > rowsMax {
		return nil, fmt.Errorf("%d rows, at most %d can be read; use where", len(d.groups), rowsMax)
	}
	stat := r.stats(d)[0]
	if r.Kind == "strip" && len(r.Stat) == 0 && d.fold == words.FoldLevel {
		stat = "max"
	}
	g := &cells{states: statesOf(r.Metric)}
	var all []float64
	for i := range d.groups {
		row, err := r.row(run, d, &d.groups[i], stat)
		if err != nil {
			return nil, err
		}
		g.rows = append(g.rows, row)
		for _, v := range row.values {
			if !math.IsNaN(v) {
				all = append(all, v)
			}
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s of %s is nowhere known", stat, r.Metric)
	}
	p := newPanel(axis{}, axis{lo: 0.5 - float64(len(d.groups)), hi: 0.5})
	p.y.names = d.groups.words()
	p.legend = append(p.legend, entry{label: r.values(d, false, stat).label})
	g.paint(p, all, r.LogY)
	p.see(plotter.XYs{{X: g.rows[0].ends[0], Y: 0}})
	p.layers = append(p.layers, g)
	f := r.overTime(run, d, p)
	f.inch = min(max(2.6+0.32*float64(len(d.groups)), 3.2), 8)
	return f, nil
}

// row folds a group into cells. A state lasts from its own instant to that of the next one, a sample from the
// one before it.
func (r *Request) row(run *analysis.Run, d *found, g *group, stat string) (cellRow, error) {
	var row cellRow
	xy, err := r.series(d, g, stat, itsOwn)
	if err != nil {
		return row, err
	}
	if d.fold == words.FoldState {
		d.keep(g.word, g, stat, xy)
		for _, v := range xy {
			row.ends, row.values = append(row.ends, v.X), append(row.values, v.Y)
		}
		row.ends = append(row.ends, max(run.Duration.Seconds(), row.ends[len(row.ends)-1]))
		return row, nil
	}
	d.keep(g.word, g, stat, xy)
	first := xy[0].X - d.width
	if d.width == 0 && len(xy) > 1 {
		first = max(r.From, xy[0].X-(xy[1].X-xy[0].X))
	}
	row.ends = append(row.ends, first)
	for _, v := range xy {
		row.ends, row.values = append(row.ends, v.X), append(row.values, v.Y)
	}
	return row, nil
}

// statesOf returns the names of a metric's values, nil if it measures a quantity.
func statesOf(metric string) []string {
	if m, ok := words.Lookup(metric); ok {
		return m.Def().States
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

// paint decides the colours and lists them. A state has the same colour whatever others there are. Numbers are
// coloured by their size from 0 on, so that what differs little looks little different.
func (g *cells) paint(p *panel, all []float64, log bool) {
	slices.Sort(all)
	lo, hi := min(all[0], 0), max(all[len(all)-1], 0)
	if log = log && all[0] > 0; log {
		lo = all[0]
	}
	if hi <= lo {
		hi = lo + 1
	}
	at := func(v float64) float64 { return (v - lo) / (hi - lo) }
	back := func(s float64) float64 { return lo + s*(hi-lo) }
	switch {
	case g.states != nil:
		at = func(v float64) float64 { return v / math.Max(float64(len(g.states)-1), 1) }
	case log:
		hi = max(hi, 2*lo)
		at = func(v float64) float64 { return math.Log(v/lo) / math.Log(hi/lo) }
		back = func(s float64) float64 { return lo * math.Exp(s*math.Log(hi/lo)) }
	}
	g.color = func(v float64) draw.LineStyle { return draw.LineStyle{Color: viridis(at(v))} }
	if few := slices.Compact(slices.Clone(all)); len(few) <= stripColorsMax {
		for _, v := range few {
			p.legend = append(p.legend, entry{label: g.word(v), fill: g.color(v).Color})
		}
		return
	}
	for i := 8; i >= 0; i-- {
		p.legend = append(p.legend, entry{label: threeDigits(back(float64(i) / 8)), fill: viridis(float64(i) / 8)})
	}
}
