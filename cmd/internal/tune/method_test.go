package tune

import (
	"math"
	"slices"
	"testing"

	"hypersim/core/rng"
)

// minimize runs a method on a function of the unit cube for so many points, and returns the least value.
func minimize(m method, f func([]float64) float64, points int) float64 {
	best := math.Inf(1)
	for n := 0; n < points; {
		u := m.ask()
		list := make([]told, len(u))
		for i := range u {
			v := f(u[i])
			list[i], best = told{losses: []float64{v}}, min(best, v)
		}
		for i, place := range places(list) {
			list[i].place = place
		}
		m.tell(list)
		n += len(u)
	}
	return best
}

func sphere(x []float64) (s float64) {
	for i, v := range x {
		d := v - 0.3 - 0.1*float64(i)
		s += d * d
	}
	return s
}

// rosenbrock has its valley within [-2, 2], least at 1.
func rosenbrock(x []float64) (s float64) {
	for i := range x[1:] {
		a, b := 4*x[i]-2, 4*x[i+1]-2
		s += 100*(b-a*a)*(b-a*a) + (1-a)*(1-a)
	}
	return s
}

// What Hansen's tutorial gives is reached within a factor: a sphere converges linearly, about a decade in 60 points of three
// dimensions, and Rosenbrock's valley is followed to its end.
func TestCMA(t *testing.T) {
	for _, c := range []struct {
		name   string
		f      func([]float64) float64
		dims   int
		points int
		want   float64 // mean of log10 of the least value over 20 seeds
	}{
		{"sphere", sphere, 3, 120, -3},
		{"sphere", sphere, 3, 1000, -12},
		{"sphere", sphere, 6, 1000, -9},
		{"rosenbrock", rosenbrock, 3, 2000, -6},
	} {
		sum := 0.0
		for seed := range uint64(20) {
			start := make([]float64, c.dims)
			for i := range start {
				start[i] = 0.5
			}
			m := newCMA(start, nil, lambdaFor(c.dims), rng.New(seed, "test"))
			sum += math.Log10(minimize(m, c.f, c.points) + 1e-30)
		}
		if mean := sum / 20; mean > c.want {
			t.Errorf("%s of %d dimensions, %d points: 10^%.1f, want 10^%.0f", c.name, c.dims, c.points, mean, c.want)
		} else {
			t.Logf("%s of %d dimensions, %d points: 10^%.1f", c.name, c.dims, c.points, mean)
		}
	}
}

// ZDT1 (Zitzler, Deb, Thiele 2000) has the front f2 = 1 − √f1 where all but the first coordinate are 0. NSGA-II comes near all
// of it: the front found has its ends, no wide gap, and lies on the true one but for a hundredth.
func TestNSGA(t *testing.T) {
	const dims, size, generations = 6, 40, 120
	for seed := range uint64(3) {
		start := make([]float64, dims)
		for i := range start {
			start[i] = 0.5
		}
		m := newNSGA(start, size, rng.New(seed, "test"))
		for range generations {
			u := m.ask()
			list := make([]told, len(u))
			for i, x := range u {
				g := 1.0
				for _, v := range x[1:] {
					g += 9 * v / (dims - 1)
				}
				list[i].losses = []float64{x[0], g * (1 - math.Sqrt(x[0]/g))}
			}
			m.tell(list)
		}
		var first []float64
		far := 0.0
		for i := range m.parent {
			p := &m.parent[i]
			far += (p.losses[1] - (1 - math.Sqrt(p.losses[0]))) / size
			first = append(first, p.losses[0])
		}
		slices.Sort(first)
		gap := 0.0
		for i := range first[1:] {
			gap = max(gap, first[i+1]-first[i])
		}
		t.Logf("seed %d: %.4f above the front on average, from %.3f to %.3f, widest gap %.3f", seed, far, first[0], first[size-1], gap)
		if far > 0.01 || first[0] > 0.02 || first[size-1] < 0.97 || gap > 0.12 {
			t.Errorf("seed %d: the front is not found", seed)
		}
	}
}

// Constraints come first: what breaks none dominates what does, whatever it gives.
func TestDominates(t *testing.T) {
	good, bad := &told{losses: []float64{9, 9}}, &told{losses: []float64{1, 1}, over: 0.1}
	worse := &told{losses: []float64{1, 1}, over: 0.2}
	none := &told{losses: []float64{math.NaN(), 9}}
	equal := &told{losses: []float64{9, 9}}
	for _, c := range []struct {
		name string
		a, b *told
		want bool
	}{
		{"feasible", good, bad, true}, {"infeasible", bad, good, false}, {"less", bad, worse, true}, {"a value", good, none, true},
		{"equal", good, equal, false},
	} {
		if dominates(c.a, c.b) != c.want {
			t.Errorf("%s: want %v", c.name, c.want)
		}
	}
}

// A finite space is proposed once, whole.
func TestFinite(t *testing.T) {
	space := Space{{Kind: "words", Values: []string{"a", "b"}}, {Kind: "whole number", Low: 1, High: 3}}
	m := &finite{space: space, size: space.Size(100)}
	seen := map[string]bool{}
	for u := m.ask(); len(u) > 0; u = m.ask() {
		for _, x := range u {
			v := space.Decode(x)
			seen[v[0]+v[1]] = true
		}
	}
	if len(seen) != 6 {
		t.Errorf("%v", seen)
	}
}
