package host

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/rng"
)

// Arm and Fires against a naive model that keeps every event in a sorted list and the one wanted instant:
// a wanted wake-up is never missed, and an event fires exactly if it is the wanted one.
func TestWakeAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHost(rng.Dist{}, 1, true)
		var queue []core.Instant // what a kernel would hold
		now, wanted := core.Instant(0), core.Never
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			switch op := rapid.IntRange(0, 10).Draw(t, "op"); {
			case op < 5: // few distinct instants, so that they meet again
				at := now + core.Instant(rapid.IntRange(0, 8).Draw(t, "at"))
				if h.Arm(at) {
					queue = append(queue, at)
					slices.Sort(queue)
				}
				wanted = min(wanted, at)
			case op < 9 && len(queue) > 0:
				now = queue[0]
				queue = queue[1:]
				if have, want := h.Fires(now), now == wanted; have != want {
					t.Fatalf("event at %d: fires %v, wanted was %d", now, have, wanted)
				}
				if now == wanted {
					wanted = core.Never
				}
			case op == 10: // a service ends now
				if have, want := h.Overdue(now), wanted <= now; have != want {
					t.Fatalf("at %d: overdue %v, wanted was %d", now, have, wanted)
				}
				if wanted <= now {
					wanted = core.Never
				}
			case op == 9:
				h.Crash(func(uint32) {})
				if len(queue) > 0 && queue[0] == now && h.Fires(now) {
					t.Fatalf("fires while down")
				}
				h.Start(now)
				wanted = core.Never
			}
			if wanted != core.Never && !slices.Contains(queue, wanted) {
				t.Fatalf("wanted at %d, but the queue is %v", wanted, queue)
			}
		}
	})
}

// The usual case: a probe timer a second ahead, again and again superseded by an ack's timeout before it
// and wanted once more afterwards, needs no second event.
func TestSupersededWakeIsUsedAgain(t *testing.T) {
	h := newHost(rng.Dist{}, 1, true)
	if !h.Arm(1000) {
		t.Fatal("the first needs an event")
	}
	for at := core.Instant(100); at < 1000; at += 100 {
		if !h.Arm(at) {
			t.Fatalf("an earlier one at %d needs an event", at)
		}
		if !h.Fires(at) {
			t.Fatalf("the one at %d does not fire", at)
		}
		if h.Arm(1000) {
			t.Fatalf("after %d the one at 1000 got a second event", at)
		}
	}
	if !h.Fires(1000) || h.Fires(1000) {
		t.Error("the one at 1000 must fire once")
	}
}

// So is a later one that an older, earlier one went before.
func TestTwoSupersededWakesAreUsedAgain(t *testing.T) {
	h := newHost(rng.Dist{}, 1, true)
	for _, step := range []struct {
		arm    core.Instant
		needs  bool
		fire   core.Instant // 0: nothing
		wanted bool
	}{
		{arm: 1000, needs: true},
		{arm: 100, needs: true, fire: 100, wanted: true}, // 1000 is left over
		{arm: 2000, needs: true},
		{arm: 1000, needs: false, fire: 1000, wanted: true}, // now 2000 is
		{arm: 2000, needs: false, fire: 2000, wanted: true},
		{arm: 3000, needs: true},
		{arm: 2500, needs: true, fire: 2500, wanted: true},
		{arm: 4000, needs: true, fire: 3000, wanted: false}, // nobody wants it any more
		{arm: 4000, needs: false, fire: 4000, wanted: true},
	} {
		if have := h.Arm(step.arm); have != step.needs {
			t.Errorf("arming for %d needs an event: %v, want %v", step.arm, have, step.needs)
		}
		if step.fire != 0 && h.Fires(step.fire) != step.wanted {
			t.Errorf("the event at %d is wanted: want %v", step.fire, step.wanted)
		}
	}
}
