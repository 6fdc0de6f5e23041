package metrics

// bits is a set of places in a group that counts its elements.
type bits struct {
	words []uint64
	n     int32
}

func newBits(size int) bits { return bits{words: make([]uint64, (size+63)/64)} }

func (b *bits) has(i int32) bool { return int(i/64) < len(b.words) && b.words[i/64]>>(i%64)&1 != 0 }

// put adds i, which must be below the size of the set, and reports whether it was new.
func (b *bits) put(i int32) bool {
	if b.has(i) {
		return false
	}
	b.words[i/64] |= 1 << (i % 64)
	b.n++
	return true
}

// drop removes i and reports whether it was there.
func (b *bits) drop(i int32) bool {
	if !b.has(i) {
		return false
	}
	b.words[i/64] &^= 1 << (i % 64)
	b.n--
	return true
}
