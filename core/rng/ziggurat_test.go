package rng

import (
	"math"
	"testing"
)

// The slabs must have one area each and close at the peak, or the ziggurat samples another density.
func TestZigguratsClose(t *testing.T) {
	tests := []struct {
		name       string
		z          *ziggurat
		edge, area float64
		tail       float64 // area beyond the edge
		density    func(float64) float64
	}{
		{"normal", normalTable, normalEdge, normalArea, math.Sqrt(math.Pi/2) * math.Erfc(normalEdge/math.Sqrt2),
			func(x float64) float64 { return math.Exp(-x * x / 2) }},
		{"exponential", expTable, expEdge, expArea, math.Exp(-expEdge), func(x float64) float64 { return math.Exp(-x) }},
	}
	for _, tc := range tests {
		near := func(what string, i int, have, want float64) {
			t.Helper()
			if !(math.Abs(have-want) <= 1e-11*want) {
				t.Errorf("%s slab %d: %s %v, want %v", tc.name, i, what, have, want)
			}
		}
		near("area with the tail", 0, tc.edge*tc.density(tc.edge)+tc.tail, tc.area)
		near("width", 0, tc.z.width[0]*0x1p53*tc.density(tc.edge), tc.area)
		near("inside", 0, float64(tc.z.inside[0])*tc.z.width[0], tc.edge)
		for i := 1; i < 256; i++ {
			x := tc.z.width[i] * 0x1p53
			near("height", i, tc.z.height[i], tc.density(x))
			near("area", i, x*(tc.z.height[i+1]-tc.z.height[i]), tc.area)
			if i < 255 {
				near("inside", i, float64(tc.z.inside[i])*tc.z.width[i], tc.z.width[i+1]*0x1p53)
			}
		}
		if tc.z.inside[255] != 0 || tc.z.height[256] != 1 {
			t.Errorf("%s: the top slab is open: %v, %v", tc.name, tc.z.inside[255], tc.z.height[256])
		}
	}
}

func TestNormIsNormal(t *testing.T) {
	s := New(1, "norm")
	sample := make([]float64, 1000000)
	var sum, squares, fourth float64
	tail := 0
	for i := range sample {
		x := s.Norm()
		sample[i] = x
		sum, squares, fourth = sum+x, squares+x*x, fourth+x*x*x*x
		if math.Abs(x) > normalEdge {
			tail++
		}
	}
	n := float64(len(sample))
	within(t, "mean", sum/n, 0, 1/math.Sqrt(n))
	within(t, "variance", squares/n, 1, math.Sqrt(2/n))
	within(t, "fourth moment", fourth/n, 3, math.Sqrt(96/n))
	p := math.Erfc(normalEdge / math.Sqrt2)
	within(t, "share beyond the edge", float64(tail)/n, p, math.Sqrt(p/n))
	kolmogorov(t, "Norm", sample, normalCDF)
}

func TestNormTailIsTheTailOfTheNormal(t *testing.T) {
	s := New(1, "tail")
	sample := make([]float64, 50000)
	for i := range sample {
		sample[i] = s.normTail()
	}
	whole := math.Erfc(normalEdge / math.Sqrt2)
	kolmogorov(t, "normTail", sample, func(x float64) float64 { return 1 - math.Erfc(x/math.Sqrt2)/whole })
}

func TestExpIsExponential(t *testing.T) {
	s := New(1, "exp")
	sample := make([]float64, 1000000)
	var sum, squares float64
	tail, far := 0, 0
	for i := range sample {
		x := s.Exp()
		sample[i] = x
		sum, squares = sum+x, squares+x*x
		if x > expEdge {
			tail++
		}
		if x > 11 {
			far++
		}
	}
	n := float64(len(sample))
	within(t, "mean", sum/n, 1, 1/math.Sqrt(n))
	within(t, "second moment", squares/n, 2, math.Sqrt(20/n))
	within(t, "share beyond the edge", float64(tail)/n, math.Exp(-expEdge), math.Sqrt(math.Exp(-expEdge)/n))
	within(t, "share beyond 11", float64(far)/n, math.Exp(-11), math.Sqrt(math.Exp(-11)/n))
	kolmogorov(t, "Exp", sample, func(x float64) float64 { return -math.Expm1(-x) })
}
