package tune

import (
	"cmp"
	"math"
	"slices"

	"hypersim/core/rng"
	"hypersim/core/xmath"
)

// nsga is NSGA-II: Deb, Pratap, Agarwal, Meyarivan 2002, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE
// Transactions on Evolutionary Computation 6(2), with simulated binary crossover and polynomial mutation.
type nsga struct {
	draw   rng.Stream
	dims   int
	size   int
	parent []individual
	asked  [][]float64
}

type individual struct {
	u []float64
	told
	front    int
	crowding float64
}

const (
	crossoverShare = 0.9
	crossoverIndex = 15.0 // larger: children stay nearer to their parents
	mutationIndex  = 20.0
)

// newNSGA begins with the start, and otherwise with a Latin hypercube.
func newNSGA(start []float64, size int, draw rng.Stream) *nsga {
	m := &nsga{draw: draw, dims: len(start), size: size}
	m.asked = make([][]float64, size)
	for k := range m.asked {
		m.asked[k] = make([]float64, m.dims)
	}
	for i := range m.dims {
		for k, cell := range m.shuffled(size) {
			m.asked[k][i] = (float64(cell) + m.draw.Float64()) / float64(size)
		}
	}
	copy(m.asked[0], start)
	return m
}

func (m *nsga) shuffled(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	m.draw.Shuffle(n, func(i, k int) { out[i], out[k] = out[k], out[i] })
	return out
}

func (m *nsga) ask() [][]float64 {
	if m.parent == nil {
		return m.asked
	}
	m.asked = nil
	for len(m.asked) < m.size {
		a, b := m.crossed(m.chosen(), m.chosen())
		m.asked = append(m.asked, m.mutated(a), m.mutated(b))
	}
	m.asked = m.asked[:m.size]
	return m.asked
}

// chosen is the better of two drawn parents.
func (m *nsga) chosen() []float64 {
	pick := func() *individual { return &m.parent[m.draw.Intn(len(m.parent))] }
	a, b := pick(), pick()
	if cmp.Or(cmp.Compare(a.front, b.front), cmp.Compare(b.crowding, a.crowding)) <= 0 {
		return a.u
	}
	return b.u
}

func (m *nsga) crossed(p, q []float64) (a, b []float64) {
	a, b = slices.Clone(p), slices.Clone(q)
	if m.draw.Float64() > crossoverShare {
		return a, b
	}
	for i := range a {
		u, both, swap := m.draw.Float64(), m.draw.Float64() < 0.5, m.draw.Float64() < 0.5
		if !both {
			continue
		}
		beta := xmath.Pow(2*u, 1/(crossoverIndex+1))
		if u > 0.5 {
			beta = xmath.Pow(1/(2*(1-u)), 1/(crossoverIndex+1))
		}
		x, y := p[i], q[i]
		a[i] = reflected(0.5 * (float64((1+beta)*x) + float64((1-beta)*y)))
		b[i] = reflected(0.5 * (float64((1-beta)*x) + float64((1+beta)*y)))
		if swap {
			a[i], b[i] = b[i], a[i]
		}
	}
	return a, b
}

func (m *nsga) mutated(x []float64) []float64 {
	for i := range x {
		hit, u := m.draw.Float64() < 1/float64(m.dims), m.draw.Float64()
		if !hit {
			continue
		}
		d := xmath.Pow(2*u, 1/(mutationIndex+1)) - 1
		if u >= 0.5 {
			d = 1 - xmath.Pow(2*(1-u), 1/(mutationIndex+1))
		}
		x[i] = reflected(x[i] + d)
	}
	return x
}

// tell keeps the best of parents and children: whole fronts, and of the last the least crowded.
func (m *nsga) tell(list []told) {
	all := m.parent
	for k := range list {
		all = append(all, individual{u: m.asked[k], told: list[k]})
	}
	ranked(all)
	slices.SortStableFunc(all, func(a, b individual) int {
		return cmp.Or(cmp.Compare(a.front, b.front), cmp.Compare(b.crowding, a.crowding))
	})
	m.parent = all[:min(m.size, len(all))]
}

// ranked fills in fronts and crowding.
func ranked(all []individual) {
	left := make([]int, len(all))
	for i := range left {
		left[i] = i
	}
	for front := 0; len(left) > 0; front++ {
		var here, rest []int
		for _, i := range left {
			if slices.ContainsFunc(left, func(k int) bool { return dominates(&all[k].told, &all[i].told) }) {
				rest = append(rest, i)
			} else {
				here = append(here, i)
			}
		}
		for _, i := range here {
			all[i].front, all[i].crowding = front, 0
		}
		crowd(all, here)
		left = rest
	}
}

// crowd adds up, over the objectives, how far apart the neighbours of each point of a front are.
func crowd(all []individual, front []int) {
	for o := range all[front[0]].losses {
		order := slices.Clone(front)
		at := func(i int) float64 { return sortable(all[i].losses[o]) }
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(at(a), at(b)) })
		last := len(order) - 1
		span := at(order[last]) - at(order[0])
		all[order[0]].crowding, all[order[last]].crowding = math.Inf(1), math.Inf(1)
		if !(span > 0) || math.IsInf(span, 0) {
			continue
		}
		for k := 1; k < last; k++ {
			all[order[k]].crowding += (at(order[k+1]) - at(order[k-1])) / span
		}
	}
}
