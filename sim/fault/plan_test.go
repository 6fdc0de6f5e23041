package fault

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
)

const sec = time.Second

// text prints edges as "at fault.occurrence phase", times in seconds.
func text(edges []Edge) string {
	var b strings.Builder
	for _, e := range edges {
		fmt.Fprintf(&b, "%g %d.%d %v\n", e.At.Seconds(), e.Fault, e.Occurrence, e.Phase)
	}
	return b.String()
}

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name  string
		specs []Spec
		want  string
	}{
		{"nothing", nil, ""},
		{"a count of 0 is once", []Spec{{At: sec}}, "1 0.0 begin\n"},
		{"undone", []Spec{{At: sec, For: 2 * sec, Count: 1}}, "1 0.0 begin\n3 0.0 end\n"},
		{"repeated", []Spec{{At: sec, For: sec, Count: 3, Every: 10 * sec}}, `1 0.0 begin
2 0.0 end
11 0.1 begin
12 0.1 end
21 0.2 begin
22 0.2 end
`},
		{"back to back: undone before it is done again", []Spec{{At: sec, For: sec, Count: 2, Every: sec}}, `1 0.0 begin
2 0.0 end
2 0.1 begin
3 0.1 end
`},
		{"overlapping itself", []Spec{{At: sec, For: 3 * sec, Count: 2, Every: sec}}, `1 0.0 begin
2 0.1 begin
4 0.0 end
5 0.1 end
`},
		{"one instant: ends first, then file order", []Spec{{At: 2 * sec}, {At: sec, For: sec}, {At: 2 * sec}, {For: 2 * sec}}, `0 3.0 begin
1 1.0 begin
2 1.0 end
2 3.0 end
2 0.0 begin
2 2.0 begin
`},
		{"flap starts down and is whole after its end", []Spec{{At: sec, For: 5 * sec, Down: sec, Up: 2 * sec}}, `1 0.0 begin
2 0.0 up
4 0.0 down
5 0.0 up
6 0.0 end
`},
		{"flap whose toggle falls on the end", []Spec{{At: sec, For: 3 * sec, Down: sec, Up: 2 * sec}}, `1 0.0 begin
2 0.0 up
4 0.0 end
`},
		{"flap longer down than the fault lasts", []Spec{{At: sec, For: sec, Down: 2 * sec, Up: sec}}, "1 0.0 begin\n2 0.0 end\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if have := text(Plan(c.specs, 1, core.Never)); have != c.want {
				t.Errorf("have\n%swant\n%s", have, c.want)
			}
		})
	}
}

// A flap without end has no toggles that could be listed: such a one stays down.
func TestFlapNeedsAnEnd(t *testing.T) {
	if have := text(Plan([]Spec{{At: sec, Down: sec, Up: sec}}, 1, core.Never)); have != "1 0.0 begin\n" {
		t.Errorf("have\n%s", have)
	}
}

func specs() *rapid.Generator[[]Spec] {
	d := func(most int) *rapid.Generator[core.Duration] {
		return rapid.Map(rapid.IntRange(0, most), func(n int) core.Duration { return core.Duration(n) * sec })
	}
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Spec {
		return Spec{
			At: d(20).Draw(t, "at"), For: d(10).Draw(t, "for"), Count: rapid.IntRange(0, 4).Draw(t, "count"),
			Every: d(5).Draw(t, "every"), Jitter: d(3).Draw(t, "jitter"), Down: d(3).Draw(t, "down"), Up: d(3).Draw(t, "up"),
		}
	}), 0, 6)
}

type occurrence struct{ fault, nth int }

// Every occurrence begins once; it ends once, For later, if it ends at all; toggles lie between and
// alternate; edges are in order, and at one instant what ends goes first.
func TestPlanIsComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := specs().Draw(t, "specs")
		edges := Plan(list, rapid.Uint64().Draw(t, "seed"), core.Never)
		began, ended := map[occurrence]core.Instant{}, map[occurrence]bool{}
		down := map[occurrence]bool{}
		for i, e := range edges {
			if i > 0 && (edges[i-1].At > e.At || edges[i-1].At == e.At && edges[i-1].Phase != End && e.Phase == End) {
				t.Fatalf("out of order at %d:\n%s", i, text(edges))
			}
			k, s := occurrence{e.Fault, e.Occurrence}, &list[e.Fault]
			start, open := began[k]
			if open == (e.Phase == Begin) || ended[k] {
				t.Fatalf("%v of %v is out of place:\n%s", e.Phase, k, text(edges))
			}
			switch e.Phase {
			case Begin:
				least := core.Instant(s.At + core.Duration(e.Occurrence)*s.Every)
				if e.At < least || e.At > least.Add(s.Jitter) || s.Jitter > 0 && e.At == least.Add(s.Jitter) {
					t.Fatalf("%v begins at %v, want %v and up to %v later", k, e.At, least, s.Jitter)
				}
				began[k], down[k] = e.At, true
			case Down, Up:
				if down[k] == (e.Phase == Down) || e.At >= start.Add(s.For) {
					t.Fatalf("toggle %v of %v is out of place:\n%s", e.Phase, k, text(edges))
				}
				down[k] = e.Phase == Down
			case End:
				if e.At != start.Add(s.For) {
					t.Fatalf("%v lasts %v, want %v", k, e.At.Sub(start), s.For)
				}
				ended[k] = true
			}
		}
		for i := range list {
			for n := range max(1, list[i].Count) {
				k := occurrence{i, n}
				if _, ok := began[k]; !ok || ended[k] != (list[i].For > 0) {
					t.Fatalf("%v: began %v, ended %v, lasts %v", k, ok, ended[k], list[i].For)
				}
			}
		}
	})
}

// A run plans what happens in it, not what a file could go on with for a year.
func TestPlanEndsWithTheRun(t *testing.T) {
	year := 365 * 24 * time.Hour
	flap := []Spec{{At: sec, For: year, Down: sec, Up: 2 * sec}}
	if have, want := text(Plan(flap, 1, core.Instant(6*sec))), "1 0.0 begin\n2 0.0 up\n4 0.0 down\n5 0.0 up\n"; have != want {
		t.Errorf("have\n%swant\n%s", have, want)
	}
	often := []Spec{{At: sec, Count: 100_000, Every: year}}
	if have, want := text(Plan(often, 1, core.Instant(6*sec))), "1 0.0 begin\n"; have != want {
		t.Errorf("have\n%swant\n%s", have, want)
	}
}

// Spec 40 §8.4.6: adding a fault does not change the draws of the others.
func TestAddingAFaultMovesNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := specs().Draw(t, "specs")
		seed := rapid.Uint64().Draw(t, "seed")
		more := append(slices.Clone(list), specs().Draw(t, "more")...)
		kept := slices.DeleteFunc(Plan(more, seed, core.Never), func(e Edge) bool { return e.Fault >= len(list) })
		if have, want := text(kept), text(Plan(list, seed, core.Never)); have != want {
			t.Fatalf("with another fault\n%swithout\n%s", have, want)
		}
	})
}

// Jitter is uniform: over many occurrences its mean is half of it, within 5 standard errors, and another
// seed gives other instants.
func TestJitterIsUniform(t *testing.T) {
	const n = 10_000
	list := []Spec{{Count: n, Every: sec, Jitter: sec}}
	edges, sum, quarter := Plan(list, 7, core.Never), 0.0, 0
	for _, e := range edges {
		late := e.At.Seconds() - float64(e.Occurrence)
		sum += late
		if late < 0.25 {
			quarter++
		}
	}
	if mean := sum / n; mean < 0.5-0.0145 || mean > 0.5+0.0145 {
		t.Errorf("mean jitter is %.4f s, want 0.5 ± 0.0145", mean)
	}
	if quarter < 2500-217 || quarter > 2500+217 {
		t.Errorf("%d of %d in the first quarter", quarter, n)
	}
	if text(Plan(list, 8, core.Never)) == text(edges) {
		t.Error("another seed gives the same jitter")
	}
}

// Beginnings at random come at the rate, and are the same whatever else there is and however long the run is.
func TestRandomBeginnings(t *testing.T) {
	const second = core.Duration(1e9)
	s := Spec{ID: "x", At: 10 * second, For: second, Rate: 2, Until: 1010 * second}
	edges := Plan([]Spec{s}, 7, core.Never)
	begins := func(list []Edge, f int) (at []core.Instant) {
		for _, e := range list {
			if e.Fault == f && e.Phase == Begin {
				at = append(at, e.At)
			}
		}
		return at
	}
	list := begins(edges, 0)
	if n := len(list); n < 1850 || n > 2150 || len(edges) != 2*n { // 2000, and its deviation is 45
		t.Errorf("%d beginnings, %d edges", n, len(edges))
	}
	if list[0] < 10e9 || list[len(list)-1] > 1010e9 {
		t.Errorf("from %v to %v", list[0], list[len(list)-1])
	}
	s.Until = 110 * second
	short := begins(Plan([]Spec{{ID: "y", Rate: 5, Until: 500 * second}, s}, 7, core.Never), 1)
	if len(short) == 0 || !slices.Equal(short, list[:len(short)]) || list[len(short)] <= 110e9 {
		t.Errorf("%d beginnings until 110 s are not the first ones of those until 1010 s", len(short))
	}
}
