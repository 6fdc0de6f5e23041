package swim

import (
	"hypersim/core"
	"hypersim/core/indexed"
	"hypersim/core/rng"
)

// confirmation is what is kept of an UNCONFIRMED record while it is one (§10.2): when it is looked at
// next, which is for its next proactive attempt or, when they are used up, for its removal.
type confirmation struct {
	since     core.Instant // discovered
	next      core.Instant
	pinged    core.Instant // last reactive ping, or never
	subject   uint16
	pos       uint16 // in the heap
	sent      uint8  // proactive attempts
	suspected bool   // an accusation at the present incarnation has been passed on
	stale     bool   // reported: unconfirmed for longer than confirm.stale
}

// confirmations are the side table of UNCONFIRMED records: a slab, and a heap of its indices by next.
type confirmations struct {
	slab []confirmation
	idle []uint16
	heap []uint16

	sweepAt   core.Instant   // next walk over all of them; meaningful while there are any
	holdUntil core.Instant   // no attempt may be sent before: too many were in the last window
	recent    []core.Instant // the last attempts of this node, at most confirm.max_per_second, as a ring
	oldest    int            // of recent
	stale     int            // entries that are reported as stale
	stream    rng.Stream     // of the jitter of attempts
}

func (t *confirmations) at(side uint16) *confirmation { return &t.slab[side-1] }

// alloc makes the entry of subject, which was discovered at since and is looked at first at next.
func (t *confirmations) alloc(subject uint16, since, next core.Instant) uint16 {
	fresh := confirmation{since: since, next: next, pinged: -core.Never, subject: subject}
	var side uint16
	if n := len(t.idle); n > 0 {
		side = t.idle[n-1]
		t.idle = t.idle[:n-1]
		*t.at(side) = fresh
	} else {
		t.slab = append(t.slab, fresh)
		side = uint16(len(t.slab))
	}
	t.heap = indexed.Push(t, t.heap, side)
	return side
}

// free gives the entry back when its record is UNCONFIRMED no more, for whatever reason.
func (t *confirmations) free(side uint16) {
	if t.at(side).stale {
		t.stale--
	}
	t.heap = indexed.Remove(t, t.heap, int(t.at(side).pos))
	t.idle = append(t.idle, side)
}

func (t *confirmations) len() int { return len(t.heap) }

// Before orders by when an entry is looked at, then by subject.
func (t *confirmations) Before(a, b uint16) bool {
	x, y := t.at(a), t.at(b)
	return x.next < y.next || x.next == y.next && x.subject < y.subject
}

// Place implements indexed.Items.
func (t *confirmations) Place(side uint16, pos int) { t.at(side).pos = uint16(pos) }

// fix puts side, whose next has changed, in its place.
func (t *confirmations) fix(side uint16) { indexed.Fix(t, t.heap, int(t.at(side).pos)) }

// first returns when the next entry wants to be looked at.
func (t *confirmations) first() core.Instant {
	if len(t.heap) == 0 {
		return core.Never
	}
	return t.at(t.heap[0]).next
}

// mayAttempt reports whether one more attempt at now keeps every window of that length at its limit (§10.2,
// pacing); if not it says from when on it would.
func (t *confirmations) mayAttempt(now core.Instant, limit int, window core.Duration) (bool, core.Instant) {
	if len(t.recent) < limit {
		return true, now
	}
	free := t.recent[t.oldest].Add(window)
	return free <= now, free
}

// attempted notes an attempt at now.
func (t *confirmations) attempted(now core.Instant, limit int) {
	if len(t.recent) < limit {
		t.recent = append(t.recent, now)
		return
	}
	t.recent[t.oldest] = now
	t.oldest = (t.oldest + 1) % limit
}
