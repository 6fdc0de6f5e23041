package host

import "hypersim/core"

// inbox holds the handles of waiting messages, one lane per class, each first come, first served.
type inbox struct {
	lanes [core.NumClasses]lane
	n     int
}

type lane struct {
	ring  []uint32
	head  int
	count int
}

func (b *inbox) push(c core.Class, handle uint32) {
	b.lanes[c].push(handle)
	b.n++
}

// pop takes the oldest of the most important class; the inbox is not empty.
func (b *inbox) pop() uint32 {
	for c := range b.lanes {
		if b.lanes[c].count > 0 {
			b.n--
			return b.lanes[c].pop()
		}
	}
	panic("host: pop from an empty inbox")
}

// displace makes room for handle by dropping the newest of the least important class below it, and
// returns that one, or handle itself if nothing waits that is less important.
func (b *inbox) displace(c core.Class, handle uint32) uint32 {
	for low := core.Class(core.NumClasses - 1); low > c; low-- {
		if l := &b.lanes[low]; l.count > 0 {
			out := l.popNewest()
			b.lanes[c].push(handle)
			return out
		}
	}
	return handle
}

func (b *inbox) drain(drop func(uint32)) {
	for b.n > 0 {
		drop(b.pop())
	}
}

func (l *lane) push(h uint32) {
	if l.count == len(l.ring) {
		l.grow()
	}
	l.ring[(l.head+l.count)%len(l.ring)] = h
	l.count++
}

// pushFront lets h be the next.
func (l *lane) pushFront(h uint32) {
	if l.count == len(l.ring) {
		l.grow()
	}
	l.head = (l.head + len(l.ring) - 1) % len(l.ring)
	l.ring[l.head] = h
	l.count++
}

func (l *lane) pop() uint32 {
	h := l.ring[l.head]
	l.head = (l.head + 1) % len(l.ring)
	l.count--
	return h
}

func (l *lane) popNewest() uint32 {
	l.count--
	return l.ring[(l.head+l.count)%len(l.ring)]
}

func (l *lane) grow() {
	ring := make([]uint32, max(8, 2*len(l.ring)))
	for i := range l.count {
		ring[i] = l.ring[(l.head+i)%len(l.ring)]
	}
	l.ring, l.head = ring, 0
}
