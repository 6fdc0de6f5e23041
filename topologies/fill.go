package topologies

import (
	"container/heap"
	"slices"

	"hypersim/core"
)

// fillReverse makes zero off-diagonal cells missing (a measurement of 0 cannot be told from none) and gives
// a missing cell the value of the other direction.
func fillReverse(cells []core.Duration, n int) {
	for a := range n {
		for b := range a {
			ab, ba := &cells[a*n+b], &cells[b*n+a]
			switch {
			case *ab <= 0 && *ba <= 0:
				*ab, *ba = Missing, Missing
			case *ab <= 0:
				*ab = *ba
			case *ba <= 0:
				*ba = *ab
			}
		}
	}
}

// fillShortest gives every missing off-diagonal cell the length of the shortest path over the cells that
// have a value; a cell that no path reaches stays missing. O(n² log n) for each row with a missing cell.
func fillShortest(cells []core.Duration, n int) {
	known := slices.Clone(cells) // paths run over measured cells alone
	for a := range n {
		row := cells[a*n : a*n+n]
		incomplete := false
		for b, d := range row {
			incomplete = incomplete || b != a && d == Missing
		}
		if !incomplete {
			continue
		}
		for b, d := range shortestFrom(known, n, a) {
			if b != a && row[b] == Missing {
				row[b] = d
			}
		}
	}
}

// shortestFrom is Dijkstra's algorithm over a dense matrix; Missing marks what is not reached.
func shortestFrom(cells []core.Duration, n, source int) []core.Duration {
	dist := make([]core.Duration, n)
	done := make([]bool, n)
	for i := range dist {
		dist[i] = Missing
	}
	dist[source] = 0
	front := &frontier{{0, source}}
	for front.Len() > 0 {
		at := heap.Pop(front).(reached)
		if done[at.row] {
			continue
		}
		done[at.row] = true
		for b, d := range cells[at.row*n : at.row*n+n] {
			if d <= 0 || done[b] {
				continue
			}
			if via := at.dist + d; dist[b] == Missing || via < dist[b] {
				dist[b] = via
				heap.Push(front, reached{via, b})
			}
		}
	}
	return dist
}

type reached struct {
	dist core.Duration
	row  int
}

// frontier is a heap by distance, then row.
type frontier []reached

func (f frontier) Len() int { return len(f) }
func (f frontier) Less(i, j int) bool {
	return f[i].dist < f[j].dist || f[i].dist == f[j].dist && f[i].row < f[j].row
}
func (f frontier) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *frontier) Push(x any)   { *f = append(*f, x.(reached)) }
func (f *frontier) Pop() any {
	old := *f
	x := old[len(old)-1]
	*f = old[:len(old)-1]
	return x
}

// symmetrise replaces both directions of each pair by their mean or minimum.
func symmetrise(cells []core.Duration, n int, how string) {
	for a := range n {
		for b := range a {
			ab, ba := cells[a*n+b], cells[b*n+a]
			if ab == Missing || ba == Missing {
				continue // both are, after fillReverse, unless a shortest path reached one way only
			}
			v := min(ab, ba)
			if how == "mean" {
				v += (max(ab, ba) - v) / 2
			}
			cells[a*n+b], cells[b*n+a] = v, v
		}
	}
}
