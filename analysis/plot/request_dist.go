package plot

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/sim/metrics/words"
)

// cloud is what a distribution or a scatter shows of one group: each observation that stands for itself, or
// for what is sampled the folded value of each instant.
type cloud struct {
	group int
	word  string
	stat  string // of each sample; "": observations
	xy    plotter.XYs
}

func (c *cloud) label(all string) string {
	switch {
	case c.stat == "" && c.word == "":
		return all
	case c.stat == "":
		return c.word
	case c.word == "":
		return c.stat + " of each sample"
	}
	return c.word + ", " + c.stat + "\nof each sample"
}

// points returns the clouds of the request.
func (r *Request) points(d *found) ([]cloud, error) {
	var out []cloud
	sampled := d.ready || d.fold != words.FoldNone && d.fold != words.FoldEvents
	for i := range d.groups {
		g := &d.groups[i]
		if !sampled {
			out = append(out, cloud{group: i, word: g.word, xy: points(g.list)})
			continue
		}
		for _, stat := range r.stats(d) {
			xy, err := r.series(d, g, stat, itsOwn)
			if err != nil {
				return nil, err
			}
			kept := xy[:0]
			for _, v := range xy {
				if !math.IsNaN(v.Y) {
					kept = append(kept, v)
				}
			}
			out = append(out, cloud{i, g.word, stat, kept})
		}
	}
	return out, nil
}

func (c *cloud) values() []float64 {
	v := make([]float64, len(c.xy))
	for i := range c.xy {
		v[i] = c.xy[i].Y
	}
	return v
}

// distribution draws the empirical distribution of each group.
func (r *Request) distribution(_ *analysis.Run, d *found) (*figure, error) {
	list, err := r.points(d)
	if err != nil {
		return nil, err
	}
	p := newPanel(r.values(d, r.LogX), axis{label: "values at most this (%)", kind: percent, lo: 0, hi: 1.02})
	for i := range list {
		c := &list[i]
		v := c.values()
		xy := ecdf(v, len(v), 0)
		d.keep(c.label("all"), &d.groups[c.group], c.stat, xy)
		p.line(fmt.Sprintf("%s (n = %d)", c.label("all"), len(v)), stroke(d.color(c.group), i), true, xy)
	}
	return &figure{title: r.title(d), note: r.note(d), panels: []*panel{p}, drawn: d.drawn}, nil
}

const histBins = 40

// histogram draws how many values of each group fall into each of histBins equal parts of the range.
func (r *Request) histogram(_ *analysis.Run, d *found) (*figure, error) {
	list, err := r.points(d)
	if err != nil {
		return nil, err
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	to, back := func(v float64) float64 { return v }, func(v float64) float64 { return v }
	if r.LogX {
		to, back = math.Log, math.Exp
	}
	for i := range list {
		for _, v := range list[i].values() {
			if !r.LogX || v > 0 {
				lo, hi = min(lo, to(v)), max(hi, to(v))
			}
		}
	}
	if math.IsInf(lo, 0) {
		return nil, fmt.Errorf("no value of %q is above 0: a logarithmic axis has no place for them", r.Metric)
	}
	if hi == lo {
		lo, hi = lo-0.5, hi+0.5
	}
	p := newPanel(r.values(d, r.LogX), axis{label: "values"})
	if r.LogY {
		p.y.kind = counts
		p.y.label += " (log of 1 + n)"
	}
	for i := range list {
		c := &list[i]
		var n [histBins]float64
		for _, v := range c.values() {
			if !r.LogX || v > 0 {
				n[min(int((to(v)-lo)/(hi-lo)*histBins), histBins-1)]++
			}
		}
		xy := plotter.XYs{{X: back(lo), Y: 0}}
		for k, v := range n {
			xy = append(xy, plotter.XY{X: back(lo + (hi-lo)*float64(k)/histBins), Y: v})
		}
		xy = append(xy, plotter.XY{X: back(hi), Y: n[histBins-1]}, plotter.XY{X: back(hi), Y: 0})
		hideZeros(xy)
		p.line(fmt.Sprintf("%s (n = %d)", c.label("all"), len(c.xy)), stroke(d.color(c.group), i), true, xy)
	}
	return &figure{title: r.title(d), note: r.note(d), panels: []*panel{p}}, nil
}
