package host

import (
	"testing"

	"hypersim/core"
	"hypersim/core/rng"
)

// While paused nothing is handled, however many pauses overlap; what comes waits; it goes on when the last
// one is over (spec 50 §3).
func TestPausesNest(t *testing.T) {
	h := newHost(rng.Dist{}, 2, true)
	h.Pause()
	h.Pause()
	for i, want := range []State{Busy, Busy, Full} {
		if s, _ := h.Arrive(core.Instant(i), core.ClassControl, uint32(i)); s != want {
			t.Errorf("arrival %d: state %v, want %v", i, s, want)
		}
	}
	if h.NeedsTurn() {
		t.Error("asks for a turn while paused")
	}
	if _, ok := h.Turn(); ok {
		t.Error("takes a message while paused")
	}
	if h.Resume() || !h.Paused() {
		t.Error("runs although one pause is left")
	}
	if !h.Resume() || h.Paused() {
		t.Error("does not run after the last pause")
	}
	if !h.NeedsTurn() {
		t.Error("does not ask for a turn after the pause")
	}
	for want := range uint32(2) {
		if handle, ok := h.Turn(); !ok || handle != want {
			t.Errorf("took %d, %v, want %d", handle, ok, want)
		}
	}
}

// A turn that was scheduled before a pause and comes during it is void, and asked for again afterwards; one
// that comes after a short pause still holds.
func TestTurnAcrossPause(t *testing.T) {
	for _, during := range []bool{true, false} {
		h := newHost(rng.Dist{}, 2, true)
		h.busy = 10
		h.Arrive(0, core.ClassControl, 7)
		if !h.NeedsTurn() {
			t.Fatal("does not ask for a turn")
		}
		h.Pause()
		if during {
			if _, ok := h.Turn(); ok {
				t.Error("takes a message while paused")
			}
		}
		h.Resume()
		if have := h.NeedsTurn(); have != during {
			t.Errorf("turn came during the pause: %v; asks again: %v", during, have)
		}
		if handle, ok := h.Turn(); !ok || handle != 7 {
			t.Errorf("took %d, %v", handle, ok)
		}
	}
}
