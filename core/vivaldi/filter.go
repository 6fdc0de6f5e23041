package vivaldi

import "hypersim/core"

// The latency filter keeps the last samples of a peer; their median hides the single bad one (§11.4).
// Times are kept coarsely (see peers.go): the newest sample expires to the millisecond, older ones to
// within 67 ms, and a sample is rounded to 4 ns.

func filterLen(r []uint32) int { return int(r[wordMeta]&metaLenMask) >> metaLenShift }

func (n *Node) setFilterLen(r []uint32, length int) {
	r[wordMeta] = r[wordMeta]&^metaLenMask | uint32(length)<<metaLenShift
}

// filter returns the three parts of the filter of r: the time of the newest sample, the samples, and the
// packed ages of all but the newest.
func (n *Node) filter(r []uint32) (newest *uint32, rtt, ages []uint32) {
	at := wordCoord + len(n.self.vec) + coordExtra
	size := n.cfg.LatencyFilter
	return &r[at], r[at+1 : at+1+size], r[at+1+size:]
}

// age returns by how much sample k ≥ 1 is older than the newest, in units of 2^26 ns.
func age(ages []uint32, k int) uint32 { return ages[(k-1)/2] >> (16 * uint((k-1)%2)) & 0xffff }

func setAge(ages []uint32, k int, v uint32) {
	shift := 16 * uint((k-1)%2)
	w := &ages[(k-1)/2]
	*w = *w&^(0xffff<<shift) | v<<shift
}

// feed adds a sample to the filter of r and drops those that have expired.
func (n *Node) feed(r []uint32, now core.Instant, rtt core.Duration) {
	newest, samples, ages := n.filter(r)
	t := tick(now)
	length := filterLen(r)
	if length > 0 {
		// Differences of floors add up exactly, so ages do not drift however many samples follow.
		passed := (t>>tickPerAgeLog - *newest>>tickPerAgeLog) & (1<<(32-tickPerAgeLog) - 1)
		if passed >= 1<<(31-tickPerAgeLog) {
			passed = 0 // the clock was set back
		}
		length = min(length, len(samples)-1)
		for k := length; k >= 1; k-- {
			samples[k] = samples[k-1]
			a := passed
			if k > 1 {
				a += age(ages, k-1)
			}
			setAge(ages, k, min(a, 0xffff))
		}
	}
	*newest = t
	samples[0] = uint32((rtt + 2) >> 2)
	n.setFilterLen(r, length+1)
	n.setFilterLen(r, n.freshSamples(r, now))
}

// freshSamples returns how many samples of r are not older than coord_ttl; those are the first ones.
func (n *Node) freshSamples(r []uint32, now core.Instant) int {
	length := filterLen(r)
	if length == 0 {
		return 0
	}
	newest, _, ages := n.filter(r)
	base := sinceTick(now, *newest)
	if base > n.ttl {
		return 0
	}
	for k := 1; k < length; k++ {
		if base+age(ages, k)<<tickPerAgeLog > n.ttl {
			return k
		}
	}
	return length
}

// median returns the element ⌊len/2⌋ of v in ascending order, in units of 4 ns. v is not empty.
func median(v []uint32) uint32 {
	switch len(v) {
	case 1:
		return v[0]
	case 2:
		return max(v[0], v[1])
	case 3:
		return max(min(v[0], v[1]), min(max(v[0], v[1]), v[2]))
	}
	var s [filterMax]uint32
	length := copy(s[:], v)
	for i := 1; i < length; i++ {
		for j := i; j > 0 && s[j] < s[j-1]; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
	return s[length/2]
}

// FilteredRTT returns the median of slot's samples younger than coord_ttl; known is false without any.
func (n *Node) FilteredRTT(slot uint16, now core.Instant) (rtt core.Duration, known bool) {
	if slot == 0 {
		return 0, false
	}
	r := n.record(slot)
	fresh := n.freshSamples(r, now)
	if fresh == 0 {
		return 0, false
	}
	_, samples, _ := n.filter(r)
	return core.Duration(median(samples[:fresh])) << 2, true
}
