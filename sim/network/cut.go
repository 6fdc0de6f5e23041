package network

import (
	"fmt"
	"slices"

	"hypersim/core"
)

// Cut stops packets between two sets of nodes. A node may be on both sides. Several cuts may overlap:
// a packet passes if none of the active ones stops it. A partition into more than two groups is one cut
// per group, between it and the nodes of the others.
type Cut struct {
	A, B   []bool // by NodeID; nil is every node
	OneWay bool   // only from A to B

	// Refuse tells the sender of a stream after one round trip; otherwise packets vanish silently.
	// Datagrams vanish either way.
	Refuse bool

	// Kinds and Classes are what is stopped, by either; with both empty everything is. A silent cut of classes alone is
	// one of the receiver, which does not take in what it is sent: streams open and deliver what comes behind (ADR-0044).
	Kinds   []core.Kind
	Classes []core.Class
}

// cuts are all cuts that there are, active or not.
type cuts struct {
	sides
	refuse uint64
	deaf   uint64      // those of classes alone
	stops  [256]uint64 // by Kind: the cuts that stop it
}

// AddCut adds a cut, off, and returns its id for SetCut. There may be 64 at a time. O(nodes).
func (n *Network) AddCut(c Cut) (id int, err error) {
	for _, k := range c.Kinds {
		if k >= core.NumKinds {
			return 0, fmt.Errorf("cut: unknown kind %d", k)
		}
	}
	for _, k := range c.Classes {
		if k >= core.NumClasses {
			return 0, fmt.Errorf("cut: unknown class %d", k)
		}
	}
	if id, err = n.cuts.add("cut", len(n.nodes), c.A, c.B, !c.OneWay); err != nil {
		return 0, err
	}
	bit := uint64(1) << id
	if c.Refuse {
		n.cuts.refuse |= bit
	}
	if len(c.Classes) > 0 && len(c.Kinds) == 0 && !c.Refuse {
		n.cuts.deaf |= bit
	}
	for k := range core.Kind(core.NumKinds) {
		if among(c.Kinds, c.Classes, k) {
			n.cuts.stops[k] |= bit
		}
	}
	return id, nil
}

// among reports whether k is one of the kinds or of one of the classes; where none is named, all are.
func among(kinds []core.Kind, classes []core.Class, k core.Kind) bool {
	return len(kinds) == 0 && len(classes) == 0 || slices.Contains(kinds, k) || slices.Contains(classes, k.Class())
}

// SetCut turns a cut on or off for what is sent from now on; what is under way arrives. O(1).
func (n *Network) SetCut(id int, on bool) { n.cuts.set("cut", id, on) }

// RemoveCut turns a cut off and frees its id. O(nodes).
func (n *Network) RemoveCut(id int) {
	n.cuts.remove("cut", id)
	bit := uint64(1) << id
	n.cuts.refuse &^= bit
	n.cuts.deaf &^= bit
	for k := range n.cuts.stops {
		n.cuts.stops[k] &^= bit
	}
}

// blocking returns the active cuts that stop a packet.
func (c *cuts) blocking(from, to core.NodeID, kind core.Kind) uint64 {
	return c.match(from, to) & c.stops[kind]
}

// Reachable reports whether no active cut stops a CONTROL datagram from one node to another. It looks
// at cuts alone: not at random loss, nor at whether the nodes run. O(1).
func (n *Network) Reachable(from, to core.NodeID) bool {
	return n.cuts.active == 0 || n.cuts.blocking(from, to, core.KindPing) == 0
}
