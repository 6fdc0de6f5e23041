package node

import "hypersim/core"

// What a driver asks of a member beside core.Machine. Each is a step, and tells the parts what it changed.

// Leave starts a graceful departure. Who leads its cluster leads no more from then on, and who has work of jobs finishes it
// or hands it over (spec 20 §1.2); when that is done, or has taken too long, the member leaves (spec 10 §7.2).
func (n *Node) Leave(now core.Instant, fx *core.Effects) {
	if n.leaving || n.Swim.Stopped() {
		return
	}
	mark := len(fx.Facts)
	if e := n.Election(); e != nil {
		e.Drain(now, fx)
	}
	for i := range n.parts {
		if d, ok := n.parts[i].it.(Drainer); ok {
			d.Drain(now, fx)
		}
	}
	n.leaving = true
	n.Settle(now, mark, fx)
	n.depart(now, fx)
}

// depart leaves once every part lets it.
func (n *Node) depart(now core.Instant, fx *core.Effects) {
	for i := range n.parts {
		if d, ok := n.parts[i].it.(Drainer); ok && !d.Drained(now) {
			return
		}
	}
	n.leaving = false
	mark := len(fx.Facts)
	if n.member {
		n.Swim.Leave(now, fx)
	} else { // a member of no group has nobody to tell: clients, and who is of another cluster
		fx.Fact(core.FactStopped).Subject = core.NoNode
	}
	n.Settle(now, mark, fx)
}

// Rejoin lets the member JOIN once more (swim.Machine.Rejoin).
func (n *Node) Rejoin(now core.Instant, at []core.NodeID, fx *core.Effects) bool {
	mark := len(fx.Facts)
	asks := n.Swim.Rejoin(now, at, fx)
	n.Settle(now, mark, fx)
	return asks
}

// Refresh raises the own incarnation without a cause from outside. Who is a member of no group has none.
func (n *Node) Refresh(now core.Instant, fx *core.Effects) {
	if !n.member {
		return
	}
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
