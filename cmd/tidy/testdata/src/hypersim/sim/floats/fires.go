package floats

func sums(x, y, z float64, a [3]float64) []float64 {
	z += x * y // want `float product feeds a sum`
	z -= x * y // want `float product feeds a sum`
	return []float64{
		x*y + z,          // want `float product feeds a sum, which may be fused: write float64\(x\*y\)`
		z + x*y,          // want `float product feeds a sum`
		x*y - z,          // want `float product feeds a sum`
		z - (x * y),      // want `float product feeds a sum`
		-(x * y) + z,     // want `float product feeds a sum`
		x*y + a[0]*2,     // want `float product feeds a sum` `float product feeds a sum`
		x*y + y*z + z,    // want `float product feeds a sum` `float product feeds a sum`
		x/y*z + z,        // want `float product feeds a sum`
		a[0]*a[1] + 1,    // want `float product feeds a sum`
		(x + y*z) / 2,    // want `float product feeds a sum`
		float64(2*x + y), // want `float product feeds a sum`
	}
}

type metres float32

func named(x, y, z metres) metres { return x*y + z } // want `write metres\(x\*y\)`

func generic[F ~float32 | ~float64](x, y, z F) F { return x*y + z } // want `write F\(x\*y\)`

func acrossStatements(x, y, z float64) float64 {
	t := x * y
	u := t
	var w float64 = -(x * y)
	z *= y
	z++          // want `z may hold an unrounded float product`
	z += 1       // want `z may hold an unrounded float product`
	_ = z        // reading is no sum
	_ = w - x    // want `w may hold an unrounded float product`
	return u + x // want `u may hold an unrounded float product and feeds a sum, which may be fused: write float64\(x\*y\)`
}

type point struct{ x, y float64 }

func acrossFields(p *point, z float64) float64 {
	p.x = z * z
	p.y *= z
	return p.x + z - p.y // want `x may hold an unrounded` `y may hold an unrounded`
}

func area(p point) float64      { return p.x * p.y }
func (p point) square() float64 { return area(p) }
func squared(z float64) (r float64) {
	r = z * z
	return
}

func acrossCalls(p point, z float64) float64 {
	return area(p) + p.square() + // want `area may hold` `square may hold`
		squared(z) + z // want `squared may hold`
}
