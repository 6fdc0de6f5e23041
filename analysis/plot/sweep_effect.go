package plot

import (
	"strings"

	"gonum.org/v1/plot/vg"

	"hypersim/analysis"
)

// effect shows how the measures move with one parameter, a line for each value of the others.
func (g *grid) effect(f *factor) *figure {
	if len(g.all) == 0 {
		return nil
	}
	lines, note := g.combinations(linesMax, f)
	out := &figure{
		name: "effect-" + fileName(f.key), title: "Effect of " + f.key, shared: true,
		note: joined("means over runs with 95 % intervals", note),
	}
	at, x := f.positions()
	for i := range g.all {
		m := &g.all[i]
		p := newPanel(x, axis{label: m.unit, kind: m.scale(g)})
		p.title = joined(m.name, m.note)
		for k := range lines {
			b := &bars{glyph: marker(k, 2.6), line: stroke(cycle[k%len(cycle)], k), shift: vg.Points(3 * (float64(k) - float64(len(lines)-1)/2))}
			if !f.number {
				b.line.Width = 0
			}
			var last *analysis.Cell
			for j, w := range f.words {
				c := g.find(lines[k].with(f, w))
				if c == nil || c == last { // this axis means nothing to the cell
					continue
				}
				last = c
				if iv := m.estimate(c); finite(iv.Estimate) {
					b.points = append(b.points, estimated{exactly(at[j]), iv})
				}
			}
			label := lines[k].label
			if i > 0 {
				label = ""
			}
			if len(b.points) > 0 {
				p.estimates(label, b)
			}
		}
		g.markDefault(p, f, at, i == 0)
		out.panels = append(out.panels, p)
	}
	return out
}

// markDefault draws a line where the parameter has its default.
func (g *grid) markDefault(p *panel, f *factor, at []float64, named bool) {
	for j, w := range f.words {
		if f.def != w {
			continue
		}
		p.layers = append(p.layers, upright(at[j]))
		if named {
			p.legend = append(p.legend, entry{label: "default, " + w, line: &defaultLine})
		}
	}
}

// joined puts sentences together.
func joined(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, "; ")
}
