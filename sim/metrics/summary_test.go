package metrics

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// 1, 2, 3, 4, 10: mean 4, squared deviations 9+4+1+0+36 = 50, sd √12.5; nearest ranks 3, 5, 5.
func TestSummarize(t *testing.T) {
	s := Summarize([]Value{{10, 1}, {2, 1}, {1, 1}, {4, 1}, {3, 1}})
	want := Summary{Count: 5, Mean: 4, SD: math.Sqrt(12.5), Min: 1, P50: 3, P90: 10, P95: 10, P99: 10, P999: 10, Max: 10}
	if s != want {
		t.Errorf("have %+v, want %+v", s, want)
	}
	if s := Summarize(nil); s.Count != 0 || !math.IsNaN(s.Mean) || !math.IsNaN(s.Max) {
		t.Errorf("empty: %+v", s)
	}
	if s := Summarize([]Value{{7, 1}}); s.Mean != 7 || s.P999 != 7 || !math.IsNaN(s.SD) {
		t.Errorf("one: %+v", s)
	}
}

// The definition: the least observed value with at least p % of the weight at or below it. Weights are
// repetitions.
func TestPercentileAgainstDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var v []Value
		var flat []float64
		for range rapid.IntRange(1, 30).Draw(rt, "n") {
			x, w := float64(rapid.IntRange(0, 20).Draw(rt, "x")), rapid.IntRange(1, 5).Draw(rt, "w")
			v = append(v, Value{x, float64(w)})
			for range w {
				flat = append(flat, x)
			}
		}
		SortValues(v)
		p := rapid.IntRange(1, 100).Draw(rt, "p")
		want := math.Inf(1)
		for _, x := range flat {
			n := 0
			for _, y := range flat {
				if y <= x {
					n++
				}
			}
			if n*100 >= p*len(flat) {
				want = min(want, x)
			}
		}
		if have := Percentile(v, float64(p)); have != want {
			rt.Fatalf("p%d of %v = %v, want %v", p, v, have, want)
		}
	})
}
