package health

import (
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
)

// The vectors of spec 30 §15.13.
func TestBreaker(t *testing.T) {
	c := Default().Breaker
	var b Breaker
	for _, s := range []float64{0, 10, 20} {
		b.Failed(at(s), &c)
	}
	if b.Phase(at(20), &c) != Open || b.Allow(at(29.9), &c) {
		t.Fatalf("%v", b.Phase(at(20), &c))
	}
	b.Failed(at(25), &c) // of a call that began before: it extends nothing
	if b.Phase(at(30), &c) != HalfOpen || !b.Allow(at(30), &c) || b.Allow(at(30), &c) {
		t.Error("one trial at 30 s")
	}
	b.Failed(at(30.5), &c)
	if b.Phase(at(30.5), &c) != Open || b.Phase(at(40.4), &c) != Open || !b.Allow(at(40.5), &c) {
		t.Error("open again for ten seconds")
	}
	b.Succeeded(at(41), &c)
	if b.Phase(at(41), &c) != Closed || b.Errors() != 0 || b.Opened != 2 {
		t.Errorf("%v, %d errors, opened %d times", b.Phase(at(41), &c), b.Errors(), b.Opened)
	}
	b = Breaker{}
	for _, s := range []float64{0, 16, 31} {
		b.Failed(at(s), &c)
	}
	if b.Phase(at(31), &c) != Closed || b.Errors() != 2 {
		t.Errorf("%v, %d errors", b.Phase(at(31), &c), b.Errors())
	}
}

// A trial that nobody answers counts as a failure, and another process closes the breaker.
func TestTrialsRunOut(t *testing.T) {
	c := Default().Breaker
	var b Breaker
	for range 3 {
		b.Failed(0, &c)
	}
	if !b.Allow(at(10), &c) || b.Allow(at(39.9), &c) || b.Phase(at(39.9), &c) != HalfOpen {
		t.Error("the trial is in flight")
	}
	if b.Allow(at(40), &c) || b.Phase(at(40), &c) != Open || !b.Allow(at(50), &c) {
		t.Error("it ran out at 40 s")
	}
	if b.Reset(); b.Phase(at(50), &c) != Closed || !b.Allow(at(50), &c) {
		t.Error("another process answers there")
	}
}

// I-C1: an open breaker admits nothing, a half-open one at most one call in flight, and not before its time.
func TestBreakerProperty(t *testing.T) {
	c := Default().Breaker
	rapid.Check(t, func(t *rapid.T) {
		var b Breaker
		now, opened, since, inFlight := core.Instant(0), core.Never, core.Instant(0), false
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, 4), 1, 200).Draw(t, "steps") {
			now = now.Add(core.Duration(rapid.Int64Range(0, 12e9).Draw(t, "wait")))
			before, times := b.Phase(now, &c), b.Opened
			switch step {
			case 0, 1:
				b.Failed(now, &c)
			case 2:
				b.Succeeded(now, &c)
			case 3:
				allowed := b.Allow(now, &c)
				if allowed != (before == Closed || before == HalfOpen && !inFlight) && b.phase != Open {
					t.Fatalf("%v at %v, in flight %v: allowed %v", before, now, inFlight, allowed)
				}
				if allowed && before == HalfOpen {
					if opened == core.Never || now.Sub(opened) < c.HalfOpen {
						t.Fatalf("half-open at %v, opened at %v", now, opened)
					}
					inFlight, since = true, now
				}
			case 4: // it was let through and is not made
				if b.Spare(since+1) || b.Spare(since) != inFlight {
					t.Fatalf("in flight %v since %v", inFlight, since)
				}
				inFlight = false
			}
			switch {
			case b.Opened > times:
				opened, inFlight = now, false
			case b.phase == Closed:
				opened, inFlight = core.Never, false
			}
		}
	})
}

func TestBreakersDoNotAllocate(t *testing.T) {
	c := Default().Breaker
	var b Breaker
	now := core.Instant(0)
	if n := testing.AllocsPerRun(1000, func() {
		now += second
		b.Failed(now, &c)
		b.Allow(now, &c)
		b.Succeeded(now, &c)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
