package call

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/coretest/wiretest"
)

// An answer that was cleared is the zero answer, whatever it said, and what does not go with its code is gone once it
// has been walked: as on the wire.
func TestAnswerKeepsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		full := report{Answer: Answer{
			Code: Code(rapid.IntRange(0, NumCodes-1).Draw(t, "code")), Leader: 3, RetryAfter: time.Second, Reason: ReasonRate, Current: 9, Check: 4, Tried: true,
		}}
		var w core.Walker
		b := full
		w.Clear(&b)
		if b.Answer != (Answer{}) {
			t.Fatalf("%+v after %+v", b.Answer, full.Answer)
		}
		want := Answer{Code: full.Code}
		switch full.Code {
		case CodeNotLeader:
			want = NotLeader(3)
		case CodeBusy:
			want = Busy(time.Second, ReasonRate)
		case CodeStaleFence:
			want = Stale(9)
		case CodeNoQuorum:
			want.Tried = true
		case CodeIsolation:
			want.Current, want.Check = 9, 4
		}
		if w.Hash(1, &full); full.Answer != want {
			t.Fatalf("%+v, want %+v", full.Answer, want)
		}
	})
}

// An answer survives its bytes.
func TestAnswerRoundTrip(t *testing.T) {
	var b core.Bodies
	b[answer] = func() core.Body { return new(report) }
	wiretest.RoundTrip(t, &b)
	wiretest.Truncation(t, &b)
}

// Every code has a name of its own and one stance.
func TestCodes(t *testing.T) {
	names := make(map[string]bool)
	for c := range Code(NumCodes) {
		n := 0
		for _, is := range []bool{c.Done(), c.Transient(), c.Permanent(), c == CodeNotLeader, codes[c].stance == stanceEnd} {
			if is {
				n++
			}
		}
		if names[c.String()] || c.String() == "" || n != 1 {
			t.Errorf("%d is %q, with %d stances", c, c, n)
		}
		names[c.String()] = true
	}
	if Code(NumCodes).String() != "unknown" {
		t.Error("a code that does not exist has a name")
	}
}
