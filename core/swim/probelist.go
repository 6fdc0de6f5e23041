package swim

import "hypersim/core/rng"

// probeList is the round-robin order of §4.2: shuffled, walked to the end, shuffled again. The shuffle is
// done lazily, one Fisher-Yates step per visit: members before pos have been visited in this walk, the
// rest is an unordered set from which the next one is drawn. A newcomer joins that rest, which is the
// same as a uniform position of the remaining walk, in O(1).
type probeList struct {
	order  []uint16
	pos    int
	stream rng.Stream
}

func (l *probeList) grow(n int) {
	if cap(l.order) < n {
		l.order = append(make([]uint16, 0, n), l.order...)
	}
}

func (l *probeList) len() int { return len(l.order) }

func (l *probeList) insert(k int) { l.order = append(l.order, uint16(k)) }

// remove takes k out in O(n), which is rare, and leaves who has been visited in this walk, and who has not, as it was: nobody
// is probed twice or left out because somebody else went.
func (l *probeList) remove(k int) {
	for i, v := range l.order {
		if int(v) != k {
			continue
		}
		if i < l.pos { // close the gap in the visited part with its last one
			l.pos--
			l.order[i] = l.order[l.pos]
			i = l.pos
		}
		last := len(l.order) - 1
		l.order[i] = l.order[last]
		l.order = l.order[:last]
		return
	}
}

// next draws the next member of the walk. The list must not be empty.
func (l *probeList) next() int {
	if l.pos >= len(l.order) {
		l.pos = 0
	}
	j := l.pos + int(l.stream.Uint32n(uint32(len(l.order)-l.pos)))
	l.order[l.pos], l.order[j] = l.order[j], l.order[l.pos]
	l.pos++
	return int(l.order[l.pos-1])
}

// peek returns what next would return, without drawing it. The list must not be empty.
func (l *probeList) peek() int {
	pos, s := l.pos, l.stream
	if pos >= len(l.order) {
		pos = 0
	}
	return int(l.order[pos+int(s.Uint32n(uint32(len(l.order)-pos)))])
}

// pick draws up to len(dst) distinct members that ok accepts, uniformly, and returns them.
func (l *probeList) pick(s *rng.Stream, dst []uint16, extra []uint16, ok func(k int) bool) []uint16 {
	n, total := 0, len(l.order)+len(extra)
	at := func(i int) uint16 {
		if i < len(l.order) {
			return l.order[i]
		}
		return extra[i-len(l.order)]
	}
	taken := func(k uint16) bool {
		for _, d := range dst[:n] {
			if d == k {
				return true
			}
		}
		return false
	}
	// Drawing and rejecting is uniform; when most are unfit, fall back to a scan of what is left.
	for tries := 0; n < len(dst) && total > 0 && tries < 8*len(dst); tries++ {
		k := at(int(s.Uint32n(uint32(total))))
		if !taken(k) && ok(int(k)) {
			dst[n] = k
			n++
		}
	}
	if n == len(dst) || total == 0 {
		return dst[:n]
	}
	start := int(s.Uint32n(uint32(total)))
	for i := 0; i < total && n < len(dst); i++ {
		k := at((start + i) % total)
		if !taken(k) && ok(int(k)) {
			dst[n] = k
			n++
		}
	}
	return dst[:n]
}
