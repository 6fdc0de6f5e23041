package plot

import (
	"math"
	"strings"
	"testing"

	gonum "gonum.org/v1/plot"
)

func labels(ticks []gonum.Tick) string {
	var out []string
	for _, t := range ticks {
		if t.Label != "" {
			out = append(out, t.Label)
		}
	}
	return strings.Join(out, " ")
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		name   string
		ticks  func(lo, hi float64) []gonum.Tick
		lo, hi float64
		want   string
	}{
		{"linear", linearTicks, 0, 14, "0 2 4 6 8 10 12 14"},
		{"small steps", linearTicks, 0, 0.22, "0 0.05 0.1 0.15 0.2"},
		{"thousands", linearTicks, 0, 3100, "0 500 1000 1500 2000 2500 3000"},
		{"ten thousands", linearTicks, 0, 31000, "0 5k 10k 15k 20k 25k 30k"},
		{"below zero", linearTicks, -0.2, 0.2, "-0.2 -0.1 0 0.1 0.2"},
		{"shares", percentTicks, 0, 1.02, "0 20 40 60 80 100"},
		{"five minutes", secondTicks, 0, 300, "0 30 60 90 120 150 180 210 240 270 300"},
		{"an hour", secondTicks, 0, 3600, "0 600 1200 1800 2400 3000 3600"},
		{"half a second", secondTicks, 0, 0.5, "0 0.1 0.2 0.3 0.4 0.5"},
		{"two decades", logTicks, 0.5, 60, "0.5 1 2 5 10 20 50"},
		{"many decades", logTicks, 0.01, 1000, "0.01 0.1 1 10 100 1k"},
		{"counts", countTicks, 0, 2e5, "0 1 10 100 1k 10k 100k"},
		{"few counts", countTicks, 0, 12, "0 1 2 5 10"},
	} {
		if have := labels(c.ticks(c.lo, c.hi)); have != c.want {
			t.Errorf("%s: have %s, want %s", c.name, have, c.want)
		}
	}
}

// TestFit: whatever the data, an axis has a range, holds the data, and a logarithmic one stays above 0.
func TestFit(t *testing.T) {
	inf := math.Inf(1)
	for _, kind := range []scaleKind{linear, logarithmic, counts, seconds, percent} {
		for _, r := range [][2]float64{{inf, -inf}, {0.5, 0.5}, {1e-5, 1e5}, {3, 4}} {
			x := axis{kind: kind}.fit(r[0], r[1])
			if !(x.hi > x.lo) || math.IsInf(x.hi-x.lo, 0) {
				t.Errorf("kind %d, data %v: axis from %v to %v", kind, r, x.lo, x.hi)
			}
			if r[0] <= r[1] && (r[0] < x.lo || r[1] > x.hi) {
				t.Errorf("kind %d: data %v outside of %v to %v", kind, r, x.lo, x.hi)
			}
			if kind == logarithmic && x.lo <= 0 {
				t.Errorf("logarithmic axis from %v", x.lo)
			}
		}
	}
}

func TestCountScale(t *testing.T) {
	s := countScale{}
	for _, c := range []struct{ v, want float64 }{{0, 0}, {99, 0.5}, {9999, 1}, {-1, 0}} {
		if have := s.Normalize(0, 9999, c.v); math.Abs(have-c.want) > 1e-12 {
			t.Errorf("%v lies at %v, want %v", c.v, have, c.want)
		}
	}
}
