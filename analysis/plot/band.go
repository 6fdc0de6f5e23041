package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/core"
	"hypersim/sim/fault"
	"hypersim/sim/metrics"
)

// band is the time in which a fault acted. Without an end, to is the end of the run; a fault that is an
// event rather than a state (a crash, a restart) without an end is an instant: from = to.
type band struct {
	id       string  // of the fault
	label    string  // the same for all its episodes
	from, to float64 // s
	tint     color.NRGBA
}

func (b *band) instant() bool { return b.to <= b.from }

// tints are pale, so that data in any colour of the palette stands out; they overlap visibly.
var tints = []color.NRGBA{
	{0x9a, 0xa5, 0xb1, 0xff}, {0xd9, 0xb3, 0x7a, 0xff}, {0x9c, 0xc4, 0xb2, 0xff}, {0xc8, 0xa2, 0xc0, 0xff}, {0xa9, 0xbf, 0xdf, 0xff},
}

// episodesMax bounds the episodes of one fault that are drawn each; of one with more, the picture shows from the
// first start to the last end.
const episodesMax = 120

// faultBands returns the bands of the faults that began, each episode of its own, in order of start. only, if
// any, names faults. Episodes of one fault carry one label.
func faultBands(t *metrics.Tables, end float64, only []string) []band {
	episodes := map[string][]metrics.EpisodeRow{}
	for _, e := range t.Episodes {
		episodes[e.ID] = append(episodes[e.ID], e)
	}
	var out []band
	for _, f := range t.Faults {
		if f.Start == core.Never || len(only) > 0 && !slices.Contains(only, f.ID) {
			continue
		}
		label := f.ID
		if f.Kind != "" && f.Kind != f.ID {
			label = f.ID + " (" + f.Kind + ")"
		}
		list := episodes[f.ID]
		if f.Episodes > 1 {
			label += fmt.Sprintf(" × %d", f.Episodes)
		}
		if n := uint64(len(list)); n == 0 || n > episodesMax || n < f.Episodes {
			list = []metrics.EpisodeRow{{ID: f.ID, Start: f.Start, End: f.End}}
		}
		for _, e := range list {
			b := band{id: f.ID, label: label, from: e.Start.Seconds(), to: end}
			switch {
			case e.End != core.Never:
				b.to = e.End.Seconds()
			case !fault.Kind(f.Kind).Row().Course.Lasts(): // it happened
				b.to = b.from
			}
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b band) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(a.label, b.label))
	})
	var ids []string
	for i := range out {
		ids = addOnce(ids, out[i].id)
		out[i].tint = tints[slices.Index(ids, out[i].id)%len(tints)]
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
