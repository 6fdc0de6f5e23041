package network

import (
	"hypersim/core"
	"hypersim/core/rng"
)

// lost draws whether the packet in hand is lost between its sender and the receiver's site. The number
// of draws depends on the model only, not on the state.
func (n *Network) lost(m *Loss, from core.NodeID, site uint16, s *rng.Stream) bool {
	if m.Model == LossBernoulli {
		return s.Bool(m.P)
	}
	word := &n.bad[int(from)*n.badRow+int(site>>6)]
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
