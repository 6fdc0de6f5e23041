package network

import "hypersim/core"

// Base returns the one-way base delay between two nodes, without drift, faults and jitter. O(1).
func (n *Network) Base(from, to core.NodeID) core.Duration {
	return n.base[int(n.where[from].place)*n.places+int(n.where[to].place)]
}

// OneWay returns the one-way delay of a PING at now with drift and the delays that faults add, without jitter,
// sending time, queue and what a fault holds back.
func (n *Network) OneWay(from, to core.NodeID, now core.Instant) core.Duration {
	s, w := n.where[from], n.where[to]
	base := n.Base(from, to)
	if l := n.link(s.site, w.site); l.flags&hasDrift != 0 {
		base = n.drifted(l, s.place, w.place, base, now)
	}
	if n.over.active != 0 {
		if e := n.effectOn(now, from, to, core.KindPing); e != nil {
			base = e.delay(base)
		}
	}
	return max(base, 1)
}

// TrueRTT returns the round trip between two nodes at now, as OneWay both ways: what an ideal estimator
// of round-trip times would learn.
func (n *Network) TrueRTT(a, b core.NodeID, now core.Instant) core.Duration {
	return n.OneWay(a, b, now) + n.OneWay(b, a, now)
}
