package network

import (
	"hypersim/core"
	"hypersim/sim/trace"
)

// Fate is what becomes of a datagram.
type Fate struct {
	At      core.Instant  // arrival at the receiver's host, if Reason is ReasonNone
	At2     core.Instant  // arrival of a second copy, or 0 if there is none
	Min     core.Duration // the least it could have taken: base (with drift and faults) + smallest jitter + sending
	Reason  trace.Reason  // why it does not arrive: MTU, queue, partition or loss
	Corrupt bool          // it arrives, as do its copies, and fails the checksum there
}

// Send sends a datagram of size bytes and fills in its fate. Successive calls of one sender must not go
// back in time. A delay is at least 1 ns. O(1), no allocation.
//
// A datagram that the sender cannot send (MTU, full queue) draws nothing. Any other draws once per
// purpose that its link has a model for, whatever comes out of the others and whether or not it is cut:
// a fault does not shift the chance that later datagrams meet. (Streams share the state of a
// Gilbert–Elliott path, so there a change of stream traffic can.)
func (n *Network) Send(now core.Instant, from, to core.NodeID, size int, kind core.Kind, out *Fate) {
	s, w := &n.nodes[from], n.where[to]
	l := n.link(s.site, w.site)
	*out = Fate{}
	if l.mtu != 0 && size > l.mtu {
		out.Reason = trace.ReasonMTU
		return
	}
	base := n.base[int(s.place)*n.places+int(w.place)]
	if l.flags&hasDrift != 0 {
		base = n.drifted(l, s.place, w.place, base, now)
	}
	var e *effect
	if n.over.active != 0 {
		if e = n.effectOn(now, from, to); e != nil {
			base = e.delay(base)
		}
	}
	var leaves sending
	var ok bool
	if n.backlogs == nil {
		leaves, ok = s.depart(now, s.queue, size)
	} else {
		leaves, ok = n.departMixed(now, from, e.slows(), n.queueBytes(from), size)
	}
	if !ok {
		out.Reason = trace.ReasonQueue
		return
	}
	depart := leaves.at
	extra := core.Duration(0)
	if l.flags&hasJitter != 0 {
		extra = l.sample(base, &s.jitter)
	}
	out.Min = max(base+l.least(base), 1) + leaves.took
	if l.flags&hasLoss != 0 && n.lost(n.bad, &l.loss, from, w.site, &s.loss) {
		out.Reason = trace.ReasonLoss
	}
	if l.flags&hasRare != 0 {
		extra += n.rareFate(l, from, depart, base, out)
	}
	if e != nil {
		extra += n.faultFate(e, l, from, w.site, depart, base, out)
	}
	out.At = depart.Add(max(base+extra, 1))
	if n.cuts.active != 0 && n.cuts.blocking(from, to, kind) != 0 {
		out.Reason = trace.ReasonPartition
	}
	if out.Reason != trace.ReasonNone {
		*out = Fate{Reason: out.Reason, Min: out.Min}
	}
}

// rareFate draws duplication, reordering and corruption of the link itself; it returns the extra delay.
func (n *Network) rareFate(l *link, from core.NodeID, depart core.Instant, base core.Duration, out *Fate) core.Duration {
	r := &n.rare[from]
	extra := l.reorder.sample(&r.reorder)
	if l.flags&hasCorrupt != 0 && r.corrupt.Bool(l.corrupt) {
		out.Corrupt = true
	}
	if l.flags&hasDuplicate != 0 && r.duplicate.Bool(l.duplicate) {
		out.At2 = depart.Add(max(base+l.sample(base, &r.duplicate), 1))
	}
	return extra
}
