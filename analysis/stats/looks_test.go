package stats

import (
	"math"
	"slices"
	"testing"

	"hypersim/core/rng"
)

func TestLooks(t *testing.T) {
	for _, c := range []struct {
		most  int
		sizes []int
		level float64
	}{
		{5, []int{5}, 0.95},
		{8, []int{5, 8}, 0.975},
		{40, []int{5, 8, 12, 18, 27, 40}, 1 - 0.05/6},
		{100, []int{5, 8, 12, 18, 27, 41, 62, 93, 100}, 1 - 0.05/9},
	} {
		if l := NewLooks(c.most, 0); !slices.Equal(l.Sizes, c.sizes) || math.Abs(l.Level-c.level) > 1e-12 {
			t.Errorf("%d runs: %+v", c.most, l)
		}
	}
}

func TestPrecision(t *testing.T) {
	iv := Interval{Estimate: -10, Low: -10.2, High: -9.9}
	for _, c := range []struct {
		p    Precision
		want bool
	}{{Precision{Share: 0.02}, true}, {Precision{Share: 0.015}, false}, {Precision{Absolute: 0.2}, true}, {Precision{Absolute: 0.1}, false}, {Precision{Share: 0.001, Absolute: 1}, true}} {
		if c.p.Reached(iv) != c.want {
			t.Errorf("%+v: reached %v", c.p, !c.want)
		}
	}
	if (Precision{Share: 1}).Reached(MeanInterval([]float64{1, 2}, 0)) {
		t.Error("reached without an interval")
	}
}

// The interval at which a sweep stops covers as often as promised, and would not if each look were taken for the only one.
func TestStoppedIntervalsCover(t *testing.T) {
	const trials = 3000
	cover := func(level func(Looks) float64) float64 {
		g, hits := rng.New(1, "looks"), 0
		l := NewLooks(60, 0)
		for range trials {
			var v []float64
			for _, n := range l.Sizes {
				for len(v) < n {
					v = append(v, 5+g.Exp())
				}
				iv := MeanInterval(v, level(l))
				if n == 60 || (Precision{Absolute: 0.5}).Reached(iv) {
					if !iv.Excludes(6) {
						hits++
					}
					break
				}
			}
		}
		return float64(hits) / trials
	}
	if have := cover(func(l Looks) float64 { return l.Level }); have < 0.94 {
		t.Errorf("%.3f of stopped intervals hold the mean", have)
	}
	if have := cover(func(Looks) float64 { return 0 }); have > 0.93 {
		t.Errorf("looking often costs nothing? %.3f cover", have)
	}
}
