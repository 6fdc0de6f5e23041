package plot

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"

	stdfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg/draw"

	gonum "gonum.org/v1/plot"
)

// Figures are eight inches wide at 150 dots per inch: 1200 pixels, sharp on a screen and in a column.
const (
	dpi        = 150
	widthInch  = 8.0
	heightInch = 5.0 // of a figure with one panel; see figure.height
)

// The palette of Okabe and Ito, "Color Universal Design", 2008, black replaced by a dark grey only where
// text stands beside it. Yellow is left out: it vanishes on white.
var (
	black     = color.NRGBA{0x00, 0x00, 0x00, 0xff}
	white     = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	orange    = color.NRGBA{0xe6, 0x9f, 0x00, 0xff}
	sky       = color.NRGBA{0x56, 0xb4, 0xe9, 0xff}
	green     = color.NRGBA{0x00, 0x9e, 0x73, 0xff}
	blue      = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	vermilion = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	purple    = color.NRGBA{0xcc, 0x79, 0xa7, 0xff}
	grey      = color.NRGBA{0x8c, 0x8c, 0x8c, 0xff}

	ink      = color.NRGBA{0x26, 0x26, 0x26, 0xff} // text and axes
	faint    = color.NRGBA{0x66, 0x66, 0x66, 0xff} // captions
	gridline = color.NRGBA{0xdd, 0xdd, 0xdd, 0xff}
)

// cycle is the order in which categories without a colour of their own take one.
var cycle = []color.NRGBA{blue, vermilion, green, purple, orange, sky, black, grey}

// dashes tell lines apart without colour, in the order of cycle.
var dashes = [][]vg.Length{
	nil,
	{vg.Points(6), vg.Points(2.5)},
	{vg.Points(1.5), vg.Points(2)},
	{vg.Points(8), vg.Points(2), vg.Points(1.5), vg.Points(2)},
	{vg.Points(3.5), vg.Points(1.5)},
	{vg.Points(8), vg.Points(2), vg.Points(1.5), vg.Points(2), vg.Points(1.5), vg.Points(2)},
}

func stroke(c color.NRGBA, dash int) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(1.5), Dashes: dashes[dash%len(dashes)]}
}

func hairline(c color.NRGBA) draw.LineStyle { return draw.LineStyle{Color: c, Width: vg.Points(0.5)} }

// Sizes of text in points.
const (
	titleSize   = 11.5
	panelSize   = 9
	labelSize   = 9
	tickSize    = 8
	legendSize  = 8
	bandSize    = 7.5
	noteSize    = 8
	captionSize = 7
)

func sans(size float64, weight stdfont.Weight) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight, Size: vg.Points(size)}
}

func textStyle(size float64, c color.Color) text.Style {
	return text.Style{Color: c, Font: sans(size, stdfont.WeightNormal), Handler: gonum.DefaultTextHandler, YAlign: draw.YTop}
}

func boldStyle(size float64, c color.Color) text.Style {
	s := textStyle(size, c)
	s.Font.Weight = stdfont.WeightBold
	return s
}

// alpha returns c with the opacity a, 0–1.
func alpha(c color.NRGBA, a float64) color.NRGBA {
	c.A = uint8(255*a + 0.5)
	return c
}

// wrap breaks s at spaces into lines no wider than room. A single longer word stays whole.
func wrap(s string, style text.Style, room vg.Length) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case style.Width(line+" "+word) <= room:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
