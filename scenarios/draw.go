package scenarios

import (
	"cmp"
	"math"
	"slices"

	"hypersim/core"
	"hypersim/core/rng"
)

// draw takes the selector's share of the living of those who match.
func (s *Selector) draw(nodes []NodeSpec, match []core.NodeID, alive func(core.NodeID) bool, chance uint64) []core.NodeID {
	var living []core.NodeID
	for _, id := range match {
		if alive == nil || alive(id) {
			living = append(living, id)
		}
	}
	want := s.Count
	if s.Pct > 0 {
		want = max(1, int(math.Round(float64(s.Pct*float64(len(match))))))
		if s.Count > 0 {
			want = min(want, s.Count)
		}
	}
	slices.SortFunc(living, func(a, b core.NodeID) int { // a shuffle by names
		return cmp.Or(cmp.Compare(rng.Mix(chance, nodes[a].Key), rng.Mix(chance, nodes[b].Key)), cmp.Compare(a, b))
	})
	if s.BySite {
		living = interleave(nodes, living)
	}
	living = living[:min(want, len(living))]
	slices.Sort(living)
	return living
}

// interleave orders shuffled nodes so that every prefix is spread evenly over their sites: the sites take
// turns, in the order in which the shuffle met them.
func interleave(nodes []NodeSpec, ids []core.NodeID) []core.NodeID {
	bySite, order := map[int][]core.NodeID{}, []int(nil)
	for _, id := range ids {
		site := nodes[id].Site
		if bySite[site] == nil {
			order = append(order, site)
		}
		bySite[site] = append(bySite[site], id)
	}
	out := make([]core.NodeID, 0, len(ids))
	for turn := 0; len(out) < len(ids); turn++ {
		for _, site := range order {
			if turn < len(bySite[site]) {
				out = append(out, bySite[site][turn])
			}
		}
	}
	return out
}
