package network

import (
	"hypersim/core"
	"hypersim/core/rng"
	"hypersim/sim/trace"
)

// ownChance tells the draws of a link's loss and its kin from those of jitter.
const ownChance = 1

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
// What a datagram meets follows from who sends what to whom: sender, receiver, kind and turn (core.Message.Turn),
// and from nothing that was sent before. So the same message of another run, in which more or less is said, meets
// the same; two datagrams of one kind between two nodes need different turns. (A Gilbert–Elliott path remembers,
// so there other traffic can change the state that a datagram finds.)
func (n *Network) Send(now core.Instant, from, to core.NodeID, size int, kind core.Kind, turn uint32, out *Fate) {
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
		if e = n.effectOn(now, from, to, kind); e != nil {
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
	d := rng.Mix(s.chance+uint64(kind), uint64(w.key)<<32|uint64(turn))
	if l.flags&hasJitter != 0 {
		n.jitter = rng.At(d)
		extra = l.sample(base, &n.jitter)
	}
	out.Min = max(base+l.least(base), 1) + leaves.took
	if l.flags&(hasLoss|hasRare) != 0 {
		extra += n.ownFate(l, d, from, w.site, depart, base, out)
	}
	if e != nil && e.chance != 0 {
		extra += n.faultFate(e, l, d, from, w.site, depart, base, out)
	}
	out.At = depart.Add(max(base+extra, 1))
	if e != nil && e.held != 0 {
		out.hold(e.held)
	}
	if n.cuts.active != 0 && n.cuts.blocking(from, to, kind) != 0 {
		out.Reason = trace.ReasonPartition
	}
	if out.Reason != trace.ReasonNone {
		*out = Fate{Reason: out.Reason, Min: out.Min}
	}
}

// hold keeps a datagram and its copy back until then.
func (f *Fate) hold(until core.Instant) {
	f.At = max(f.At, until)
	if f.At2 != 0 {
		f.At2 = max(f.At2, until)
	}
}

// ownFate draws loss, corruption, duplication and reordering of the link itself for the datagram of chance d; it
// returns the extra delay. What takes a fixed number of draws comes first.
func (n *Network) ownFate(l *link, d uint64, from core.NodeID, site uint16, depart core.Instant, base core.Duration, out *Fate) core.Duration {
	n.fate = rng.At(rng.Mix(d, ownChance))
	s := &n.fate
	if l.flags&hasLoss != 0 && n.lost(n.bad, &l.loss, from, site, s) {
		out.Reason = trace.ReasonLoss
	}
	if l.flags&hasCorrupt != 0 && s.Bool(l.corrupt) {
		out.Corrupt = true
	}
	copied := l.flags&hasDuplicate != 0 && s.Bool(l.duplicate)
	extra := l.reorder.sample(s)
	if copied {
		out.At2 = depart.Add(max(base+l.sample(base, s), 1))
	}
	return extra
}
