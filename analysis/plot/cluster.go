package plot

import "math"

// clusterMax bounds the rows that are put in order by closeness; the work grows with their cube.
const clusterMax = 1500

// clusterOrder returns an order of the n rows in which close ones stand together: agglomerative clustering
// with average linkage, each merge turned so that the two nearest ends meet. d is row-major and symmetric.
// Ties go to the lower index, so that the order is the same everywhere.
func clusterOrder(n int, d []float64) []int {
	dist := append([]float64(nil), d...)
	members := make([][]int, n)
	active := make([]int, n)
	for i := range n {
		members[i], active[i] = []int{i}, i
	}
	for len(active) > 1 {
		x, y := closest(active, dist, n)
		a, b := active[x], active[y]
		na, nb := float64(len(members[a])), float64(len(members[b]))
		for _, k := range active {
			if k != a && k != b {
				mean := (na*dist[a*n+k] + nb*dist[b*n+k]) / (na + nb)
				dist[a*n+k], dist[k*n+a] = mean, mean
			}
		}
		members[a] = join(members[a], members[b], d, n)
		active = append(active[:y], active[y+1:]...)
	}
	if n == 0 {
		return nil
	}
	return members[active[0]]
}

// closest returns the places in active, x < y, of the nearest two clusters.
func closest(active []int, dist []float64, n int) (x, y int) {
	least := math.Inf(1)
	x, y = 0, 1
	for i, a := range active {
		row := dist[a*n : a*n+n]
		for k := i + 1; k < len(active); k++ {
			if v := row[active[k]]; v < least {
				least, x, y = v, i, k
			}
		}
	}
	return x, y
}

// join appends b to a, either turned or not, so that the ends that meet are nearest.
func join(a, b []int, d []float64, n int) []int {
	at := func(i, k int) float64 { return d[i*n+k] }
	a0, a1, b0, b1 := a[0], a[len(a)-1], b[0], b[len(b)-1]
	best, turnA, turnB := at(a1, b0), false, false
	for _, o := range []struct {
		d            float64
		turnA, turnB bool
	}{{at(a1, b1), false, true}, {at(a0, b0), true, false}, {at(a0, b1), true, true}} {
		if o.d < best {
			best, turnA, turnB = o.d, o.turnA, o.turnB
		}
	}
	out := make([]int, 0, len(a)+len(b))
	return append(append(out, turned(a, turnA)...), turned(b, turnB)...)
}

func turned(list []int, turn bool) []int {
	if !turn {
		return list
	}
	out := make([]int, len(list))
	for i, v := range list {
		out[len(list)-1-i] = v
	}
	return out
}
