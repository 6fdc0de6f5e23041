package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"

	"hypersim/analysis"
	"hypersim/core"
	"hypersim/sim/metrics"
	"hypersim/sim/metrics/words"
)

// bin is an interval of time, (after, to].
type bin struct{ after, to core.Instant }

// instantsMax is up to how many instants of samples each is drawn for itself.
const instantsMax = 3000

// divide returns the bins in which values are folded: the instants of what is sampled, or even ones for what
// happens at any time.
func (r *Request) divide(run *analysis.Run, d *found) (bins []bin, width float64) {
	list := d.list
	if d.fold == words.FoldRate {
		list = d.lived // a sample in which nothing was counted is 0
	}
	at := make([]core.Instant, 0, len(list))
	for i := range list {
		at = append(at, list[i].At)
	}
	slices.Sort(at)
	at = slices.Compact(at)
	sampled := d.ready || d.fold != words.FoldNone && d.fold != words.FoldEvents
	if sampled && (len(at) <= instantsMax || d.ready || d.fold == words.FoldState) {
		before := core.Instant(-1)
		for _, t := range at {
			bins, before = append(bins, bin{before, t}), t
		}
		return bins, 0
	}
	from, to := core.Instant(core.Seconds(r.From)), core.Instant(run.Duration)
	if r.To > 0 {
		to = core.Instant(core.Seconds(r.To))
	}
	to = max(to, at[len(at)-1])
	d.until = to
	width = nice(max(to.Sub(from).Seconds(), 1e-6) / 150)
	step := core.Seconds(width)
	for t := from; t < to; t = t.Add(step) {
		bins = append(bins, bin{t, t.Add(step)})
	}
	bins[0].after-- // what happens at its very start has no bin before
	return bins, width
}

// stats returns the statistics that are asked for, or that of the metric.
func (r *Request) stats(d *found) []string {
	switch {
	case len(r.Stat) > 0:
		return r.Stat
	case d.ready:
		return []string{"p50"}
	case d.fold == words.FoldLevel && !slices.ContainsFunc(d.list, func(s analysis.Sample) bool { return s.Labels.Get("stat") != "max" }):
		return []string{"max"} // where picks it
	}
	return []string{d.fold.Common()}
}

// adds reports whether the statistic of a bin adds up what happened in it.
func (d *found) adds(stat string) bool {
	return (d.fold == words.FoldEvents || d.fold == words.FoldNone && !d.ready) && (stat == "sum" || stat == "count")
}

// changes reports whether the metric is something whose change can be asked for.
func (d *found) changes() bool {
	return d.ready || d.fold == words.FoldLevel || d.fold == words.FoldShare || d.fold == words.FoldState
}

// whole says whose node-seconds, pairs or nodes a group is over.
type whole uint8

const (
	itsOwn   whole = iota // those of the group
	together              // those of all groups: then they add up
)

// series folds a group into one value per bin. Their X is the end of a bin.
func (r *Request) series(d *found, g *group, stat string, of whole) (plotter.XYs, error) {
	if d.fold == words.FoldState { // each holds until the next
		return r.rated(d, points(g.list), stat)
	}
	parts := inTime(g.list)
	over := d.over(g, of)
	var xy plotter.XYs
	next, last := 0, 0
	for _, b := range d.bins {
		first := next
		for next < len(parts) && parts[next].At <= b.to {
			next++
		}
		var weights map[core.Instant]float64
		if over != nil {
			weights = map[core.Instant]float64{}
			for ; last < len(over) && over[last].At <= b.to; last++ {
				weights[over[last].At] += over[last].Weight
			}
		}
		if first == next && !d.adds(stat) && len(weights) == 0 {
			xy = append(xy, plotter.XY{X: b.to.Seconds(), Y: math.NaN()})
			continue
		}
		y, err := metrics.Over(d.fold, parts[first:next], stat, weights)
		if err != nil {
			return nil, err
		}
		if r.Rate && d.adds(stat) {
			y /= min(b.to, d.until).Sub(b.after).Seconds() // of the last bin only what the run or the window has
		}
		xy = append(xy, plotter.XY{X: b.to.Seconds(), Y: y})
	}
	return r.rated(d, xy, stat)
}

// rated turns a level into its change per second if the request asks for rates.
func (r *Request) rated(d *found, xy plotter.XYs, stat string) (plotter.XYs, error) {
	if !r.Rate || d.adds(stat) || d.fold == words.FoldRate {
		return xy, nil
	}
	if !d.changes() {
		return nil, fmt.Errorf("rate: %s of %s has none; a rate counts (stat = \"count\") or adds up (\"sum\")", stat, r.Metric)
	}
	return slope(xy), nil
}

// over returns, in order of time, the weights that the group is over, nil for those of its own samples.
func (d *found) over(g *group, of whole) []metrics.Part {
	if d.fold == words.FoldRate {
		list := d.lived
		if k := slices.Index(d.split, "role"); k >= 0 && of == itsOwn {
			list = nil
			for _, s := range d.lived {
				if s.Labels.Get("role") == g.words[k] {
					list = append(list, s)
				}
			}
		}
		return inTime(list)
	}
	if of == itsOwn || d.fold != words.FoldShare && d.fold != words.FoldLevel {
		return nil
	}
	var all []analysis.Sample
	for _, s := range d.list {
		if w := s.Labels.Get("stat"); w == "" || w == "mean" {
			all = append(all, s)
		}
	}
	return inTime(all)
}

func inTime(list []analysis.Sample) []metrics.Part {
	parts := make([]metrics.Part, len(list))
	for i := range list {
		parts[i] = list[i].Part()
	}
	slices.SortStableFunc(parts, func(a, b metrics.Part) int { return cmp.Compare(a.At, b.At) })
	return parts
}

// slope returns the change per second between neighbours.
func slope(xy plotter.XYs) plotter.XYs {
	var out plotter.XYs
	for i := 1; i < len(xy); i++ {
		out = append(out, plotter.XY{X: xy[i].X, Y: (xy[i].Y - xy[i-1].Y) / (xy[i].X - xy[i-1].X)})
	}
	return out
}

// Drawn is one line, layer or row of a requested figure, with the numbers that it shows.
type Drawn struct {
	Label string
	Words []string // of the labels Split
	Split []string
	Stat  string
	X, Y  []float64 // X is the end of an interval, in s; of a distribution the value, and Y its share
	Width float64   // of even intervals, in s; 0: each instant for itself
}

// keep notes what is drawn.
func (d *found) keep(label string, g *group, stat string, xy plotter.XYs) {
	s := Drawn{Label: label, Words: g.words, Split: d.split, Stat: stat, Width: d.width}
	for _, v := range xy {
		s.X, s.Y = append(s.X, v.X), append(s.Y, v.Y)
	}
	d.drawn = append(d.drawn, s)
}

// Numbers returns what the figure of the request shows over time, or why it cannot be drawn.
func (r *Request) Numbers(run *analysis.Run) ([]Drawn, error) {
	f, err := r.figure(run)
	if err != nil {
		return nil, err
	}
	return f.drawn, nil
}

// steps lets the value of each even bin stand over the whole of it.
func steps(xy plotter.XYs, width float64) plotter.XYs {
	var out plotter.XYs
	for _, v := range xy {
		out = append(out, plotter.XY{X: v.X - width, Y: v.Y}, v)
	}
	return out
}
