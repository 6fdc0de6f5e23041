package plot

import (
	"cmp"
	"image/color"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/core"
	"hypersim/sim/metrics"
)

// band is the time in which a fault acted. Without an end, to is the end of the run; a fault that is an
// event rather than a state (a crash, a restart) without an end is an instant: from = to.
type band struct {
	label    string
	from, to float64 // s
	tint     color.NRGBA
}

func (b *band) instant() bool { return b.to <= b.from }

// tints are pale, so that data in any colour of the palette stands out; they overlap visibly.
var tints = []color.NRGBA{
	{0x9a, 0xa5, 0xb1, 0xff}, {0xd9, 0xb3, 0x7a, 0xff}, {0x9c, 0xc4, 0xb2, 0xff}, {0xc8, 0xa2, 0xc0, 0xff}, {0xa9, 0xbf, 0xdf, 0xff},
}

// events are the kinds of faults that happen at a moment.
var events = []string{"crash", "restart", "leave", "join", "raise", "rumour", "kill-leader"}

// faultBands returns the bands of the faults that began, in order of start. only, if any, names faults.
func faultBands(faults []metrics.FaultRow, end float64, only []string) []band {
	var out []band
	for _, f := range faults {
		if f.Start == core.Never || len(only) > 0 && !slices.Contains(only, f.ID) {
			continue
		}
		b := band{label: f.ID, from: f.Start.Seconds(), to: end}
		if f.Kind != "" && f.Kind != f.ID {
			b.label = f.ID + " (" + f.Kind + ")"
		}
		switch {
		case f.End != core.Never:
			b.to = f.End.Seconds()
		case slices.Contains(events, f.Kind):
			b.to = b.from
		}
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b band) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(a.label, b.label))
	})
	for i := range out {
		out[i].tint = tints[i%len(tints)]
	}
	return out
}

// bandShades draws the bands over the whole height of a panel.
type bandShades []band

func (s bandShades) Plot(c draw.Canvas, p *gonum.Plot) {
	for i := range s {
		b := &s[i]
		x0, x1, ok := b.place(c, p)
		if !ok {
			continue
		}
		if b.instant() {
			c.StrokeLine2(draw.LineStyle{Color: faint, Width: vg.Points(0.8), Dashes: dashes[2]}, x0, c.Min.Y, x0, c.Max.Y)
			continue
		}
		c.FillPolygon(alpha(b.tint, 0.26), []vg.Point{{X: x0, Y: c.Min.Y}, {X: x1, Y: c.Min.Y}, {X: x1, Y: c.Max.Y}, {X: x0, Y: c.Max.Y}})
		for _, x := range []vg.Length{x0, x1} {
			c.StrokeLine2(hairline(alpha(b.tint, 0.9)), x, c.Min.Y, x, c.Max.Y)
		}
	}
}

// place returns where b lies within c; ok is false if it lies outside.
func (b *band) place(c draw.Canvas, p *gonum.Plot) (x0, x1 vg.Length, ok bool) {
	if b.to < p.X.Min || b.from > p.X.Max {
		return 0, 0, false
	}
	return c.X(p.X.Norm(max(b.from, p.X.Min))), c.X(p.X.Norm(min(b.to, p.X.Max))), true
}

// lanesMax bounds the rows of labelled bars above a figure; faults beyond are shaded but not named.
const lanesMax = 5

const laneHigh = 11 // points

// instantMark is half the width of the mark of an instant.
const instantMark = 3 * vg.Length(1)

// tag is a band with its place and that of its label in the strip above the panels.
type tag struct {
	band
	x0, x1, text vg.Length // text: left edge of the label
	left, right  vg.Length // of both
	lane         int
}

// lanes puts the bars of the bands and their labels into as few rows as they need without touching.
// width measures a label. The second result counts those that found no row.
func lanes(bands []band, place func(*band) (x0, x1 vg.Length, ok bool), width func(string) vg.Length, left, right vg.Length) (tags []tag, dropped int) {
	var ends [lanesMax]vg.Length
	for i := range ends {
		ends[i] = left - 1
	}
	for _, b := range bands {
		x0, x1, ok := place(&b)
		if !ok {
			continue
		}
		gap := vg.Points(3)
		t := tag{band: b, x0: x0, x1: x1, left: x0, right: x1}
		w := width(b.label)
		if b.instant() { // room for its mark
			t.x0, t.x1 = x0-instantMark, x1+instantMark
			x0, x1 = t.x0, t.x1
		}
		switch {
		case w+2*gap <= x1-x0: // inside
			t.text = (x0 + x1 - w) / 2
		case x1+gap+w <= right: // after
			t.text = x1 + gap
			t.right = t.text + w
		default: // before
			t.text = x0 - gap - w
			t.left = t.text
		}
		t.lane = slices.IndexFunc(ends[:], func(e vg.Length) bool { return e+gap <= t.left })
		if t.lane < 0 {
			dropped++
			continue
		}
		ends[t.lane] = t.right
		tags = append(tags, t)
	}
	return tags, dropped
}
