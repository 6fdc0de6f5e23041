package worker

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// Spec 20 §5.6, row by row: what a worker answers to the word of a new leader.
func TestTransferRows(t *testing.T) {
	b := on(t, 3)
	b.order(0, 9, 1, 2, 1)
	b.order(0, 9, 2, 2, 2)
	for i, x := range []struct {
		row, from int
		job       job.ID
		de        uint32
		want      call.Code
		shards    int
		leader    core.NodeID // of job 9 afterwards
	}{
		{1, 1, 9, 1, call.CodeStaleFence, 0, 0},
		{1, 1, 9, 2, call.CodeStaleFence, 0, 0}, // the same epoch, of another manager
		{2, 0, 9, 2, call.CodeDuplicate, 2, 0},
		{4, 1, 9, 3, call.CodeOK, 2, 1},
		{2, 1, 9, 3, call.CodeDuplicate, 2, 1}, // its ack was lost: with all shards again
		{1, 0, 9, 2, call.CodeStaleFence, 0, 1},
		{5, 2, 8, 1, call.CodeOK, 0, 1},
		{1, 0, 8, 1, call.CodeStaleFence, 0, 1},
		{5, 0, 8, 2, call.CodeOK, 0, 1},
		{3, 5, 9, 9, call.CodeSyncing, 0, 1}, // not registered there
		{0, 1, 9, 0, call.CodeInvalid, 0, 1},
	} {
		a, whole := b.lead(core.NodeID(x.from), x.job, x.de)
		accepted := x.want == call.CodeOK || x.want == call.CodeDuplicate
		if a.Code != x.want || a.Accepted != accepted || len(a.Shards) != x.shards || (whole == call.CodeSyncing) != (x.row == 3) {
			t.Errorf("no. %d, row %d: %+v in %v", i+1, x.row, a, whole)
		}
		if l := b.leaders(9); !slices.Equal(l, []core.NodeID{x.leader, x.leader}) {
			t.Errorf("no. %d, row %d: led by %v", i+1, x.row, l)
		}
	}
	if want := (Transfers{Received: 11, Accepted: 5, RejectedStale: 4, RejectedUnknown: 1, Invalid: 1, PendingStored: 2}); b.w.Transfers() != want {
		t.Errorf("%+v, want %+v", b.w.Transfers(), want)
	}
}

// Row 3: the fence of a manager that the worker is not registered with counts once it is, when it says the same again.
func TestTransferOfStranger(t *testing.T) {
	b := on(t, 1)
	b.order(0, 9, 1, 1, 1)
	b.lead(5, 9, 2)
	b.accept()
	if b.order(0, 9, 2, 1, 2) != call.CodeOK {
		t.Error("a stranger raised the fence")
	}
	if a, whole := b.lead(5, 9, 2); a.Code != call.CodeOK || whole != call.CodeOK || len(a.Shards) != 2 {
		t.Errorf("once registered: %+v", a)
	}
	if b.order(0, 9, 3, 1, 3) != call.CodeStaleFence {
		t.Error("the old leader still dispatches")
	}
}

// 04-28: the ack has what a new leader needs to go on with a shard, of ended ones whose result nobody has acked too;
// and the result is offered to the new leader at once, which waits for it 5 s only.
func TestTransferAck(t *testing.T) {
	b := on(t, 2)
	b.order(0, 9, 1, 1, 1)
	b.order(0, 9, 2, 1, 2)
	ended := job.Shard{Job: 9, Workflow: 1, Attempt: 1}
	b.step(func() {
		b.w.Ended(b.now, ended, job.Ticket{DE: 1, N: 1}.Token(), job.EndedCompleted, job.ErrorNone, &b.fx)
	})
	b.until(sec)
	a, _ := b.lead(1, 9, 2)
	want := []job.ShardView{
		{Shard: job.Shard{Job: 9, Workflow: 2, Attempt: 1}, Token: job.Ticket{DE: 1, N: 2}.Token(), State: job.ShardRunning, Cores: 1, VUs: 4},
		{Shard: ended, Token: job.Ticket{DE: 1, N: 1}.Token(), State: job.ShardCompleted, VUs: 4},
	}
	if !slices.Equal(a.Shards, want) {
		t.Errorf("%+v", a.Shards)
	}
	var to []core.NodeID
	for _, m := range b.of(core.KindWorkflowFinalResult) {
		if to = append(to, m.To); m.To == 1 {
			b.answer(&m, core.KindWorkflowFinalResultAck, &call.Ack{})
		}
	}
	if !slices.Equal(to, []core.NodeID{1}) || b.w.results.len() != 0 {
		t.Errorf("offered to %v, %d results left", to, b.w.results.len())
	}
}

// Row 4: a transfer clears the mark of an orphan, and its 30 s begin anew. Row 5: a pending transfer is known for 60 s,
// the fence for 600 s.
func TestTransferTimes(t *testing.T) {
	b := on(t, 2)
	b.order(0, 9, 1, 1, 1)
	b.until(45 * sec) // silent since 0, an orphan since 30 s
	b.lead(1, 9, 2)
	b.until(104 * sec)
	if len(b.leaders(9)) != 1 || b.w.shards.order[0].state != job.ShardRunning {
		t.Error("stopped within 60 s of the new leader's word")
	}
	b.until(107 * sec)
	if b.w.shards.by[flowKey{9, 1}].state != job.ShardCancelling {
		t.Error("goes on without a leader")
	}

	b = on(t, 2)
	b.lead(1, 8, 2)
	if n := len(b.w.pendings.by); n != 1 {
		t.Fatalf("%d pending", n)
	}
	b.until(60*sec - 1)
	if _, ok := b.w.pendings.by[8]; !ok {
		t.Error("forgotten too soon")
	}
	b.until(61*sec + 1)
	if n := len(b.w.pendings.by) + len(b.w.pendings.dates); n != 0 {
		t.Error("not forgotten")
	}
	b.until(599 * sec)
	if b.order(0, 8, 1, 1, 1) != call.CodeStaleFence {
		t.Error("the fence is gone before its time")
	}
	b.until(602 * sec)
	if b.w.fences.Len() != 0 || b.w.Entries() != 0 {
		t.Errorf("%d fences, %d entries", b.w.fences.Len(), b.w.Entries())
	}
}

// All of it against lists that are searched from end to end: fences only rise, everything that is here of a job follows
// the highest of them, and a pending transfer is there for 60 s where nothing else is.
func TestTransfersAgainstLists(t *testing.T) {
	type model struct {
		de     uint32
		leader core.NodeID
		shards map[job.WorkflowID]job.Token
		wait   core.Instant // pending until
	}
	rapid.Check(t, func(rt *rapid.T) {
		b := on(t, 3)
		m := map[job.ID]*model{}
		counter := uint32(0)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			j := job.ID(rapid.IntRange(1, 2).Draw(rt, "job"))
			x := m[j]
			if x == nil {
				x = &model{shards: map[job.WorkflowID]job.Token{}}
				m[j] = x
			}
			de, from := uint32(rapid.IntRange(1, 5).Draw(rt, "de")), core.NodeID(rapid.IntRange(0, 2).Draw(rt, "manager"))
			stale := de < x.de || de == x.de && from != x.leader
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				want := call.CodeOK
				if stale {
					want = call.CodeStaleFence
				} else if de == x.de {
					want = call.CodeDuplicate
				} else if x.de, x.leader = de, from; len(x.shards) == 0 {
					x.wait = b.now.Add(60 * time.Second)
				}
				if a, _ := b.lead(from, j, de); a.Code != want || a.Accepted && len(a.Shards) != len(x.shards) {
					rt.Fatalf("transfer of %d to %d under %d: %+v, want %v and %d shards", j, from, de, a, want, len(x.shards))
				}
			case 1:
				counter++
				flow := job.WorkflowID(rapid.IntRange(1, 4).Draw(rt, "flow"))
				if _, runs := x.shards[flow]; runs {
					continue
				}
				want := call.CodeStaleFence
				if !stale {
					want = call.CodeOK
					x.de, x.leader, x.shards[flow], x.wait = de, from, job.Ticket{DE: de, N: counter}.Token(), 0
				}
				if have := b.order(from, j, flow, de, counter); have != want {
					rt.Fatalf("dispatch of %d by %d under %d: %v, want %v", j, from, de, have, want)
				}
			case 2: // a result that is committed at once
				for flow := range job.WorkflowID(5) {
					if token, ok := x.shards[flow]; ok {
						b.step(func() {
							b.w.Ended(b.now, job.Shard{Job: j, Workflow: flow, Attempt: 1}, token, job.EndedCompleted, job.ErrorNone, &b.fx)
						})
						delete(x.shards, flow)
						for _, r := range b.of(core.KindWorkflowFinalResult) {
							if r.To != x.leader {
								rt.Fatalf("a result goes to %d, the leader is %d", r.To, x.leader)
							}
							b.answer(&r, core.KindWorkflowFinalResultAck, &call.Ack{})
						}
						break
					}
				}
			default:
				b.now += core.Instant(rapid.IntRange(1, 25).Draw(rt, "wait")) * sec
				for _, s := range b.w.shards.order {
					s.contact = b.now // somebody leads them
				}
				b.until(b.now)
			}
			for id, x := range m {
				for _, l := range b.leaders(id) {
					if l != x.leader {
						rt.Fatalf("job %d: something here follows %d, the leader is %d under %d", id, l, x.leader, x.de)
					}
				}
				if n := len(b.leaders(id)); n != len(x.shards) {
					rt.Fatalf("job %d: %d shards, want %d", id, n, len(x.shards))
				}
				p, ok := b.w.pendings.by[id] // swept every second
				if !ok && b.now < x.wait || ok && (b.now >= x.wait+sec || p.de != x.de || p.manager != x.leader) {
					rt.Fatalf("job %d at %v: pending %v %+v, want until %v", id, b.now, ok, p, x.wait)
				}
			}
		}
	})
}
