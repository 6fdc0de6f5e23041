package plot

import (
	"image/color"
	"math"
)

// viridisKnots are ten even steps of the map "viridis" by van der Walt and Smith (2015, CC0): its lightness
// grows evenly from dark blue to yellow, also for eyes that do not tell red from green.
var viridisKnots = [...][3]float64{
	{0x44, 0x01, 0x54}, {0x48, 0x28, 0x78}, {0x3e, 0x4a, 0x89}, {0x31, 0x68, 0x8e}, {0x26, 0x82, 0x8e},
	{0x1f, 0x9e, 0x89}, {0x35, 0xb7, 0x79}, {0x6d, 0xcd, 0x59}, {0xb4, 0xde, 0x2c}, {0xfd, 0xe7, 0x25},
}

// viridis returns the colour at v, 0–1; values outside take the nearest end.
func viridis(v float64) color.NRGBA {
	v = min(max(v, 0), 1) * float64(len(viridisKnots)-1)
	i := min(int(v), len(viridisKnots)-2)
	part := v - float64(i)
	mix := func(k int) uint8 {
		a, b := viridisKnots[i][k], viridisKnots[i+1][k]
		return uint8(math.Round(a + part*(b-a)))
	}
	return color.NRGBA{mix(0), mix(1), mix(2), 0xff}
}

// lightness returns CIE L* of c, 0 (black) to 100 (white).
func lightness(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	y := 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	if y > 0.008856 {
		return 116*math.Cbrt(y) - 16
	}
	return 903.3 * y
}
