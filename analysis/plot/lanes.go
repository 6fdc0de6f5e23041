package plot

import (
	"slices"

	"gonum.org/v1/plot/vg"
)

// lanesMax bounds the rows of labelled bars above a figure; faults beyond are shaded but not named.
const lanesMax = 5

const laneHigh = 11 // points

// instantMark is half the width of the mark of an instant.
const instantMark = 3 * vg.Length(1)

// tag is a fault with the places of its episodes and of its label in the strip above the panels.
type tag struct {
	band
	bars        []span
	text        vg.Length // left edge of the label
	left, right vg.Length // of all
	lane        int
}

// span is a piece of the width.
type span struct{ x0, x1 vg.Length }

// lanes puts the bars of the bands and their labels into as few rows as they need without touching; episodes
// of one fault share a row and a label. width measures a label. The second result counts those that found no row.
func lanes(bands []band, place func(*band) (x0, x1 vg.Length, ok bool), width func(string) vg.Length, left, right vg.Length) (tags []tag, dropped int) {
	var ends [lanesMax]vg.Length
	for i := range ends {
		ends[i] = left - 1
	}
	for _, t := range gathered(bands, place) {
		t.put(width(t.label), left, right)
		t.lane = slices.IndexFunc(ends[:], func(e vg.Length) bool { return e+vg.Points(3) <= t.left })
		if t.lane < 0 {
			dropped++
			continue
		}
		ends[t.lane] = t.right
		tags = append(tags, t)
	}
	return tags, dropped
}

// gathered returns the episodes of each fault that lie within the picture, in order of the first one.
func gathered(bands []band, place func(*band) (x0, x1 vg.Length, ok bool)) []tag {
	var out []tag
	for _, b := range bands {
		x0, x1, ok := place(&b)
		if !ok {
			continue
		}
		if b.instant() { // room for its mark
			x0, x1 = x0-instantMark, x1+instantMark
		}
		k := slices.IndexFunc(out, func(t tag) bool { return t.id == b.id && b.id != "" })
		if k < 0 {
			k = len(out)
			out = append(out, tag{band: b, left: x0})
		}
		out[k].bars = append(out[k].bars, span{x0, x1})
		out[k].right = max(out[k].right, x1)
	}
	return out
}

// put finds a place for a label of width w: in the only bar, behind the last one, before the first one, or where
// there is no room at the edges, below nothing but its own bars.
func (t *tag) put(w, left, right vg.Length) {
	gap := vg.Points(3)
	switch {
	case len(t.bars) == 1 && w+2*gap <= t.right-t.left:
		t.text = (t.left + t.right - w) / 2
	case t.right+gap+w <= right:
		t.text = t.right + gap
		t.right = t.text + w
	case t.left-gap-w >= left || len(t.bars) == 1:
		t.text = t.left - gap - w
		t.left = t.text
	default:
		t.text = (t.left + t.right - w) / 2
	}
}
