package job

import (
	"hypersim/core"
	"hypersim/core/call"
)

// Batches are the messages of one round of progress: each client gets one, with all its jobs.
type Batches struct{ list []batch }

type batch struct {
	to core.NodeID
	b  *BatchPush
}

// Begin begins a round.
func (l *Batches) Begin() { l.list = l.list[:0] }

// Entry adds a job to what a client is told, and returns where its status is to be written; valid until the next call. Nobody
// answers a batch; its way may take timeout.
func (l *Batches) Entry(calls *call.Calls, client core.NodeID, timeout core.Duration, fx *core.Effects) *Status {
	b := l.of(calls, client, timeout, fx)
	var s *Status
	b.Entries, s = OneMore(b.Entries)
	return s
}

// OneMore returns list with one more element, which is empty and whose own list keeps its memory, and that element.
func OneMore(list []Status) ([]Status, *Status) {
	n := len(list)
	if n == cap(list) {
		list = append(list, Status{})
		return list, &list[n]
	}
	list = list[:n+1]
	list[n] = Status{PerSite: list[n].PerSite[:0]}
	return list, &list[n]
}

func (l *Batches) of(calls *call.Calls, client core.NodeID, timeout core.Duration, fx *core.Effects) *BatchPush {
	for i := range l.list {
		if l.list[i].to == client {
			return l.list[i].b
		}
	}
	b := core.Attach[BatchPush](fx, calls.Tell(fx, core.KindJobBatchPush, client, timeout))
	l.list = append(l.list, batch{to: client, b: b})
	return b
}
