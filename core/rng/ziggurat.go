package rng

import (
	"math"

	"hypersim/core/xmath"
)

// The ziggurat (Marsaglia and Tsang, J. Stat. Softw. 5(8), 2000) covers the density by 256 slabs of one
// area: a draw picks a slab and a point in it, and needs the density only at the edge or in the tail.
// Unlike the paper, slab, sign and position come from separate bits of one draw (Doornik 2005 shows the
// correlation otherwise), and positions have 53 bits.
const (
	normalEdge = 3.65415288536100877164542913522 // where the tail begins, so that 256 slabs close at height 1
	normalArea = 0.00492867323397465534736178525 // of each slab, the lowest with the tail
	expEdge    = 7.69711747013104971404462724931
	expArea    = 0.00394965982258155721997757474872
)

type ziggurat struct {
	width  [256]float64 // x = position·width for a position of 53 bits
	inside [256]uint64  // positions below it lie under the curve whatever the height
	height [257]float64 // density at the outer edge of slab i; slab i spans height[i] to height[i+1]
}

var (
	normalTable = newZiggurat(normalEdge, normalArea,
		func(x float64) float64 { return xmath.Exp(float64(-0.5 * float64(x*x))) },
		func(y float64) float64 { return math.Sqrt(float64(-2 * xmath.Log(y))) })
	expTable = newZiggurat(expEdge, expArea,
		func(x float64) float64 { return xmath.Exp(-x) },
		func(y float64) float64 { return -xmath.Log(y) })
)

// newZiggurat stacks the slabs of a falling density with density(0) = 1 and the given inverse. Slab 0 is
// the rectangle under density(edge) together with the tail; its width makes a rectangle of equal area.
func newZiggurat(edge, area float64, density, inverse func(float64) float64) *ziggurat {
	z := new(ziggurat)
	x := edge
	y := density(edge)
	z.width[0] = float64(area / y * 0x1p-53)
	z.inside[0] = uint64(float64(edge * y / area * 0x1p53))
	z.height[1] = y
	for i := 1; i < 256; i++ {
		z.width[i] = float64(x * 0x1p-53)
		y += area / x
		next := 0.0
		if i < 255 {
			next = inverse(y)
		} else {
			y = 1 // the top slab closes to within rounding
		}
		z.inside[i] = uint64(float64(next / x * 0x1p53))
		z.height[i+1] = y
		x = next
	}
	return z
}

// Norm returns a draw from the normal distribution with mean 0 and standard deviation 1. One draw in 99
// of 100 cases.
func (s *Stream) Norm() float64 {
	for {
		u := s.Uint64()
		i, pos := u&255, u>>11
		x := float64(float64(pos) * normalTable.width[i])
		if pos >= normalTable.inside[i] {
			if i == 0 {
				x = s.normTail()
			} else if !normalTable.under(s, i, float64(-0.5*float64(x*x))) {
				continue
			}
		}
		if u&256 != 0 {
			return -x
		}
		return x
	}
}

// under draws a height in slab i and reports whether it lies below the density, given its logarithm.
func (z *ziggurat) under(s *Stream, i uint64, logDensity float64) bool {
	lo, hi := z.height[i], z.height[i+1]
	return lo+float64(s.Float64()*(hi-lo)) < xmath.Exp(logDensity)
}

// normTail draws from the normal distribution beyond the edge (Marsaglia 1964).
func (s *Stream) normTail() float64 {
	for {
		x := s.Exp() / normalEdge
		if y := s.Exp(); y+y > float64(x*x) {
			return normalEdge + x
		}
	}
}

// Exp returns a draw from the exponential distribution with mean 1. It is never negative and may be 0.
// One draw in 98 of 100 cases.
func (s *Stream) Exp() float64 {
	tail := 0.0
	for {
		u := s.Uint64()
		i, pos := u&255, u>>11
		x := float64(float64(pos) * expTable.width[i])
		switch {
		case pos < expTable.inside[i] || i > 0 && expTable.under(s, i, -x):
			return tail + x
		case i == 0:
			tail += expEdge // memoryless: beyond the edge the distribution begins anew
		}
	}
}
