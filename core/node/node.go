package node

import (
	"hypersim/core"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
)

// Node is one process. It implements core.Machine. Fields stand in the order in which an event needs them.
type Node struct {
	parts *parts // nil: membership is all there is
	Swim  swim.Machine
}

var _ core.Machine = (*Node)(nil)

// Init makes n a fresh process, in place. cfg is shared and not written to; viv may be nil.
func (n *Node) Init(cfg *swim.Config, p swim.Params, viv *vivaldi.Node) {
	n.parts = nil
	n.Swim.Init(cfg, p, viv)
}

// Begin is called once by the driver, when the process starts.
func (n *Node) Begin(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	n.Swim.Begin(now, fx)
	n.observe(now, mark, fx)
}

// Receive hands m to the part that it is for: group 0 is the link, all else is membership.
func (n *Node) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	if n.parts == nil {
		n.Swim.Receive(now, m, fx)
		return
	}
	mark := len(fx.Facts)
	n.Swim.Receive(now, m, fx)
	n.observe(now, mark, fx)
}

// Wake lets every part act on its deadlines.
func (n *Node) Wake(now core.Instant, fx *core.Effects) {
	if n.parts == nil {
		n.Swim.Wake(now, fx)
		return
	}
	mark := len(fx.Facts)
	n.Swim.Wake(now, fx)
	n.observe(now, mark, fx)
}

// Deadline reports the least deadline of all parts.
func (n *Node) Deadline() (core.Instant, bool) { return n.Swim.Deadline() }

// Leave starts a graceful departure (spec 10 §7.2).
func (n *Node) Leave(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	n.Swim.Leave(now, fx)
	n.observe(now, mark, fx)
}

// Refresh raises the own incarnation without a cause from outside.
func (n *Node) Refresh(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	n.Swim.Refresh(now, fx)
	n.observe(now, mark, fx)
}

// MemoryBytes returns the heap bytes that this node holds, coordinates included.
func (n *Node) MemoryBytes() int { return n.Swim.MemoryBytes() }
