package network

import (
	"math/bits"

	"hypersim/core"
)

// perByte is the time to send one byte in 2^−24 ns; 0 is no time at all. A datagram's time is cut to
// whole nanoseconds, so up to 1 ns per datagram is given away.
type perByte uint64

const perByteShift = 24

// newPerByte returns the time per byte at a rate of bit/s; 0 is unlimited.
func newPerByte(bitsPerSec int64) perByte {
	if bitsPerSec <= 0 {
		return 0
	}
	const byteSec = 8e9 * (1 << perByteShift) // ns·2^24 per byte at 1 bit/s, below 2^57
	return perByte(byteSec+uint64(bitsPerSec)/2) / perByte(bitsPerSec)
}

// times returns how long size bytes take, at most maxDelay.
func (p perByte) times(size int) core.Duration {
	hi, lo := bits.Mul64(uint64(p), uint64(size))
	if hi >= 1<<(perByteShift-5) {
		return maxDelay
	}
	return core.Duration(hi<<(64-perByteShift) | lo>>perByteShift)
}

// depart books size bytes on the transmitter; ok is false if the queue is full. At the node's own rate the limit
// is in time: what QueueBytes take.
func (s *node) depart(now core.Instant, queue core.Duration, size int) (out sending, ok bool) {
	start := max(now, s.busy)
	if s.rate == 0 {
		return sending{at: start}, true
	}
	took := s.rate.times(size)
	if start > now && queue > 0 && start.Sub(now)+took > queue {
		return out, false
	}
	s.busy = start.Add(took)
	return sending{at: s.busy, took: took}, true
}

// departStream is depart for the bytes of a stream, which wait without a limit. limits are the overlays whose rate
// holds for them.
func (n *Network) departStream(now core.Instant, from core.NodeID, limits uint64, size int) (out sending) {
	if n.backlogs == nil {
		out, _ = n.nodes[from].depart(now, 0, size)
	} else {
		out, _ = n.departMixed(now, from, limits, 0, size)
	}
	return out
}
