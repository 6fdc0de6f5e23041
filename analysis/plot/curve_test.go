package plot

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"hypersim/sim/metrics"
)

func TestStack(t *testing.T) {
	areas, total := stack([]float64{1, 2}, [][]float64{{1, 2}, {10, math.NaN()}}, make([]draw.LineStyle, 2))
	if !slices.Equal(total, []float64{11, 2}) {
		t.Errorf("sums %v", total)
	}
	if a := areas[1]; !slices.Equal(a.low, []float64{1, 2}) || !slices.Equal(a.high, []float64{11, 2}) {
		t.Errorf("the second layer lies between %v and %v", a.low, a.high)
	}
}

func TestHideZeros(t *testing.T) {
	xy := make(plotter.XYs, 7)
	for i, v := range []float64{0, 0, 3, 0, 0, 0, 1} {
		xy[i] = plotter.XY{X: float64(i), Y: v}
	}
	hideZeros(xy)
	for i, hidden := range []bool{true, false, false, false, true, false, false} {
		if math.IsNaN(xy[i].Y) != hidden {
			t.Errorf("point %d: hidden is %v, want %v", i, !hidden, hidden)
		}
	}
}

// TestMixture: a single class gives its own quantiles back; two equal halves far apart meet in the middle.
func TestMixture(t *testing.T) {
	a := metrics.CoordinateRow{Link: "inter", Pairs: 100, Rel50: 0.1, Rel90: 0.3, Rel99: 0.9}
	b := metrics.CoordinateRow{Link: "inter", Pairs: 100, Rel50: 10, Rel90: 30, Rel99: 90}
	one := newMixture([]metrics.CoordinateRow{a}, pairKind{link: "inter"})
	for _, c := range []struct{ q, want float64 }{{0.5, 0.1}, {0.9, 0.3}, {0.99, 0.9}} {
		if have := one.quantile(c.q); math.Abs(have/c.want-1) > 1e-6 {
			t.Errorf("quantile %v is %v, want %v", c.q, have, c.want)
		}
	}
	two := newMixture([]metrics.CoordinateRow{a, b}, pairKind{link: "inter"})
	if m := two.quantile(0.49); m < 0.3 || m > 1 {
		t.Errorf("the lower half ends at %v", m)
	}
	if m := two.quantile(0.95); math.Abs(m/30-1) > 0.01 { // half of the pairs lie below all of b
		t.Errorf("quantile 0.95 is %v, want b's p90", m)
	}
	if !math.IsNaN(newMixture(nil, pairKind{link: "inter"}).quantile(0.5)) {
		t.Error("no pairs have no median")
	}
}
