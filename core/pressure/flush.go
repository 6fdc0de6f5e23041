package pressure

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Flush is when a worker reports next.
type Flush struct {
	base  core.Duration // between two of them while nobody is under pressure
	last  core.Instant
	next  core.Instant
	level job.Pressure
}

// Begin starts at now; the first flush is due at first, the next ones every base while nobody is under pressure.
func (f *Flush) Begin(now, first core.Instant, base core.Duration) {
	*f = Flush{base: base, last: now, next: first}
}

// Next is when to flush.
func (f *Flush) Next() core.Instant { return f.next }

// Flushed says that it happened, at a level.
func (f *Flush) Flushed(now core.Instant, k *Keys, l job.Pressure, sig core.Duration) {
	f.last, f.level, f.next = now, l, now.Add(k.Interval(f.base, l, sig))
}

// Heard is told after a signal: a level that fell shortens the wait, counted from the last flush; one that rose lengthens
// the next one. It reports whether the time moved.
func (f *Flush) Heard(now core.Instant, k *Keys, l job.Pressure, sig core.Duration) bool {
	if l >= f.level {
		return false
	}
	f.level = l
	next := max(now, f.last.Add(k.Interval(f.base, l, sig)))
	if next >= f.next {
		return false
	}
	f.next = next
	return true
}

// What is what a flush consists of.
type What uint8

// What is sent.
const (
	Singles  What = iota // the newest snapshot of every shard, each by itself
	Batches              // one message per job and leader
	Critical             // what is critical only, and where there is nothing one empty probe per leader, so that an answer can clear it
)

// Of says what a flush at a level consists of, towards a peer that takes batches or does not.
func Of(l job.Pressure, batches bool) What {
	switch {
	case l == job.PressureReject:
		return Critical
	case l == job.PressureBatch && batches:
		return Batches
	}
	return Singles
}

// Pass is what a gate does with an update of a datacenter.
type Pass uint8

// What is done with an update.
const (
	Now  Pass = iota // it goes on at once
	Hold             // the newest one goes on when the interval is over
	Drop             // it is counted and gone
)

// Forward says what a gate does with an update under the level of the datacenter that it comes from; status: it tells of a
// change of state, or of an end.
func Forward(l job.Pressure, status bool) Pass {
	switch {
	case l == job.PressureNone, l == job.PressureReject && status:
		return Now
	case l == job.PressureReject:
		return Drop
	}
	return Hold
}

// ForwardInterval is how long held updates wait.
func (k *Keys) ForwardInterval(l job.Pressure, delay core.Duration) core.Duration {
	if l == job.PressureNone {
		return 0
	}
	return k.Forward + delay
}
