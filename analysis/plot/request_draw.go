package plot

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/analysis"
	"hypersim/sim/metrics/words"
)

// lines draws the statistics of each group over time.
func (r *Request) lines(run *analysis.Run, d *found) (*figure, error) {
	stats := r.stats(d)
	p := newPanel(axis{}, r.values(d, r.LogY, stats...))
	for i := range d.groups {
		g := &d.groups[i]
		for k, stat := range stats {
			xy, err := r.series(d, g, stat, itsOwn)
			if err != nil {
				return nil, err
			}
			dash := i + k
			if len(stats) > 1 {
				dash = k
			}
			label := lineLabel(g.word, stat, len(r.Stat) > 0)
			d.keep(label, g, stat, xy)
			switch {
			case d.width > 0:
				xy = steps(xy, d.width)
			case d.fold == words.FoldState:
				xy = append(xy, plotter.XY{X: run.Duration.Seconds(), Y: xy[len(xy)-1].Y})
			}
			p.line(label, stroke(d.color(i), dash), d.fold == words.FoldState, xy)
		}
	}
	return r.overTime(run, d, p), nil
}

// color returns the colour of a group: that of its role, if groups are told apart by roles.
func (d *found) color(i int) color.NRGBA {
	for k, key := range d.split {
		if c, ok := roleColors[d.groups[i].words[k]]; ok && strings.HasSuffix(key, "role") {
			return c
		}
	}
	return cycle[i%len(cycle)]
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

// area stacks the groups: parts of what all of them come to.
func (r *Request) area(run *analysis.Run, d *found) (*figure, error) {
	if r.LogY {
		return nil, fmt.Errorf("an area on a logarithmic axis shows no shares; use kind line")
	}
	stat := r.stats(d)[0]
	if len(r.Stat) == 0 && d.fold == words.FoldLevel {
		stat = "sum"
	}
	if !d.fold.Adds(stat) || d.ready {
		return nil, fmt.Errorf("an area stacks what adds up, and the %s of %s does not; use kind line", stat, r.Metric)
	}
	var x []float64
	var layers [][]float64
	var styles []draw.LineStyle
	for i := range d.groups {
		g := &d.groups[i]
		xy, err := r.series(d, g, stat, together)
		if err != nil {
			return nil, err
		}
		d.keep(g.word, g, stat, xy)
		if d.width > 0 {
			xy = steps(xy, d.width)
		}
		x = x[:0]
		layer := make([]float64, len(xy))
		for k, v := range xy {
			x, layer[k] = append(x, v.X), v.Y
		}
		layers, styles = append(layers, layer), append(styles, draw.LineStyle{Color: alpha(d.color(i), 0.85)})
	}
	if stat == "sum" && d.fold == words.FoldLevel {
		d.how = "sum over all live nodes"
	}
	p := newPanel(axis{}, r.values(d, false, stat))
	p.stacked(x, d.groups.words(), layers, styles)
	return r.overTime(run, d, p), nil
}

// fewDots is below how many points a scatter makes them large: there is room, and they are easily missed.
const fewDots = 60

// scatter draws every sample that stands for itself, and one point per instant of what is folded.
func (r *Request) scatter(run *analysis.Run, d *found) (*figure, error) {
	list, err := r.points(d)
	if err != nil {
		return nil, err
	}
	p := newPanel(axis{}, r.values(d, r.LogY))
	radius := 1.8
	if len(d.list) < fewDots {
		radius = 3.2
	}
	shapes := []draw.GlyphDrawer{draw.CircleGlyph{}, draw.PyramidGlyph{}, draw.BoxGlyph{}, draw.CrossGlyph{}, draw.RingGlyph{}}
	for i, g := range list {
		glyph := draw.GlyphStyle{Color: alpha(d.color(g.group), 0.7), Radius: vg.Points(radius), Shape: shapes[i%len(shapes)]}
		p.dots(fmt.Sprintf("%s (n = %d)", g.label("each value"), len(g.xy)), glyph, g.xy)
	}
	return r.overTime(run, d, p), nil
}
