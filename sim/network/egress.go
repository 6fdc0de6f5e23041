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

// depart books size bytes on the transmitter and returns when the last one leaves; ok is false if the
// queue is full. The queue limit is in time: what QueueBytes take at this rate.
func (s *node) depart(now core.Instant, rate perByte, queue core.Duration, size int) (at core.Instant, ok bool) {
	if rate == 0 {
		return max(now, s.busy), true
	}
	tx := rate.times(size)
	start := max(now, s.busy)
	if start > now && queue > 0 && start.Sub(now)+tx > queue {
		return now, false
	}
	s.busy = start.Add(tx)
	return s.busy, true
}
