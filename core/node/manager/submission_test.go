package manager

import (
	"testing"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// 04-52, §4.1 M5: a submission of a job that has ended is a repeat, whoever holds it by now: a successor has no payloads any more, and
// no digest to compare.
func TestSubmissionOfAnEndedJobAfterATakeover(t *testing.T) {
	b := newCluster(t)
	for g := gate1; g <= gate3; g++ {
		b.silent[g] = true
	}
	b.takeOver(func(e *replica.Entry) {
		e.State, e.Completeness, e.Submission = job.StateCompleted, job.CompleteFull, nil
		e.Results = []job.WorkflowOutcome{{Workflow: 100, Status: job.StatusCompleted}, {Workflow: 101, Status: job.StatusCompleted}}
	})
	b.run(b.now + sec)
	if a := b.submit(gate2, 2); a.Code != call.CodeAlreadyTerminal || a.State != job.StateCompleted || !a.Own {
		t.Errorf("to a gate: %+v", a)
	}
}

// 04-54: what was cancelled before it came here may be all there is of a job: it ends with the first word about it.
func TestSubmissionWhoseWorkflowsAreAllCancelled(t *testing.T) {
	for name, list := range map[string][]job.SingleCancel{
		"both":  {{Workflow: 100, Dependents: true}, {Workflow: 101}},
		"twice": {{Workflow: 100}, {Workflow: 100, Dependents: true}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if a := b.submit(gate1, 1, list...); a.Code != call.CodeOK {
				t.Errorf("%+v", a)
			}
			if x := b.job(); !x.state.Terminal() || x.tally.Cancelled+x.tally.Failed != 2 {
				t.Errorf("%v, %+v", x.state, x.tally)
			}
		})
	}
}

// 04-13: a member that knows of its own acceptance, which failed, from somebody else only does not name itself.
func TestSubmissionAfterAnAcceptanceThatFailed(t *testing.T) {
	b := newCluster(t)
	e := replica.Entry{Kind: replica.EntryFull, Reason: replica.ReasonAccept, State: job.StateSubmitted, HandoverTo: core.NoNode, Gate: core.NoNode, Callback: client, Submission: []job.Spec{b.spec()}}
	e.Head = replica.Head{Job: 7, Epoch: 1, Seq: 1, Holder: self, Instance: 1}
	b.step(func() {
		b.m.Receive(b.now, &core.Message{Kind: core.KindStateSyncResponse, From: other, To: self, Role: core.RoleManager, Instance: 1, Body: &replica.StateResponse{Ready: true, Jobs: []replica.Found{{Job: 7, Promised: 1, Entry: []replica.Entry{e}}}}}, &b.fx)
	})
	x := core.Message{Kind: core.KindJobSubmission, From: client, Body: &job.Submission{Gate: core.NoNode, Spec: b.spec()}}
	if a := b.ask(x).(*job.Ack); a.Code != call.CodeNotLeader || a.Leader != core.NoNode {
		t.Errorf("%v, %v", a.Code, a.Leader)
	}
}

// 20/J43: where only what runs is cancelled, a shard on its way whose worker refuses it ends its workflow as well as one that ended.
func TestRefusedWhileItIsCancelled(t *testing.T) {
	for _, answered := range []bool{true, false} {
		b := newBench(t)
		b.cfg.Cancel.Dispatched = false
		var sent *core.Message
		b.hears = func(x *core.Message) bool {
			if x.Kind == core.KindWorkflowDispatch && sent == nil {
				y := *x
				sent = &y
			}
			return x.Kind != core.KindWorkflowDispatch
		}
		b.submit(gate1, 1)
		b.run(b.now + 10*ms)
		if a := b.cancel(gate1, 1); !a.Success {
			t.Fatalf("%+v", a)
		}
		if answered {
			d := sent.Body.(*dispatch.WorkflowDispatch)
			ack := &dispatch.WorkflowDispatchAck{Shard: d.Shard, Token: d.Token, WorkerVersion: 5}
			ack.Code = call.CodeNoCapacity
			b.step(func() {
				b.m.Receive(b.now, &core.Message{Kind: core.KindWorkflowDispatchAck, From: hand, To: self, Seq: sent.Seq, Instance: 1, Body: ack}, &b.fx)
			})
		}
		b.run(b.now + 25*sec)
		if x := b.job(); x.state != job.StateCancelled || len(x.errors) != 0 {
			t.Errorf("answered %v: it is %v, %+v", answered, x.state, x.errors)
		}
	}
}
