package floats

import "math"

const half, third = 0.5, 1.0 / 3

func rounded(x, y, z float64, n, m int) []float64 {
	z += float64(x * y)
	z -= float64(x * y)
	t := float64(x * y)
	t += z
	n += n * m
	return []float64{
		float64(x*y) + z,
		z - float64(x*y),
		-float64(x*y) + z,
		x/y + z,
		x * (y + z),
		x * y / z,
		math.Sqrt(x*y) + z,
		max(x*y, 0) + z,
		half*third + z, // a constant is computed exactly
		float64(n*m + 1),
		t,
	}
}

func elsewhere(p *point, z float64) float64 { return p.x + p.y + z } // set by another function

func roundedArea(p point) float64 { return float64(p.x * p.y) }

func viaCalls(p point, z float64) float64 {
	f := func() float64 { return z * z } // a closure's return is its own
	return roundedArea(p) + float64(f()) + float64(area(p))
}
