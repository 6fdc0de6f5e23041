package tune

import (
	"math"
	"testing"

	"hypersim/core/rng"
)

// A coordinate that falls into cells is drawn wide for ever, and does not keep the others from closing in: its spread stays
// out of the step size, since the covariance takes it up.
func TestCMAMixed(t *testing.T) {
	for _, cells := range [][]int{{0, 0, 2}, {0, 0, 5}, {0, 0, 2, 2, 2}} {
		sum, hit := 0.0, 0
		for seed := range uint64(20) {
			start := make([]float64, len(cells))
			for i := range start {
				start[i] = 0.5
			}
			m := newCMA(start, cells, lambdaFor(len(cells)), rng.New(seed, "test"))
			least, distance, right := math.Inf(1), 0.0, true // of the best point: of what is continuous; of the cells
			minimize(m, func(x []float64) float64 {
				far, off := 0.0, 0.0
				for i, u := range x {
					if k := cells[i]; k > 0 {
						d := float64(k-1-min(int(u*float64(k)), k-1)) / float64(k)
						off += d * d
						continue
					}
					d := u - 0.3 - 0.1*float64(i)
					far += d * d
				}
				if v := far + off; v < least {
					least, distance, right = v, far, off == 0
				}
				return far + off
			}, 300)
			sum += math.Log10(distance + 1e-30)
			if right {
				hit++
			}
		}
		if mean := sum / 20; mean > -4 || hit < 18 {
			t.Errorf("cells %v: 10^%.1f of what is continuous, the right cells in %d of 20 searches", cells, mean, hit)
		}
	}
}
