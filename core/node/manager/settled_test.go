package manager

import (
	"slices"
	"testing"
	"time"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/workflow"
)

// Sentences of the settled pages, one by one, in a cluster of three.

// reply returns the answer to a message that was sent, nil if there is none yet.
func reply[T core.Body](b *bench, n uint32) (x T) {
	x, _ = b.replies[n].(T)
	return x
}

// started submits job 7 for gate 1 under 1 and lets its first workflow run.
func (b *bench) started() *record {
	b.t.Helper()
	n := b.send(b.submission(gate1, 1))
	b.run(b.now + 20*ms)
	if a := reply[*job.Ack](b, n); a == nil || a.Code != call.CodeOK {
		b.t.Fatalf("%+v", a)
	}
	b.run(b.now + sec)
	if x := b.job(); x.state != job.StateRunning {
		b.t.Fatalf("it is %v", x.state)
	}
	return b.job()
}

// suspended lets the lease of the manager's jobs end.
func (b *bench) suspended() {
	b.t.Helper()
	b.cutOff(true)
	b.run(b.now + 35*sec)
	if b.m.may(b.now, b.job()) {
		b.t.Fatal("the lease runs still")
	}
}

func (b *bench) singleRequest(w job.WorkflowID, request uint64, dependents bool) core.Message {
	return core.Message{Kind: core.KindSingleWorkflowCancelRequest, From: gate1, Body: &cancel.SingleRequest{
		Job: 7, Workflow: w, Request: request, Requester: gate1, Dependents: dependents, Gate: gate1, Client: client,
	}}
}

// 04-52, §4.1 M5: whoever asks while the acceptance is on its way is judged by its epoch, as after it.
func TestAskersOfAnAcceptance(t *testing.T) {
	b := newCluster(t)
	first := b.send(b.submission(gate1, 2))
	higher := b.send(b.submission(gate2, 3, job.SingleCancel{Workflow: 101, Dependents: true}))
	same := b.send(b.submission(gate3, 3))
	lower := b.send(b.submission(gate1, 2))
	b.run(b.now + 100*ms)
	for _, c := range []struct {
		name string
		n    uint32
		code call.Code
		ge   uint32
	}{{"first", first, call.CodeOK, 2}, {"higher", higher, call.CodeDuplicate, 3}, {"same epoch", same, call.CodeStaleFence, 3}, {"lower", lower, call.CodeStaleFence, 3}} {
		if a := reply[*job.Ack](b, c.n); a == nil || a.Code != c.code || a.GE != c.ge {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
	if x := b.job(); x.gate != gate2 || x.ge != 3 || b.m.flows.State(101) != workflow.Cancelled {
		t.Errorf("gate %v under %d, workflow 101 is %v", x.gate, x.ge, b.m.flows.State(101))
	}
}

// 04-54: what a submission carries as cancelled is entered, also by a holder that may decide nothing at that time; its answer
// means that a successor knows it.
func TestSuspendedHolderKeepsWhatIsCancelled(t *testing.T) {
	b := newCluster(t)
	x := b.started()
	b.suspended()
	n := b.send(b.submission(gate2, 2, job.SingleCancel{Workflow: 101, Dependents: true}))
	b.run(b.now + sec)
	if a := reply[*job.Ack](b, n); a != nil && a.Code.Done() {
		t.Errorf("answered %v, and no other member knows it", a.Code)
	}
	b.cutOff(false)
	b.run(b.now + 15*sec)
	if a := reply[*job.Ack](b, n); a == nil || a.Code != call.CodeDuplicate {
		t.Errorf("answered %+v", a)
	}
	if s := b.m.flows.State(101); s != workflow.Cancelled {
		t.Errorf("workflow 101 is %v", s)
	}
	for range 3 {
		b.m.owedSingles(b.now, x, &b.fx)
	}
	if len(x.singles) != 1 {
		t.Errorf("written down %d times", len(x.singles))
	}
}

// 04-54: a job that ended by itself says so, also if a cancel came when its end was being committed.
func TestLateCancelIsNoCommand(t *testing.T) {
	for _, how := range []string{"cancel", "pushback"} {
		t.Run(how, func(t *testing.T) {
			b := newCluster(t)
			x := b.started()
			b.done()
			b.run(b.now + sec)
			b.done() // the decision is on its way from now on
			if x.pending != job.StateCompleted {
				t.Fatalf("%v, pending %v", x.state, x.pending)
			}
			if how == "cancel" {
				b.send(core.Message{Kind: core.KindJobCancelRequest, From: gate1, Body: &cancel.JobRequest{Job: 7, Requester: gate1, GE: 1}})
			} else {
				b.m.gateEnded(b.now, x, job.StateCancelled, &b.fx)
			}
			b.run(b.now + sec)
			n := b.send(b.submission(gate1, 1))
			b.run(b.now + sec)
			if a := reply[*job.Ack](b, n); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCompleted || !a.Own {
				t.Errorf("%+v", a)
			}
		})
	}
}

// 04-47, 04-54: a cancel that was remembered is a command when it is obeyed: at the same holder, and at its successor.
func TestRememberedCancelIsACommand(t *testing.T) {
	t.Run("same", func(t *testing.T) {
		b := newCluster(t)
		x := b.started()
		b.suspended()
		if a := b.cancel(gate1, 1); a.Code != call.CodeLeaseLost {
			t.Fatalf("%+v", a)
		}
		if x.command {
			t.Error("it was not obeyed yet")
		}
		b.cutOff(false)
		b.run(b.now + 30*sec)
		n := b.send(b.submission(gate1, 1))
		b.run(b.now + sec)
		if a := reply[*job.Ack](b, n); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCancelled || a.Own {
			t.Errorf("%+v", a)
		}
	})
	t.Run("successor", func(t *testing.T) {
		b := newCluster(t)
		b.peers[third].Remember(b.now, 7)
		b.takeOver(func(e *replica.Entry) {
			b.peers[third].Remember(b.now, 7)
			e.State = job.StateQueued
		})
		b.run(b.now + 30*sec)
		n := b.send(b.submission(gate1, 1))
		b.run(b.now + sec)
		if a := reply[*job.Ack](b, n); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCancelled || a.Own {
			t.Errorf("%+v", a)
		}
	})
}

// view is a shard of job 7 as the worker has it.
func view(w job.WorkflowID, attempt, index uint16, de, n uint32, s job.ShardState) job.ShardView {
	v := job.ShardView{Token: job.Ticket{DE: de, N: n}.Token(), State: s, Cores: 1, VUs: 1}
	v.Job, v.Workflow, v.Attempt, v.Index = 7, w, attempt, index
	return v
}

// §3.2, §5.5 T5: a job that is taken over while it is cancelled is CANCELLED when all workers have said what they have, and
// what they had has stopped: the entry need not know all that was dispatched.
func TestCancelledOnlyAfterWorkersWereHeard(t *testing.T) {
	for _, how := range []string{"by the old holder", "by the new one", "workflow", "timeout", "restored timeout"} {
		t.Run(how, func(t *testing.T) {
			b := newCluster(t)
			b.has = []job.ShardView{view(100, 1, 0, 1, 1, job.ShardRunning)}
			b.deaf = true
			hears := false
			b.hears = func(*core.Message) bool { return hears }
			x := b.takeOver(func(e *replica.Entry) {
				e.State = job.StateQueued
				switch how {
				case "by the old holder":
					e.State, e.EndsAs = job.StateCancelling, job.StateCancelled
				case "restored timeout":
					e.State = job.StateTimeout
					e.Workflows = []replica.WorkflowEntry{{Workflow: 100, State: workflow.Cancelling}, {Workflow: 101, State: workflow.Cancelling}}
				}
			})
			b.run(b.now + 500*ms)
			switch how {
			case "by the new one":
				b.cancel(gate1, 1)
			case "workflow":
				b.send(b.singleRequest(100, 5, true))
			case "timeout":
				b.step(func() { b.m.timeOut(b.now, x, &b.fx) })
			}
			b.run(b.now + 5*sec)
			if how != "workflow" && x.open == 0 || b.m.flows.Terminal(100) {
				t.Errorf("over before a worker was heard: %v, %d open", x.state, x.open)
			}
			hears = true
			b.run(b.now + 7*sec)
			if x.open == 0 || b.m.flows.Terminal(100) {
				t.Errorf("over while a shard runs: %v, %d open", x.state, x.open)
			}
			if len(b.stops) == 0 || b.stops[0].Token != b.has[0].Token {
				t.Fatalf("told to stop: %+v", b.stops)
			}
			s := b.stops[0]
			b.send(core.Message{Kind: core.KindWorkflowCancellationComplete, From: hand, Body: &cancel.ShardComplete{Shard: s.Shard, Token: s.Token, Success: true, Worker: hand}})
			b.run(b.now + sec)
			if x.open != 0 || !x.state.Terminal() {
				t.Errorf("all has stopped: %v, %d open", x.state, x.open)
			}
		})
	}
}

// 04-30, 03-13: that a job is being cancelled is no end: nobody hears of one before it is committed.
func TestCancellingIsNotToldAsCancelled(t *testing.T) {
	for _, how := range []string{"timeout", "submission"} {
		t.Run(how, func(t *testing.T) {
			b := newCluster(t)
			x := b.started()
			b.deaf = true
			b.cancel(gate1, 1)
			if x.state != job.StateCancelling {
				t.Fatalf("%v", x.state)
			}
			m := b.submission(gate1, 1)
			if how == "timeout" {
				m = core.Message{Kind: core.KindJobGlobalTimeout, From: gate1, Body: &jobtimeout.GlobalTimeout{Job: 7, GE: 1, DE: 1}}
			}
			n := b.send(m)
			again := b.send(m)
			b.run(b.now + sec)
			if r := b.replies[n]; r != nil {
				t.Errorf("answered %+v", r)
			}
			b.cutOff(true)
			for _, d := range b.tasks {
				b.send(core.Message{Kind: core.KindWorkflowFinalResult, From: hand, Body: &job.WorkflowFinalResult{
					Shard: d.Shard, Token: d.Token, Ended: job.EndedCancelled, Error: job.ErrorCancelled, Worker: hand, WorkerVersion: uint64(b.now),
				}})
			}
			b.run(b.now + sec)
			if r := b.replies[n]; r != nil || x.pending != job.StateCancelled {
				t.Errorf("pending %v, answered %+v", x.pending, r)
			}
			b.cutOff(false)
			b.run(b.now + 11*sec)
			for _, n := range []uint32{n, again} {
				switch a := b.replies[n].(type) {
				case *jobtimeout.Ack:
					if a.Code != call.CodeAlreadyTerminal || a.State != job.StateCancelled {
						t.Errorf("%+v", a)
					}
				case *job.Ack:
					if a.Code != call.CodeAlreadyTerminal || a.State != job.StateCancelled || a.Own {
						t.Errorf("%+v", a)
					}
				default:
					t.Errorf("answered %+v", a)
				}
			}
		})
	}
}

// 04-30: a holder that is lost meanwhile answers LEASE_LOST.
func TestAskersOfACancelledJobThatIsLost(t *testing.T) {
	b := newCluster(t)
	x := b.started()
	b.deaf = true
	b.cancel(gate1, 1)
	n := b.send(core.Message{Kind: core.KindJobGlobalTimeout, From: gate1, Body: &jobtimeout.GlobalTimeout{Job: 7, GE: 1, DE: 1}})
	b.run(b.now + 100*ms)
	b.step(func() { b.m.superseded(b.now, x, 9, &b.fx) })
	b.run(b.now + 100*ms)
	if a := reply[*jobtimeout.Ack](b, n); a == nil || a.Code != call.CodeLeaseLost || a.State != job.StateNone {
		t.Errorf("%+v", a)
	}
}

// §5.5 T5: a workflow that is PENDING after an attempt is at the end of it: a shard of that attempt belongs to nobody. One of
// a newer attempt is taken, an older one beside it is stopped, and so is one that the entry holds to be over.
func TestWhatIsFoundOfOtherAttempts(t *testing.T) {
	for _, c := range []struct {
		name    string
		entry   replica.WorkflowEntry
		has     []job.ShardView
		adopted int // place in has, −1: none
	}{
		{"failed already", replica.WorkflowEntry{Workflow: 100, State: workflow.Pending, Attempt: 1, Retries: 1}, []job.ShardView{view(100, 1, 0, 1, 1, job.ShardRunning)}, -1},
		{"newer", replica.WorkflowEntry{Workflow: 100, State: workflow.Pending, Attempt: 1, Retries: 1}, []job.ShardView{view(100, 2, 0, 1, 2, job.ShardRunning)}, 0},
		{"two", replica.WorkflowEntry{Workflow: 100, State: workflow.Pending}, []job.ShardView{view(100, 1, 0, 1, 1, job.ShardRunning), view(100, 2, 0, 1, 2, job.ShardRunning)}, 1},
		{"over", replica.WorkflowEntry{Workflow: 100, State: workflow.Dispatched, Attempt: 1, Shards: []replica.ShardEntry{
			{Worker: hand, Index: 0, Cores: 1, VUs: 1, Token: view(100, 1, 0, 1, 1, 0).Token, State: job.ShardFailed},
			{Worker: hand, Index: 1, Cores: 1, VUs: 1, Token: view(100, 1, 1, 1, 2, 0).Token, State: job.ShardRunning},
		}}, []job.ShardView{view(100, 1, 0, 1, 1, job.ShardRunning), view(100, 1, 1, 1, 2, job.ShardRunning)}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newCluster(t)
			b.has = c.has
			x := b.takeOver(func(e *replica.Entry) {
				e.State = job.StateDispatching
				e.Workflows = []replica.WorkflowEntry{c.entry, {Workflow: 101, State: workflow.Pending}}
			})
			b.run(b.now + 4*sec)
			for i, v := range c.has {
				told := false
				for _, s := range b.stops {
					told = told || s.Token == v.Token
				}
				if told == (i == c.adopted) {
					t.Errorf("shard %d: told to stop %v", i, told)
				}
				if s := x.flows[0].find(v.Token); (s != nil && s.state == shardAccepted) != (i == c.adopted) {
					t.Errorf("shard %d: held as %+v", i, s)
				}
			}
			if r := x.flows[0].budget.Retries; r != c.entry.Retries {
				t.Errorf("%d retries, and %d in the entry", r, c.entry.Retries)
			}
		})
	}
}

// T9: replicas of a job that has ended and whose end was delivered answer for it when nobody holds it any more.
func TestReplicasAnswerForAnEndedJob(t *testing.T) {
	b := newCluster(t)
	p := b.peers[other]
	b.step(func() {
		e := replica.Entry{State: job.StateSubmitted, HandoverTo: core.NoNode, Gate: core.NoNode, Callback: client, Submission: []job.Spec{b.spec()}}
		e.Job = 7
		p.Accept(b.now, &e, &b.fx)
	})
	b.run(b.now + 100*ms)
	b.step(func() {
		e := p.Edit(7)
		e.State, e.Completeness, e.Delivered, e.Told, e.Completed, e.Elapsed, e.Took = job.StateCompleted, job.CompleteFull, true, true, 14, 9*time.Second, 9*time.Second
		e.Submission = nil
		e.Results = []job.WorkflowOutcome{{Workflow: 100, Status: job.StatusCompleted}, {Workflow: 101, Status: job.StatusCancelled}}
		p.Change(b.now, 7, true, &b.fx)
	})
	b.run(b.now + 100*ms)
	b.dead[other] = true
	status := b.ask(core.Message{Kind: core.KindJobStatusRequest, From: client, Body: &job.StatusRequest{Job: 7}}).(*job.GlobalStatus)
	if status.State != job.StateCompleted || !status.Final || status.Completed != 14 || len(status.Result) != 1 || status.Result[0].Completeness != job.CompleteFull {
		t.Errorf("status %+v", status)
	}
	back := b.ask(core.Message{Kind: core.KindRegisterCallback, From: client, Body: &job.RegisterCallback{Job: 7, Callback: client}}).(*job.RegisterCallbackResponse)
	if back.State != job.StateCompleted || len(back.Result) != 1 {
		t.Errorf("callback %+v", back)
	}
	for w, want := range map[job.WorkflowID]cancel.SingleStatus{100: cancel.SingleAlreadyCompleted, 101: cancel.SingleAlreadyCancelled, 102: cancel.SingleNotFound} {
		if a := b.ask(b.singleRequest(w, uint64(w), true)).(*cancel.SingleResponse); a.Status != want || a.Code.Transient() || a.Code == call.CodeNotLeader {
			t.Errorf("cancel of %d: %+v", w, a)
		}
	}
	query := b.ask(core.Message{Kind: core.KindWorkflowQueryRequest, From: client, Body: &job.WorkflowQuery{Job: 7}}).(*job.WorkflowQueryResponse)
	if query.Code != call.CodeOK || len(query.Workflows) != 2 || query.Workflows[1].Status != job.StatusCancelled {
		t.Errorf("query %+v", query)
	}
	if a := b.submit(gate2, 3); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCompleted || !a.Own {
		t.Errorf("submission %+v", a)
	}
	b.run(b.now + sec)
	if told := b.told(core.KindJobFinalResult, 0); len(told) != 1 || told[0].to != gate2 || told[0].body.(*job.FinalResult).Elapsed != 9*time.Second {
		t.Errorf("the end was told to %+v", told)
	}
	if a := b.transfer(gate1, 4); a.Code != call.CodeOK || !a.Final || a.State != job.StateCompleted || a.DE != 1 || a.JobLeader != core.NoNode { // 04-50
		t.Errorf("a gate that took it over hears %+v", a)
	}
	if told := b.told(core.KindJobFinalResult, 0); len(told) != 2 || told[1].to != gate1 {
		t.Errorf("the end was told to %+v", told)
	}
	r := b.ask(core.Message{Kind: core.KindWorkflowFinalResult, From: hand, Body: &job.WorkflowFinalResult{Shard: view(100, 1, 0, 1, 1, 0).Shard, Worker: hand}}).(*call.Ack)
	if r.Code != call.CodeAlreadyTerminal && r.Code != call.CodeDuplicate {
		t.Errorf("result: %v", r.Code)
	}
	pr := b.ask(core.Message{Kind: core.KindWorkflowProgress, From: hand, Body: &job.WorkflowProgress{ShardProgress: job.ShardProgress{Shard: view(100, 1, 0, 1, 1, 0).Shard}}}).(*job.WorkflowProgressAck)
	if pr.Code != call.CodeAlreadyTerminal {
		t.Errorf("progress: %v", pr.Code)
	}
}

// §7.2: after a takeover an ended job still knows how its workflows ended.
func TestSingleCancelOfAnEndedJobAfterATakeover(t *testing.T) {
	b := newCluster(t)
	for g := gate1; g <= gate3; g++ {
		b.silent[g] = true
	}
	b.takeOver(func(e *replica.Entry) {
		e.State, e.Completeness, e.Submission = job.StateCompleted, job.CompletePartial, nil
		e.Results = []job.WorkflowOutcome{{Workflow: 101, Status: job.StatusCancelled, Error: job.ErrorCancelled}, {Workflow: 100, Status: job.StatusCompleted}}
	})
	b.run(b.now + sec)
	for w, want := range map[job.WorkflowID]cancel.SingleStatus{100: cancel.SingleAlreadyCompleted, 101: cancel.SingleAlreadyCancelled} {
		if a := b.ask(b.singleRequest(w, uint64(w), true)).(*cancel.SingleResponse); a.Status != want || a.Code != call.CodeOK {
			t.Errorf("cancel of %d: %+v", w, a)
		}
	}
	r := b.ask(core.Message{Kind: core.KindWorkflowFinalResult, From: hand, Body: &job.WorkflowFinalResult{Shard: view(100, 1, 0, 1, 1, 0).Shard, Worker: hand}}).(*call.Ack)
	if r.Code != call.CodeDuplicate {
		t.Errorf("result: %v", r.Code)
	}
	if illegal, _ := b.m.Counters(); illegal != 0 {
		t.Errorf("%d illegal", illegal)
	}
}

func askMore(seq uint32) core.Message {
	m := core.Message{Kind: core.KindHealthcheckExtensionRequest, From: hand, Body: &jobtimeout.ExtensionRequest{}}
	m.Body.(*jobtimeout.ExtensionRequest).Ask = core.Ask{Seq: seq, Progress: 0.5}
	return m
}

// 04-38: a grant whose commit does not come is none, for the first copy of the request and for every later one.
func TestGrantThatIsNotCommitted(t *testing.T) {
	b := newCluster(t)
	x := b.started()
	b.cutOff(true)
	n := b.send(askMore(1))
	b.run(b.now + 500*ms)
	if r := b.replies[n]; r != nil {
		t.Fatalf("answered before the commit: %+v", r)
	}
	b.step(func() { b.m.superseded(b.now, x, 9, &b.fx) })
	again := b.send(askMore(1))
	b.run(b.now + 500*ms)
	for _, n := range []uint32{n, again} {
		if a := reply[*jobtimeout.ExtensionResponse](b, n); a == nil || a.Granted || a.Extension != 0 {
			t.Errorf("%+v", a)
		}
	}
}

// §7.2: a repeat of a request gets its answer, also while that waits for its commit; what has no number is never taken for a
// repeat.
func TestRepeatOfASingleCancel(t *testing.T) {
	b := newCluster(t)
	x := b.started()
	b.cutOff(true)
	first := b.send(b.singleRequest(101, 5, true))
	again := b.send(b.singleRequest(101, 5, true))
	b.run(b.now + 500*ms)
	if b.replies[first] != nil || b.replies[again] != nil {
		t.Fatal("answered before the commit")
	}
	b.cutOff(false)
	b.run(b.now + 11*sec)
	last := b.send(b.singleRequest(101, 5, true))
	b.run(b.now + 500*ms)
	for i, n := range []uint32{first, again, last} {
		if a := reply[*cancel.SingleResponse](b, n); a == nil || a.Status != cancel.SinglePending || a.Workflow != 101 {
			t.Errorf("%d: %+v", i, a)
		}
	}
	if len(x.singles) != 1 {
		t.Errorf("written down %d times", len(x.singles))
	}

	b = newCluster(t)
	b.started()
	n101, n100 := b.send(b.singleRequest(101, 0, true)), b.send(b.singleRequest(100, 0, true))
	b.run(b.now + 500*ms)
	later := b.send(b.singleRequest(100, 0, true))
	b.run(b.now + 500*ms)
	for n, w := range map[uint32]job.WorkflowID{n101: 101, n100: 100, later: 100} {
		if a := reply[*cancel.SingleResponse](b, n); a == nil || a.Workflow != w {
			t.Errorf("workflow %d: %+v", w, a)
		}
	}
	if s := b.m.flows.State(100); s != workflow.Cancelled && s != workflow.Cancelling {
		t.Errorf("workflow 100 is %v", s)
	}
}

// J33: the deadline of a worker that was granted more time counts on while nobody holds the job.
func TestDeadlineOfAWorkerAfterATakeover(t *testing.T) {
	b := newCluster(t)
	var from core.Instant
	x := b.takeOver(func(e *replica.Entry) {
		from = b.now
		e.State = job.StateRunning
		tok := view(100, 1, 0, 1, 1, 0).Token
		e.Workflows = []replica.WorkflowEntry{{Workflow: 100, State: workflow.Running, Attempt: 1, Shards: []replica.ShardEntry{{Worker: hand, Cores: 1, VUs: 1, Token: tok, State: job.ShardRunning}}}, {Workflow: 101, State: workflow.Pending}}
		e.Elapsed = 20 * time.Second
		e.Timeout = []jobtimeout.Snapshot{{Gates: true, Gate: gate1, Timeout: 100 * time.Second, StuckThreshold: 120 * time.Second, Elapsed: 20 * time.Second, Entry: 20 * time.Second, SinceExtension: 0, Extensions: 15 * time.Second,
			Workers: []jobtimeout.WorkerExtension{{Worker: hand, Active: true, Left: 45 * time.Second, InJob: 15 * time.Second, LastSeq: 1, Grants: 1, Total: 15 * time.Second}}}}
	})
	_ = x
	if at, ok := b.m.workers.at(hand).time.Deadline(); !ok || at > from.Add(45*time.Second)+50*ms {
		t.Errorf("deadline %v, and it was %v", at, from.Add(45*time.Second))
	}
}

// I-JC2: cancelled, ended before and unconfirmed are all workflows, also at a successor.
func TestUnconfirmedAfterATakeover(t *testing.T) {
	b := newCluster(t)
	b.takeOver(func(e *replica.Entry) {
		e.State, e.EndsAs = job.StateCancelling, job.StateCancelled
		e.Workflows = []replica.WorkflowEntry{{Workflow: 100, State: workflow.Cancelled, Attempt: 1}, {Workflow: 101, State: workflow.Pending}}
		e.Results = []job.WorkflowOutcome{{Workflow: 100, Status: job.StatusCancelled, Error: job.ErrorCancelled}}
		e.Errors = []job.Failure{{Workflow: 100, Site: 4, Node: hand, Kind: job.ErrorCancelled}, {Workflow: 100, Site: 4, Node: hand, Kind: job.ErrorCancelled}}
	})
	b.run(b.now + 10*sec)
	r := b.told(core.KindJobCancellationComplete, 0)
	if len(r) != 1 {
		t.Fatalf("told %d times", len(r))
	}
	if c := r[0].body.(*cancel.JobComplete); c.Success || c.Cancelled != 1 || c.Total != 2 {
		t.Errorf("%+v", c)
	}
}

// 04-37: the hour after which an end that no gate knows counts as delivered is that of the job, whoever holds it; and how
// long the job took does not grow after its end.
func TestTheEndIsTheJobs(t *testing.T) {
	b := newCluster(t)
	for g := gate1; g <= gate3; g++ {
		b.silent[g] = true
	}
	x := b.started()
	b.done()
	b.run(b.now + sec)
	b.done()
	b.run(b.now + sec)
	if x.state != job.StateCompleted {
		t.Fatalf("%v", x.state)
	}
	took := x.ended.Sub(x.accepted)
	b.run(b.now + 2000*sec)
	e := *b.m.rep.View(7)
	e.Elapsed += b.now.Sub(b.m.rep.Stored(7))
	y := b.m.restore(b.now, &e, &b.fx)
	if got := b.m.finalOf(y, job.SiteFinal{}).Elapsed; got != took {
		t.Errorf("it took %v, its successor says %v", took, got)
	}
	if age := b.now.Sub(y.ended); age < 2000*time.Second {
		t.Errorf("it ended %v ago", age)
	}
}

// §3.4, §5.4: what a workflow waits for, and whom it keeps away from, goes with its job to a successor: it is not dispatched
// sooner, and not to a worker that lost it.
func TestPausesGoWithAJob(t *testing.T) {
	b := newCluster(t)
	x := b.started()
	d := b.tasks[0]
	b.tasks = nil
	b.send(core.Message{Kind: core.KindWorkflowFinalResult, From: hand, Body: &job.WorkflowFinalResult{
		Shard: d.Shard, Token: d.Token, Ended: job.EndedFailed, Error: job.ErrorWorker, Worker: hand, WorkerVersion: uint64(b.now), CoresAvailable: 8,
	}})
	b.run(b.now + 200*ms)
	f := &x.flows[0]
	if f.due <= b.now || len(f.excluded) != 1 {
		t.Fatalf("due %v, excluded %v", f.due, f.excluded)
	}
	f.excluded = append(f.excluded, exclusion{worker: 99, until: b.now + 60*sec})
	b.m.mirror(b.now, x, b.m.rep.Edit(7))
	e := *b.m.rep.View(7)
	e.Epoch++
	b.m.timers = job.Agenda[timer]{}
	y := b.m.restoreAnew(b.now, &e, &b.fx)
	g := &y.flows[0]
	if g.due != f.due || g.queued || len(g.excluded) != 2 || g.excluded[0] != f.excluded[0] || g.excluded[1] != f.excluded[1] {
		t.Errorf("due %v, queued %v, excluded %v; it was %v and %v", g.due, g.queued, g.excluded, f.due, f.excluded)
	}
	var kinds []timerKind
	for _, x := range b.m.timers.All() {
		kinds = append(kinds, x.kind)
	}
	if len(kinds) != 2 || kinds[0] != timerRetry || kinds[1] != timerUnbar {
		t.Errorf("timers %v", kinds)
	}
}

// restoreAnew is what a successor makes of an entry, with nothing else about the job in the way.
func (m *Manager) restoreAnew(now core.Instant, e *replica.Entry, fx *core.Effects) *record {
	m.abandon(now, m.records.by[e.Job], fx)
	return m.restore(now, e, fx)
}

// §2.6: a worker that does not answer who leads its jobs now, or says that it is not registered yet, is told again with every orphan scan,
// and one that registers later is told at once.
func TestWorkersThatDidNotHear(t *testing.T) {
	for name, joins := range map[string]bool{"no answer": false, "SYNCING": true} {
		t.Run(name, func(t *testing.T) { notHeard(t, joins) })
	}
}

func notHeard(t *testing.T, joins bool) {
	b := newCluster(t)
	var told []core.Instant
	hears := false
	b.hears = func(m *core.Message) bool {
		if m.Kind != core.KindJobLeaderWorkerTransfer {
			return true
		}
		told = append(told, b.now)
		b.joins = joins && !hears
		return hears || joins
	}
	x := b.takeOver(func(e *replica.Entry) {
		e.State = job.StateQueued
		e.Submission = slices.Clone(e.Submission)
		e.Submission[0].Timeout = 3600 * time.Second
	})
	b.run(b.now + 40*sec)
	first := len(told)
	if first == 0 || first > 4 {
		t.Fatalf("told %d times", first)
	}
	b.run(b.now + 130*sec)
	if len(told) <= first {
		t.Error("never again")
	}
	hears = true
	b.run(b.now + 250*sec)
	n := len(told)
	if b.run(b.now + 250*sec); len(told) != n {
		t.Error("told on and on")
	}
	if x.gone {
		t.Fatal("gone")
	}
	b.lives[hand] = 2
	b.send(core.Message{Kind: core.KindWorkerRegistration, From: hand, Body: &registry.WorkerRegistration{
		NodeInfo: registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: 2}, Cores: 8, CoresAvailable: 8,
	}})
	b.run(b.now + 100*ms)
	if len(told) != n+1 {
		t.Errorf("a worker that is new was told %d times", len(told)-n)
	}
}

// §4.5 P2: a member agrees to nothing under an epoch that is below the one it knows.
func TestProvisionUnderAStaleEpoch(t *testing.T) {
	b := newCluster(t)
	b.takeOver(func(e *replica.Entry) { e.State = job.StateQueued }) // under 2 now
	free := b.m.workers.at(hand).cores.Free()
	for _, c := range []struct {
		de   uint32
		code call.Code
	}{{1, call.CodeStaleFence}, {3, call.CodeOK}} {
		a := b.ask(core.Message{Kind: core.KindProvisionRequest, From: third, Body: &dispatch.ProvisionRequest{
			Job: 7, Workflow: 101, Attempt: 1, DE: c.de, Items: []dispatch.Reservation{{Worker: hand, Cores: 2}},
		}}).(*dispatch.ProvisionConfirm)
		if a.Code != c.code || a.Confirmed != (c.code == call.CodeOK) {
			t.Errorf("under %d: %+v", c.de, a)
		}
		if held := free - b.m.workers.at(hand).cores.Free(); (held >= 2) != a.Confirmed {
			t.Errorf("under %d: %d cores held", c.de, held)
		}
	}
}

// heldByOther lets another member hold job 7.
func (b *bench) heldByOther() {
	b.step(func() {
		e := replica.Entry{State: job.StateSubmitted, HandoverTo: core.NoNode, Gate: gate1, GE: 1, Callback: client, Submission: []job.Spec{b.spec()}}
		e.Job = 7
		b.peers[other].Accept(b.now, &e, &b.fx)
	})
	b.run(b.now + 100*ms)
}

// §8.1 step 2, §7.1 phase 3: who does not lead a job passes a result or a cancel on, once, and relays the answer.
func TestPassedOn(t *testing.T) {
	result := func() core.Message {
		return core.Message{Kind: core.KindWorkflowFinalResult, From: hand, Body: &job.WorkflowFinalResult{Shard: view(100, 1, 0, 1, 1, 0).Shard, Worker: hand}}
	}
	stop := func() core.Message {
		return core.Message{Kind: core.KindJobCancelRequest, From: gate1, Body: &cancel.JobRequest{Job: 7, Requester: gate1, GE: 1}}
	}
	b := newCluster(t)
	b.heldByOther()
	var seen []core.Body
	silent := false
	b.atPeer = func(x *core.Message) bool {
		y := core.Message{From: x.To, To: self, Seq: x.Seq, Instance: 1, Role: core.RoleManager}
		switch x.Kind {
		case core.KindWorkflowFinalResult:
			y.Kind, y.Body = core.KindWorkflowFinalResultAck, &call.Ack{Answer: call.Stale(77)}
		case core.KindJobCancelRequest:
			y.Kind, y.Body = core.KindJobCancelResponse, &cancel.JobResponse{Job: 7, Success: true, Cancelled: 2}
		default:
			return false
		}
		if seen = append(seen, x.Body); !silent {
			b.after(time.Millisecond, func() { b.arrive(&y) })
		}
		return true
	}
	n, c := b.send(result()), b.send(stop())
	b.run(b.now + 20*ms)
	if a := reply[*call.Ack](b, n); a == nil || a.Code != call.CodeStaleFence || a.Current != 77 {
		t.Errorf("result: %+v", a)
	}
	if a := reply[*cancel.JobResponse](b, c); a == nil || a.Code != call.CodeOK || a.Cancelled != 2 {
		t.Errorf("cancel: %+v", a)
	}
	if len(seen) != 2 || !seen[0].(*job.WorkflowFinalResult).Forwarded || !seen[1].(*cancel.JobRequest).Forwarded {
		t.Fatalf("passed on: %+v", seen)
	}
	twice := stop()
	twice.Body.(*cancel.JobRequest).Forwarded = true
	if a := b.ask(twice).(*cancel.JobResponse); a.Code != call.CodeNotLeader || a.Leader != other {
		t.Errorf("passed on twice: %+v", a)
	}
	silent = true
	n, c = b.send(result()), b.send(stop())
	b.run(b.now + 4*sec)
	if a := reply[*call.Ack](b, n); a == nil || a.Code != call.CodeSyncing {
		t.Errorf("result, and the leader is silent: %+v", a)
	}
	if a := reply[*cancel.JobResponse](b, c); a == nil || a.Code != call.CodeNotLeader || !b.m.rep.Cancelled(b.now, 7) {
		t.Errorf("cancel, and the leader is silent: %+v", a)
	}
	b.dead[other] = true
	if a := b.ask(result()).(*call.Ack); a.Code != call.CodeNotLeader && a.Code != call.CodeSyncing {
		t.Errorf("the leader is dead: %+v", a)
	}
}

// Spec 30 §2.1, 01-60: heartbeats say what was dispatched in an interval, and what could have been all that while: nothing,
// unless no majority agrees.
func TestBeatsSayWhatIsServed(t *testing.T) {
	b := newCluster(t)
	b.m.p.Interval = 10 * time.Second
	b.run(5 * sec)
	b.started()
	b.run(25 * sec)
	done := float32(0)
	for _, h := range b.told(core.KindManagerHeartbeat, 0) {
		r := h.body.(*registry.ManagerHeartbeat)
		if done = max(done, r.Throughput); r.Expected != 0 || r.Waiting != 0 {
			t.Errorf("at %v: expected %v, waiting %d", h.at, r.Expected, r.Waiting)
		}
	}
	if done != 0.1 {
		t.Errorf("%v dispatched per second", done)
	}
	b.lost = func(m *core.Message) bool { return m.Kind == core.KindProvisionRequest }
	b.done()
	from := b.now
	b.run(b.now + 30*sec)
	last := b.told(core.KindManagerHeartbeat, from+25*sec)[0].body.(*registry.ManagerHeartbeat)
	if last.Throughput != 0 || last.Expected != 0.1 || last.Waiting != 1 {
		t.Errorf("blocked: %v, expected %v, waiting %d", last.Throughput, last.Expected, last.Waiting)
	}
}

// AD-4, spec 20 §1.5: who begins to lead the cluster reads all workers: the newest word about cores counts, and a shard that
// belongs to nobody is stopped.
func TestALeaderReadsWorkers(t *testing.T) {
	b := newCluster(t)
	leads := false
	b.m.p.Election = leader{&leads}
	b.run(5 * sec)
	x := b.started()
	tok := b.tasks[0].Token
	stray := view(101, 1, 0, 1, 9, job.ShardRunning)
	asked := 0
	b.hears = func(m *core.Message) bool {
		if m.Kind != core.KindStateSyncRequest {
			return true
		}
		asked++
		s := replica.WorkerSnapshot{Worker: hand, State: registry.WorkerHealthy, Cores: 8, CoresAvailable: 3, Version: uint64(b.now)}
		for _, v := range []job.ShardView{{Shard: b.tasks[0].Shard, Token: tok, State: job.ShardRunning, Cores: 1, VUs: 1}, stray} {
			s.Shards = append(s.Shards, replica.ShardCount{ShardView: v})
		}
		y := core.Message{Kind: core.KindStateSyncResponse, From: hand, To: self, Seq: m.Seq, Instance: 1, Body: &replica.StateResponse{Ready: true, Worker: []replica.WorkerSnapshot{s}}}
		b.step(func() { b.m.Receive(b.now, &y, &b.fx) })
		return false
	}
	b.run(b.now + 5*sec)
	if asked != 0 {
		t.Fatal("asked by who does not lead")
	}
	leads = true
	b.run(b.now + 10*sec)
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	if free := b.m.workers.at(hand).cores.Free(); free != 3 {
		t.Errorf("%d cores are free", free)
	}
	if len(b.stops) != 1 || b.stops[0].Token != stray.Token || x.state != job.StateRunning {
		t.Errorf("told to stop: %+v", b.stops)
	}
}

type leader struct{ leads *bool }

func (l leader) Leads(core.Instant) bool { return *l.leads }

// Spec 20 §1.3: a worker that registers with one member is known to the others, which let it know them.
func TestDiscovery(t *testing.T) {
	b := newCluster(t)
	var told []core.Kind
	b.hears = func(m *core.Message) bool {
		told = append(told, m.Kind)
		return true
	}
	var others []core.NodeID
	b.atPeer = func(m *core.Message) bool {
		if m.Kind == core.KindWorkerDiscoveryBroadcast {
			others = append(others, m.To)
			y := core.Message{Kind: core.KindWorkerDiscoveryAck, From: m.To, To: self, Seq: m.Seq, Instance: 1, Body: &call.Ack{}}
			b.after(time.Millisecond, func() { b.arrive(&y) })
		}
		return m.Kind == core.KindWorkerDiscoveryBroadcast
	}
	info := func(life uint32) registry.NodeInfo {
		return registry.NodeInfo{Node: hand, Role: core.RoleWorker, Instance: life}
	}
	b.lives[hand] = 2
	a := b.ask(core.Message{Kind: core.KindWorkerRegistration, From: hand, Body: &registry.WorkerRegistration{NodeInfo: info(2), Cores: 8, CoresAvailable: 8}}).(*registry.RegistrationResponse)
	if !a.Accepted || len(a.Managers) != 3 || len(others) != 2 {
		t.Errorf("%+v, told %v", a, others)
	}
	told = nil
	hear := func(life uint32) {
		b.send(core.Message{Kind: core.KindWorkerDiscoveryBroadcast, From: third, Body: &registry.WorkerDiscovery{NodeInfo: info(life), Cores: 4, CoresAvailable: 4, Manager: third}})
		b.run(b.now + 20*ms)
	}
	hear(3)
	if w := b.m.workers.at(hand); w.instance != 3 || w.cores.Free() != 4 || len(told) != 1 || told[0] != core.KindManagerToWorkerRegistration {
		t.Errorf("process %d, %d free, the worker heard %v", w.instance, w.cores.Free(), told)
	}
	hear(2)
	hear(3)
	if w := b.m.workers.at(hand); w.instance != 3 || len(told) != 1 || len(others) != 2 {
		t.Errorf("a repeat: process %d, the worker heard %v, members %v", w.instance, told, others)
	}
}

// J41: a grant counts for the jobs of which something is DISPATCHED or RUNNING at the worker, not for one that is being
// stopped there.
func TestGrantsAreForWhatRuns(t *testing.T) {
	b := newCluster(t)
	b.started()
	b.deaf = true
	b.send(b.singleRequest(100, 5, false))
	b.run(b.now + 100*ms)
	if s := b.m.flows.State(100); s != workflow.Cancelling {
		t.Fatalf("workflow 100 is %v", s)
	}
	if a := b.ask(askMore(1)).(*jobtimeout.ExtensionResponse); a.Granted {
		t.Errorf("%+v", a)
	}
	if e := b.m.time.jobs.Elapsed(b.now, 7); e == 0 {
		t.Fatal("the job is not tracked: this shows nothing")
	}
}

// What waited for one commit is done in the order in which it waited, whatever comes of it: the end of a workflow is told before
// the payloads of its job are given up, though the job is concluded by what stands in front of it.
func TestWhatWaitedIsDoneInOrder(t *testing.T) {
	b := newCluster(t)
	x := b.started()
	b.run(b.now + sec)
	seq := x.done
	x.dirty, x.sent = false, seq
	x.after = append(x.after[:0], after{kind: afterStopped, seq: seq}, after{kind: afterEnd, flow: 0, seq: seq})
	b.m.committed(b.now, x, seq, &b.fx)
	if x.spec != nil || len(x.after) != 0 {
		t.Errorf("payloads %v, %d wait", x.spec != nil, len(x.after))
	}
}
