package network

import (
	"math/bits"
	"slices"

	"hypersim/core"
)

// backlog is what an egress has yet to send, in stretches of one rate each, the first to be sent first. Nodes
// have one from the first overlay with a rate on; without, everything is at the egress's own rate, and the end of
// it says how much there is.
type backlog struct {
	stretches []stretch
	stale     bool // an overlay that slowed a stretch is gone
}

// stretch is a time in which the transmitter is busy without a break. It begins where the one before it ends,
// or, the first, now.
type stretch struct {
	end    core.Instant
	rate   perByte
	limits uint64 // overlays whose rate holds
	stale  bool   // one of them is gone before its time
}

// sending is what the egress does with one packet.
type sending struct {
	at   core.Instant  // its last byte leaves
	took core.Duration // since its first one did
}

// limit gives every node a backlog, at the first overlay with a rate.
func (n *Network) limit() {
	if n.backlogs == nil {
		n.backlogs = make([]backlog, len(n.nodes))
	}
}

// unlimit takes overlay id off what waits. An overlay that ends when it said is in the times already; of one that
// ends before, the packets in the queue keep theirs, and those after them do not wait for a rate that is no more.
func (n *Network) unlimit(id int) {
	if n.over.list[id].rate == 0 {
		return
	}
	bit := uint64(1) << id
	for i := range n.backlogs {
		b := &n.backlogs[i]
		for k := range b.stretches {
			if s := &b.stretches[k]; s.limits&bit != 0 {
				s.limits &^= bit
				s.stale, b.stale = true, true
			}
		}
	}
}

// rateAt is the rate under some overlays at t, and until when it is that.
func (n *Network) rateAt(t core.Instant, own perByte, limits uint64) (rate perByte, until core.Instant, in uint64) {
	rate, until = own, core.Never
	for m := limits; m != 0; m &= m - 1 {
		o := &n.over.list[bits.TrailingZeros64(m)]
		if o.Until > t {
			rate, until, in = max(rate, o.rate), min(until, o.Until), in|m&-m
		}
	}
	return rate, until, in
}

// departMixed is depart for a node with a backlog: the packet is sent at the rates that hold while it is sent. It
// fits if the bytes that wait leave room for its own in a queue of that many, 0 = without end.
func (n *Network) departMixed(now core.Instant, from core.NodeID, limits uint64, queue, size int) (sending, bool) {
	s, b := &n.nodes[from], &n.backlogs[from]
	b.prune(now, s)
	if b.stale {
		n.retime(now, s, b)
	}
	start := max(now, s.busy)
	if start > now && queue > 0 && b.unsent(now)+size > queue {
		return sending{at: now}, false
	}
	s.busy = n.transmitMixed(start, s.rate, limits, size, b)
	return sending{at: s.busy, took: s.busy.Sub(start)}, true
}

// queueBytes is the limit of what may wait at a node, 0 = none.
func (n *Network) queueBytes(id core.NodeID) int {
	if len(n.egress) == 0 {
		return 0
	}
	return n.egress[id].QueueBytes
}

// transmitMixed books size bytes from start on and returns when the last one leaves.
func (n *Network) transmitMixed(start core.Instant, own perByte, limits uint64, size int, b *backlog) core.Instant {
	for {
		rate, until, in := n.rateAt(start, own, limits)
		end := start.Add(rate.times(size))
		if end <= until {
			b.add(stretch{end: end, rate: rate, limits: in})
			return end
		}
		b.add(stretch{end: until, rate: rate, limits: in})
		size -= min(rate.bytes(until.Sub(start)), size)
		start = until
	}
}

// retime gives what waits new times, if an overlay that slowed some of it is gone.
func (n *Network) retime(now core.Instant, s *node, b *backlog) {
	b.stale = false
	if !slices.ContainsFunc(b.stretches, func(x stretch) bool { return x.stale }) {
		return
	}
	old := slices.Clone(b.stretches)
	b.stretches = b.stretches[:0]
	begin, start := now, now
	for _, x := range old {
		start = n.transmitMixed(start, s.rate, x.limits, x.rate.bytes(x.end.Sub(begin)), b)
		begin = x.end
	}
	s.busy = start
}

// prune forgets what has left by now, and takes in what was there before the node had a backlog.
func (b *backlog) prune(now core.Instant, s *node) {
	if s.busy <= now {
		b.stretches, b.stale = b.stretches[:0], false
		return
	}
	if len(b.stretches) == 0 {
		b.add(stretch{end: s.busy, rate: s.rate})
		return
	}
	k := 0
	for b.stretches[k].end <= now { // the last ends at busy
		k++
	}
	b.stretches = slices.Delete(b.stretches, 0, k)
}

// unsent is how many bytes wait, those in transmission included.
func (b *backlog) unsent(now core.Instant) int {
	sum := 0
	for _, x := range b.stretches {
		sum += x.rate.bytes(x.end.Sub(now))
		now = x.end
	}
	return sum
}

func (b *backlog) add(x stretch) {
	if k := len(b.stretches) - 1; k >= 0 && b.stretches[k].rate == x.rate && b.stretches[k].limits == x.limits {
		b.stretches[k].end = x.end
		return
	}
	b.stretches = append(b.stretches, x)
}

// bytes returns how many bytes are sent in d, to the nearest one; 0 without a rate, since then nothing waits.
func (p perByte) bytes(d core.Duration) int {
	if p == 0 || d <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(d), 1<<perByteShift)
	lo, carry := bits.Add64(lo, uint64(p)/2, 0)
	hi += carry
	if hi >= uint64(p) {
		return maxQueue
	}
	q, _ := bits.Div64(hi, lo, uint64(p))
	return int(min(q, maxQueue))
}

// maxQueue is more bytes than any queue holds.
const maxQueue = 1 << 50
