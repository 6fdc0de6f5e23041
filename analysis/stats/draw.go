package stats

import "hypersim/core/rng"

// drawer draws with replacement from ascending values and hands them out in ascending order, by counting:
// statistics need no sort, and sums see one order.
type drawer struct {
	from, out []float64
	times     []int32
}

func newDrawer(from []float64) *drawer {
	return &drawer{from, make([]float64, 0, len(from)), make([]int32, len(from))}
}

func (d *drawer) next(g *rng.Stream) []float64 {
	clear(d.times)
	for range d.from {
		d.times[g.Intn(len(d.from))]++
	}
	d.out = d.out[:0]
	for i, t := range d.times {
		for range t {
			d.out = append(d.out, d.from[i])
		}
	}
	return d.out
}
