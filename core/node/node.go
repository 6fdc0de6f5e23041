package node

import (
	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
)

// Node is one process. It implements core.Machine. Fields stand in the order in which an event needs them.
// It must not be copied once Init was called: its parts point into it.
type Node struct {
	parts *parts // nil: membership is all there is
	Swim  swim.Machine
}

var _ core.Machine = (*Node)(nil)

// Init makes n a fresh process without parts, in place. cfg is shared and not written to; viv may be nil.
func (n *Node) Init(cfg *swim.Config, p swim.Params, viv *vivaldi.Node) {
	n.parts = nil
	n.Swim.Init(cfg, p, viv)
}

// Begin is called once by the driver, when the process starts.
func (n *Node) Begin(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	n.Swim.Begin(now, fx)
	n.after(now, mark, fx)
}

// Receive hands m to the part that its kind is for. A node without parts knows nothing of the link; its
// membership counts such a message as malformed.
func (n *Node) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	if n.parts == nil {
		n.Swim.Receive(now, m, fx)
		return
	}
	mark := len(fx.Facts)
	if roomOf(m) != core.RoomLink {
		n.Swim.Receive(now, m, fx)
	} else if !n.Swim.Stopped() {
		n.receive(now, m, fx)
	}
	n.after(now, mark, fx)
	if m.Kind == core.KindProgress {
		n.progress(now, m, fx)
	}
}

// roomOf returns which part a message is for; that a stream failed is for whoever sent it.
func roomOf(m *core.Message) core.Room {
	if m.Kind == core.KindStreamFailed {
		return m.Failed.Room()
	}
	return m.Kind.Room()
}

// Wake lets every part act on its deadlines, membership first.
func (n *Node) Wake(now core.Instant, fx *core.Effects) {
	if n.parts == nil {
		n.Swim.Wake(now, fx)
		return
	}
	mark := len(fx.Facts)
	n.Swim.Wake(now, fx)
	n.observe(now, mark, fx)
	n.wake(now, fx)
	n.parts.arm()
}

// Deadline reports the least deadline of all parts. A process that has stopped waits for nothing.
func (n *Node) Deadline() (core.Instant, bool) {
	at, ok := n.Swim.Deadline()
	if n.parts == nil || n.parts.due >= at || n.Swim.Stopped() {
		return at, ok
	}
	return n.parts.due, true
}

// Leave starts a graceful departure (spec 10 §7.2).
func (n *Node) Leave(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	n.Swim.Leave(now, fx)
	n.after(now, mark, fx)
}

// Rejoin lets the member JOIN once more (swim.Machine.Rejoin).
func (n *Node) Rejoin(now core.Instant, at []core.NodeID, fx *core.Effects) bool {
	mark := len(fx.Facts)
	asks := n.Swim.Rejoin(now, at, fx)
	n.after(now, mark, fx)
	return asks
}

// Refresh raises the own incarnation without a cause from outside.
func (n *Node) Refresh(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	n.Swim.Refresh(now, fx)
	n.after(now, mark, fx)
}

// after ends a step that may have changed membership.
func (n *Node) after(now core.Instant, mark int, fx *core.Effects) {
	if n.parts != nil {
		n.observe(now, mark, fx)
		n.parts.arm()
	}
}

// Gate returns the end of the link that a gate has, nil if n has none.
func (n *Node) Gate() *federated.Gate {
	if n.parts == nil {
		return nil
	}
	return n.parts.gate
}

// Manager returns the end of the link that a manager has, nil if n has none.
func (n *Node) Manager() *federated.Manager {
	if n.parts == nil {
		return nil
	}
	return n.parts.manager
}

// MemoryBytes returns the heap bytes that this node holds, coordinates included.
func (n *Node) MemoryBytes() int {
	b := n.Swim.MemoryBytes()
	if p := n.parts; p != nil {
		b += partsBytes
		if p.gate != nil {
			b += p.gate.MemoryBytes()
		}
		if p.manager != nil {
			b += p.manager.MemoryBytes() + lowestBytes
		}
		if p.jobs != nil {
			b += p.jobs.MemoryBytes()
		}
	}
	return b
}

// Sizes in bytes, held to the truth by a test.
const (
	partsBytes  = 96
	lowestBytes = 56
)
