package peers

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// Kept is how many peers of an order one chooses from (DISCOVERY_CANDIDATE_SET_SIZE).
const Kept = 8

// Choose returns one of the first Kept peers of an order: two of them are drawn, and the one of the lower latency wins, at equal
// ones the lower id (§11.4 step 3). Two choices spread load nearly as well as a look at all, and do not send everybody to
// the one that was best a moment ago. A single peer needs no draw; false: there is none.
func Choose(ordered []Peer, s *rng.Stream) (core.NodeID, bool) {
	n := min(len(ordered), Kept)
	switch n {
	case 0:
		return core.NoNode, false
	case 1:
		return ordered[0].Node, true
	}
	i, j := s.Intn(n), s.Intn(n-1)
	if j >= i {
		j++
	}
	a, b := &ordered[i], &ordered[j]
	if b.Latency < a.Latency || b.Latency == a.Latency && b.Node < a.Node {
		a = b
	}
	return a.Node, true
}
