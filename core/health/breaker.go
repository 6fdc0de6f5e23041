package health

import "hypersim/core"

// Breaker keeps calls away from a node that fails them. Its zero value is closed. It costs what its errors need.
type Breaker struct {
	errors []core.Instant // of the last ones, oldest first
	since  core.Instant   // open: since when; half-open: when the trial was let through
	phase  Phase
	trial  bool // half-open: one is in flight
	Opened uint64
}

// Phase returns where the breaker stands now.
func (b *Breaker) Phase(now core.Instant, c *BreakerKeys) Phase {
	if b.phase == Open && now.Sub(b.since) >= c.HalfOpen {
		return HalfOpen
	}
	return b.phase
}

// Ripen makes a breaker half open that has been open for its time, and reports whether it did: a clock that goes back later does not
// take that back.
func (b *Breaker) Ripen(now core.Instant, c *BreakerKeys) bool {
	if b.phase != Open || b.Phase(now, c) != HalfOpen {
		return false
	}
	b.phase = HalfOpen
	return true
}

// Allow reports whether a call may be made now. The call that a half-open breaker lets through is its trial.
func (b *Breaker) Allow(now core.Instant, c *BreakerKeys) bool {
	switch b.Phase(now, c) {
	case Closed:
		return true
	case Open:
		return false
	default: // half open, or about to be
	}
	if b.phase == HalfOpen && b.trial {
		if now.Sub(b.since) < c.Trial {
			return false
		}
		b.open(now) // nobody answered the trial
		return false
	}
	b.phase, b.trial, b.since = HalfOpen, true, now
	return true
}

// Spare gives back a trial that was let through at an instant and was not made: the next call may be it. It reports whether there was one.
func (b *Breaker) Spare(since core.Instant) bool {
	if b.phase != HalfOpen || !b.trial || b.since != since {
		return false
	}
	b.trial = false
	return true
}

// Succeeded takes in that a call was answered, be it by a refusal.
func (b *Breaker) Succeeded(now core.Instant, c *BreakerKeys) {
	if b.Phase(now, c) == HalfOpen && b.trial {
		b.Reset()
	}
}

// Failed takes in a fault: no way, no answer in time, an internal error. One of a call that began before the breaker
// opened does not keep it open for longer.
func (b *Breaker) Failed(now core.Instant, c *BreakerKeys) {
	switch b.Phase(now, c) {
	case Open:
		return
	case HalfOpen:
		if b.trial {
			b.open(now)
		}
		return
	default: // closed: it is counted
	}
	for len(b.errors) > 0 && b.errors[0] < now-core.Instant(c.Window) {
		b.errors = b.errors[:copy(b.errors, b.errors[1:])]
	}
	b.errors = append(b.errors, now)
	if len(b.errors) >= c.Errors {
		b.open(now)
	}
}

func (b *Breaker) open(now core.Instant) {
	b.phase, b.since, b.trial, b.errors = Open, now, false, b.errors[:0]
	b.Opened++
}

// Reset closes the breaker and forgets all errors: another process answers there.
func (b *Breaker) Reset() {
	b.phase, b.trial, b.errors = Closed, false, b.errors[:0]
}

// Errors returns how many errors are remembered.
func (b *Breaker) Errors() int { return len(b.errors) }

// MemoryBytes returns the heap bytes beside b itself.
func (b *Breaker) MemoryBytes() int { return 8 * cap(b.errors) }
