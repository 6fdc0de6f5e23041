package order

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

func inOrder(m map[int]float64, list []float64) (sum float64) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		sum += m[k]
	}
	for _, v := range slices.SortedFunc(maps.Values(m), cmp.Compare[float64]) {
		sum += v
	}
	keys := slices.Collect(maps.Keys(m))
	slices.Sort(keys)
	switch {
	case sum > 0:
		down := slices.Collect(maps.Keys(m))
		slices.SortFunc(down, func(a, b int) int { return cmp.Compare(b, a) })
	}
	for _, v := range list {
		sum += v
	}
	for i := range len(m) {
		sum += float64(i)
	}
	for _, v := range slices.Backward(list) {
		sum += v
	}
	for part := range strings.SplitSeq("a,b", ",") {
		sum += float64(len(part))
	}
	return sum
}

type id uint32

var (
	byID    map[id]*peer
	byPair  map[struct{ a, b id }]peer
	byName  map[[2]string]func()
	byValue set[id]
)

func lookup(m map[id]*peer, k id) string {
	if p, ok := m[k]; ok {
		return fmt.Sprintf("%d%%p is no verb, nor is 5 % packet loss", p.id)
	}
	return ""
}
