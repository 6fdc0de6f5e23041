package job

import "testing"

// The manager's rows of spec 20 §8.3.
func TestOutcome(t *testing.T) {
	for _, x := range []struct {
		t    Tally
		s    State
		c    Completeness
		what string
	}{
		{Tally{3, 0, 0}, StateCompleted, CompleteFull, "all completed"},
		{Tally{2, 1, 0}, StateFailed, CompletePartial, "one failed"},
		{Tally{0, 2, 0}, StateFailed, CompleteNone, "all failed"},
		{Tally{0, 1, 1}, StateFailed, CompleteNone, "failed and cancelled"},
		{Tally{1, 0, 1}, StateCompleted, CompletePartial, "one cancelled by itself"},
		{Tally{0, 0, 2}, StateCancelled, CompleteNone, "all cancelled by themselves"},
	} {
		if s, c := x.t.Outcome(); s != x.s || c != x.c {
			t.Errorf("%s: %v %v", x.what, s, c)
		}
	}
}
