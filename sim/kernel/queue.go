package kernel

import (
	"fmt"
	"math/bits"

	"hypersim/core"
)

// runTarget is how many events are sorted at once. A bucket with more is spread over a lower level first;
// twice as many in the run, and its later part goes back into buckets.
const runTarget = 64

// Queue holds pending events and gives them back in the order of spec 50 §1. It is monotone: nothing may
// be pushed before the last popped instant. Push and Pop take amortised time in proportion to the number of
// digits in which pending events differ, mostly three or four, at most twenty; not in proportion to their
// number's logarithm. The zero value is ready to use: an empty queue at
// instant 0.
//
// Events at or before limit are in run, sorted; every later event is in the bucket named by the highest
// digit in which it differs from limit. Thus all events of a level are earlier than those of higher
// levels, and within a level a lower slot is earlier.
type Queue struct {
	levels
	run   []Event // latest first, so that the next event is popped off its end
	limit place
	floor core.Instant // the last popped instant
	size  int
}

// Len returns the number of pending events.
func (q *Queue) Len() int { return q.size }

// Push adds e. It panics if e.At is before the last popped instant (at first 0): an event in the past is
// a bug of its origin. An event at that very instant is popped before all later ones, whatever its key.
func (q *Queue) Push(e Event) {
	if e.At < q.floor {
		panic(fmt.Sprintf("kernel: scheduling in the past: event %v, but the clock is at %v", e, q.floor))
	}
	q.size++
	if e.At < q.limit.at || e.At == q.limit.at && e.Key <= q.limit.key {
		q.insert(&e)
		return
	}
	lv, slot := e.place().highest(q.limit)
	q.put(lv, slot, &e)
}

// Pop removes and returns the first event; ok is false if there is none.
func (q *Queue) Pop() (e Event, ok bool) {
	if len(q.run) == 0 && !q.load() {
		return Event{}, false
	}
	return q.popRun(), true
}

// Peek returns the first event without removing it; ok is false if there is none.
func (q *Queue) Peek() (e Event, ok bool) {
	if len(q.run) == 0 && !q.load() {
		return Event{}, false
	}
	return q.run[len(q.run)-1], true
}

// Reset empties the queue and puts it back to instant 0. It keeps the memory.
func (q *Queue) Reset() {
	q.reset() // the levels
	q.run = q.run[:0]
	q.limit, q.floor, q.size = place{}, 0, 0
}

// popRun pops from the run, which is not empty.
func (q *Queue) popRun() Event {
	n := len(q.run) - 1
	e := q.run[n]
	q.run = q.run[:n]
	q.floor = e.At
	q.size--
	return e
}

// load fills the empty run with the earliest events; false means that there are none.
func (q *Queue) load() bool {
	for q.occupied != 0 {
		lv := bits.TrailingZeros32(q.occupied)
		slot, _ := q.level[lv].first(0)
		if lv == 0 || q.level[lv].buckets[slot].count <= runTarget {
			q.loadSlots(lv, slot)
			return true
		}
		q.spread(lv, slot)
	}
	return false
}

// loadSlots makes a run of the given bucket and of as many of its successors in the level as fit.
func (q *Queue) loadSlots(lv int, slot uint32) {
	l := q.level[lv]
	q.run = q.takeBucket(lv, slot, q.run)
	for {
		next, ok := l.first(slot + 1)
		if !ok || len(q.run)+int(l.buckets[next].count) > runTarget {
			break
		}
		slot = next
		q.run = q.takeBucket(lv, slot, q.run)
	}
	q.limit = q.run[len(q.run)-1].place().last(lv)
	sortRun(q.run)
}
