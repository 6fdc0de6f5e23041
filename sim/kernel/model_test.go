package kernel

import (
	"fmt"
	"slices"

	"hypersim/core"
)

// model is the readable queue: a slice that is sorted before each pop.
type model struct {
	events []Event
	floor  core.Instant
}

func (m *model) push(e Event) { m.events = append(m.events, e) }

func (m *model) pop() (Event, bool) {
	if len(m.events) == 0 {
		return Event{}, false
	}
	slices.SortFunc(m.events, compare)
	e := m.events[0]
	m.events = slices.Delete(m.events, 0, 1)
	m.floor = e.At
	return e, true
}

func (m *model) peek() (Event, bool) {
	if len(m.events) == 0 {
		return Event{}, false
	}
	return slices.MinFunc(m.events, compare), true
}

// check verifies everything that queue.go claims about a queue's state. It costs time in the number of
// pending events.
func (q *Queue) check() error {
	size := len(q.run)
	for i := range q.run {
		e := &q.run[i]
		if i > 0 && q.run[i-1].before(e) {
			return fmt.Errorf("run out of order at %d: %v before %v", i, q.run[i-1], *e)
		}
		if e.At < q.floor {
			return fmt.Errorf("run holds %v, before the floor %v", *e, q.floor)
		}
		if limit := (Event{At: q.limit.at, Key: q.limit.key}); limit.before(e) {
			return fmt.Errorf("run holds %v, behind the limit %v", *e, q.limit)
		}
	}
	chunks := make([]bool, len(q.links))
	for lv, l := range q.level {
		if l == nil {
			continue
		}
		any := false
		for slot := range l.buckets {
			n, err := q.checkBucket(lv, uint32(slot), chunks)
			if err != nil {
				return fmt.Errorf("level %d slot %d: %w", lv, slot, err)
			}
			size += n
			any = any || n > 0
			if have := l.occupied[slot/64]>>(slot%64)&1 == 1; have != (n > 0) {
				return fmt.Errorf("level %d slot %d: marked occupied %t, holds %d", lv, slot, have, n)
			}
		}
		if have := q.occupied>>lv&1 == 1; have != any {
			return fmt.Errorf("level %d: marked occupied %t", lv, have)
		}
	}
	for c := q.free; c != 0; c = q.links[c-1] {
		if chunks[c-1] {
			return fmt.Errorf("chunk %d is free and used, or free twice", c-1)
		}
		chunks[c-1] = true
	}
	if lost := slices.Index(chunks, false); lost >= 0 {
		return fmt.Errorf("chunk %d is neither free nor used", lost)
	}
	if size != q.size {
		return fmt.Errorf("size is %d, counted %d", q.size, size)
	}
	return nil
}

func (q *Queue) checkBucket(lv int, slot uint32, chunks []bool) (int, error) {
	b := q.level[lv].buckets[slot]
	n := 0
	for end := b.end; end != 0; {
		first := (end - 1) &^ (chunkLen - 1)
		if chunks[first/chunkLen] {
			return 0, fmt.Errorf("chunk %d used twice", first/chunkLen)
		}
		chunks[first/chunkLen] = true
		for i := first; i < end; i++ {
			e := &q.events[i]
			if e.At < q.floor {
				return 0, fmt.Errorf("%v is before the floor %v", *e, q.floor)
			}
			if limit := (Event{At: q.limit.at, Key: q.limit.key}); !limit.before(e) {
				return 0, fmt.Errorf("%v is not behind the limit %v", *e, q.limit)
			}
			if l, s := e.place().highest(q.limit); l != lv || s != slot {
				return 0, fmt.Errorf("%v belongs in level %d slot %d", *e, l, s)
			}
		}
		n += int(end - first)
		end = q.links[first/chunkLen] << chunkBits
	}
	if n != int(b.count) {
		return 0, fmt.Errorf("count is %d, counted %d", b.count, n)
	}
	return n, nil
}
