package plot

import (
	"fmt"
	"image/color"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// paleLeader is the opacity of a leader that may not act.
const paleLeader = 0.35

// gapShades draws the times in which nobody might act over the whole height of a panel.
type gapShades []span2

// Plot implements gonum's Plotter.
func (g gapShades) Plot(c draw.Canvas, p *gonum.Plot) {
	for _, s := range g {
		if s.to < p.X.Min || s.from > p.X.Max {
			continue
		}
		x0, x1 := c.X(p.X.Norm(max(s.from, p.X.Min))), c.X(p.X.Norm(min(s.to, p.X.Max)))
		c.FillPolygon(gapShade, []vg.Point{{X: x0, Y: c.Min.Y}, {X: x1, Y: c.Min.Y}, {X: x1, Y: c.Max.Y}, {X: x0, Y: c.Max.Y}})
	}
}

// voterLanes draws what the voters of a cluster were.
type voterLanes struct{ e *electorate }

// Plot implements gonum's Plotter.
func (v *voterLanes) Plot(c draw.Canvas, p *gonum.Plot) {
	for i := range v.e.lanes {
		l := &v.e.lanes[i]
		if l.to < p.X.Min || l.from > p.X.Max {
			continue
		}
		switch l.part {
		case "FOLLOWER":
			x0, x1, y0, y1 := l.place(c, p, l.from, l.to, 0)
			c.StrokeLine2(draw.LineStyle{Color: followerShade, Width: vg.Points(1.2)}, x0, (y0+y1)/2, x1, (y0+y1)/2)
		case "PRE_CANDIDATE":
			l.bar(c, p, preShade, l.from, l.to, 0.34)
		case "CANDIDATE":
			l.bar(c, p, roundShade, l.from, l.to, 0.34)
		default:
			v.leader(c, p, l)
		}
	}
}

// leader draws the bar of a leader, and its term in it, or beside it where that does not fit.
func (v *voterLanes) leader(c draw.Canvas, p *gonum.Plot, l *lane) {
	fill := v.e.color(l.term)
	l.bar(c, p, alpha(fill, paleLeader), l.from, l.to, rowHigh)
	if l.by > l.actsFrom {
		l.bar(c, p, fill, l.actsFrom, l.by, rowHigh)
	}
	x0, x1, y0, y1 := l.place(c, p, l.from, l.to, rowHigh)
	style := textStyle(bandSize-0.5, white)
	if fill == sky || fill == orange { // white would vanish on them
		style.Color = ink
	}
	style.XAlign = draw.XCenter
	for _, text := range []string{fmt.Sprintf("term %d", l.term), fmt.Sprint(l.term)} {
		if style.Width(text)+vg.Points(3) <= x1-x0 {
			c.FillText(style, vg.Point{X: (x0 + x1) / 2, Y: (y0+y1)/2 + vg.Points((bandSize-0.5)*0.58)}, text)
			return
		}
	}
}

// place returns where a part of the lane lies within c, so much of its row high.
func (l *lane) place(c draw.Canvas, p *gonum.Plot, from, to, high float64) (x0, x1, y0, y1 vg.Length) {
	x0, x1 = c.X(p.X.Norm(max(from, p.X.Min))), c.X(p.X.Norm(min(to, p.X.Max)))
	y0, y1 = c.Y(p.Y.Norm(-float64(l.row)-high/2)), c.Y(p.Y.Norm(-float64(l.row)+high/2))
	return x0, x1, y0, y1
}

func (l *lane) bar(c draw.Canvas, p *gonum.Plot, fill color.NRGBA, from, to, high float64) {
	x0, x1, y0, y1 := l.place(c, p, from, to, high)
	if x1 <= x0 {
		return
	}
	x1 = max(x1, x0+vg.Points(0.6)) // the shortest one can be seen
	c.FillPolygon(fill, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}
