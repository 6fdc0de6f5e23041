package xmath

import "math"

const (
	expMask  = 0x7ff                   // exponent field of a float64, shifted down
	expBias  = 1023                    // exponent field of 1.0
	fracMask = 1<<52 - 1               // fraction field of a float64
	sqrt2Bit = 0x3ff6a09e667f3bcd      // the float64 next to the square root of 2
	oneBits  = uint64(expBias) << 52   // 1.0
	halfBits = uint64(expBias-1) << 52 // 0.5
)

// split returns m and k with x = m·2^k and m in [√½, √2). x must be positive and finite.
func split(x float64) (m float64, k int) {
	b := math.Float64bits(x)
	if b>>52 == 0 { // subnormal: lift it into the normal range, exactly
		b = math.Float64bits(float64(x * (1 << 54)))
		k = -54
	}
	k += int(b>>52) - expBias
	m = math.Float64frombits(b&fracMask | oneBits)
	if b&fracMask|oneBits >= sqrt2Bit {
		m = math.Float64frombits(b&fracMask | halfBits)
		k++
	}
	return m, k
}

// scale returns y·2^k, rounded once, for y in (½, 2) and any k.
func scale(y float64, k int) float64 {
	switch {
	case k > 2*expBias:
		k = 2 * expBias // infinite either way
	case k < -3*expBias:
		k = -3 * expBias // zero either way
	}
	if k > expBias {
		return float64(float64(y*pow2(expBias)) * pow2(k-expBias))
	}
	if k >= -expBias+2 {
		return float64(y * pow2(k))
	}
	// Only the last product can be subnormal, so it alone rounds.
	if k < -2*expBias+70 {
		return 0
	}
	return float64(float64(y*pow2(k+expBias-2)) * pow2(-expBias+2))
}

// pow2 returns 2^k for k in [-1022, 1023].
func pow2(k int) float64 { return math.Float64frombits(uint64(k+expBias) << 52) }
