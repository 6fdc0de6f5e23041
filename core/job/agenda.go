package job

import (
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
type Agenda[T Deadline[T]] struct{ heap []T }

// Arm adds a deadline.
func (a *Agenda[T]) Arm(x T) { a.heap = indexed.Push(inOrder[T]{}, a.heap, x) }

// Next returns when the first is due, core.Never if there is none.
func (a *Agenda[T]) Next() core.Instant {
	if len(a.heap) == 0 {
		return core.Never
	}
	return a.heap[0].Due()
}

// Pop takes out the first deadline, if it is due.
func (a *Agenda[T]) Pop(now core.Instant) (x T, ok bool) {
	if a.Next() > now {
		return x, false
	}
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
