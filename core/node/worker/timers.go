package worker

import (
	"hypersim/core"
	"hypersim/core/indexed"
	"hypersim/core/job"
)

// timerKind is what happens when a timer is due.
type timerKind uint8

const (
	timerProgress timerKind = iota // tell how far a shard is
	timerLimit                     // a shard has run too long
	timerKill                      // a shard did not stop by itself
	timerResult                    // offer a result again
	timerRegister                  // nobody accepted this worker
	timerBeat                      // tell managers of free cores
	timerOrphans
	timerQuery
)

// timer is one deadline. Nothing is taken out before its time: what is no longer true finds nothing to do.
type timer struct {
	at    core.Instant
	kind  timerKind
	n     uint32
	token job.Token
	key   flowKey
}

type timers struct{ heap []timer }

// byTime orders the heap; equal times by what they are about, so that the order of arming means nothing.
type byTime struct{}

func (byTime) Before(a, b timer) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.kind != b.kind:
		return a.kind < b.kind
	case a.token != b.token:
		return a.token < b.token
	case a.key.job != b.key.job:
		return a.key.job < b.key.job
	case a.key.workflow != b.key.workflow:
		return a.key.workflow < b.key.workflow
	}
	return a.n < b.n
}

func (byTime) Place(timer, int) {}

func (t *timers) arm(x timer) { t.heap = indexed.Push(byTime{}, t.heap, x) }

func (t *timers) next() core.Instant {
	if len(t.heap) == 0 {
		return core.Never
	}
	return t.heap[0].at
}

// pop takes out the first timer that is due.
func (t *timers) pop(now core.Instant) (timer, bool) {
	if t.next() > now {
		return timer{}, false
	}
	x := t.heap[0]
	t.heap = indexed.Remove(byTime{}, t.heap, 0)
	return x, true
}
