package worker

import (
	"hypersim/core"
	"hypersim/core/indexed"
)

// timerKind is what happens when a timer is due.
type timerKind uint8

const (
	timerResult   timerKind = iota // offer a result again
	timerRegister                  // nobody accepted this worker
	timerBeat                      // tell managers of free cores
	timerOrphans
	timerQuery
	timerDrain
	timerFlush  // send what there is to tell of shards
	timerSignal // a signal of a manager may be over
	timerWindow // tell of windows
)

// timer is one deadline that is no shard's. Nothing is taken out before its time: what is no longer true finds nothing
// to do.
type timer struct {
	at   core.Instant
	kind timerKind
	n    uint32
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

// ofJobs returns how many are about shards.
func (t *timers) ofJobs() (n int) {
	for i := range t.heap {
		if t.heap[i].kind == timerResult {
			n++
		}
	}
	return n
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
