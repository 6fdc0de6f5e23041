package plot

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot/plotter"
	"pgregory.net/rapid"

	"hypersim/sim/metrics"
)

func TestECDF(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		of     int
		until  float64
		want   plotter.XYs
	}{
		{"nothing", nil, 3, 9, nil},
		{"one value", []float64{2}, 1, 0, plotter.XYs{{X: 2, Y: 0}, {X: 2, Y: 1}}},
		{"unsorted", []float64{3, 1}, 2, 0, plotter.XYs{{X: 1, Y: 0}, {X: 1, Y: 0.5}, {X: 3, Y: 1}}},
		{"ties are one step", []float64{1, 1, 2, 2}, 4, 0, plotter.XYs{{X: 1, Y: 0}, {X: 1, Y: 0.5}, {X: 2, Y: 1}}},
		{"censored trials keep it below 1", []float64{1, 2}, 4, 5, plotter.XYs{{X: 1, Y: 0}, {X: 1, Y: 0.25}, {X: 2, Y: 0.5}, {X: 5, Y: 0.5}}},
		{"fewer trials than values is a caller's mistake that hurts nothing", []float64{1}, 0, 0, plotter.XYs{{X: 1, Y: 0}, {X: 1, Y: 1}}},
	} {
		if have := ecdf(c.values, c.of, c.until); !slices.Equal(have, c.want) {
			t.Errorf("%s: have %v, want %v", c.name, have, c.want)
		}
	}
}

// TestECDFNaive: at every corner the height is the share of values that are at most its x, also when a long
// list is thinned.
func TestECDFNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.SliceOfN(rapid.Float64Range(0, 50), 1, 200).Draw(t, "values")
		if rapid.Bool().Draw(t, "long") {
			for len(v) < 3*pointsMax {
				v = append(v, v...)
			}
		}
		of := len(v) + rapid.IntRange(0, 5).Draw(t, "censored")
		xy := ecdf(slices.Clone(v), of, 0)
		if len(xy) > pointsMax*2+2 {
			t.Fatalf("%d corners", len(xy))
		}
		for _, p := range xy[1:] {
			n := 0
			for _, x := range v {
				if x <= p.X {
					n++
				}
			}
			if want := float64(n) / float64(of); math.Abs(p.Y-want) > 1e-12 {
				t.Fatalf("at %v: have %v, want %v", p.X, p.Y, want)
			}
		}
	})
}

// TestSummaryECDF: every point of the curve from a summary lies on the distribution of the values.
func TestSummaryECDF(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Float64Range(0.001, 50), 1, 400).Draw(t, "values")
		slices.Sort(list)
		list = slices.Compact(list)
		var v []metrics.Value
		for _, x := range list {
			v = append(v, metrics.Value{V: x, W: 1})
		}
		xy := summaryECDF(metrics.Summarize(v), 1)
		for _, p := range xy {
			n, _ := slices.BinarySearch(list, p.X)
			if want := float64(n+1) / float64(len(list)); math.Abs(p.Y-want) > 1e-12 {
				t.Fatalf("at %v: have %v, want %v of %d values", p.X, p.Y, want, len(list))
			}
		}
		if last := xy[len(xy)-1]; last.X != list[len(list)-1] || last.Y != 1 {
			t.Fatalf("ends at %v", last)
		}
	})
}
