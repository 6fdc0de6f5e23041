package network

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// badPaths is the state of Gilbert–Elliott chains: bit s of row n is set while the path of node n to site s
// is bad.
type badPaths []uint64

func newBadPaths(nodes, sites int) badPaths { return make(badPaths, nodes*badWords(sites)) }

// badWords is how many words a row has.
func badWords(sites int) int { return (sites + 63) / 64 }

// lost draws whether the packet in hand is lost between its sender and the receiver's site. The number
// of draws depends on the model only, not on the state.
func (n *Network) lost(bad badPaths, m *Loss, from core.NodeID, site uint16, s *rng.Stream) bool {
	if m.Model == LossBernoulli {
		return s.Bool(m.P)
	}
	word := &bad[int(from)*badWords(n.sites)+int(site>>6)]
	bit := uint64(1) << (site & 63)
	move, lose := s.Float64(), s.Float64()
	if *word&bit == 0 {
		if move < m.PGB {
			*word |= bit
		}
	} else if move < m.PBG {
		*word &^= bit
	}
	if *word&bit != 0 {
		return lose < m.LossBad
	}
	return lose < m.LossGood
}
