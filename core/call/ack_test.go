package call

import (
	"testing"

	"hypersim/core"
)

// A used answer says nothing of its last message: what goes with another code is zero after a walk.
func TestAnswerForgets(t *testing.T) {
	var w core.Walker
	for code := range Code(NumCodes) {
		b := &Ack{Answer: Answer{Code: code, Leader: 1, RetryAfter: 2, Current: 3, Check: 4, Tried: true}}
		w.Hash(0, b)
		want := Answer{Code: code}
		switch code {
		case CodeNotLeader:
			want.Leader = 1
		case CodeBusy:
			want.RetryAfter = 2
		case CodeStaleFence:
			want.Current = 3
		case CodeNoQuorum:
			want.Tried = true
		case CodeIsolation:
			want.Current, want.Check = 3, 4
		}
		if b.Answer != want {
			t.Errorf("%v: %+v, want %+v", code, b.Answer, want)
		}
		if w.Clear(b); b.Answer != (Answer{}) {
			t.Errorf("%v: cleared, but %+v", code, b.Answer)
		}
	}
}
