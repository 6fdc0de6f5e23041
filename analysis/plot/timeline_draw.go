package plot

import (
	"image/color"
	"math"
	"slices"
	"sort"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of a timeline, in points.
const (
	rowHighest  = 11.6 // of a row
	gapHighest  = 7    // more, before a row that comes much later
	timeWide    = 44
	lanesWidest = 232
	laneWidest  = 24
	barWide     = 5.5
	legendHigh  = 14
	nameChars   = 26
	rowText     = 7
)

// inches is how high the picture is.
func (t *timeline) inches() float64 {
	note := wrap(t.note(), textStyle(noteSize, faint), vg.Points(72*widthInch-2*margin))
	h := 2*margin + 40 + noteSize*1.3*float64(len(note)) + legendHigh + float64(t.headHigh())
	for i := range t.rows {
		h += rowHighest + t.gap(i)
	}
	return h / 72
}

// gap is the room before a row: some for a minute, none for an instant.
func (t *timeline) gap(i int) float64 {
	if i == 0 {
		return 0
	}
	d := t.rows[i].at - t.rows[i-1].at
	return min(gapHighest, max(0, 2.2*math.Log10(d/0.5)))
}

func (t *timeline) headHigh() vg.Length {
	style, w := textStyle(rowText, ink), vg.Length(0)
	for i := range t.lanes {
		w = max(w, style.Width(t.laneName(i)))
	}
	return w + vg.Points(4)
}

func (t *timeline) laneName(i int) string {
	l := &t.lanes[i]
	name := l.name
	if name == "" {
		name = "other " + l.role + "s"
		if l.group != l.role {
			name = l.site + "/" + name
		}
	}
	return shortName(name)
}

// shortName is a name with its beginning left out where it is very long.
func shortName(name string) string {
	if r := []rune(name); len(r) > nameChars {
		return "…" + string(r[len(r)-nameChars+1:])
	}
	return name
}

// sheet is a timeline with places.
type sheet struct {
	*timeline
	c     draw.Canvas
	x     []vg.Length // of lanes
	y     []vg.Length // of rows
	left  vg.Length   // of the lanes
	right vg.Length
}

func (t *timeline) draw(c draw.Canvas) {
	s := &sheet{timeline: t, c: c}
	s.legend()
	c.Max.Y -= vg.Points(legendHigh)
	s.left = c.Min.X + vg.Points(timeWide)
	pitch := min(vg.Points(laneWidest), vg.Points(lanesWidest)/vg.Length(max(len(t.lanes), 1)))
	for i := range t.lanes {
		s.x = append(s.x, s.left+pitch*(vg.Length(i)+0.5))
	}
	s.right = s.left + pitch*vg.Length(len(t.lanes))
	y := c.Max.Y - t.headHigh()
	for i := range t.rows {
		y -= vg.Points(t.gap(i) + rowHighest)
		s.y = append(s.y, y+vg.Points(rowHighest/2))
	}
	s.shade()
	s.heads(c.Max.Y - t.headHigh())
	for i := range t.bars {
		s.bar(&t.bars[i])
	}
	for i, m := range t.rows {
		s.row(i, m)
	}
}

// at returns the place of an instant: between rows in proportion.
func (s *sheet) at(x float64) vg.Length {
	last := len(s.rows) - 1
	if x <= s.rows[0].at {
		return s.y[0]
	}
	if x >= s.rows[last].at {
		const tail = 0.55 // of a row: what comes soon after the last row is seen to come after it
		return s.y[last] - vg.Points(rowHighest*tail*min(1, (x-s.rows[last].at)/0.2))
	}
	i := slices.IndexFunc(s.rows, func(m *moment) bool { return m.at > x })
	a, b := s.rows[i-1].at, s.rows[i].at
	return s.y[i-1] + (s.y[i]-s.y[i-1])*vg.Length((x-a)/(b-a))
}

// shade draws faults, and every other group of lanes.
func (s *sheet) shade() {
	top, foot := s.y[0]+vg.Points(rowHighest/2), s.y[len(s.y)-1]-vg.Points(rowHighest/2)
	rect := func(fill color.Color, x0, x1, y0, y1 vg.Length) {
		s.c.FillPolygon(fill, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
	}
	for i := range s.bands {
		b := &s.bands[i]
		y0, y1 := max(s.at(b.to), foot), min(s.at(b.from), top)
		if b.to >= s.rows[len(s.rows)-1].at {
			y0 = foot
		}
		if b.instant() {
			s.c.StrokeLine2(draw.LineStyle{Color: faint, Width: vg.Points(0.8), Dashes: dashes[2]}, s.left, y1, s.right, y1)
			continue
		}
		rect(alpha(b.tint, 0.30), s.left, s.right, y0, y1)
		for _, y := range []vg.Length{y0, y1} {
			s.c.StrokeLine2(hairline(alpha(b.tint, 0.9)), s.left, y, s.right, y)
		}
	}
	for i := 1; i < len(s.lanes); i++ {
		if s.group(i) != s.group(i-1) {
			x := (s.x[i] + s.x[i-1]) / 2
			s.c.StrokeLine2(hairline(gridline), x, foot, x, top+s.headHigh())
		}
	}
}

// group is what lanes that belong together have in common.
func (s *sheet) group(i int) string {
	if l := &s.lanes[i]; l.role == "manager" || l.role == "worker" {
		return l.site
	}
	return s.lanes[i].role
}

// heads writes the names of the lanes and draws their lines, dashed where the node has no process.
func (s *sheet) heads(y vg.Length) {
	foot := s.y[len(s.y)-1] - vg.Points(rowHighest/2)
	for i := range s.lanes {
		style := textStyle(rowText, ink)
		if c, ok := roleColors[s.lanes[i].role]; ok {
			style.Color = c
		}
		style.Rotation, style.YAlign = math.Pi/2, draw.YCenter
		s.c.FillText(style, vg.Point{X: s.x[i], Y: y + vg.Points(2)}, s.laneName(i))
		s.c.StrokeLine2(draw.LineStyle{Color: gridline, Width: vg.Points(0.8)}, s.x[i], y, s.x[i], foot)
		if s.lanes[i].name == "" {
			continue
		}
		for _, d := range s.down(s.lanes[i].name) {
			y0, y1 := s.at(d.from), s.at(d.to)
			s.c.StrokeLine2(draw.LineStyle{Color: white, Width: vg.Points(1.2)}, s.x[i], y0, s.x[i], y1)
			s.c.StrokeLine2(draw.LineStyle{Color: black, Width: vg.Points(0.8), Dashes: dashes[2]}, s.x[i], y0, s.x[i], y1)
		}
	}
}

// bar draws a state of the job at a node.
func (s *sheet) bar(b *stateBar) {
	lane, k := s.lane(b.node), phaseStyle(b.state)
	if lane < 0 || k < 0 || b.from > s.rows[len(s.rows)-1].at {
		return
	}
	fill, w := phaseStyles[k].color, vg.Points(barWide/2)
	if b.pale {
		fill = alpha(fill, paleLeader)
	}
	y0, y1 := s.at(b.to), s.at(b.from)
	if math.IsInf(b.to, 1) {
		y0 = s.y[len(s.y)-1] - vg.Points(rowHighest/2)
	}
	y0 = min(y0, y1-vg.Points(0.7))
	x := s.x[lane]
	s.c.FillPolygon(fill, []vg.Point{{X: x - w, Y: y0}, {X: x + w, Y: y0}, {X: x + w, Y: y1}, {X: x - w, Y: y1}})
}

// row draws what happened, its time and its sentence.
func (s *sheet) row(i int, m *moment) {
	y := s.y[i]
	style := textStyle(rowText, ink)
	if m.rank == 1 && !m.deadline {
		style = boldStyle(rowText, ink)
	}
	style.YAlign = draw.YCenter
	when := textStyle(rowText, faint)
	when.XAlign, when.YAlign = draw.XRight, draw.YCenter
	if i == 0 || number(m.at, 0.001) != number(s.rows[i-1].at, 0.001) {
		s.c.FillText(when, vg.Point{X: s.left - vg.Points(5), Y: y}, fixed3(m.at))
	}
	if m.deadline {
		s.c.StrokeLine2(draw.LineStyle{Color: vermilion, Width: vg.Points(1), Dashes: dashes[1]}, s.left, y, s.right, y)
	}
	x := s.right + vg.Points(8)
	s.c.FillPolygon(m.said.color, []vg.Point{{X: x, Y: y - vg.Points(2)}, {X: x + vg.Points(4), Y: y - vg.Points(2)}, {X: x + vg.Points(4), Y: y + vg.Points(2)}, {X: x, Y: y + vg.Points(2)}})
	x += vg.Points(7)
	s.c.FillText(style, vg.Point{X: x, Y: y}, cutTo(m.text(), style, s.c.Max.X-x))
	for k := range m.arrows {
		s.arrow(m, &m.arrows[k], y)
	}
	for _, n := range m.nodes {
		if lane := s.lane(n); lane >= 0 {
			s.mark(m, vg.Point{X: s.x[lane], Y: y})
		}
	}
}

// cutTo shortens a text to a width.
func cutTo(s string, style text.Style, room vg.Length) string {
	if style.Width(s) <= room {
		return s
	}
	r := []rune(s)
	n := sort.Search(len(r), func(n int) bool { return style.Width(strings.TrimRight(string(r[:n]), " ")+" …") > room })
	return strings.TrimRight(string(r[:max(0, n-1)]), " ") + " …"
}

// fixed3 writes a time to the millisecond.
func fixed3(v float64) string {
	text := number(v, 0.001)
	whole, part, _ := strings.Cut(text, ".")
	return whole + "." + part + strings.Repeat("0", 3-len(part))
}

// mark shows what a node says.
func (s *sheet) mark(m *moment, p vg.Point) {
	s.c.DrawGlyphNoClip(draw.GlyphStyle{Color: white, Radius: vg.Points(3.6), Shape: draw.CircleGlyph{}}, p)
	s.c.DrawGlyphNoClip(draw.GlyphStyle{Color: m.said.color, Radius: vg.Points(2.8), Shape: draw.CircleGlyph{}}, p)
}

// arrow draws a message from its sending to its arrival.
func (s *sheet) arrow(m *moment, a *arrow, row vg.Length) {
	from, to := s.lane(a.from), s.lane(a.to)
	if from < 0 || to < 0 {
		return
	}
	p := vg.Point{X: s.x[from], Y: min(s.at(a.sent), row)}
	if a.sent <= m.at { // others may begin at the same instant
		p.Y = row
	}
	q := vg.Point{X: s.x[to], Y: min(s.at(a.at), p.Y)}
	if a.lost != "" {
		q = vg.Point{X: p.X + (s.x[to]-p.X)*0.72, Y: p.Y}
	}
	c := m.said.color
	line := draw.LineStyle{Color: c, Width: vg.Points(0.9)}
	if a.lost != "" {
		line.Dashes = dashes[4]
	}
	if from == to {
		return
	}
	s.c.StrokeLines(line, []vg.Point{p, q})
	s.c.DrawGlyphNoClip(draw.GlyphStyle{Color: c, Radius: vg.Points(1.4), Shape: draw.CircleGlyph{}}, p)
	if a.lost != "" {
		s.c.DrawGlyphNoClip(draw.GlyphStyle{Color: c, Radius: vg.Points(3), Shape: draw.CrossGlyph{}}, q)
		return
	}
	dx, dy := float64(q.X-p.X), float64(q.Y-p.Y)
	n := math.Hypot(dx, dy)
	ux, uy := vg.Length(dx/n), vg.Length(dy/n)
	const long, wide = 5, 2
	back := vg.Point{X: q.X - ux*long, Y: q.Y - uy*long}
	s.c.FillPolygon(c, []vg.Point{q, {X: back.X - uy*wide, Y: back.Y + ux*wide}, {X: back.X + uy*wide, Y: back.Y - ux*wide}})
}

// legend names the states that bars show.
func (s *sheet) legend() {
	style := textStyle(legendSize, ink)
	style.YAlign = draw.YCenter
	x, y := s.c.Min.X, s.c.Max.Y-vg.Points(5)
	for k := range phaseStyles {
		if !slices.ContainsFunc(s.bars, func(b stateBar) bool { return phaseStyle(b.state) == k && s.lane(b.node) >= 0 }) {
			continue
		}
		s.c.FillPolygon(phaseStyles[k].color, []vg.Point{{X: x, Y: y - vg.Points(3)}, {X: x + vg.Points(9), Y: y - vg.Points(3)}, {X: x + vg.Points(9), Y: y + vg.Points(3)}, {X: x, Y: y + vg.Points(3)}})
		x += vg.Points(12)
		s.c.FillText(style, vg.Point{X: x, Y: y}, phaseStyles[k].label)
		x += style.Width(phaseStyles[k].label) + vg.Points(11)
	}
	if slices.ContainsFunc(s.bars, func(b stateBar) bool { return b.pale }) {
		s.c.FillPolygon(alpha(sky, paleLeader), []vg.Point{{X: x, Y: y - vg.Points(3)}, {X: x + vg.Points(9), Y: y - vg.Points(3)}, {X: x + vg.Points(9), Y: y + vg.Points(3)}, {X: x, Y: y + vg.Points(3)}})
		s.c.FillText(style, vg.Point{X: x + vg.Points(12), Y: y}, "pale: its lease is over, it may not act")
	}
}
