package worker

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// every lets whole seconds pass up to the given one; each time what the worker has sent is answered by do.
func (b *bench) every(to int, do func()) {
	for at := b.now + sec; at <= core.Instant(to)*sec; at += sec {
		b.until(at)
		do()
	}
}

func progressAck(de uint32) *job.WorkflowProgressAck {
	a := new(job.WorkflowProgressAck)
	a.DE = de
	return a
}

func (b *bench) state(flow job.WorkflowID) job.ShardState {
	if x := b.w.shards.by[flowKey{9, flow}]; x != nil {
		return x.state
	}
	return job.ShardNone
}

// Spec 20 §5.8, first row, with 04-27: from when on nobody leads a shard, and what says that somebody does. A shard is
// stopped 30 s after it was found an orphan, and looked at every second.
func TestOrphanRows(t *testing.T) {
	verdict := func(s cancel.ShardStatus, de uint32) func(b *bench) {
		return func(b *bench) {
			b.answerAll(core.KindWorkflowCancellationQuery, core.KindWorkflowCancellationResponse, func(m *core.Message) core.Body {
				return &cancel.QueryResponse{Verdicts: []cancel.Verdict{{Status: s, DE: de}}}
			}, 0)
		}
	}
	for _, x := range []struct {
		what        string
		each        func(b *bench) // second
		first, last int            // it runs at the first, and no more at the last; last = 0: it runs at 200 s
	}{
		{"silence", func(*bench) {}, 59, 62},
		{"acks", func(b *bench) {
			b.answerAll(core.KindWorkflowProgress, core.KindWorkflowProgressAck, func(*core.Message) core.Body { return progressAck(1) }, 0)
		}, 199, 0},
		{"acks for 20 s", func(b *bench) {
			if b.now <= 20*sec {
				b.answerAll(core.KindWorkflowProgress, core.KindWorkflowProgressAck, func(*core.Message) core.Body { return progressAck(1) }, 0)
			}
		}, 79, 82},
		{"its leader is dead at 10 s", func(b *bench) { b.dead[0] = b.now >= 10*sec }, 39, 42},
		{"dead from 10 s to 20 s", func(b *bench) { b.dead[0] = b.now >= 10*sec && b.now < 20*sec }, 39, 62},
		{"a query says RUN", verdict(cancel.ShardRun, 1), 199, 0},
		{"a query says UNKNOWN under a lower epoch", verdict(cancel.ShardUnknown, 0), 59, 62},
		{"a query says UNKNOWN under its own epoch", verdict(cancel.ShardUnknown, 1), 4, 12},
		{"a query says STALE under a higher one", verdict(cancel.ShardStale, 2), 4, 12},
		{"somebody else acks", func(b *bench) {
			for _, m := range b.of(core.KindWorkflowProgress) {
				m.To = 1
				b.answer(&m, core.KindWorkflowProgressAck, progressAck(1))
			}
		}, 59, 62},
	} {
		b := on(t, 3)
		b.order(0, 9, 1, 1, 1)
		b.every(x.first, func() { x.each(b) })
		if b.state(1) != job.ShardRunning {
			t.Errorf("%s: %v at %v", x.what, b.state(1), b.now)
		}
		to := x.last
		if to == 0 {
			to = 200
		}
		b.every(to, func() { x.each(b) })
		if (b.state(1) == job.ShardRunning) != (x.last == 0) {
			t.Errorf("%s: %v at %v", x.what, b.state(1), b.now)
		}
	}
}

// Spec 20 §5.8: what clears the mark of an orphan is a transfer or a word of its leader about it. One that is back and says nothing of
// the shard has forgotten it, perhaps.
func TestOrphanOfALeaderThatIsBack(t *testing.T) {
	for _, acks := range []bool{false, true} {
		b := on(t, 3)
		b.cfg.Orphan.Grace = core.Duration(5 * sec)
		b.order(0, 9, 1, 1, 1)
		b.every(30, func() {
			b.dead[0] = b.now >= 10*sec && b.now < 13*sec
			if b.now < 10*sec || acks && b.now >= 13*sec {
				b.answerAll(core.KindWorkflowProgress, core.KindWorkflowProgressAck, func(*core.Message) core.Body { return progressAck(1) }, 0)
			}
			if runs := b.state(1) == job.ShardRunning; runs != (acks || b.now < 17*sec) && b.now != 16*sec {
				t.Fatalf("acks: %v; at %v it is %v", acks, b.now, b.state(1))
			}
		})
	}
}

// The result of an orphan goes to a manager that is up, not to the silent one; that one was asked first, and again in
// every round, until somebody has it.
func TestOrphanResult(t *testing.T) {
	b := on(t, 3)
	b.order(0, 9, 1, 1, 1)
	b.dead[0], b.dead[1] = true, true
	b.until(35 * sec)
	b.of(core.KindPing)
	b.step(func() {
		b.w.Ended(b.now, job.Shard{Job: 9, Workflow: 1, Attempt: 1}, job.Ticket{DE: 1, N: 1}.Token(), job.EndedCancelled, job.ErrorCancelled, &b.fx)
	})
	list := b.of(core.KindWorkflowFinalResult)
	if len(list) != 1 || list[0].To != 2 {
		t.Fatalf("%d offers, the first to %d", len(list), list[0].To)
	}
	r := list[0].Body.(*job.WorkflowFinalResult)
	if r.Ended != job.EndedCancelled || r.Error != job.ErrorOrphan {
		t.Errorf("%v, %v", r.Ended, r.Error)
	}
	b.answer(&list[0], core.KindWorkflowFinalResultAck, &call.Ack{Answer: call.NotLeader(1)}) // it knows who leads it
	list = b.of(core.KindWorkflowFinalResult)
	if len(list) != 1 || list[0].To != 1 {
		t.Fatalf("%d offers after a redirect", len(list))
	}
	b.until(b.now + 6*sec) // no answer
	asked := map[core.NodeID]int{}
	for range 40 {
		b.until(b.now + 5*sec)
		for _, m := range b.of(core.KindWorkflowFinalResult) {
			asked[m.To]++
		}
	}
	if asked[0] < 3 || asked[1] < 3 || asked[2] < 3 {
		t.Errorf("asked %v", asked)
	}
	b.answerAll(core.KindWorkflowFinalResult, core.KindWorkflowFinalResultAck, func(*core.Message) core.Body { return &call.Ack{} })
	b.until(b.now + 300*sec)
	if b.w.results.len() != 0 {
		t.Error("a result is kept for ever")
	}
}

// Spec 20 §5.8 has three words about an orphan: marked, led again, given up.
func TestOrphanFacts(t *testing.T) {
	b := on(t, 2)
	b.order(0, 9, 1, 1, 1)
	b.order(0, 8, 1, 1, 1)
	b.until(40 * sec)
	b.lead(1, 8, 2)
	b.until(62 * sec)
	var have [2][]uint8
	for _, f := range b.told {
		if f.Kind == core.JobFactOrphan {
			have[f.Job-8] = append(have[f.Job-8], f.To)
		}
	}
	if string(have[0]) != "\x01\x00" || string(have[1]) != "\x01\x02" {
		t.Errorf("%v", have)
	}
}
