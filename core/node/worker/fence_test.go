package worker

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

func (b *bench) starts() (n int) {
	for _, x := range b.left {
		if x.Kind == core.WorkStart {
			n++
		}
	}
	return n
}

// §4.6: what is known of a dispatch outlives its shard by 600 s, however long that runs: a copy of it starts nothing a second
// time, and stops nothing.
func TestLateCopyOfALongShard(t *testing.T) {
	b := on(t, 1)
	b.cfg.Orphan.Silence, b.cfg.Cancel.PollInterval = 10_000e9, 10_000e9
	if c := b.order(0, 9, 1, 1, 1); c != call.CodeOK {
		t.Fatalf("%v", c)
	}
	for _, at := range []core.Instant{599, 650, 1300} {
		b.until(at * sec)
		if c := b.order(0, 9, 1, 1, 1); c != call.CodeDuplicate || b.starts() != 1 || len(b.w.shards.by) != 1 {
			t.Errorf("after %d s: %v, %d starts, %d shards", at, c, b.starts(), len(b.w.shards.by))
		}
	}
	x := b.w.shards.order[0]
	b.step(func() { b.w.Ended(b.now, x.Shard, x.token, job.EndedCompleted, job.ErrorNone, &b.fx) })
	b.until(1800 * sec)
	if c := b.order(0, 9, 1, 1, 1); c != call.CodeDuplicate || b.starts() != 1 {
		t.Errorf("500 s after its end: %v, %d starts", c, b.starts())
	}
	b.until(2600 * sec)
	if n := len(b.w.acks.by) + len(b.w.acks.dates) + b.w.fences.Len(); n != 0 {
		t.Errorf("%d entries are left", n)
	}
}
