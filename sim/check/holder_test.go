package check

import (
	"fmt"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/core/workflow"
	"hypersim/sim/trace"
)

// holds changes the part of manager n in holding job 1.
func (t *tape) holds(n core.NodeID, part int64, epoch uint32) {
	t.says(n, core.JobFact{Kind: core.JobFactHolder, A: part, B: 1, Epoch: epoch})
}

// takes lets manager 1 take job 1 over from manager 0, which is gone, at 20 s.
func (t *tape) takes() {
	t.at(10*sec).life(trace.KindCrash, 0)
	t.at(20*sec).holds(1, int64(job.HoldWon), 2)
	t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
	t.holds(1, int64(job.HoldResumed), 2)
}

// These are about the managers 0 and 1 of one site, and its worker 3.
func init() {
	doctored = append(doctored, []doctoredRun{
		{id: JL2, name: "two holders of an epoch", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.at(10*sec).life(trace.KindCrash, 0)
			epoch := uint32(2)
			if bad {
				epoch = 1
			}
			t.at(20*sec).holds(1, int64(job.HoldWon), epoch)
		}},
		{id: JL3, name: "a shard is sent without a lease", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.holds(0, int64(job.HoldSuspended), 1)
			if !bad {
				t.holds(0, int64(job.HoldResumed), 1)
			}
			t.placed(10, 1, 2)
		}},
		{id: JL3, name: "who named a successor decides before it is committed that it takes the job back", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			round := func(seq uint64, to core.NodeID) {
				m := t.message(core.KindJobStateSync, 0, 1)
				m.Body = &replica.Sync{Entries: []replica.Entry{{Head: replica.Head{Job: 1, Epoch: 1, Seq: seq}, Kind: replica.EntryDelta, HandoverTo: to}}}
				t.sent(m)
			}
			round(5, 1)
			m := t.message(core.KindLeaseTransfer, 0, 1)
			m.Body = &replica.LeaseTransfer{Job: 1, From: 0, To: 1, Epoch: 2, Version: 5}
			t.sent(m)
			round(6, core.NoNode)
			commit := func(seq int64) { t.says(0, core.JobFact{Kind: core.JobFactCommit, Epoch: 1, B: seq}) }
			commit(5)
			if !bad {
				commit(6)
			}
			t.timesOut(jobtimeout.EventDeclared, jobtimeout.KindStuck, jobtimeout.RuleLocal)
		}},
		{id: JL3, name: "who says that its lease is valid, and nobody has answered it for longer", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			round := func(n uint64) {
				m := t.message(core.KindJobStateSync, 0, 1)
				m.Body = &replica.Sync{Round: n}
				t.sent(m)
				y := t.at(t.now.Add(1e6)).message(core.KindJobStateSyncAck, 1, 0)
				y.Body = &replica.SyncAck{Round: n, Ready: true}
				t.sent(y)
				t.delivered(y)
			}
			round(1)
			if !bad {
				t.at(12 * sec)
				round(2)
			}
			t.at(40*sec).timesOut(jobtimeout.EventDeclared, jobtimeout.KindStuck, jobtimeout.RuleLocal)
		}},
		{id: JL3, name: "a new holder that has no lease yet", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.at(10*sec).life(trace.KindCrash, 0)
			t.at(20*sec).holds(1, int64(job.HoldWon), 2)
			if !bad {
				t.holds(1, int64(job.HoldResumed), 2)
			}
			t.says(1, core.JobFact{Kind: core.JobFactTimeout, To: uint8(jobtimeout.EventFallback), Epoch: 2})
		}},
		{id: JL4, name: "it speaks of a job that it has lost", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.at(20*sec).holds(0, int64(job.HoldLost), 1)
			if bad {
				t.flow(10, 1, workflow.Pending, workflow.Dispatched)
			}
			t.at(21*sec).holds(0, int64(job.HoldWon), 3)
			t.holds(0, int64(job.HoldResumed), 3)
			t.says(0, core.JobFact{Kind: core.JobFactWorkflow, Workflow: 10, Attempt: 1, From: uint8(workflow.Pending), To: uint8(workflow.Dispatched), Epoch: 3})
		}},
		{id: JL5, name: "two ends under two epochs", also: []ID{J2}, build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.finishes()
			to := job.StateCompleted
			if bad {
				to = job.StateFailed
			}
			t.takes()
			t.says(1, core.JobFact{Kind: core.JobFactState, From: uint8(job.StateCompleting), To: uint8(to), Epoch: 2})
		}},
		{id: JL5, name: "two ends, and a tombstone of the first still", also: []ID{J2}, build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.finishes()
			t.at(370*sec).says(0, core.JobFact{Kind: core.JobFactTable})
			if !bad {
				t.at(3700 * sec)
			}
			t.holds(1, int64(job.HoldWon), 2) // it heard nothing of all that
			t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			t.holds(1, int64(job.HoldResumed), 2)
			t.says(1, core.JobFact{Kind: core.JobFactState, From: uint8(job.StateCompleting), To: uint8(job.StateFailed), Epoch: 2})
		}},
		{id: JL7, name: "a job is taken from a holder that is well", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			if !bad {
				t.at(15*sec).moves(1, 0, core.StateSuspect, core.StateDead, core.CauseExpired, 0, 0)
			}
			t.at(20*sec).holds(1, int64(job.HoldWon), 2)
		}},
		{id: JL7, name: "a job is taken from a holder whose lease is valid", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			if !bad {
				t.at(15*sec).holds(0, int64(job.HoldSuspended), 1)
			}
			t.at(20*sec).holds(1, int64(job.HoldWon), 2)
		}},
		{id: JL7, name: "a job is taken from a holder that is done with it, and has a record still", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.finishes()
			if !bad {
				t.at(370*sec).says(0, core.JobFact{Kind: core.JobFactTable})
			}
			t.at(380*sec).holds(1, int64(job.HoldWon), 2)
		}},
		{id: JL7, name: "a vote that was under way elects who knows no newer epoch", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.at(15*sec).moves(1, 0, core.StateSuspect, core.StateDead, core.CauseExpired, 0, 0)
			t.at(20*sec).holds(1, int64(job.HoldWon), 3)
			t.holds(1, int64(job.HoldResumed), 3)
			epoch := uint32(2)
			if bad {
				epoch = 4
			}
			t.at(21*sec).holds(0, int64(job.HoldWon), epoch)
		}},
		{id: JL6, name: "a job that nobody takes over", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.at(10*sec).holds(0, int64(job.HoldLost), 1)
			if !bad {
				t.at(20*sec).holds(1, int64(job.HoldWon), 2)
			}
			t.at(120 * sec).checkpoint()
		}},
		{id: JL6, name: "a job that nobody takes over, and one of the managers could", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.at(10*sec).holds(0, int64(job.HoldLost), 1)
			for n := range core.NodeID(3) {
				t.at(11*sec).fact(n, core.Fact{Kind: core.FactDegradation, Subject: n, A: 2})
			}
			t.at(60 * sec).checkpoint()
			if bad {
				t.at(61*sec).fact(1, core.Fact{Kind: core.FactDegradation, Subject: 1, A: 1, B: 2})
			}
			t.at(100 * sec).checkpoint()
			t.at(155 * sec).checkpoint()
			t.at(160*sec).fact(1, core.Fact{Kind: core.FactDegradation, Subject: 1, A: 0, B: 1})
		}},
		{id: JF4, name: "a worker hears of two holders of one epoch", build: func(t *tape, bad bool) {
			t.works()
			says := func(n core.NodeID, epoch uint32) {
				t.says(3, core.JobFact{Kind: core.JobFactTransfer, Node: n, Epoch: epoch})
			}
			says(0, 2)
			if !bad {
				says(1, 3)
				return
			}
			says(1, 2)
		}},
		{id: JM1, name: "a record that is made anew at once", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.at(20*sec).says(0, core.JobFact{Kind: core.JobFactTable})
			if !bad {
				t.holds(0, int64(job.HoldWon), 2)
				t.says(0, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			}
			t.at(30 * sec).end()
		}},
		{id: JM1, name: "a record that is made anew at once, of a win that comes too late", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.holds(0, int64(job.HoldSuspended), 1)
			t.holds(1, int64(job.HoldWon), 4)
			t.at(20*sec).says(0, core.JobFact{Kind: core.JobFactTable})
			t.holds(0, int64(job.HoldWon), 3)
			if !bad {
				t.says(0, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 3})
			}
			t.at(30 * sec).end()
		}},
		{id: JM1, name: "a gate that wins its own job too late keeps it for ever", build: func(t *tape, bad bool) {
			t.ctx.Nodes = append(t.ctx.Nodes, Node{ID: 4, Name: "d", Role: core.RoleGate, Group: 1})
			t.add(trace.Record{Kind: trace.KindStart, Node: 4, Inst: 1})
			t.atGate()
			t.holds(1, int64(job.HoldAccepted), 1)
			t.holds(1, int64(job.HoldSuspended), 1)
			t.holds(4, int64(job.HoldWon), 4)
			t.holds(1, int64(job.HoldWon), 3) // its record stays
			t.at(10*sec).gate(job.StateRunning, job.StateFailed)
			t.hears(job.StateFailed)
			t.flow(10, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
			t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
			t.state(job.StateRunning, job.StateCancelling)
			t.state(job.StateCancelling, job.StateCancelled)
			t.at(3700*sec).says(0, core.JobFact{Kind: core.JobFactTable})
			if !bad {
				t.says(1, core.JobFact{Kind: core.JobFactTable})
			}
			t.at(3800 * sec).end()
		}},
		{id: JF2, name: "a result of what no holder ever sent", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.placed(10, 1, 7)
			t.takes()
			n := uint32(7)
			if bad {
				n = 8
			}
			t.says(1, core.JobFact{Kind: core.JobFactResult, Workflow: 10, Attempt: 1, Token: token(n), Node: 3, To: uint8(job.EndedCompleted), Epoch: 2})
		}},
		{id: JF2, name: "a holder claims a job anew that its client gave up", build: func(t *tape, bad bool) { // 04-5
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.placed(10, 1, 7)
			t.hears(job.LocalUnknown)
			t.says(0, core.JobFact{Kind: core.JobFactTable})
			t.holds(0, int64(job.HoldWon), 2)
			t.says(0, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			n := uint32(7)
			if bad {
				n = 8
			}
			t.says(0, core.JobFact{Kind: core.JobFactResult, Workflow: 10, Attempt: 1, Token: token(n), Node: 3, To: uint8(job.EndedCompleted), Epoch: 2})
		}},
		{id: J3, name: "a new holder goes on where it cannot", build: func(t *tape, bad bool) {
			t.works()
			t.holds(0, int64(job.HoldAccepted), 1)
			t.takes()
			to := job.StateCancelling
			if bad {
				to = job.StateQueued
			}
			t.says(1, core.JobFact{Kind: core.JobFactState, From: uint8(job.StateRunning), To: uint8(to), Epoch: 2})
		}},
	}...)
}

// A job whose acceptance nobody told of is taken over: what its new holder knows of it is no mistake. So is one that had ended.
func TestTakenOverInTheMiddle(t *testing.T) {
	offered := func() *tape {
		t := newTape()
		t.ctx.Nodes[2].Role, t.ctx.Nodes[3].Cores = core.RoleClient, 8
		t.ctx.Job = func(int, uint32) job.Spec {
			return job.Spec{VUs: 4, Timeout: 100e9, Workflows: []job.WorkflowSpec{{Name: 1}, {Name: 2, Depends: []uint32{1}}}}
		}
		t.at(sec).job(trace.JobRecord{Kind: trace.JobSubmitted, Node: 2, Fact: core.JobFact{Job: 1}})
		t.says(2, core.JobFact{Kind: core.JobFactSubmit})
		m := t.message(core.KindJobSubmission, 2, 0)
		m.Body = &job.Submission{Spec: job.Spec{Job: 1, Workflows: []job.WorkflowSpec{{Workflow: 10}, {Workflow: 11}}}}
		t.sent(m)
		t.delivered(m)
		return t
	}
	flow := func(t *tape, id uint64, attempt uint16, from, to workflow.State) {
		t.says(1, core.JobFact{Kind: core.JobFactWorkflow, Workflow: id, Attempt: attempt, From: uint8(from), To: uint8(to), Epoch: 2})
	}
	state := func(t *tape, from, to job.State) {
		t.says(1, core.JobFact{Kind: core.JobFactState, From: uint8(from), To: uint8(to), Epoch: 2})
	}
	for name, build := range map[string]func(t *tape){
		"cancelled": func(t *tape) {
			t.takes()
			state(t, job.StateSubmitted, job.StateCancelling)
			flow(t, 11, 0, workflow.Pending, workflow.Cancelling)
			flow(t, 10, 0, workflow.Pending, workflow.Cancelling)
		},
		"goes on": func(t *tape) { // the first had completed, and who said so is gone
			t.takes()
			flow(t, 11, 1, workflow.Pending, workflow.Dispatched)
		},
	} {
		tp := offered()
		build(tp)
		if v := tp.run().Violations(); len(v) > 0 {
			t.Errorf("%s: %v", name, v)
		}
	}
	for _, over := range []bool{true, false} {
		tp := newTape()
		tp.works()
		tp.holds(0, int64(job.HoldAccepted), 1)
		if over {
			tp.finishes()
		} else {
			tp.hears(job.LocalUnknown)
		}
		tp.takes()
		tp.at(60*sec).life(trace.KindStart, 0).Inst = 2 // one of two decides nothing
		tp.at(2000 * sec).end()
		n := 0
		for _, v := range tp.run().Violations() {
			if v.ID == J4 && strings.Contains(fmt.Sprint(v), "b holds job") {
				n++
			}
		}
		if (n == 0) != over {
			t.Errorf("over %v: %d violations", over, n)
		}
	}
}

// What a cluster of one had decided is lost with its memory; that of one of two is not.
func TestEndThatNobodyRemembers(t *testing.T) {
	for _, alone := range []bool{true, false} {
		tp := newTape()
		tp.works()
		if alone {
			tp.ctx.Nodes[1].Role = core.RoleClient
		}
		tp.finishes()
		tp.at(20*sec).life(trace.KindCrash, 0)
		tp.at(30 * sec).hears(job.StateCancelled)
		n := 0
		for _, v := range tp.run().Violations() {
			if v.ID == J2 {
				n++
			}
		}
		if (n == 0) != alone {
			t.Errorf("alone %v: %d violations", alone, n)
		}
	}
}
