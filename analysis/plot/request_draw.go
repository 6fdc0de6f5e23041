package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis"
	"hypersim/sim/metrics"
)

// lines draws the statistics of each group over time.
func (r *Request) lines(run *analysis.Run, d *found) (*figure, error) {
	p := newPanel(axis{}, r.values(d.unit, r.LogY))
	stats := r.Stat
	if len(stats) == 0 {
		stats = []string{"mean"}
	}
	times := r.intervals(run, d)
	for i, g := range d.groups {
		for k, stat := range stats {
			xy, err := reduce(g.list, stat, times)
			if err != nil {
				return nil, err
			}
			if r.Rate {
				xy = slope(xy)
			}
			color, dash := cycle[i%len(cycle)], i+k
			if len(stats) > 1 {
				dash = k
			}
			p.line(lineLabel(g.word, stat, len(r.Stat) > 0), stroke(color, dash), false, xy)
		}
	}
	return r.overTime(run, p), nil
}

func lineLabel(word, stat string, named bool) string {
	switch {
	case word == "":
		return stat
	case named:
		return word + ", " + stat
	}
	return word
}

// area stacks the groups.
func (r *Request) area(run *analysis.Run, d *found) (*figure, error) {
	if r.LogY {
		return nil, fmt.Errorf("an area on a logarithmic axis shows no shares; use kind line")
	}
	stat := "mean"
	if len(r.Stat) > 0 {
		stat = r.Stat[0]
	}
	times := r.intervals(run, d)
	x := make([]float64, len(times)-1)
	layers, styles := make([][]float64, len(d.groups)), make([]draw.LineStyle, len(d.groups))
	copy(x, times[1:])
	for i, g := range d.groups {
		xy, err := reduce(g.list, stat, times)
		if err != nil {
			return nil, err
		}
		layers[i] = make([]float64, len(x))
		for _, v := range xy {
			k, _ := slices.BinarySearch(x, v.X)
			layers[i][min(k, len(x)-1)] = v.Y
		}
		styles[i] = draw.LineStyle{Color: alpha(cycle[i%len(cycle)], 0.85)}
	}
	p := newPanel(axis{}, r.values(d.unit, false))
	p.stacked(x, d.groups.words(), layers, styles)
	return r.overTime(run, p), nil
}

// scatter draws every sample.
func (r *Request) scatter(run *analysis.Run, d *found) (*figure, error) {
	p := newPanel(axis{}, r.values(d.unit, r.LogY))
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}, draw.CrossGlyph{}, draw.RingGlyph{}}
	for i, g := range d.groups {
		glyph := draw.GlyphStyle{Color: alpha(cycle[i%len(cycle)], 0.7), Radius: vg.Points(1.8), Shape: shapes[i%len(shapes)]}
		label := g.word
		if label == "" {
			label = "each value"
		}
		p.dots(fmt.Sprintf("%s (n = %d)", label, len(g.list)), glyph, points(g.list))
	}
	return r.overTime(run, p), nil
}

// distribution draws the empirical distribution of each group.
func (r *Request) distribution(_ *analysis.Run, d *found) (*figure, error) {
	p := newPanel(r.values(d.unit, r.LogX), axis{label: "values at most this (%)", kind: percent, lo: 0, hi: 1.02})
	for i, g := range d.groups {
		v := values(g.list)
		p.line(fmt.Sprintf("%s (n = %d)", lineLabel(g.word, "all", false), len(v)), stroke(cycle[i%len(cycle)], i), true, ecdf(v, len(v), 0))
	}
	return &figure{title: r.title(), note: r.note(), panels: []*panel{p}}, nil
}

func values(list []analysis.Sample) []float64 {
	v := make([]float64, len(list))
	for i := range list {
		v[i] = list[i].Value
	}
	return v
}

const histBins = 40

// histogram draws how many values of each group fall into each of histBins equal parts of the range.
func (r *Request) histogram(_ *analysis.Run, d *found) (*figure, error) {
	lo, hi := math.Inf(1), math.Inf(-1)
	to, back := func(v float64) float64 { return v }, func(v float64) float64 { return v }
	if r.LogX {
		to, back = math.Log, math.Exp
	}
	for _, s := range d.list {
		if !r.LogX || s.Value > 0 {
			lo, hi = min(lo, to(s.Value)), max(hi, to(s.Value))
		}
	}
	if math.IsInf(lo, 0) {
		return nil, fmt.Errorf("no value of %q is above 0: a logarithmic axis has no place for them", r.Metric)
	}
	if hi == lo {
		lo, hi = lo-0.5, hi+0.5
	}
	p := newPanel(r.values(d.unit, r.LogX), axis{label: "values"})
	if r.LogY {
		p.y.kind = counts
		p.y.label += " (log of 1 + n)"
	}
	for i, g := range d.groups {
		var n [histBins]float64
		for _, s := range g.list {
			if !r.LogX || s.Value > 0 {
				n[min(int((to(s.Value)-lo)/(hi-lo)*histBins), histBins-1)]++
			}
		}
		xy := plotter.XYs{{X: back(lo), Y: 0}}
		for k, v := range n {
			xy = append(xy, plotter.XY{X: back(lo + (hi-lo)*float64(k)/histBins), Y: v})
		}
		xy = append(xy, plotter.XY{X: back(hi), Y: n[histBins-1]}, plotter.XY{X: back(hi), Y: 0})
		hideZeros(xy)
		p.line(fmt.Sprintf("%s (n = %d)", lineLabel(g.word, "all", false), len(g.list)), stroke(cycle[i%len(cycle)], i), true, xy)
	}
	return &figure{title: r.title(), note: r.note(), panels: []*panel{p}}, nil
}

// intervals returns the ends of the intervals whose samples a statistic takes together: those of the
// samples, or even ones where the samples come at too many different moments.
func (r *Request) intervals(run *analysis.Run, d *found) []float64 {
	var at []float64
	for _, s := range d.list {
		at = append(at, s.At.Seconds())
	}
	slices.Sort(at)
	at = slices.Compact(at)
	if len(at) <= binsMax && len(at) < len(d.list) || len(at) < 3 {
		return append([]float64{at[0] - 1e-9}, at...)
	}
	to := run.Duration.Seconds()
	if r.To > 0 {
		to = r.To
	}
	width := nice((to - r.From) / 150)
	ends := []float64{r.From - 1e-9}
	for i := 1; float64(i-1)*width < to-r.From; i++ {
		ends = append(ends, r.From+float64(i)*width)
	}
	return ends
}

// reduce takes the statistic over the samples of each interval, (ends[i−1], ends[i]]. Samples that are
// quantiles themselves (label stat) are taken as they are if stat names theirs, averaged over their classes.
func reduce(list []analysis.Sample, stat string, ends []float64) (plotter.XYs, error) {
	if list[0].Labels.Get("stat") != "" {
		kept := slices.DeleteFunc(slices.Clone(list), func(s analysis.Sample) bool { return s.Labels.Get("stat") != stat })
		if len(kept) == 0 && stat != "mean" {
			return nil, fmt.Errorf("the run keeps no %s of this metric (it keeps %s)", stat, strings.Join(split(list, []string{"stat"}).words(), ", "))
		}
		if len(kept) > 0 {
			list, stat = kept, "mean"
		}
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b analysis.Sample) int { return cmp.Compare(a.At, b.At) })
	var xy plotter.XYs
	next := 0
	for _, end := range ends[1:] {
		var v []metrics.Value
		for ; next < len(list) && list[next].At.Seconds() <= end+1e-9; next++ {
			v = append(v, metrics.Value{V: list[next].Value, W: 1})
		}
		y, err := statistic(v, stat)
		if err != nil {
			return nil, err
		}
		xy = append(xy, plotter.XY{X: end, Y: y})
	}
	return xy, nil
}

// statistic returns a statistic of v; of nothing it is NaN, but for count and sum.
func statistic(v []metrics.Value, stat string) (float64, error) {
	if n := len(v); stat == "last" && n > 0 { // before they are sorted by size
		return v[n-1].V, nil
	}
	s := metrics.Summarize(v)
	switch stat {
	case "count":
		return float64(s.Count), nil
	case "sum":
		if s.Count == 0 {
			return 0, nil
		}
		return s.Mean * float64(s.Count), nil
	case "last": // of nothing
		return math.NaN(), nil
	case "mean":
		return s.Mean, nil
	case "sd":
		return s.SD, nil
	case "min":
		return s.Min, nil
	case "max":
		return s.Max, nil
	}
	if digits, ok := strings.CutPrefix(stat, "p"); ok {
		if p, err := strconv.ParseFloat(digits, 64); err == nil && p > 0 && p <= 100 {
			return metrics.Percentile(v, p), nil
		}
	}
	return 0, fmt.Errorf("stat %q is not drawn; there are pNN, mean, sd, min, max, last, sum and count", stat)
}

// slope returns the change per second between neighbours.
func slope(xy plotter.XYs) plotter.XYs {
	var out plotter.XYs
	for i := 1; i < len(xy); i++ {
		out = append(out, plotter.XY{X: xy[i].X, Y: (xy[i].Y - xy[i-1].Y) / (xy[i].X - xy[i-1].X)})
	}
	return out
}
