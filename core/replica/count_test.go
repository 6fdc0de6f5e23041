package replica

import (
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
)

// What a majority has is found by counting once in most cases; here it is what each ack says, looked at one by one.
func TestAgreedAndReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &lead{committed: uint64(rapid.IntRange(0, 4).Draw(t, "committed")), acks: make([]ack, rapid.IntRange(1, 9).Draw(t, "peers"))}
		for i := range l.acks {
			l.acks[i] = ack{seq: uint64(rapid.IntRange(0, 5).Draw(t, "seq")), at: core.Instant(rapid.IntRange(0, 5).Draw(t, "at"))}
		}
		need, since := rapid.IntRange(1, len(l.acks)).Draw(t, "need"), core.Instant(rapid.IntRange(0, 5).Draw(t, "since"))
		after := core.Instant(rapid.IntRange(-1, 5).Draw(t, "after"))
		seq, at := l.committed, nobody
		for i := range l.acks {
			withSeq, withAt := 0, 0
			for _, a := range l.acks {
				if a.at >= since && a.seq >= l.acks[i].seq {
					withSeq++
				}
				if a.seq > 0 && a.at >= l.acks[i].at {
					withAt++
				}
			}
			if withSeq >= need {
				seq = max(seq, l.acks[i].seq)
			}
			if withAt >= need && l.acks[i].at > after {
				at = max(at, l.acks[i].at)
			}
		}
		if have := l.agreed(need, since); have != seq {
			t.Errorf("agreed: %d, want %d", have, seq)
		}
		if have := l.reached(need, after); have != at {
			t.Errorf("reached: %d, want %d", have, at)
		}
	})
}
