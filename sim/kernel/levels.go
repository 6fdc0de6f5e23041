package kernel

import "math/bits"

// level holds the events that first differ from the queue's limit in one certain digit, a bucket for each
// value of that digit, and a bit for each bucket that is not empty.
type level struct {
	buckets  [digitSize]bucket
	occupied [(digitSize + 63) / 64]uint64
}

func (l *level) mark(slot uint32)   { l.occupied[slot/64] |= 1 << (slot % 64) }
func (l *level) unmark(slot uint32) { l.occupied[slot/64] &^= 1 << (slot % 64) }

// first returns the lowest occupied slot that is ≥ from; ok is false if there is none.
func (l *level) first(from uint32) (slot uint32, ok bool) {
	if from >= digitSize {
		return 0, false
	}
	w := from / 64
	word := l.occupied[w] &^ (1<<(from%64) - 1)
	for word == 0 {
		if w++; int(w) == len(l.occupied) {
			return 0, false
		}
		word = l.occupied[w]
	}
	return w*64 + uint32(bits.TrailingZeros64(word)), true
}

// levels is everything later than the queue's limit.
type levels struct {
	slab
	level    [numLevels]*level // made when first used: most runs use a handful
	occupied uint32            // a bit for each level that is not empty
}

func (ls *levels) put(lv int, slot uint32, e *Event) {
	l := ls.level[lv]
	if l == nil {
		l = new(level)
		ls.level[lv] = l
	}
	b := &l.buckets[slot]
	if b.end == 0 {
		l.mark(slot)
		ls.occupied |= 1 << lv
	}
	ls.add(b, e)
}

// takeBucket empties a bucket into dst.
func (ls *levels) takeBucket(lv int, slot uint32, dst []Event) []Event {
	l := ls.level[lv]
	dst = ls.drain(&l.buckets[slot], dst)
	ls.cleared(lv, slot)
	return dst
}

// cleared notes that a bucket is now empty.
func (ls *levels) cleared(lv int, slot uint32) {
	l := ls.level[lv]
	l.unmark(slot)
	if l.occupied == [len(l.occupied)]uint64{} {
		ls.occupied &^= 1 << lv
	}
}

// spread moves the events of a bucket to the highest level at which they differ from each other, so that
// events which are close together go down many levels in one step.
func (ls *levels) spread(lv int, slot uint32) {
	b := ls.level[lv].buckets[slot]
	to := ls.widest(b)
	ls.level[lv].buckets[slot] = bucket{}
	ls.cleared(lv, slot)
	ls.move(b, to)
}

// move hands the events of a bucket that is already detached to the given level.
func (ls *levels) move(b bucket, to int) {
	for end := b.end; end != 0; {
		first := (end - 1) &^ (chunkLen - 1)
		chunk := ls.events[first:end] // stays readable if put grows the slab: growing copies
		for i := range chunk {
			ls.put(to, chunk[i].place().digit(to), &chunk[i])
		}
		end = ls.give(first >> chunkBits)
	}
}

// widest returns the highest level at which two events of b differ, 0 if all are equal.
func (ls *levels) widest(b bucket) int {
	ref := &ls.events[b.end-1]
	var at, key uint64
	for end := b.end; end != 0; {
		first := (end - 1) &^ (chunkLen - 1)
		for i := first; i < end; i++ {
			at |= uint64(ls.events[i].At ^ ref.At)
			key |= ls.events[i].Key ^ ref.Key
		}
		end = ls.links[first>>chunkBits] << chunkBits
	}
	switch {
	case at != 0:
		return (bits.Len64(at)-1)/digitBits + wordDigits
	case key != 0:
		return (bits.Len64(key) - 1) / digitBits
	}
	return 0
}

// reset empties all buckets and keeps the memory.
func (ls *levels) reset() {
	for _, l := range ls.level {
		if l != nil {
			*l = level{}
		}
	}
	ls.occupied = 0
	ls.slab.reset()
}
