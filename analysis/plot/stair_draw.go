package plot

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// stairKinds are what becomes of the time of a job, in the order of the legend; "": its outcome at its client.
var stairKinds = []struct{ word, label string }{
	{"local", "a manager finds\nthat time is up"}, {"declared", "decided"}, {"applied", "ended"}, {"", "its client has\nthe outcome"},
}

func outcomeRankOrDone(word string) bool { return outcomeRanks[word] > 0 || word == "COMPLETED" }

func stairGlyph(i int) draw.GlyphStyle {
	return []draw.GlyphStyle{
		{Color: orange, Radius: vg.Points(3.2), Shape: draw.PyramidGlyph{}},
		{Color: vermilion, Radius: vg.Points(3.2), Shape: draw.BoxGlyph{}},
		{Color: vermilion, Radius: vg.Points(3), Shape: draw.CrossGlyph{}},
		{Color: green, Radius: vg.Points(3.2), Shape: draw.CircleGlyph{}},
	}[i]
}
