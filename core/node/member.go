package node

import "hypersim/core"

// What a driver asks of a member beside core.Machine. Each is a step, and tells the parts what it changed.

// Leave starts a graceful departure (spec 10 §7.2). Who leads leads no more from then on.
func (n *Node) Leave(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	if e := n.Election(); e != nil && !n.Swim.Stopped() {
		e.Drain(now, fx)
	}
	n.Swim.Leave(now, fx)
	n.Settle(now, mark, fx)
}

// Rejoin lets the member JOIN once more (swim.Machine.Rejoin).
func (n *Node) Rejoin(now core.Instant, at []core.NodeID, fx *core.Effects) bool {
	mark := len(fx.Facts)
	asks := n.Swim.Rejoin(now, at, fx)
	n.Settle(now, mark, fx)
	return asks
}

// Refresh raises the own incarnation without a cause from outside.
func (n *Node) Refresh(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	n.Swim.Refresh(now, fx)
	n.Settle(now, mark, fx)
}

// Hear lets the member believe a claim that nobody sent (swim.Machine.Hear).
func (n *Node) Hear(now core.Instant, u *core.Update, fx *core.Effects) {
	mark := len(fx.Facts)
	n.Swim.Hear(now, u, fx)
	n.Settle(now, mark, fx)
}
