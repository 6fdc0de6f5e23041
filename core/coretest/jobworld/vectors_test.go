package jobworld

import (
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/job"
)

// What a worker answers to dispatches and cancels, in the order of spec 20 §4.6 with 04-23 to 04-25.
func TestWorkerFences(t *testing.T) {
	cfg := job.Default()
	cfg.Dispatch.WorkerMax = 3
	w := world(t, Params{Config: &cfg, Workers: 1, Cores: 4})
	w.Scripts[1] = Script{Stuck: true}
	var ack dispatch.WorkflowDispatchAck
	var stop cancel.ShardResponse
	w.Watch = func(_ core.NodeID, fx *core.Effects) {
		for i := range fx.Messages {
			switch b := fx.Messages[i].Body.(type) {
			case *dispatch.WorkflowDispatchAck:
				ack = *b
			case *cancel.ShardResponse:
				stop = *b
			}
		}
	}
	seq := uint32(0)
	send := func(k core.Kind, b core.Body) {
		seq++
		w.Send(core.Message{Kind: k, From: 0, To: 1, Seq: seq, Timeout: 5e9, Body: b})
		w.Run(w.Now + sec/5) // what is stopped has stopped
	}
	order := func(flow job.WorkflowID, n uint32, cores uint16, de, inst uint32) call.Code {
		send(core.KindWorkflowDispatch, &dispatch.WorkflowDispatch{
			Shard: job.Shard{Job: 9, Workflow: flow, Attempt: 1}, VUs: 4, Cores: cores, Timeout: 100e9, Token: job.Ticket{DE: de, N: n}.Token(), DE: de, Instance: inst,
			Payload: core.Blob{ID: 1},
		})
		return ack.Code
	}
	end := func(flow job.WorkflowID, n uint32) call.Code {
		send(core.KindWorkflowCancelRequest, &cancel.ShardRequest{Shard: job.Shard{Job: 9, Workflow: flow, Attempt: 1}, Token: job.Ticket{DE: 1, N: n}.Token(), Requester: 0})
		return stop.Code
	}
	for i, x := range []struct{ have, want call.Code }{
		{end(1, 5), call.CodeOK},                     // nothing there: its token is used up
		{order(1, 5, 1, 1, 1), call.CodeStaleFence},  // so that this is too late
		{order(1, 4, 1, 1, 1), call.CodeStaleFence},  //
		{order(1, 6, 3, 1, 2), call.CodeStaleFence},  // meant for another process
		{order(1, 6, 3, 1, 1), call.CodeOK},          //
		{order(1, 6, 3, 1, 1), call.CodeDuplicate},   // a repeat
		{order(2, 7, 2, 1, 1), call.CodeNoCapacity},  //
		{end(1, 5), call.CodeStaleFence},             // of an older token: it goes on
		{order(1, 8, 4, 1, 1), call.CodeOK},          // it makes room for its successor first
		{order(1, 6, 3, 1, 1), call.CodeStaleFence},  //
		{end(1, 8), call.CodeOK},                     //
		{order(2, 7, 2, 1, 1), call.CodeNoCapacity},  // the refusal is recorded (04-24)
		{order(3, 9, 1, 2, 1), call.CodeOK},          // another epoch of the job
		{order(4, 99, 1, 1, 1), call.CodeStaleFence}, // and the old one is over
		{order(4, 10, 1, 2, 1), call.CodeOK},         //
		{order(5, 11, 1, 2, 1), call.CodeOK},         //
		{order(6, 12, 1, 2, 1), call.CodeBusy},       // as many shards as it holds
		{order(6, 12, 0, 2, 1), call.CodeBusy},       // recorded
	} {
		if x.have != x.want {
			t.Errorf("no. %d: %v, want %v", i+1, x.have, x.want)
		}
	}
}

// A cancel that overtakes the submission leaves a tombstone, and the job never runs (spec 20 §13.13).
func TestCancelOvertakesSubmission(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4})
	w.Way = func(_ *World, m *core.Message) (core.Duration, bool) {
		if m.Kind == core.KindJobSubmission {
			return time.Second, false
		}
		return 1e6, false
	}
	id := w.Submit(0, one(w, 1, Script{Length: time.Second}))
	w.After(500*time.Millisecond, func() { w.Cancel(0, id) })
	w.Run(20 * sec)
	if n := w.count(core.JobFactPlaced, nil); n != 0 || w.state(id) != job.StateCancelled {
		t.Errorf("%d shards sent, %v", n, w.state(id))
	}
}

// The ack is lost and the client sends the same job again: it is known, and runs once.
func TestAckLost(t *testing.T) {
	w := world(t, Params{Workers: 1, Cores: 4})
	acks := map[call.Code]int{}
	w.Way = lose(func(_ *World, m *core.Message) bool {
		a, ok := m.Body.(*job.Ack)
		if ok {
			acks[a.Code]++
		}
		return ok && acks[call.CodeDuplicate] == 0
	})
	id := w.Submit(0, one(w, 1, Script{Length: 20 * time.Second}))
	w.Run(60 * sec)
	if acks[call.CodeOK] != 1 || acks[call.CodeDuplicate] != 1 || w.state(id) != job.StateCompleted || w.count(core.JobFactPlaced, nil) != 1 {
		t.Errorf("acks %v, %v", acks, w.state(id))
	}
}

// Six attempts with growing pauses, then the job counts as not known to have arrived. A client with a budget for four makes
// no more: the first and those in hand (spec 02 no. 25).
func TestSubmissionRetries(t *testing.T) {
	cfg := job.Default()
	w := world(t, Params{Workers: 1, Cores: 4})
	n := 0
	w.Way = lose(func(_ *World, m *core.Message) bool {
		if m.Kind == core.KindJobSubmission {
			n++
		}
		return true
	})
	if id := w.Submit(0, one(w, 1, Script{})); true {
		w.Run(200 * sec)
		if n != 1+int(cfg.Client.RetryBurst) || w.state(id) != job.LocalUnknown {
			t.Errorf("%d attempts with a budget, %v", n, w.state(id))
		}
	}
	cfg.Client.RetryBurst = 0
	w = world(t, Params{Workers: 1, Cores: 4, Config: &cfg})
	var at []core.Instant
	w.Way = lose(func(w *World, m *core.Message) bool {
		if m.Kind == core.KindJobSubmission {
			at = append(at, w.Now)
		}
		return true
	})
	id := w.Submit(0, one(w, 1, Script{}))
	w.Run(200 * sec)
	if len(at) != 6 || w.state(id) != job.LocalUnknown {
		t.Fatalf("%d attempts, %v", len(at), w.state(id))
	}
	for k := 1; k < len(at); k++ {
		pause, base := at[k].Sub(at[k-1])-10*time.Second, 500*time.Millisecond<<(k-1)
		if pause < base/2 || pause > base*3/2 {
			t.Errorf("pause %d is %v, want 0.5 to 1.5 × %v", k, pause, base)
		}
	}
}

// A submission of 5 MiB goes out and is taken, one byte more is refused by its client and never sent.
func TestSubmissionSize(t *testing.T) {
	for _, over := range []int{0, 1} {
		w := world(t, Params{Workers: 1, Cores: 4})
		sent, size := 0, 0
		var walk core.Walker
		w.Watch = func(_ core.NodeID, fx *core.Effects) {
			for i := range fx.Messages {
				if m := &fx.Messages[i]; m.Kind == core.KindJobSubmission {
					sent, size = sent+1, walk.Size(m, w.Book())
				}
			}
		}
		probe := one(w, 1, Script{Length: time.Second})
		w.Submit(0, probe)
		w.Run(sec / 2)
		s := one(w, 1, Script{Length: time.Second})
		s.Workflows[0].Payload.Size += uint32(5<<20 - size + over)
		sent = 0
		id := w.Submit(0, s)
		w.Run(10 * sec)
		want := job.StateCompleted
		if over > 0 {
			want = job.LocalRejected
		}
		if sent != 1-over || w.state(id) != want || over == 0 && size != 5<<20 {
			t.Errorf("%d over: sent %d times, %d bytes, %v", over, sent, size, w.state(id))
		}
	}
}

// Spec 20 §13.11: losses of workers cost a pause of 1, 2, 4 s each and exclude them; the fourth is final, what depends
// on the workflow fails with it. A worker that was only paused is told that its token is stale and stops.
func TestLosses(t *testing.T) {
	w := world(t, Params{Workers: 5, Cores: 1})
	s := chain(w, 100*time.Second, time.Second)
	id := w.Submit(0, s)
	var placed []Fact
	w.Watch = func(_ core.NodeID, fx *core.Effects) {
		for i := range fx.JobFacts {
			if f := &fx.JobFacts[i]; f.Kind == core.JobFactPlaced {
				placed = append(placed, Fact{At: w.Now, Node: f.Node, JobFact: *f})
				at, node := w.Now, f.Node
				w.After(20*time.Second-core.Duration(at%core.Instant(time.Second)), func() { w.Hold(node, core.StateDead) })
			}
		}
	}
	w.Run(300 * sec)
	if len(placed) != 4 || w.state(id) != job.StateFailed {
		t.Fatalf("%d attempts, %v", len(placed), w.state(id))
	}
	seen := map[core.NodeID]bool{}
	for k, f := range placed {
		if seen[f.Node] || f.Token != 1<<32|uint64(k+1) {
			t.Errorf("attempt %d at %d under token %x", k+1, f.Node, f.Token)
		}
		seen[f.Node] = true
		if k > 0 {
			if d := f.At.Sub(placed[k-1].At); d%time.Second > 2*time.Millisecond && d%time.Second < 998*time.Millisecond {
				t.Errorf("attempt %d came %v after the one before", k+1, d)
			} else if pause := d.Round(time.Second) - 20*time.Second; pause != time.Second<<(k-1) {
				t.Errorf("pause %d is %v", k, pause)
			}
		}
	}
	kinds := map[uint8]int{}
	for i := range w.Facts {
		if f := &w.Facts[i]; f.Kind == core.JobFactWorkflow && f.To == 6 {
			kinds[f.Code]++
		}
	}
	if kinds[uint8(job.ErrorWorker)] != 4 || kinds[uint8(job.ErrorDependency)] != 1 {
		t.Errorf("failures by kind %v", kinds)
	}
	if n := len(w.Tokens()); n != 0 {
		t.Errorf("%d shards run", n)
	}
}

// A single cancel: repeated it gets the same answer; what depends on it is cancelled with it or fails; what is over or
// unknown is said to be (spec 20 §7.2).
func TestSingleCancels(t *testing.T) {
	cfg := job.Default()
	cfg.Retention.Completed, cfg.Retention.Failed, cfg.Retention.Sweep = time.Second, time.Second, time.Second
	w := world(t, Params{Config: &cfg, Workers: 1, Cores: 4})
	var a cancel.SingleResponse
	w.Watch = func(_ core.NodeID, fx *core.Effects) {
		for i := range fx.Messages {
			if b, ok := fx.Messages[i].Body.(*cancel.SingleResponse); ok {
				a = *b
				a.Dependents = append([]job.WorkflowID(nil), b.Dependents...)
			}
		}
	}
	ask := func(id job.ID, flow job.WorkflowID, request uint64, dependents bool) cancel.SingleStatus {
		w.cancelOne(id, flow, request, dependents)
		w.Run(w.Now + sec/100)
		return a.Status
	}
	s := chain(w, 5*time.Second, 5*time.Second, 5*time.Second, 5*time.Second)
	id := w.Submit(0, s)
	w.Run(sec)
	flow := func(k int) job.WorkflowID { return s.Workflows[k].Workflow }
	for i, x := range []struct{ have, want cancel.SingleStatus }{
		{ask(id, flow(3), 1, true), cancel.SinglePending},
		{ask(id, flow(3), 1, true), cancel.SinglePending}, // recorded
		{ask(id, flow(3), 2, true), cancel.SingleAlreadyCancelled},
		{ask(id, 77, 3, true), cancel.SingleNotFound},
		{ask(id+1, 77, 4, true), cancel.SingleNotFound},
		{ask(id, flow(0), 5, false), cancel.SingleCancelling},
		{ask(id, flow(1), 6, false), cancel.SingleAlreadyCompleted}, // it failed
	} {
		if x.have != x.want {
			t.Errorf("no. %d: %v, want %v", i+1, x.have, x.want)
		}
	}
	w.Run(60 * sec)
	if kept, _ := w.Manager().Jobs(); w.state(id) != job.StateFailed || kept != 0 {
		t.Errorf("%v, %d jobs kept", w.state(id), kept)
	}
	if got := ask(id, flow(0), 9, true); got != cancel.SingleAlreadyCompleted || a.Code != call.CodeAlreadyTerminal {
		t.Errorf("of a job that was forgotten: %v, %v", got, a.Code)
	}
}

// A worker whose words are lost may have taken what it was sent: the shard goes to another one in the same attempt, and
// the silent worker is told to stop (J24).
func TestUnansweredIsReplacedAndStopped(t *testing.T) {
	w := world(t, Params{Workers: 2, Cores: 4})
	w.Way = lose(func(_ *World, m *core.Message) bool {
		return m.From == 1 && (m.Kind == core.KindWorkflowDispatchAck || m.Kind == core.KindWorkflowProgress)
	})
	w.Submit(0, one(w, 1, Script{Stuck: true}))
	w.Run(10 * sec)
	if n, _ := w.Running(1); n != 1 {
		t.Fatalf("%d shards at the silent worker", n)
	}
	w.Run(20 * sec)
	if n, _ := w.Running(1); n != 0 {
		t.Errorf("the silent worker goes on")
	}
	if n, _ := w.Running(2); n != 1 || w.count(core.JobFactPlaced, func(f *Fact) bool { return f.Attempt == 1 }) != 2 {
		t.Errorf("%d shards at the other one", n)
	}
}
