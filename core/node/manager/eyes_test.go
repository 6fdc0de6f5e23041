package manager

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// §0: under one epoch another holder is refused, whatever it asks. A gate that owes a cancel under the epoch of the gate that
// leads the job stops nothing.
func TestCancelOfAnotherGateUnderTheSameEpoch(t *testing.T) {
	b := newCluster(t)
	x := b.started()
	ask := func(from core.NodeID, ge uint32) *cancel.JobResponse {
		return b.ask(core.Message{Kind: core.KindJobCancelRequest, From: from, Body: &cancel.JobRequest{Job: 7, Requester: from, GE: ge}}).(*cancel.JobResponse)
	}
	if a := ask(gate2, 1); a.Code != call.CodeStaleFence || a.Current != 1 {
		t.Errorf("%+v", a)
	}
	if x.state != job.StateRunning || x.command {
		t.Errorf("it is %v", x.state)
	}
	if a := ask(gate1, 1); a.Code != call.CodeOK || x.state != job.StateCancelling {
		t.Errorf("its own gate: %+v, it is %v", a, x.state)
	}
}

// 03-12: a higher epoch that somebody holds the job under ends leadership in the same event, by whatever message.
func TestHigherEpochsEndLeadership(t *testing.T) {
	token := job.Ticket{DE: 2, N: 1}.Token()
	shard := job.Shard{Job: 7, Workflow: 100, Attempt: 2}
	for _, c := range []struct {
		name string
		from core.NodeID
		kind core.Kind
		body core.Body
	}{
		{"a round of agreement", other, core.KindProvisionRequest, &dispatch.ProvisionRequest{Job: 7, Workflow: 100, Attempt: 2, DE: 2, Items: []dispatch.Reservation{{Worker: hand, Cores: 1}}}},
		{"a result", hand, core.KindWorkflowFinalResult, &job.WorkflowFinalResult{Shard: shard, Token: token, Ended: job.EndedCompleted, Worker: hand}},
		{"progress", hand, core.KindWorkflowProgress, &job.WorkflowProgress{ShardProgress: job.ShardProgress{Shard: shard, Token: token, Seq: 1}}},
		{"a query", hand, core.KindWorkflowCancellationQuery, &cancel.Query{Shards: []cancel.ShardToken{{Shard: shard, Token: token}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newCluster(t)
			b.started()
			b.send(core.Message{Kind: c.kind, From: c.from, Body: c.body})
			if b.job() != nil || b.m.rep.Leads(7) {
				t.Error("it leads the job still")
			}
		})
	}
}

// 03-13: who waits for a decision hears LEASE_LOST when the lease ends.
func TestWhoWaitsForADecisionWhenTheLeaseEnds(t *testing.T) {
	b := newCluster(t)
	x := b.started()
	b.done()
	b.run(b.now + sec)
	b.cutOff(true)
	b.done()
	if x.pending != job.StateCompleted {
		t.Fatalf("%v, pending %v", x.state, x.pending)
	}
	n := b.send(core.Message{Kind: core.KindJobCancelRequest, From: gate1, Body: &cancel.JobRequest{Job: 7, Requester: gate1, GE: 1}})
	b.run(b.now + 35*sec)
	if b.m.may(b.now, x) {
		t.Fatal("the lease runs still")
	}
	if a := reply[*cancel.JobResponse](b, n); a == nil || a.Code != call.CodeLeaseLost {
		t.Errorf("%+v", a)
	}
}

// Spec 20 §5.8: a shard that its worker does not have was lost. A worker that is too busy to say so, and answers BUSY, has it still.
func TestScanOfABusyWorker(t *testing.T) {
	for _, c := range []struct {
		code call.Code
		want workflow.State
	}{{call.CodeBusy, workflow.Running}, {call.CodeOK, workflow.Dispatched}} {
		b := newBench(t)
		b.submit(gate1, 1)
		b.run(sec)
		b.hears = func(x *core.Message) bool {
			if x.Kind == core.KindWorkflowStatusQuery {
				a := &job.WorkflowStatusResponse{Answer: call.Answer{Code: c.code}}
				y := core.Message{Kind: core.KindWorkflowStatusResponse, From: hand, To: self, Seq: x.Seq, Instance: 1, Body: a}
				b.step(func() { b.m.Receive(b.now, &y, &b.fx) })
			}
			return false
		}
		b.run(core.Instant(b.cfg.Orphan.ScanInterval) + 500*ms)
		if s := b.m.flows.State(b.job().flows[0].id); s != c.want {
			t.Errorf("%v: the workflow is %v", c.code, s)
		}
	}
}
