package kernel

import "slices"

// insert puts e into the run. It searches from the near end: what is pushed into the run is mostly due
// soon, a reaction of a node to the event in hand.
func (q *Queue) insert(e *Event) {
	q.run = append(q.run, *e)
	r := q.run
	i := len(r) - 1
	for i > 0 && r[i-1].before(e) {
		r[i] = r[i-1]
		i--
	}
	r[i] = *e
	if len(r) > 2*runTarget {
		q.split()
	}
}

// split shortens the run by lowering the limit. The new limit shares with the clock all digits down to
// the one in which the old limit was ahead of it, so every level below is empty and stays right.
func (q *Queue) split() {
	for len(q.run) > runTarget {
		now := place{q.floor, 0}
		lv, _ := now.highest(q.limit)
		if lv < 0 {
			return
		}
		q.lift(lv)
		q.limit = now.last(lv)
		keep, _ := slices.BinarySearchFunc(q.run, q.limit, func(e Event, limit place) int {
			if e.At > limit.at || e.At == limit.at && e.Key > limit.key {
				return -1
			}
			return 1
		})
		for i := range q.run[:keep] {
			e := &q.run[i]
			at, slot := e.place().highest(q.limit)
			q.put(at, slot, e)
		}
		q.run = q.run[:copy(q.run, q.run[keep:])]
	}
}

// lift moves all events below level lv into one bucket of lv, before the limit's digit there changes. There
// are any only if the run was loaded by a look ahead, or from among many events of one instant, and
// then more than a whole run was pushed before it.
func (q *Queue) lift(lv int) {
	for low := range lv {
		if q.occupied>>low&1 == 0 {
			continue
		}
		l := q.level[low]
		for slot, ok := l.first(0); ok; slot, ok = l.first(slot + 1) {
			b := l.buckets[slot]
			l.buckets[slot] = bucket{}
			q.cleared(low, slot)
			q.move(b, lv)
		}
	}
}

// sortRun sorts latest first. It is given the events of ascending buckets, in which insertion finds little
// to do across buckets; within one it is quadratic, but a run is short. Only equal events, which the
// caller promised not to push, can make a longer one.
func sortRun(r []Event) {
	if len(r) > runTarget {
		slices.SortFunc(r, compare)
	} else {
		for i := 1; i < len(r); i++ {
			e := r[i]
			j := i
			for j > 0 && e.before(&r[j-1]) {
				r[j] = r[j-1]
				j--
			}
			r[j] = e
		}
	}
	slices.Reverse(r)
}
