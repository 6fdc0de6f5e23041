package job

import (
	"cmp"

	"hypersim/core"
	"hypersim/core/indexed"
)

// Deadline is what a role has to do at an instant.
type Deadline[T any] interface {
	Due() core.Instant
	// Before is a strict, total order that begins with Due: what deadlines are about orders those of one instant, so that the
	// order of arming means nothing.
	Before(other T) bool
}

// Agenda are the deadlines of a role. Nothing is ever taken out before its time: what is no longer true finds nothing to do.
type Agenda[T Deadline[T]] struct {
	heap   []T
	at     core.Instant // of the last one taken out,
	fired  uint32       // and how many were at that instant
	atOnce uint32       // fewer than AtOnce, in tests; 0: AtOnce
}

// AtOnce is how many deadlines an instant may have. Where one that fires leaves another that is past, again and again, taking them out
// would never end. Beyond, an agenda rests until time goes on, and its machine ends its step with a deadline that is past: its driver
// hears messages in between, and sees a machine that does not rest.
const AtOnce = 1 << 20

// Arm adds a deadline.
func (a *Agenda[T]) Arm(x T) { a.heap = indexed.Push(inOrder[T]{}, a.heap, x) }

// Next returns when the first is due, core.Never if there is none.
func (a *Agenda[T]) Next() core.Instant {
	if len(a.heap) == 0 {
		return core.Never
	}
	return a.heap[0].Due()
}

// Pop takes out the first deadline, if it is due and no more than AtOnce were at this instant.
func (a *Agenda[T]) Pop(now core.Instant) (x T, ok bool) {
	if a.Next() > now {
		return x, false
	}
	if now != a.at {
		a.at, a.fired = now, 0
	}
	if a.fired >= cmp.Or(a.atOnce, AtOnce) {
		return x, false
	}
	a.fired++
	x = a.heap[0]
	a.heap = indexed.Remove(inOrder[T]{}, a.heap, 0)
	return x, true
}

// All returns what is armed, in no order that means anything; valid until the next call.
func (a *Agenda[T]) All() []T { return a.heap }

// Room returns how many deadlines there is memory for.
func (a *Agenda[T]) Room() int { return cap(a.heap) }

// inOrder lets deadlines stand in a heap; none has to know where.
type inOrder[T Deadline[T]] struct{}

func (inOrder[T]) Before(a, b T) bool { return a.Before(b) }
func (inOrder[T]) Place(T, int)       {}
