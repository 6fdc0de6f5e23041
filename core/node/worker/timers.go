package worker

import "hypersim/core"

// timerKind is what happens when a timer is due.
type timerKind uint8

const (
	timerResult   timerKind = iota // offer a result again
	timerRegister                  // nobody accepted this worker
	timerBeat                      // tell managers of free cores
	timerApart                     // tell those that find nothing on pings
	timerOrphans
	timerQuery
	timerDrain
	timerFlush  // send what there is to tell of shards
	timerSignal // a signal of a manager may be over
	timerWindow // tell of windows
)

// timer is one deadline that is no shard's.
type timer struct {
	at   core.Instant
	kind timerKind
	n    uint32
}

// Due implements job.Deadline.
func (a timer) Due() core.Instant { return a.at }

// Before implements job.Deadline.
func (a timer) Before(b timer) bool {
	switch {
	case a.at != b.at:
		return a.at < b.at
	case a.kind != b.kind:
		return a.kind < b.kind
	}
	return a.n < b.n
}

// ofJobs returns how many deadlines are about shards.
func ofJobs(list []timer) (n int) {
	for i := range list {
		if list[i].kind == timerResult {
			n++
		}
	}
	return n
}
