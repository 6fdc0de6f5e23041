package pressure

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// signal is the last one of a manager.
type signal struct {
	from       core.NodeID
	level      job.Pressure
	delay      core.Duration
	epoch, seq uint32
	at         core.Instant
}

const signalBytes = 32

// Table holds the signals of managers, by id. Its zero value is empty, and takes every signal.
type Table struct {
	Latches bool // a lower level or a shorter delay is never taken, and nothing is forgotten (30/D27)

	list []signal
}

func (t *Table) place(id core.NodeID) (int, bool) {
	return slices.BinarySearchFunc(t.list, id, func(s signal, id core.NodeID) int { return cmp.Compare(s.from, id) })
}

// Apply takes a signal, unless a newer one is known. It reports whether it did. One without a number is of a manager from
// before there were any: what arrives last counts.
func (t *Table) Apply(now core.Instant, from core.NodeID, b *job.Backpressure) bool {
	i, known := t.place(from)
	if known {
		if s := &t.list[i]; b.Seq != 0 && (b.Epoch < s.epoch || b.Epoch == s.epoch && b.Seq <= s.seq) {
			return false
		}
	} else {
		t.list = slices.Insert(t.list, i, signal{from: from})
	}
	s := signal{from, b.Level, b.Delay, b.Epoch, b.Seq, now}
	if b.Seq == 0 {
		s.epoch, s.seq = t.list[i].epoch, t.list[i].seq
	}
	if old := &t.list[i]; t.Latches {
		s.level, s.delay = max(s.level, old.level), max(s.delay, old.delay)
	}
	t.list[i] = s
	return true
}

func (t *Table) old(now core.Instant, ttl core.Duration, s *signal) bool {
	return !t.Latches && now.Sub(s.at) > ttl
}

// Remove forgets a manager that is gone, and reports whether it was known.
func (t *Table) Remove(id core.NodeID) bool {
	i, known := t.place(id)
	if known {
		t.list = slices.Delete(t.list, i, i+1)
	}
	return known
}

// Expire forgets what nobody repeated for longer than ttl.
func (t *Table) Expire(now core.Instant, ttl core.Duration) {
	if !t.Latches {
		t.list = slices.DeleteFunc(t.list, func(s signal) bool { return now.Sub(s.at) > ttl })
	}
}

// Next is when the first signal above NONE is over that nobody repeats until then, core.Never if there is none.
func (t *Table) Next(ttl core.Duration) core.Instant {
	at := core.Never
	for i := range t.list {
		if s := &t.list[i]; s.level != job.PressureNone && !t.Latches {
			at = min(at, s.at.Add(ttl+1))
		}
	}
	return at
}

// Worst returns the worst level of those whose signal is no older than ttl and that match, nil for all, and the longest delay
// that was asked for at it.
func (t *Table) Worst(now core.Instant, ttl core.Duration, match func(core.NodeID) bool) (l job.Pressure, sig core.Duration) {
	for i := range t.list {
		s := &t.list[i]
		if t.old(now, ttl, s) || match != nil && !match(s.from) {
			continue
		}
		switch {
		case s.level > l:
			l, sig = s.level, s.delay
		case s.level == l:
			sig = max(sig, s.delay)
		}
	}
	return l, sig
}

// Of returns what one manager asked for, NONE where nothing is known of it.
func (t *Table) Of(now core.Instant, ttl core.Duration, id core.NodeID) (job.Pressure, core.Duration) {
	i, known := t.place(id)
	if !known || t.old(now, ttl, &t.list[i]) {
		return job.PressureNone, 0
	}
	return t.list[i].level, t.list[i].delay
}

// Len is how many managers are known.
func (t *Table) Len() int { return len(t.list) }

// MemoryBytes returns the heap bytes of t.
func (t *Table) MemoryBytes() int { return signalBytes * cap(t.list) }
