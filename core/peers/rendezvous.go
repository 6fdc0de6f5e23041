package peers

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"hypersim/core"
	"hypersim/core/xmath"
)

// domain keeps these hashes apart from all others of the same names.
const domain = "hyperscale-rendezvous"

// Peer is one that may be chosen.
type Peer struct {
	Node    core.NodeID
	Name    string  // site/role/index (01-3)
	Weight  float64 // Weight of how it fares; 1: nothing is held against it
	Latency float64 // Estimate.Effective, ms; for Choose alone

	score float64
}

// draw is the number u in (0, 1) that the names of a peer and of who chooses have in common (§11.4 step 2).
func draw(peer, selector, role string) float64 {
	text := make([]byte, 0, len(domain)+len(peer)+len(selector)+len(role)+3)
	text = append(append(text, domain...), 0)
	text = append(append(text, peer...), 0)
	text = append(append(text, selector...), 0)
	text = append(text, role...)
	sum := sha256.Sum256(text)
	return unit(binary.BigEndian.Uint64(sum[:8]))
}

// unit is (x + 0.5)/2⁶⁴. A double cannot hold that of the greatest x: it would be 1, whose logarithm is 0, and the best
// score would become the worst.
func unit(x uint64) float64 {
	return min((float64(x)+0.5)*0x1p-64, 1-0x1p-53)
}

// Score is the rendezvous score of a peer for a selector that looks for somebody of the given role: −w/ln u. A peer comes first
// with a chance in proportion to its weight, and its score depends on no other peer.
func Score(peer, selector, role string, weight float64) float64 {
	return -weight / xmath.Log(draw(peer, selector, role))
}

// Order sorts peers by their score for the selector, the highest first; at equal scores the lower id.
func Order(list []Peer, selector, role string) {
	for i := range list {
		p := &list[i]
		p.score = Score(p.Name, selector, role, p.Weight)
	}
	slices.SortFunc(list, func(a, b Peer) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.Node, b.Node)) })
}
