package vivaldi

import "hypersim/core"

// Holds reports whether slot is peer's. Peers that another mechanism than membership talks to share the
// slots; either side may see one go to somebody else, and asks this before it uses a handle of its own.
func (n *Node) Holds(slot uint16, peer core.NodeID) bool {
	if slot == 0 || slot > n.used {
		return false
	}
	r := n.record(slot)
	return r[wordMeta]&metaInUse != 0 && peerOf(r) == peer
}
