package xmath

import "testing"

var sink float64

func BenchmarkFunctions(b *testing.B) {
	functions := []struct {
		name string
		f    func(float64) float64
	}{
		{"Exp", Exp}, {"Log", Log}, {"Log1p", Log1p}, {"Log2", Log2}, {"Log10", Log10},
		{"Sin", Sin}, {"Cos", Cos}, {"SinLarge", func(x float64) float64 { return Sin(x * 1e9) }},
		{"Pow", func(x float64) float64 { return Pow(x, 1.7) }},
	}
	for _, fn := range functions {
		b.Run(fn.name, func(b *testing.B) {
			x := 0.37
			for b.Loop() {
				sink = fn.f(x)
				x += 0.01
				if x > 10 {
					x = 0.37
				}
			}
		})
	}
}
