package swim

import (
	"hypersim/core"
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
	holdUntil core.Instant   // no attempt may be sent before: too many were in the last second
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
	t.heap = append(t.heap, side)
	t.at(side).pos = uint16(len(t.heap) - 1)
	t.up(len(t.heap) - 1)
	return side
}

func (t *confirmations) free(side uint16) {
	if t.at(side).stale {
		t.stale--
	}
	i, last := int(t.at(side).pos), len(t.heap)-1
	t.swap(i, last)
	t.heap = t.heap[:last]
	if i < last {
		t.fix(t.heap[i])
	}
	t.idle = append(t.idle, side)
}

func (t *confirmations) len() int { return len(t.heap) }

func (t *confirmations) less(a, b uint16) bool {
	x, y := t.at(a), t.at(b)
	return x.next < y.next || x.next == y.next && x.subject < y.subject
}

func (t *confirmations) swap(i, j int) {
	t.heap[i], t.heap[j] = t.heap[j], t.heap[i]
	t.at(t.heap[i]).pos, t.at(t.heap[j]).pos = uint16(i), uint16(j)
}

func (t *confirmations) up(i int) {
	for i > 0 && t.less(t.heap[i], t.heap[(i-1)/2]) {
		t.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
}

func (t *confirmations) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(t.heap) {
			return
		}
		if c+1 < len(t.heap) && t.less(t.heap[c+1], t.heap[c]) {
			c++
		}
		if !t.less(t.heap[c], t.heap[i]) {
			return
		}
		t.swap(i, c)
		i = c
	}
}

// fix puts side, whose next has changed, in its place.
func (t *confirmations) fix(side uint16) {
	t.up(int(t.at(side).pos))
	t.down(int(t.at(side).pos))
}

// first returns when the next entry wants to be looked at.
func (t *confirmations) first() core.Instant {
	if len(t.heap) == 0 {
		return core.Never
	}
	return t.at(t.heap[0]).next
}

// mayAttempt reports whether one more attempt at now keeps every second at its limit (§10.2, pacing); if not
// it says from when on it would.
func (t *confirmations) mayAttempt(now core.Instant, limit int) (bool, core.Instant) {
	if len(t.recent) < limit {
		return true, now
	}
	free := t.recent[t.oldest].Add(1e9)
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
