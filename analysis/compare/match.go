package compare

import (
	"slices"

	"hypersim/analysis"
)

// match pairs the cells of both sides and lists those without a partner. Cells with the same values belong
// together; then those that agree on every axis that both have, if there is but one on either side; and
// where each side has one cell, those two.
func match(a, b []analysis.Cell) (pairs [][2]*analysis.Cell, onlyA, onlyB []string) {
	if len(a) == 1 && len(b) == 1 {
		return [][2]*analysis.Cell{{&a[0], &b[0]}}, nil, nil
	}
	partner := make([]int, len(a))
	taken := make([]bool, len(b))
	for i := range partner {
		partner[i] = -1
	}
	for _, agree := range []func(x, y *analysis.Cell) bool{same, compatible} {
		for i := range a {
			if partner[i] >= 0 {
				continue
			}
			candidates := free(&a[i], b, taken, agree)
			if len(candidates) != 1 {
				continue
			}
			k := candidates[0]
			rivals := 0
			for j := range a {
				if partner[j] < 0 && agree(&a[j], &b[k]) {
					rivals++
				}
			}
			if rivals == 1 {
				partner[i], taken[k] = k, true
			}
		}
	}
	for i := range a {
		if partner[i] < 0 {
			onlyA = append(onlyA, a[i].Name)
			continue
		}
		pairs = append(pairs, [2]*analysis.Cell{&a[i], &b[partner[i]]})
	}
	for k := range b {
		if !taken[k] {
			onlyB = append(onlyB, b[k].Name)
		}
	}
	return pairs, onlyA, onlyB
}

func free(c *analysis.Cell, list []analysis.Cell, taken []bool, agree func(x, y *analysis.Cell) bool) []int {
	var out []int
	for k := range list {
		if !taken[k] && agree(c, &list[k]) {
			out = append(out, k)
		}
	}
	return out
}

func same(x, y *analysis.Cell) bool {
	return len(x.Point) == len(y.Point) && !slices.ContainsFunc(x.Point, func(l analysis.Label) bool { return !equal(y.Point.Get(l.Key), l.Word) })
}

// compatible: x and y share an axis, and agree on all that they share.
func compatible(x, y *analysis.Cell) bool {
	shared := 0
	for _, l := range x.Point {
		if w := y.Point.Get(l.Key); w != "" {
			if shared++; !equal(w, l.Word) {
				return false
			}
		}
	}
	return shared > 0 || len(x.Point) == 0 || len(y.Point) == 0
}
