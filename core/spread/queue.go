package spread

import "hypersim/core"

// Queue holds the items that still have transmissions to make, sorted by descending key: what goes out next stands at
// the end, where adding and taking are cheap. The zero Queue is empty and in the order LeastSent.
type Queue[T any] struct {
	items []Item[T]
	taken []Item[T] // scratch of one Take

	at    core.Instant // when something was queued last
	turns uint32       // at how many instants something was
	order Order
}

// New returns an empty queue.
func New[T any](order Order) Queue[T] { return Queue[T]{order: order} }

// Len returns how many items wait.
func (q *Queue[T]) Len() int { return len(q.items) }

// At returns the i-th item, 0 the most urgent. It is valid until the queue changes.
func (q *Queue[T]) At(i int) *Item[T] { return &q.items[len(q.items)-1-i] }

// Push puts news about somebody into its place. It is told up to limit times.
func (q *Queue[T]) Push(now core.Instant, news *T, about core.NodeID, rank Rank, limit uint8) {
	it := Item[T]{News: *news, queued: millis(now), Limit: limit}
	it.key = q.order.key(rank, q.turn(now), about)
	q.items = append(q.items, it)
	i := len(q.items) - 1
	for i > 0 && q.items[i-1].key < it.key {
		q.items[i] = q.items[i-1]
		i--
	}
	q.items[i] = it
}

// turn counts now, unless it is the instant of the last push.
func (q *Queue[T]) turn(now core.Instant) uint32 {
	if q.turns == 0 || q.at != now {
		q.at = now
		q.turns++
	}
	return q.turns
}

// DropMostSent removes the item that was sent most, of those the oldest, and returns it. The queue must not be empty.
func (q *Queue[T]) DropMostSent() Item[T] {
	worst := 0
	for i := range q.items {
		it, w := &q.items[i], &q.items[worst]
		a, b := it.turn(), w.turn()
		if it.Sent > w.Sent || it.Sent == w.Sent && (a < b || a == b && it.about() > w.about()) {
			worst = i
		}
	}
	it := q.items[worst]
	q.items = append(q.items[:worst], q.items[worst+1:]...)
	return it
}

// Sound reports whether the items stand in their order and have transmissions to make, for checks.
func (q *Queue[T]) Sound() bool {
	for i := range q.items {
		if it := &q.items[i]; it.Sent >= it.Limit || i > 0 && q.items[i-1].key < it.key {
			return false
		}
	}
	return true
}

// Capacity returns for how many items the queue holds memory.
func (q *Queue[T]) Capacity() int { return cap(q.items) + cap(q.taken) }
