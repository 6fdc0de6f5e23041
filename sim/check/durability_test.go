package check

import (
	"testing"

	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/replica"
	"hypersim/core/workflow"
	"hypersim/sim/trace"
)

// three makes the managers 0, 1 and one more, 4, one cluster, of which 0 holds job 1.
func (t *tape) three() {
	t.ctx.Nodes = append(t.ctx.Nodes, Node{ID: 4, Name: "d", Role: core.RoleManager, Group: 1})
	t.add(trace.Record{Kind: trace.KindStart, Node: 4, Inst: 1})
	t.works()
	t.holds(0, int64(job.HoldAccepted), 1)
}

// forget lets manager 0 lose its memory, and manager 4 too unless enough know what it did.
func (t *tape) forget(enough bool) {
	t.at(30*sec).life(trace.KindCrash, 0)
	if !enough {
		t.at(31*sec).life(trace.KindCrash, 4)
	}
	t.at(40 * sec)
}

// back lets those start again.
func (t *tape) back(enough bool) {
	t.life(trace.KindStart, 0).Inst = 2
	if !enough {
		t.life(trace.KindStart, 4).Inst = 2
	}
}

// resynced lets manager 1, which restarted, say that it acts as a member.
func (t *tape) resynced(byLimit uint8) {
	t.job(trace.JobRecord{Kind: trace.JobFact, Node: 1, Inst: 2, Fact: core.JobFact{Kind: core.JobFactResync, To: byLimit}})
}

// Runs after which a majority of a cluster of three knows nothing of what was said: that is held against nobody. In the wrong ones one
// member fewer has forgotten it.
func init() {
	doctored = append(doctored, []doctoredRun{
		{id: JL2, name: "an epoch that was forgotten", build: func(t *tape, bad bool) {
			t.three()
			t.forget(bad)
			t.holds(1, int64(job.HoldWon), 1)
		}},
		{id: JL2, name: "a member that could not read who knew", build: func(t *tape, bad bool) {
			t.three()
			t.restarts()
			t.at(30*sec).reads(4, true)
			t.holds(0, int64(job.HoldSuspended), 1)
			if bad { // one answer is no reading
				t.resynced(0)
			} else {
				t.at(63 * sec).resynced(1)
			}
			t.job(trace.JobRecord{Kind: trace.JobFact, Node: 1, Inst: 2, Fact: core.JobFact{Kind: core.JobFactHolder, Job: 1, A: int64(job.HoldWon), B: 1, Epoch: 1}})
		}},
		{id: JL2, name: "a member that says too early that it could not read who knew", build: func(t *tape, bad bool) {
			t.three()
			t.restarts()
			t.at(30*sec).reads(4, true)
			t.holds(0, int64(job.HoldSuspended), 1)
			if !bad {
				t.at(63 * sec)
			}
			t.resynced(1)
			t.job(trace.JobRecord{Kind: trace.JobFact, Node: 1, Inst: 2, Fact: core.JobFact{Kind: core.JobFactHolder, Job: 1, A: int64(job.HoldWon), B: 1, Epoch: 1}})
		}},
		{id: JL2, name: "two that forgot, of whom one had read again", build: func(t *tape, bad bool) {
			t.three()
			t.restarts()
			if t.at(30 * sec); bad {
				t.reads(0, true)
				t.reads(4, true)
				t.resynced(0)
			}
			t.forget(true)
			t.job(trace.JobRecord{Kind: trace.JobFact, Node: 1, Inst: 2, Fact: core.JobFact{Kind: core.JobFactHolder, Job: 1, A: int64(job.HoldWon), B: 1, Epoch: 1}})
		}},
		{id: JL5, name: "an end that was forgotten", also: []ID{J2}, build: func(t *tape, bad bool) {
			t.three()
			t.finishes()
			t.forget(bad)
			t.holds(1, int64(job.HoldWon), 2)
			t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			t.holds(1, int64(job.HoldResumed), 2)
			t.says(1, core.JobFact{Kind: core.JobFactState, From: uint8(job.StateCompleting), To: uint8(job.StateFailed), Epoch: 2})
		}},
		{id: JL5, name: "an end under an epoch of which it was forgotten that a higher one was won", also: []ID{J2}, build: func(t *tape, bad bool) {
			t.three()
			t.state(job.StateDispatching, job.StateRunning)
			t.runs(10, 1, 1)
			t.at(5*sec).completes(10, 1, 1)
			t.runs(11, 1, 2)
			t.at(9*sec).completes(11, 1, 2)
			t.state(job.StateRunning, job.StateCompleting)
			t.at(15*sec).holds(0, int64(job.HoldSuspended), 1)
			t.at(20*sec).holds(1, int64(job.HoldWon), 2)
			t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			t.at(30*sec).life(trace.KindCrash, 1)
			if !bad {
				t.at(31*sec).life(trace.KindCrash, 4)
				t.at(32*sec).life(trace.KindStart, 4).Inst = 2
			}
			t.at(50*sec).holds(0, int64(job.HoldResumed), 1)
			t.state(job.StateCompleting, job.StateCompleted)
			for _, f := range []core.JobFact{
				{Kind: core.JobFactHolder, A: int64(job.HoldWon), B: 3}, {Kind: core.JobFactTable, A: 1}, {Kind: core.JobFactHolder, A: int64(job.HoldResumed), B: 3},
				{Kind: core.JobFactState, From: uint8(job.StateCancelling), To: uint8(job.StateCancelled)},
			} {
				f.Job, f.Epoch = 1, 3
				t.job(trace.JobRecord{Kind: trace.JobFact, Node: 4, Inst: 2, Fact: f})
			}
		}},
		{id: J5, name: "an end that was forgotten, and the job goes on", build: func(t *tape, bad bool) {
			t.three()
			t.finishes()
			t.shard(trace.JobWork, 10, 3)
			t.forget(bad)
			t.back(bad)
			t.at(200 * sec).checkpoint()
		}},
		{id: J5, name: "an end that was forgotten, and said again", build: func(t *tape, bad bool) {
			t.three()
			t.finishes()
			t.shard(trace.JobWork, 10, 3)
			t.forget(false)
			t.back(false)
			t.holds(1, int64(job.HoldWon), 2)
			t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			t.holds(1, int64(job.HoldResumed), 2)
			if bad {
				t.says(1, core.JobFact{Kind: core.JobFactState, From: uint8(job.StateCompleting), To: uint8(job.StateCompleted), Epoch: 2})
			}
			t.at(200 * sec).checkpoint()
		}},
		{id: JT5, name: "an end that a gate could not read, and the job goes on", build: func(t *tape, bad bool) {
			t.ctx.Nodes = append(t.ctx.Nodes, Node{ID: 4, Name: "d", Role: core.RoleGate, Group: 1})
			t.add(trace.Record{Kind: trace.KindStart, Node: 4, Inst: 1})
			t.atGate()
			t.at(10*sec).gate(job.StateRunning, job.StateTimeout)
			t.at(12*sec).life(trace.KindCrash, 4)
			t.at(13*sec).life(trace.KindStart, 4).Inst = 2
			f := core.JobFact{Kind: core.JobFactResync, To: 1}
			if bad {
				m := t.message(core.KindStateSyncResponse, 1, 4)
				m.Body = &replica.StateResponse{Ready: true}
				t.delivered(m)
				f.To = 0
			}
			t.at(60 * sec).job(trace.JobRecord{Kind: trace.JobFact, Node: 4, Inst: 2, Fact: f})
			t.at(120 * sec).checkpoint()
		}},
		{id: JL6, name: "a job that was forgotten, and nobody takes over", build: func(t *tape, bad bool) {
			t.three()
			t.forget(bad)
			t.back(bad)
			t.at(160 * sec).checkpoint()
		}},
		{id: JC2, name: "a cancel that was forgotten, and asked for again", build: func(t *tape, bad bool) {
			t.three()
			cancelTold(t, 0)
			t.forget(bad)
			t.back(bad)
			t.at(41*sec).holds(1, int64(job.HoldWon), 2)
			m := t.message(core.KindJobCancellationComplete, 1, 2)
			m.Body = &cancel.JobComplete{Job: 1, Total: 2, Cancelled: 2}
			t.sent(m)
			t.delivered(m)
		}},
		{id: JR2, name: "results that were forgotten", build: func(t *tape, bad bool) {
			t.three()
			t.runs(10, 1, 1)
			t.tries(10, 1, job.ErrorWorker)
			t.runs(10, 2, 2)
			t.ended(2, 2, 5)
			t.forget(bad)
			t.back(bad)
			m := t.message(core.KindJobFinalResult, 1, 2)
			m.Body = &job.FinalResult{Job: 1, SiteFinal: job.SiteFinal{State: job.StateCompleted, Completeness: job.CompleteFull, Completed: 7}}
			t.sent(m)
			t.delivered(m)
		}},
		{id: JC3, name: "a cancel that was forgotten", build: func(t *tape, bad bool) {
			t.three()
			t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
			t.says(0, core.JobFact{Kind: core.JobFactCommit, Epoch: 1, B: 3})
			t.keeps(1, 11, 1)
			t.forget(bad)
			t.holds(1, int64(job.HoldWon), 2)
			t.holds(1, int64(job.HoldResumed), 2)
			t.says(1, core.JobFact{Kind: core.JobFactPlaced, Workflow: 11, Attempt: 1, Token: uint64(job.Ticket{DE: 2, N: 1}.Token()), Epoch: 2, Node: 3})
		}},
		{id: J6, name: "a job that was forgotten, and another one of its name", build: func(t *tape, bad bool) {
			t.three()
			t.hears(job.LocalUnknown)
			for i, n := range []core.NodeID{0, 1} {
				m := t.message(core.KindJobSubmission, 2, n)
				m.Body = &job.Submission{Spec: job.Spec{Job: 1, Digest: 7 + uint64(i)}}
				t.sent(m)
				t.view.flying[m.Kind]++
				t.at(t.now + 10*ms).delivered(m)
				t.says(n, core.JobFact{Kind: core.JobFactTable, A: 1})
				if i == 0 {
					t.forget(bad)
				}
			}
		}},
		{id: JF3, name: "a token that was forgotten, and runs twice", build: func(t *tape, bad bool) {
			t.three()
			t.runs(10, 1, 1)
			t.keeps(1, 10, 1)
			t.forget(bad)
			t.says(1, core.JobFact{Kind: core.JobFactPlaced, Workflow: 10, Attempt: 1, Token: token(1), Epoch: 1, Node: 3})
			t.shard(trace.JobEnded, 10, 1)
			t.shard(trace.JobEnded, 10, 1)
		}},
	}...)
}

// What a cluster forgot is told: how often that was more than it survives, and what follows.
func TestExceeded(t *testing.T) {
	for _, enough := range []bool{false, true} {
		tape := newTape()
		tape.three()
		tape.forget(enough)
		tape.holds(1, int64(job.HoldWon), 1)
		c := tape.run()
		list := c.Exceeded()
		if enough != (len(list) == 0) || enough != (c.Spared(JL2) == 0) {
			t.Errorf("enough know it: %v; %v, %d", enough, list, c.Spared(JL2))
		}
		if !enough && (len(list[0].Members) != 3 || list[0].Times != 1 || list[0].First != 30*sec) {
			t.Errorf("%+v", list)
		}
	}
}
