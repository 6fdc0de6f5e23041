package tune

import (
	"cmp"
	"math"
	"slices"
)

// method proposes points of the unit cube. It is asked for a generation and told of all of it, in the same order.
type method interface {
	ask() [][]float64 // none: there is nothing left to propose
	tell(list []told)
}

// told is what became of a point.
type told struct {
	place  int       // in its generation by the one objective, 0 the best
	losses []float64 // of the objectives
	over   float64   // beyond constraints, 0: none; +Inf: it could not be run, or broke an invariant
}

// finite proposes all points of a finite space, in the order of the parameters, the last fastest.
type finite struct {
	space Space
	size  int
	next  int
}

// batchOf is how many points of a finite space make a generation: the best so far is told between.
const batchOf = 8

func (f *finite) ask() (out [][]float64) {
	for ; f.next < f.size && len(out) < batchOf; f.next++ {
		u, k := make([]float64, len(f.space)), f.next
		for i := len(f.space) - 1; i >= 0; i-- {
			n := f.space[i].Cells()
			u[i] = (float64(k%n) + 0.5) / float64(n)
			k /= n
		}
		out = append(out, u)
	}
	return out
}

func (f *finite) tell([]told) {}

// places orders points by one objective: those that hold the constraints first, then by how little they do not, then by
// the objective, then by age.
func places(list []told) []int {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		x, y := &list[a], &list[b]
		return cmp.Or(cmp.Compare(x.over, y.over), cmp.Compare(sortable(x.losses[0]), sortable(y.losses[0])), cmp.Compare(a, b))
	})
	out := make([]int, len(list))
	for place, i := range order {
		out[i] = place
	}
	return out
}

// sortable puts what has no value last.
func sortable(v float64) float64 {
	if math.IsNaN(v) {
		return math.Inf(1)
	}
	return v
}

// dominates reports whether a is at least as good as b in all and better in one. What breaks constraints less dominates
// (Deb 2002, constrained domination).
func dominates(a, b *told) bool {
	if a.over != b.over {
		return a.over < b.over
	}
	better := false
	for i := range a.losses {
		x, y := sortable(a.losses[i]), sortable(b.losses[i])
		if x > y {
			return false
		}
		better = better || x < y
	}
	return better
}

// reflected folds v back into [0, 1].
func reflected(v float64) float64 {
	v = math.Mod(math.Abs(v), 2)
	if v > 1 {
		v = 2 - v
	}
	return v
}
