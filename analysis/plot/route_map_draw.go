package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of a map, in points.
const (
	flowWidest  = 5.5
	siteRadius  = 3
	stayRadius  = 7.5 // of a site all of whose jobs stay
	mapPad      = 26
	mapHeader   = 16
	mapFoot     = 26
	arrowLength = 7.5
	mapSteps    = 40
)

// chartmap is one map on its canvas.
type chartmap struct {
	*atlas
	c     draw.Canvas
	scale float64 // points a ms
	x0    float64
	y1    float64
	taken []vg.Rectangle
	lines []vg.Rectangle // of arrows
}

func (a *atlas) draw(c draw.Canvas) {
	wide := (c.Max.X - c.Min.X) / vg.Length(len(a.ages))
	a.legend(c)
	for i := range a.ages {
		cell := c
		cell.Min.X, cell.Max.X = c.Min.X+wide*vg.Length(i), c.Min.X+wide*vg.Length(i+1)-vg.Points(6)
		cell.Min.Y += vg.Points(mapFoot)
		a.chart(cell, &a.ages[i])
	}
}

// color is that of the gates of a site.
func (a *atlas) color(site string) color.NRGBA {
	return cycle[max(slices.Index(a.gates, site), 0)%len(cycle)]
}

func (a *atlas) chart(c draw.Canvas, g *age) {
	n := 0
	for _, f := range g.flows {
		n += f.n
	}
	title := boldStyle(panelSize, ink)
	c.FillText(title, vg.Point{X: c.Min.X, Y: c.Max.Y}, cutTo(fmt.Sprintf("%s (%s)", g.title, counted(n, "decision", "decisions")), title, c.Max.X-c.Min.X))
	c.Max.Y -= vg.Points(mapHeader)
	frame := []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}, c.Min}
	c.StrokeLines(hairline(gridline), frame)
	m := &chartmap{atlas: a, c: c}
	x0, x1, y0, y1 := a.extent()
	pad := vg.Points(mapPad)
	m.scale = min(float64(c.Max.X-c.Min.X-2*pad)/(x1-x0), float64(c.Max.Y-c.Min.Y-2*pad)/(y1-y0))
	m.x0 = (x0+x1)/2 - float64(c.Max.X-c.Min.X)/2/m.scale
	m.y1 = (y0+y1)/2 - float64(c.Max.Y-c.Min.Y)/2/m.scale
	for i := range g.flows {
		if f := &g.flows[i]; f.from != f.to {
			m.arrow(f)
		}
	}
	for i := range a.places {
		m.site(&a.places[i], g)
	}
	for i := range a.places {
		m.name(&a.places[i])
	}
	m.ruler()
}

func (m *chartmap) at(p *place) vg.Point {
	return vg.Point{X: m.c.Min.X + vg.Length((p.x-m.x0)*m.scale), Y: m.c.Min.Y + vg.Length((p.y-m.y1)*m.scale)}
}

func (m *chartmap) find(site string) *place {
	return &m.places[slices.IndexFunc(m.places, func(p place) bool { return p.name == site })]
}

// arrow draws a flow beside the straight line, so that the one back is another one.
func (m *chartmap) arrow(f *flow) {
	p, q := m.at(m.find(f.from)), m.at(m.find(f.to))
	dx, dy := float64(q.X-p.X), float64(q.Y-p.Y)
	n := math.Hypot(dx, dy)
	if n < 2*siteRadius {
		return
	}
	ux, uy := vg.Length(dx/n), vg.Length(dy/n)
	const aside = 2.6
	shift := func(v vg.Point, along vg.Length) vg.Point {
		return vg.Point{X: v.X + ux*along - uy*aside, Y: v.Y + uy*along + ux*aside}
	}
	gap := vg.Points(siteRadius + 2)
	p, q = shift(p, gap), shift(q, -gap)
	w := vg.Points(max(0.7, flowWidest*f.share))
	c := alpha(m.color(f.from), 0.85)
	head := vg.Points(arrowLength)
	back := vg.Point{X: q.X - ux*head, Y: q.Y - uy*head}
	m.c.StrokeLines(draw.LineStyle{Color: c, Width: w}, []vg.Point{p, back})
	for k := range mapSteps + 1 { // names keep away from it
		t := vg.Length(k) / mapSteps
		m.lines = append(m.lines, around(vg.Point{X: p.X + (q.X-p.X)*t, Y: p.Y + (q.Y-p.Y)*t}, w/2+vg.Points(1.5)))
	}
	half := w/2 + vg.Points(2)
	m.c.FillPolygon(c, []vg.Point{q, {X: back.X - uy*half, Y: back.Y + ux*half}, {X: back.X + uy*half, Y: back.Y - ux*half}})
}

// site draws a site, and as a disc what its gates keep there.
func (m *chartmap) site(p *place, g *age) {
	at := m.at(p)
	for _, f := range g.flows {
		if f.from == p.name && f.to == p.name {
			r := vg.Points(siteRadius + (stayRadius-siteRadius)*math.Sqrt(f.share))
			m.c.DrawGlyphNoClip(draw.GlyphStyle{Color: alpha(m.color(p.name), 0.85), Radius: r, Shape: draw.CircleGlyph{}}, at)
			m.taken = append(m.taken, around(at, r))
		}
	}
	shape := draw.GlyphDrawer(draw.CircleGlyph{})
	if p.dc {
		shape = draw.BoxGlyph{}
	}
	m.c.DrawGlyphNoClip(draw.GlyphStyle{Color: white, Radius: vg.Points(siteRadius + 0.8), Shape: shape}, at)
	m.c.DrawGlyphNoClip(draw.GlyphStyle{Color: ink, Radius: vg.Points(siteRadius - 0.4), Shape: shape}, at)
	m.taken = append(m.taken, around(at, vg.Points(siteRadius)))
}

func around(p vg.Point, r vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: p.X - r, Y: p.Y - r}, Max: vg.Point{X: p.X + r, Y: p.Y + r}}
}

// name writes the name of a site at the first place around it that is free, of arrows too if there is such a one; where
// none is, it has no name.
func (m *chartmap) name(p *place) {
	style := textStyle(bandSize, ink)
	text := shortName(p.name)
	w, h, at := style.Width(text), vg.Points(bandSize), m.at(p)
	d := vg.Points(stayRadius + 1.5)
	var free []vg.Rectangle
	for _, o := range []vg.Point{
		{X: -w / 2, Y: d}, {X: -w / 2, Y: -d - h}, {X: d, Y: -h / 2}, {X: -d - w, Y: -h / 2},
		{X: d * 0.7, Y: d * 0.6}, {X: -d*0.7 - w, Y: d * 0.6}, {X: d * 0.7, Y: -d*0.6 - h}, {X: -d*0.7 - w, Y: -d*0.6 - h},
	} {
		r := vg.Rectangle{Min: vg.Point{X: at.X + o.X, Y: at.Y + o.Y}, Max: vg.Point{X: at.X + o.X + w, Y: at.Y + o.Y + h}}
		if r.Min.X >= m.c.Min.X && r.Max.X <= m.c.Max.X && r.Min.Y >= m.c.Min.Y && r.Max.Y <= m.c.Max.Y && !among(m.taken, r) {
			free = append(free, r)
		}
	}
	if len(free) == 0 {
		return
	}
	r := free[max(0, slices.IndexFunc(free, func(r vg.Rectangle) bool { return !among(m.lines, r) }))]
	m.taken = append(m.taken, r)
	pad := vg.Points(0.8)
	m.c.FillPolygon(alpha(white, 0.75), []vg.Point{{X: r.Min.X - pad, Y: r.Min.Y}, {X: r.Max.X + pad, Y: r.Min.Y}, {X: r.Max.X + pad, Y: r.Max.Y}, {X: r.Min.X - pad, Y: r.Max.Y}})
	m.c.FillText(style, vg.Point{X: r.Min.X, Y: r.Max.Y}, text)
}

func among(list []vg.Rectangle, r vg.Rectangle) bool {
	return slices.ContainsFunc(list, func(t vg.Rectangle) bool { return crosses(r, t) })
}

func crosses(a, b vg.Rectangle) bool {
	return a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y
}

// ruler shows how long a round trip is.
func (m *chartmap) ruler() {
	ms := nice(0.5*float64(m.c.Max.X-m.c.Min.X)/m.scale) / 2
	x, y := m.c.Min.X+vg.Points(6), m.c.Min.Y-vg.Points(6)
	end := x + vg.Length(ms*m.scale)
	m.c.StrokeLine2(draw.LineStyle{Color: ink, Width: vg.Points(1.2)}, x, y, end, y)
	style := textStyle(bandSize, faint)
	style.YAlign = draw.YCenter
	m.c.FillText(style, vg.Point{X: end + vg.Points(4), Y: y}, number(ms, ms)+" ms")
}

// legend names the sites that have gates.
func (a *atlas) legend(c draw.Canvas) {
	style := textStyle(legendSize, ink)
	style.YAlign = draw.YCenter
	x, y := c.Min.X, c.Min.Y+vg.Points(5)
	for i, g := range a.gates {
		text := "gates of " + shortName(g)
		w := vg.Points(12) + style.Width(text) + vg.Points(11)
		if x+w > c.Max.X || i == len(cycle) {
			c.FillText(style, vg.Point{X: min(x, c.Max.X-style.Width("…")), Y: y}, "…")
			return
		}
		c.FillPolygon(a.color(g), []vg.Point{{X: x, Y: y - vg.Points(3)}, {X: x + vg.Points(9), Y: y - vg.Points(3)}, {X: x + vg.Points(9), Y: y + vg.Points(3)}, {X: x, Y: y + vg.Points(3)}})
		c.FillText(style, vg.Point{X: x + vg.Points(12), Y: y}, text)
		x += w
	}
}
