package wire

import "hypersim/core"

// Book is a node's address book: ids inside, endpoints on the wire. Key and Node are inverse to each
// other. Id strings travel only where a node is introduced: in JOIN and in tables.
type Book interface {
	// Key returns the endpoint of id. It may panic for an id that does not exist.
	Key(id core.NodeID) Key
	// Node returns the id behind an endpoint; false if the book has none.
	Node(k Key) (core.NodeID, bool)
	// Name returns the id string of id, at most MaxNameBytes long.
	Name(id core.NodeID) string
}

// LinearNodes is how many nodes a LinearBook can have: 10.0.0.0/8 is full then.
const LinearNodes = 1 << 24

// LinearBook is the book of simulated nodes: node i lives at 10.a.b.c, where a.b.c is i in three bytes,
// and at one port. All directions are arithmetic, O(1), without allocation.
type LinearBook struct {
	Port  uint16
	Nodes uint32                   // ids at and above are unknown; 0 = LinearNodes
	Names func(core.NodeID) string // id strings; nil = all empty
}

func (b LinearBook) nodes() uint32 {
	if b.Nodes == 0 {
		return LinearNodes
	}
	return b.Nodes
}

// Key returns the endpoint of id and panics if there is no such node.
func (b LinearBook) Key(id core.NodeID) Key {
	if uint32(id) >= b.nodes() {
		panicUnknown(id)
	}
	return MakeKeyV4([4]byte{10, uint8(id >> 16), uint8(id >> 8), uint8(id)}, b.Port)
}

// Node returns the id whose Key is k.
func (b LinearBook) Node(k Key) (core.NodeID, bool) {
	id := uint32(k.Addr[1])<<16 | uint32(k.Addr[2])<<8 | uint32(k.Addr[3])
	if k.Tag != TagV4 || k.Addr[0] != 10 || k.Port != b.Port || id >= b.nodes() {
		return core.NoNode, false
	}
	return core.NodeID(id), true
}

// Name returns the id string of id.
func (b LinearBook) Name(id core.NodeID) string {
	if b.Names == nil {
		return ""
	}
	return b.Names(id)
}

// onlyV4 recognises the simulator's book, for which sizes need no look at the keys.
func onlyV4(b Book) bool {
	switch b.(type) {
	case LinearBook, *LinearBook:
		return true
	}
	return false
}
