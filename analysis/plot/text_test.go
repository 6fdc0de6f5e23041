package plot

import (
	"image"
	"testing"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// page is a canvas that keeps which texts were written where.
type page struct {
	recorder.Canvas
	texts []written
	deep  []bool // by saved state: turned or moved
}

type written struct {
	text           string
	x0, x1, y0, y1 vg.Length
}

func (p *page) Push()                               { p.deep = append(p.deep, p.turned()) }
func (p *page) Pop()                                { p.deep = p.deep[:len(p.deep)-1] }
func (p *page) Rotate(float64)                      { p.deep[len(p.deep)-1] = true }
func (p *page) Translate(vg.Point)                  { p.deep[len(p.deep)-1] = true }
func (p *page) turned() bool                        { return len(p.deep) > 0 && p.deep[len(p.deep)-1] }
func (p *page) Size() (w, h vg.Length)              { return widthInch * vg.Inch, 0 }
func (p *page) Stroke(vg.Path)                      {}
func (p *page) Fill(vg.Path)                        {}
func (p *page) DrawImage(vg.Rectangle, image.Image) {}

// FillString notes upright text.
func (p *page) FillString(f font.Face, at vg.Point, text string) {
	if text == "" || p.turned() {
		return
	}
	e := f.Extents()
	p.texts = append(p.texts, written{text, at.X, at.X + f.Width(text), at.Y, at.Y + e.Ascent*0.7})
}

// textsOf draws f and returns what is written where.
func textsOf(f *figure) []written {
	p := &page{}
	f.draw(draw.NewCanvas(p, widthInch*vg.Inch, vg.Length(f.height())*vg.Inch))
	return p.texts
}

// readable fails if a text of f leaves the page, or lies upon another one.
func readable(t *testing.T, f *figure) {
	t.Helper()
	list := textsOf(f)
	if len(list) < 3 {
		t.Errorf("%s: nothing is written on it", f.name)
	}
	w, h := widthInch*vg.Inch, vg.Length(f.height())*vg.Inch
	for i, a := range list {
		if a.x0 < 0 || a.x1 > w+1 || a.y0 < 0 || a.y1 > h+1 {
			t.Errorf("%s: %.60q leaves the page: %.4g to %.4g of %.4g, %.4g to %.4g of %.4g points", f.name, a.text, a.x0, a.x1, w, a.y0, a.y1, h)
		}
		for _, b := range list[:i] {
			if a.x0 < b.x1-1 && b.x0 < a.x1-1 && a.y0 < b.y1-1 && b.y0 < a.y1-1 {
				t.Errorf("%s: %.60q lies upon %.60q", f.name, a.text, b.text)
			}
		}
	}
}
