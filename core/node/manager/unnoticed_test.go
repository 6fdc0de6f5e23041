package manager

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/core/workflow"
)

// J43: a cancel goes to shards that were dispatched and not acknowledged yet, too, and the workflow is not CANCELLED before
// they are confirmed.
func TestCancelOfWhatIsDispatched(t *testing.T) {
	b := newBench(t)
	b.hears = func(x *core.Message) bool { return x.Kind != core.KindWorkflowDispatch }
	b.submit(gate1, 1)
	b.run(b.now + 100*ms)
	if s := b.m.flows.State(100); s != workflow.Dispatched {
		t.Fatalf("it is %v", s)
	}
	asked := 0
	b.hears = func(x *core.Message) bool {
		if x.Kind == core.KindWorkflowCancelRequest {
			asked++
		}
		return false
	}
	b.send(core.Message{Kind: core.KindJobCancelRequest, From: gate1, Body: &cancel.JobRequest{Job: 7, Requester: gate1, GE: 1}})
	b.run(b.now + sec)
	if asked == 0 {
		t.Error("its worker is not asked")
	}
	if s := b.m.flows.State(100); s != workflow.Cancelling {
		t.Errorf("it is %v", s)
	}
	b.hears = nil
	b.run(b.now + 30*sec)
	if s := b.m.flows.State(100); s != workflow.Cancelled || b.job().state != job.StateCancelled {
		t.Errorf("it is %v, the job %v", s, b.job().state)
	}
}

// T9: a decision that was pending is committed by the successor as it stands, and nothing else is decided, whatever runs.
func TestPendingDecisionIsTakenOver(t *testing.T) {
	b := newCluster(t)
	b.has = []job.ShardView{view(100, 1, 0, 1, 1, job.ShardRunning)}
	x := b.takeOver(func(e *replica.Entry) {
		e.State, e.Pending, e.PendingCompleteness = job.StateRunning, job.StateTimeout, job.CompleteNone
		e.Workflows = []replica.WorkflowEntry{
			{Workflow: 100, State: workflow.Running, Attempt: 1, Shards: []replica.ShardEntry{{Worker: hand, Cores: 1, VUs: 1, Token: job.Ticket{DE: 1, N: 1}.Token(), State: job.ShardRunning}}},
			{Workflow: 101, State: workflow.Pending},
		}
	})
	b.run(b.now + 10*sec)
	if x.state != job.StateTimeout {
		t.Errorf("it is %v", x.state)
	}
	for _, h := range b.told(core.KindJobFinalStatus, 0) {
		if s := h.body.(*jobtimeout.FinalStatus).State; s != job.StateTimeout {
			t.Errorf("told %v", s)
		}
	}
	if len(b.told(core.KindJobFinalStatus, 0)) == 0 {
		t.Error("not told")
	}
	if len(b.tasks) != 0 {
		t.Error("something was started")
	}
}

// §3.1: a job that is over stays as it is, and what is not in the table changes nothing.
func TestNoStateIsOverwritten(t *testing.T) {
	b := newBench(t)
	for from := job.StateSubmitted; from < job.NumStates; from++ {
		for to := job.StateSubmitted; to < job.NumStates; to++ {
			if from.Local() || to.Local() {
				continue
			}
			x := &record{id: 7, state: from, client: core.NoNode, gone: true}
			before := b.m.illegal
			moved := b.m.setState(b.now, x, to, &b.fx)
			if want := from.May(to); moved != want || (x.state == to) != (want || from == to) || (b.m.illegal == before) != want || from.Terminal() && moved {
				t.Errorf("%v to %v: %v, and it is %v", from, to, moved, x.state)
			}
		}
	}
}

// I-JW3, I-JR2: the first result of a shard counts, while the others of its workflow run: one that comes again, or says something
// else, is a duplicate and changes nothing.
func TestSecondResultOfAShard(t *testing.T) {
	b := newCluster(t)
	first, second := view(100, 1, 0, 1, 1, job.ShardRunning), view(100, 1, 1, 1, 2, job.ShardRunning)
	b.has = []job.ShardView{first, second}
	b.takeOver(func(e *replica.Entry) {
		e.State = job.StateRunning
		e.Workflows = []replica.WorkflowEntry{
			{Workflow: 100, State: workflow.Running, Attempt: 1, Shards: []replica.ShardEntry{
				{Worker: hand, Index: 0, Cores: 1, VUs: 1, Token: first.Token, State: job.ShardRunning},
				{Worker: hand, Index: 1, Cores: 1, VUs: 1, Token: second.Token, State: job.ShardRunning},
			}},
			{Workflow: 101, State: workflow.Pending},
		}
	})
	b.run(b.now + 10*sec)
	result := func(v job.ShardView, end job.Ended, why job.ErrorKind, n uint64) call.Code {
		k := b.send(core.Message{Kind: core.KindWorkflowFinalResult, From: hand, Body: &job.WorkflowFinalResult{
			Shard: v.Shard, Token: v.Token, Ended: end, Error: why, Completed: n, Worker: hand, WorkerVersion: uint64(b.now), CoresAvailable: 8,
		}})
		b.run(b.now + 100*ms) // it is committed first
		return b.replies[k].(*call.Ack).Code
	}
	for i, x := range []struct {
		of   job.ShardView
		end  job.Ended
		why  job.ErrorKind
		n    uint64
		want call.Code
		done workflow.State
	}{
		{first, job.EndedCompleted, job.ErrorNone, 5, call.CodeOK, workflow.Running},
		{first, job.EndedCompleted, job.ErrorNone, 5, call.CodeDuplicate, workflow.Running},
		{first, job.EndedCompleted, job.ErrorNone, 50, call.CodeDuplicate, workflow.Running},
		{first, job.EndedFailed, job.ErrorUser, 0, call.CodeDuplicate, workflow.Running},
		{second, job.EndedCompleted, job.ErrorNone, 7, call.CodeOK, workflow.Aggregated},
	} {
		code := result(x.of, x.end, x.why, x.n)
		if s := b.m.flows.State(100); code != x.want || s != x.done {
			t.Errorf("%d: answered %v, and it is %v", i, code, s)
		}
	}
	if n := b.job().completed; n != 12 {
		t.Errorf("%d items are counted", n)
	}
}
