package job

import (
	"slices"
	"testing"
)

// The table of spec 20 §3.1, written down once more by hand.
func TestStateTable(t *testing.T) {
	edges := map[State][]State{
		StateNone:        {StateSubmitted},
		StateSubmitted:   {StateQueued, StateDispatching, StateCancelling, StateFailed, StateTimeout},
		StateQueued:      {StateDispatching, StateCancelling, StateFailed, StateTimeout},
		StateDispatching: {StateRunning, StateQueued, StateCancelling, StateFailed, StateTimeout},
		StateRunning:     {StateCompleting, StateCancelling, StateFailed, StateTimeout},
		StateCompleting:  {StateCompleted, StateFailed, StateCancelled, StateTimeout},
		StateCancelling:  {StateCancelled},
	}
	terminal := []State{StateCompleted, StateFailed, StateCancelled, StateTimeout}
	for s := range State(NumStates) {
		if s.Terminal() != slices.Contains(terminal, s) {
			t.Errorf("%v terminal: %v", s, s.Terminal())
		}
		for to := range State(NumStates) {
			if have, want := s.May(to), slices.Contains(edges[s], to); have != want {
				t.Errorf("%v → %v: %v", s, to, have)
			}
		}
	}
	if StateNone.May(NumStates) || State(99).May(StateSubmitted) || State(99).Terminal() {
		t.Error("states that do not exist")
	}
}

// Ids as they are printed and hashed, tokens as in spec 20 §13.1.
func TestIDs(t *testing.T) {
	if have := ID(0xdeadbeef).String(); have != "job-00000000deadbeef" {
		t.Error(have)
	}
	if have := WorkflowID(255).String(); have != "wf-00000000000000ff" {
		t.Error(have)
	}
	for _, x := range []struct {
		de, n uint32
		want  Token
	}{{1, 1, 4294967297}, {1, 7, 4294967303}, {2, 1, 8589934593}} {
		if have := (Ticket{DE: x.de, N: x.n}.Token()); have != x.want || have.Epoch() != x.de {
			t.Errorf("%d, %d: %d", x.de, x.n, have)
		}
	}
}
