package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hypersim/analysis"
)

// grid is a sweep with its axes in order.
type grid struct {
	sweep   *analysis.Sweep
	factors []*factor // axes with two values or more
	fixed   map[string]string
	all     []measure
}

// factor is an axis that takes several values.
type factor struct {
	key    string
	short  string   // of the key, for labels
	words  []string // numbers ascending, other words as they came
	value  []float64
	number bool
	def    string // its default as one of words; "" if it is unknown or none of them
	ours   bool   // ours to choose: the protocol, a variant; otherwise the world's
}

func newGrid(s *analysis.Sweep, defaults map[string]string) *grid {
	g := &grid{sweep: s, fixed: map[string]string{}}
	for _, key := range s.Axes {
		f := &factor{key: key, short: strings.TrimPrefix(key, "protocol."), number: true}
		f.ours = key == "variant" || f.short != key
		for i := range s.Cells {
			if w := s.Cells[i].Point.Get(key); w != "" && !slices.Contains(f.words, w) {
				f.words = append(f.words, w)
			}
		}
		if len(f.words) < 2 {
			continue
		}
		f.order()
		for _, w := range f.words {
			if d := defaults[key]; d != "" && sameWord(w, d) {
				f.def = w
			}
		}
		g.fixed[key] = cmp.Or(f.def, f.words[0])
		g.factors = append(g.factors, f)
	}
	g.all = g.measures()
	return g
}

// order sorts the words by their numbers, if all have one.
func (f *factor) order() {
	for _, w := range f.words {
		if _, ok := quantity(w); !ok {
			f.number = false
		}
	}
	if f.number {
		slices.SortStableFunc(f.words, func(a, b string) int {
			x, _ := quantity(a)
			y, _ := quantity(b)
			return cmp.Compare(x, y)
		})
	}
	for i, w := range f.words {
		v, _ := quantity(w)
		if !f.number {
			v = float64(i)
		}
		f.value = append(f.value, v)
	}
}

// quantity reads a number, a duration in s, or a share in %.
func quantity(w string) (float64, bool) {
	if v, err := strconv.ParseFloat(strings.TrimSuffix(w, "%"), 64); err == nil && finite(v) {
		return v, true
	}
	if d, err := time.ParseDuration(w); err == nil {
		return d.Seconds(), true
	}
	return 0, false
}

func sameWord(a, b string) bool {
	x, ok1 := quantity(a)
	y, ok2 := quantity(b)
	return a == b || ok1 && ok2 && x == y && strings.HasSuffix(a, "%") == strings.HasSuffix(b, "%")
}

// find returns the cell with those values, nil if there is none. An axis that means nothing to a cell fits any value.
func (g *grid) find(at map[string]string) *analysis.Cell {
	for i := range g.sweep.Cells {
		fits := true
		for _, f := range g.factors {
			w := g.sweep.Cells[i].Point.Get(f.key)
			fits = fits && (w == "" || w == at[f.key])
		}
		if fits {
			return &g.sweep.Cells[i]
		}
	}
	return nil
}

// isDefault reports whether every axis of c stands at its default, and all defaults are known.
func (g *grid) isDefault(c *analysis.Cell, ours bool) bool {
	for _, f := range g.factors {
		if w := c.Point.Get(f.key); (f.ours || !ours) && w != "" && w != f.def {
			return false
		}
	}
	return true
}

// linesMax is how many curves a panel may hold.
const linesMax = 6

// combination is one value for some axes.
type combination struct {
	label string
	at    map[string]string // of all axes
}

// combinations returns what the lines of a figure stand for that shows the axes in shown: the values of the
// other axes, all of them if they are few, otherwise of one axis with the rest fixed, which the note tells.
func (g *grid) combinations(most int, shown ...*factor) (list []combination, note string) {
	var others []*factor
	n := 1
	for _, f := range g.factors {
		if !slices.Contains(shown, f) {
			others = append(others, f)
			n *= len(f.words)
		}
	}
	vary := others
	if n > most {
		vary = nil
		for _, f := range others { // the world before what is ours to choose, then the fewest values
			if len(f.words) <= most && (len(vary) == 0 || !f.ours && vary[0].ours || f.ours == vary[0].ours && len(f.words) < len(vary[0].words)) {
				vary = []*factor{f}
			}
		}
		note = g.held(func(f *factor) bool { return slices.Contains(others, f) && !slices.Contains(vary, f) })
	}
	return g.expand(vary), note
}

// expand returns the combinations of the values of list; all other axes are fixed.
func (g *grid) expand(list []*factor) []combination {
	out := []combination{{at: g.fixed}}
	for _, f := range list {
		var next []combination
		for _, c := range out {
			for _, w := range f.words {
				x := combination{label: strings.TrimPrefix(c.label+", "+f.short+" "+w, ", "), at: map[string]string{}}
				for _, o := range g.factors {
					x.at[o.key] = c.at[o.key]
				}
				x.at[f.key] = w
				next = append(next, x)
			}
		}
		out = next
	}
	return out
}

// held says at which values the chosen axes stay.
func (g *grid) held(which func(*factor) bool) string {
	var parts []string
	for _, f := range g.factors {
		if which(f) {
			parts = append(parts, fmt.Sprintf("%s %s", f.short, g.fixed[f.key]))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "held at " + strings.Join(parts, ", ")
}

// with returns c's values with those of f set to w.
func (c *combination) with(f *factor, w string) map[string]string {
	at := map[string]string{f.key: w}
	for k, v := range c.at {
		if k != f.key {
			at[k] = v
		}
	}
	return at
}

// positions returns where the words of f stand on an axis, and the axis: to scale if their labels then have
// room, on a logarithmic one if that helps, otherwise evenly.
func (f *factor) positions() ([]float64, axis) {
	x := axis{label: f.key}
	at, kind := slices.Clone(f.value), linear
	lo, hi := at[0], at[len(at)-1]
	if !f.number || crowded(at) {
		logs := make([]float64, len(at))
		for i, v := range at {
			logs[i] = math.Log(v)
		}
		if f.number && lo > 0 && !crowded(logs) {
			kind = logarithmic
		} else {
			for i := range at {
				at[i] = float64(i)
			}
			lo, hi = 0, float64(len(at)-1)
			x.label += " (evenly spaced)"
			if !f.number {
				x.label = f.key
			}
		}
	}
	x.kind = kind
	if kind == logarithmic {
		room := math.Pow(hi/lo, 0.06)
		x.lo, x.hi = lo/room, hi*room
	} else {
		room := 0.06 * (hi - lo)
		if !f.number {
			room = 0.5
		}
		x.lo, x.hi = lo-room, hi+room
	}
	x.ticks = ticksAt(at, f.words)
	return at, x
}

// crowded reports whether two labels would touch.
func crowded(at []float64) bool {
	span := at[len(at)-1] - at[0]
	for i := 1; i < len(at); i++ {
		if !(at[i]-at[i-1] >= 0.07*span) {
			return true
		}
	}
	return false
}
