package check

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/health"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/workflow"
	"hypersim/sim/trace"
)

// About jobs node 0 is the manager, 3 the worker with 8 cores, 2 the client. Job 1 has the workflows 10 and 11, the second
// of which needs the first; each has 4 virtual users.

// job adds a record about jobs.
func (t *tape) job(r trace.JobRecord) {
	r.At, r.Local = t.now, t.now
	if r.Inst == 0 {
		r.Inst = 1
	}
	t.jobs[len(t.recs)] = r
	t.add(trace.Record{})
}

func (t *tape) says(n core.NodeID, f core.JobFact) {
	if f.Kind != core.JobFactOutcome && f.Kind != core.JobFactSubmit && f.Epoch == 0 {
		f.Epoch = 1
	}
	f.Job = 1
	t.job(trace.JobRecord{Kind: trace.JobFact, Node: n, Fact: f})
}

func (t *tape) state(from, to job.State) {
	t.says(0, core.JobFact{Kind: core.JobFactState, From: uint8(from), To: uint8(to)})
}

func (t *tape) flow(id uint64, attempt uint16, states ...workflow.State) {
	t.flowFails(id, attempt, job.ErrorNone, states...)
}

func (t *tape) flowFails(id uint64, attempt uint16, why job.ErrorKind, states ...workflow.State) {
	for i := 1; i < len(states); i++ {
		f := core.JobFact{Kind: core.JobFactWorkflow, Workflow: id, Attempt: attempt, From: uint8(states[i-1]), To: uint8(states[i])}
		if states[i] == workflow.Failed {
			f.Code = uint8(why)
		}
		t.says(0, f)
	}
}

func token(n uint32) uint64 { return uint64(job.Ticket{DE: 1, N: n}.Token()) }

func (t *tape) placed(flow uint64, attempt uint16, n uint32) {
	t.keeps(0, flow, attempt)
	t.sends(flow, attempt, n)
}

// sends is the same without a word to the other manager.
func (t *tape) sends(flow uint64, attempt uint16, n uint32) {
	t.says(0, core.JobFact{Kind: core.JobFactPlaced, Workflow: flow, Attempt: attempt, Token: token(n), Node: 3, A: 4, B: 4})
}

func (t *tape) intent(flow uint64, n uint32) {
	t.says(0, core.JobFact{Kind: core.JobFactIntent, Workflow: flow, Token: token(n), Node: 3, A: 4, B: 4})
}

func (t *tape) shard(k trace.JobKind, flow uint64, n uint32) {
	t.job(trace.JobRecord{Kind: k, Node: 3, Work: core.Work{Job: 1, Workflow: flow, Token: token(n), Cores: 4, VUs: 4}})
}

func (t *tape) took(flow uint64, attempt uint16, n uint32) {
	t.says(0, core.JobFact{Kind: core.JobFactResult, Workflow: flow, Attempt: attempt, Token: token(n), Node: 3})
}

// thinks lets the manager change its mind about the worker.
func (t *tape) thinks(from, to health.Decision, why health.Label) {
	t.says(0, core.JobFact{Kind: core.JobFactHealth, Node: 3, From: uint8(from), To: uint8(to), Code: uint8(why)})
}

// works hands job 1 in and lets it be accepted.
func (t *tape) works(change ...func(*job.Spec)) {
	t.ctx.Nodes[2].Role, t.ctx.Nodes[3].Cores = core.RoleClient, 8
	t.ctx.Job = func(int, uint32) job.Spec {
		s := job.Spec{VUs: 4, Timeout: 100e9, Workflows: []job.WorkflowSpec{{Name: 1}, {Name: 2, Depends: []uint32{1}}}}
		for _, f := range change {
			f(&s)
		}
		return s
	}
	t.at(sec).job(trace.JobRecord{Kind: trace.JobSubmitted, Node: 2, Fact: core.JobFact{Job: 1}})
	t.says(2, core.JobFact{Kind: core.JobFactSubmit})
	t.says(0, core.JobFact{Kind: core.JobFactTable, A: 1})
	t.state(job.StateNone, job.StateSubmitted)
	t.flow(10, 0, workflow.None, workflow.Pending)
	t.flow(11, 0, workflow.None, workflow.Pending)
	t.says(2, core.JobFact{Kind: core.JobFactSubmit, To: 1, A: 1})
	t.state(job.StateSubmitted, job.StateDispatching)
}

// runs dispatches a workflow and lets it run.
func (t *tape) runs(flow uint64, attempt uint16, n uint32) {
	t.flow(flow, attempt, workflow.Pending, workflow.Dispatched)
	t.placed(flow, attempt, n)
	t.shard(trace.JobWork, flow, n)
	t.intent(flow, n)
	t.flow(flow, attempt, workflow.Dispatched, workflow.Running)
}

// completes ends a workflow that runs.
func (t *tape) completes(flow uint64, attempt uint16, n uint32) {
	t.shard(trace.JobEnded, flow, n)
	t.took(flow, attempt, n)
	t.flow(flow, attempt, workflow.Running, workflow.Completed)
}

// keeps lets the other manager keep cores for an attempt.
func (t *tape) keeps(n core.NodeID, flow uint64, attempt uint16) {
	t.keepsOf(1, n, flow, attempt)
}

func (t *tape) keepsOf(id job.ID, n core.NodeID, flow uint64, attempt uint16) {
	t.keepsUnder(1, id, n, flow, attempt)
}

func (t *tape) keepsUnder(epoch uint32, id job.ID, n core.NodeID, flow uint64, attempt uint16) {
	t.asksUnder(epoch, id, n, flow, attempt)()
}

// asksUnder lets n ask the other manager to keep cores, and returns how that one agrees.
func (t *tape) asksUnder(epoch uint32, id job.ID, n core.NodeID, flow uint64, attempt uint16) (agrees func()) {
	t.questions++
	seq := t.questions
	goes := func(m *core.Message) {
		m.Seq = seq
		t.sent(m)
		t.view.flying[m.Kind]++
		t.delivered(m)
	}
	q := t.message(core.KindProvisionRequest, n, 1-n)
	q.Body = &dispatch.ProvisionRequest{Job: id, Workflow: job.WorkflowID(flow), Attempt: attempt, DE: epoch}
	goes(q)
	return func() {
		a := t.message(core.KindProvisionConfirm, 1-n, n)
		a.Body = &dispatch.ProvisionConfirm{Job: id, Workflow: job.WorkflowID(flow), Confirmed: true}
		goes(a)
	}
}

// finishes runs the whole of job 1.
func (t *tape) finishes() {
	t.state(job.StateDispatching, job.StateRunning)
	t.runs(10, 1, 1)
	t.at(5*sec).completes(10, 1, 1)
	t.runs(11, 1, 2)
	t.at(9*sec).completes(11, 1, 2)
	t.state(job.StateRunning, job.StateCompleting)
	t.state(job.StateCompleting, job.StateCompleted)
}

func (t *tape) hears(s job.State) {
	t.says(2, core.JobFact{Kind: core.JobFactOutcome, To: uint8(s), Node: 0})
}

// fails ends the attempt of a workflow that runs, and has it wait for another.
func (t *tape) tries(flow uint64, attempt uint16, why job.ErrorKind) {
	t.flowFails(flow, attempt, why, workflow.Running, workflow.Failed, workflow.FailedCancellingDependents, workflow.FailedReadyForRetry, workflow.Pending)
}

var doctoredJobs = []doctoredRun{
	{id: W2, name: "a crashed manager speaks of a job", build: func(t *tape, bad bool) {
		t.works()
		if bad {
			t.life(trace.KindCrash, 0)
		}
		t.state(job.StateDispatching, job.StateRunning)
	}},
	{id: J1, name: "a terminal state is left", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		if bad {
			t.state(job.StateCompleted, job.StateRunning)
		}
	}},
	{id: J1, name: "a client hears twice", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		t.hears(job.StateCompleted)
		if bad {
			t.hears(job.StateCompleted)
		}
	}},
	{id: J2, name: "client and manager disagree", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		end := job.StateCompleted
		if bad {
			end = job.StateFailed
		}
		t.hears(end)
	}},
	{id: J2, name: "an end that was forgotten by all who knew it", build: func(t *tape, bad bool) {
		t.works()
		t.ctx.Nodes[1].Role = core.RoleWorker // the manager is alone
		t.finishes()
		if !bad {
			t.at(10*sec).life(trace.KindCrash, 0)
		}
		t.at(20 * sec).hears(job.StateCancelled)
	}},
	{id: J2, name: "an end of which there is a tombstone still", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		t.at(370*sec).says(0, core.JobFact{Kind: core.JobFactTable})
		if !bad {
			t.at(3700 * sec)
		}
		t.hears(job.StateCancelled)
	}},
	{id: J2, name: "an end of which there is a record still", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		if !bad {
			t.at(370*sec).says(0, core.JobFact{Kind: core.JobFactTable})
		}
		t.at(3700 * sec).hears(job.StateCancelled)
	}},
	{id: J2, name: "lost although it is known", build: func(t *tape, bad bool) {
		t.works()
		if !bad {
			t.life(trace.KindCrash, 0)
		}
		t.at(200*sec).says(2, core.JobFact{Kind: core.JobFactOrphan, Node: 0, To: 2, A: 199e9})
		t.hears(job.LocalLost)
	}},
	{id: J2, name: "lost although somebody spoke of it", build: func(t *tape, bad bool) {
		t.works()
		t.life(trace.KindCrash, 0)
		silent := int64(120e9)
		if bad {
			silent--
		}
		t.at(200*sec).says(2, core.JobFact{Kind: core.JobFactOrphan, Node: 0, To: 2, A: silent})
		t.hears(job.LocalLost)
	}},
	{id: J8, name: "an orphan runs on", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		orphan := core.JobFact{Kind: core.JobFactOrphan, Node: 0, Workflow: 10, Token: token(1), To: 1}
		t.at(10*sec).says(3, orphan)
		if !bad {
			orphan.To = 0
			t.at(20*sec).says(3, orphan)
		}
		t.at(40 * sec).checkpoint() // it has its grace
		t.at(80 * sec).checkpoint()
	}},
	{id: JF2, name: "a dispatch that comes after its cancel", build: func(t *tape, bad bool) {
		t.works()
		t.flow(10, 1, workflow.Pending, workflow.Dispatched)
		t.placed(10, 1, 1)
		t.placed(10, 1, 2)
		m := t.message(core.KindWorkflowCancelRequest, 0, 3)
		m.Body = &cancel.ShardRequest{Shard: job.Shard{Job: 1, Workflow: 10}, Token: job.Token(token(1))}
		t.sent(m)
		t.at(2 * sec).delivered(m)
		n := uint32(2)
		if bad {
			n = 1
		}
		t.shard(trace.JobWork, 10, n)
	}},
	{id: JD5, name: "nobody else has kept cores", build: func(t *tape, bad bool) {
		t.works()
		if !bad {
			t.keeps(0, 10, 1)
		}
		t.sends(10, 1, 1)
		t.sends(10, 1, 2) // to another worker, under the same agreement
	}},
	{id: JD5, name: "cores were kept for the attempt before it", build: func(t *tape, bad bool) {
		t.works()
		t.keeps(0, 10, 1)
		t.sends(10, 1, 1)
		if !bad {
			t.keeps(0, 10, 2)
		}
		t.sends(10, 2, 2)
	}},
	{id: JD5, name: "a late answer about the attempt before it", build: func(t *tape, bad bool) {
		t.works()
		if !bad {
			t.keeps(0, 10, 2)
		}
		t.keeps(0, 10, 1)
		t.sends(10, 2, 1)
	}},
	{id: JD5, name: "cores were kept for an earlier round about the same attempt", build: func(t *tape, bad bool) {
		t.works()
		t.keeps(0, 10, 1)
		agrees := t.at(2*sec).asksUnder(1, 1, 0, 10, 1)
		if !bad {
			agrees()
		}
		t.sends(10, 1, 1)
	}},
	{id: JD5, name: "a late answer about an earlier round", build: func(t *tape, bad bool) {
		t.works()
		late := t.asksUnder(1, 1, 0, 10, 1)
		agrees := t.at(2*sec).asksUnder(1, 1, 0, 10, 1)
		if !bad {
			agrees()
		}
		late()
		t.sends(10, 1, 1)
	}},
	{id: JD5, name: "an attempt that nobody knew of, but who has the job back", build: func(t *tape, bad bool) { // it never reached a majority
		t.works()
		t.keeps(0, 10, 2)
		epoch := uint32(3)
		if bad {
			epoch = 1
		}
		t.keepsUnder(epoch, 1, 0, 10, 1)
		t.sends(10, 1, 1)
	}},
	{id: J3, name: "a job skips a state", build: func(t *tape, bad bool) {
		t.works()
		if !bad {
			t.state(job.StateDispatching, job.StateRunning)
			t.state(job.StateRunning, job.StateCompleting)
		} else {
			t.state(job.StateDispatching, job.StateCompleting)
		}
	}},
	{id: J3, name: "a workflow skips a state", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		if bad {
			t.flow(10, 1, workflow.Running, workflow.Pending)
		} else {
			t.tries(10, 1, job.ErrorWorker)
		}
	}},
	{id: J3, name: "a state that it did not have", build: func(t *tape, bad bool) {
		t.works()
		from := job.StateDispatching
		if bad {
			from = job.StateQueued
			t.state(from, job.StateDispatching)
			return
		}
		t.state(from, job.StateQueued)
	}},
	{id: J4, name: "a client waits for ever", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		if !bad {
			t.hears(job.StateCompleted)
		}
		t.at(370*sec).says(0, core.JobFact{Kind: core.JobFactTable})
		t.at(770 * sec).end()
	}},
	{id: J4, name: "a client waits for longer than the time that was granted", also: []ID{JT2}, build: func(t *tape, bad bool) {
		t.works()
		t.at(10*sec).lasts(jobtimeout.EventStart, 100*sec, 0)
		t.at(20*sec).lasts(jobtimeout.EventExtension, 800*sec, 10*sec)
		if t.at(790 * sec); bad {
			t.at(1500 * sec)
		}
		t.end()
	}},
	{id: J4, name: "a manager holds it running for ever", build: func(t *tape, bad bool) {
		t.works()
		if !bad {
			t.finishes()
		}
		t.hears(job.StateCompleted)
		if !bad {
			t.at(370*sec).says(0, core.JobFact{Kind: core.JobFactTable})
		}
		t.at(770 * sec).end()
	}},
	{id: J4, name: "a manager holds it running for ever, and one of two decides nothing", build: func(t *tape, bad bool) {
		t.works()
		t.hears(job.StateCompleted)
		if !bad {
			t.life(trace.KindCrash, 1)
			for _, o := range []core.NodeID{0, 2, 3} {
				t.view.states[[2]core.NodeID{o, 1}] = core.StateDead
			}
		}
		t.at(770 * sec).end()
	}},
	{id: J5, name: "a workflow waits at the end", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		if bad {
			t.state(job.StateDispatching, job.StateFailed)
			return
		}
		t.flowFails(10, 1, job.ErrorUser, workflow.Running, workflow.Failed)
		t.flowFails(11, 0, job.ErrorDependency, workflow.Pending, workflow.Failed)
		t.state(job.StateDispatching, job.StateFailed)
	}},
	{id: J5, name: "a shard goes on after the end", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		t.shard(trace.JobWork, 10, 3)
		if !bad {
			t.shard(trace.JobEnded, 10, 3)
		}
		t.at(60 * sec).checkpoint()
		t.at(80 * sec).checkpoint()
	}},
	{id: J5, name: "a datacenter never hears that a job is over", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.works()
		t.state(job.StateDispatching, job.StateRunning)
		t.runs(10, 1, 1)
		t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1})
		t.gate(job.StateNone, job.StateSubmitted, job.StateDispatching, job.StateRunning, job.StateCancelling, job.StateCancelled)
		t.hears(job.StateCancelled)
		t.at(120 * sec).checkpoint() // it may hear still
		if !bad {
			t.shard(trace.JobEnded, 10, 1)
		}
		t.at(130 * sec).checkpoint()
	}},
	{id: J5, name: "a datacenter in which somebody may decide of late hears later that a job is over", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.works()
		t.holds(0, int64(job.HoldAccepted), 1)
		t.state(job.StateDispatching, job.StateRunning)
		t.runs(10, 1, 1)
		t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1})
		t.gate(job.StateNone, job.StateSubmitted, job.StateDispatching, job.StateRunning, job.StateCancelling, job.StateCancelled)
		t.hears(job.StateCancelled)
		if !bad {
			t.holds(0, int64(job.HoldSuspended), 1)
			t.at(100*sec).holds(0, int64(job.HoldResumed), 1)
		}
		t.at(200 * sec).checkpoint()
		t.shard(trace.JobEnded, 10, 1)
		t.at(260 * sec).checkpoint()
	}},
	{id: J5, name: "a datacenter that nobody has led for long need not have heard", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.works()
		t.holds(0, int64(job.HoldAccepted), 1)
		t.state(job.StateDispatching, job.StateRunning)
		t.runs(10, 1, 1)
		t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1})
		t.gate(job.StateNone, job.StateSubmitted, job.StateDispatching, job.StateRunning, job.StateCancelling, job.StateCancelled)
		t.hears(job.StateCancelled)
		t.holds(0, int64(job.HoldLost), 1)
		t.at(20*sec).holds(0, int64(job.HoldWon), 2)
		if bad {
			t.holds(0, int64(job.HoldResumed), 2)
		}
		t.at(200 * sec).checkpoint()
	}},
	{id: J5, name: "a datacenter in which nobody takes a job over, and somebody could", build: func(t *tape, bad bool) {
		t.ctx.Nodes[1].Role = core.RoleGate
		t.works()
		t.holds(0, int64(job.HoldAccepted), 1)
		t.state(job.StateDispatching, job.StateRunning)
		t.runs(10, 1, 1)
		t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1})
		t.gate(job.StateNone, job.StateSubmitted, job.StateDispatching, job.StateRunning, job.StateCancelling, job.StateCancelled)
		t.hears(job.StateCancelled)
		t.holds(0, int64(job.HoldLost), 1)
		if !bad {
			t.at(11*sec).fact(0, core.Fact{Kind: core.FactDegradation, Subject: 0, A: 2})
		}
		t.at(210 * sec).checkpoint() // in time
		t.at(240 * sec).checkpoint()
	}},
	{id: J6, name: "another job of the same name", build: func(t *tape, bad bool) {
		t.works()
		t.hears(job.LocalUnknown)
		for i, n := range []core.NodeID{0, 1} {
			m := t.message(core.KindJobSubmission, 2, n)
			b := &job.Submission{Spec: job.Spec{Job: 1, Digest: 7}}
			if bad && i == 1 {
				b.Digest = 8
			}
			m.Body = b
			t.sent(m)
			t.view.flying[m.Kind]++
			t.at(t.now + 10*ms).delivered(m)
			t.says(n, core.JobFact{Kind: core.JobFactTable, A: 1})
		}
	}},
	{id: JM1, name: "forgotten before its end", build: func(t *tape, bad bool) {
		t.works()
		if !bad {
			t.finishes()
		}
		t.says(0, core.JobFact{Kind: core.JobFactTable})
		t.checkpoint()
	}},
	{id: JM1, name: "kept for ever", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		t.hears(job.StateCompleted)
		if !bad {
			t.at(370*sec).says(0, core.JobFact{Kind: core.JobFactTable})
		}
		t.at(500 * sec).end()
	}},
	{id: JM1, name: "kept from when its last workflow has stopped on", build: func(t *tape, bad bool) {
		t.works()
		t.state(job.StateDispatching, job.StateRunning)
		t.runs(10, 1, 1)
		t.at(5*sec).flow(10, 1, workflow.Running, workflow.Cancelling)
		t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
		t.state(job.StateRunning, job.StateTimeout)
		t.hears(job.StateTimeout)
		t.at(6*sec).shard(trace.JobEnded, 10, 1)
		t.at(65*sec).flow(10, 1, workflow.Cancelling, workflow.Cancelled)
		if t.at(3760 * sec); bad {
			t.at(3800 * sec)
		}
		t.end()
	}},
	{id: JM1, name: "kept for longer than a cancel is owed", build: func(t *tape, bad bool) {
		t.atGate()
		t.at(10*sec).gate(job.StateRunning, job.StateFailed)
		t.hears(job.StateFailed)
		t.flow(10, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
		t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
		t.state(job.StateRunning, job.StateCancelling)
		t.state(job.StateCancelling, job.StateCancelled)
		t.at(3700*sec).says(0, core.JobFact{Kind: core.JobFactTable})
		t.view.owes = !bad
		t.at(3800 * sec).end()
	}},
	{id: JM1, name: "kept from when its result came on", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		t.hears(job.StateCompleted)
		m := t.at(60*sec).message(core.KindJobFinalResult, 0, 1)
		m.Body = &job.FinalResult{Job: 1}
		t.sent(m)
		t.view.flying[m.Kind]++
		t.delivered(m)
		if t.at(450 * sec); bad {
			t.at(500 * sec)
		}
		t.end()
	}},
	{id: JM1, name: "its result is told for ever", build: func(t *tape, bad bool) {
		t.works()
		t.finishes()
		t.hears(job.StateCompleted)
		if !bad {
			t.at(400*sec).says(0, core.JobFact{Kind: core.JobFactTable})
		}
		for at := 60 * sec; at < 500*sec; at += 60 * sec {
			m := t.at(at).message(core.KindJobFinalResult, 0, 1)
			m.Body = &job.FinalResult{Job: 1}
			t.sent(m)
			t.view.flying[m.Kind]++
			t.delivered(m)
		}
		t.at(620 * sec).end() // 180 s, 300 s and two sweeps
	}},
	{id: JW1, name: "before what it needs", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		if !bad {
			t.completes(10, 1, 1)
		}
		t.runs(11, 1, 2)
	}},
	{id: JW1, name: "before what it needs, which its holder saw complete before it won the job back", build: func(t *tape, bad bool) {
		t.works()
		t.holds(0, int64(job.HoldAccepted), 1)
		t.runs(10, 1, 1)
		t.at(9*sec).holds(0, int64(job.HoldSuspended), 1)
		t.at(10*sec).holds(1, int64(job.HoldWon), 2)
		if !bad {
			t.completes(10, 1, 1)
		}
		t.at(20*sec).says(0, core.JobFact{Kind: core.JobFactTable})
		t.holds(0, int64(job.HoldWon), 3)
		t.says(0, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 3})
		t.holds(0, int64(job.HoldResumed), 3)
		t.says(0, core.JobFact{Kind: core.JobFactWorkflow, Workflow: 11, Attempt: 1, From: uint8(workflow.Pending), To: uint8(workflow.Dispatched), Epoch: 3})
	}},
	{id: JW2, name: "a fourth retry", build: func(t *tape, bad bool) {
		t.works()
		n := int64(3)
		if bad {
			n = 4
		}
		t.says(0, core.JobFact{Kind: core.JobFactWorkflow, Workflow: 10, From: uint8(workflow.Pending), To: uint8(workflow.Dispatched), A: n, B: 5})
	}},
	{id: JW2, name: "too many redirects", build: func(t *tape, bad bool) {
		t.works()
		n := int64(6)
		if bad {
			n = 7
		}
		t.says(2, core.JobFact{Kind: core.JobFactSubmit, To: 2, A: 2, B: n})
	}},
	{id: JW3, name: "two results of a shard", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		t.took(10, 1, 1)
		if bad {
			t.took(10, 1, 1)
		}
	}},
	{id: JW3, name: "completes twice under a token", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		t.shard(trace.JobEnded, 10, 1)
		if bad {
			t.shard(trace.JobEnded, 10, 1)
		}
	}},
	{id: JW4, name: "fewer virtual users", build: func(t *tape, bad bool) {
		t.works(func(s *job.Spec) {
			if bad {
				s.VUs = 5
			}
		})
		t.runs(10, 1, 1)
	}},
	{id: JW4, name: "other cores than it asked for", build: func(t *tape, bad bool) {
		t.works(func(s *job.Spec) {
			s.Workflows[0].Cores = 4
			if bad {
				s.Workflows[0].Cores = 3
			}
		})
		t.runs(10, 1, 1)
	}},
	{id: JW5, name: "an error of the user is tried again", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		why := job.ErrorWorker
		if bad {
			why = job.ErrorUser
		}
		t.tries(10, 1, why)
	}},
	{id: JD1, name: "more cores than there are", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		t.shard(trace.JobWork, 90, 1)
		if !bad {
			t.shard(trace.JobLost, 10, 1)
		}
		t.shard(trace.JobWork, 91, 2)
	}},
	{id: JD2, name: "fewer free cores than none", build: func(t *tape, bad bool) {
		t.works()
		free := int64(0)
		if bad {
			free = -1
		}
		t.says(0, core.JobFact{Kind: core.JobFactWorker, Node: 3, A: 8, B: free})
	}},
	{id: H1, name: "work for a worker that is drained", build: func(t *tape, bad bool) {
		t.works()
		t.thinks(health.Route, health.Drain, health.LabelStuck)
		if !bad {
			t.thinks(health.Drain, health.Investigate, health.LabelSlow)
		}
		t.runs(10, 1, 1)
	}},
	{id: H3, name: "evicted again too soon", build: func(t *tape, bad bool) {
		t.works()
		t.says(0, core.JobFact{Kind: core.JobFactEvicted, Node: 3, Code: uint8(health.LabelSuspect)})
		if !bad {
			t.at(31 * sec)
		}
		t.at(t.now + sec)
		t.says(0, core.JobFact{Kind: core.JobFactEvicted, Node: 3, Code: uint8(health.LabelSuspect)})
	}},
	{id: H4, name: "stuck, and it got on", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		t.says(0, core.JobFact{Kind: core.JobFactProgress, Workflow: 10, Node: 3, A: 5})
		if t.at(t.now + 9*sec); !bad {
			t.at(t.now + 2*sec)
		}
		t.thinks(health.Route, health.Drain, health.LabelStuck)
	}},
	{id: H4, name: "stuck before, and given up now that it got on", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		t.at(t.now+20*sec).thinks(health.Route, health.Drain, health.LabelStuck)
		t.at(t.now+60*sec).thinks(health.Drain, health.Evict, health.LabelStuck)
		if bad {
			t.at(t.now+sec).thinks(health.Evict, health.Drain, health.LabelStuck)
		}
		t.says(0, core.JobFact{Kind: core.JobFactProgress, Workflow: 10, Node: 3, A: 5})
		t.at(t.now + sec)
		if bad {
			t.thinks(health.Drain, health.Evict, health.LabelStuck)
		} else {
			t.thinks(health.Evict, health.Drain, health.LabelStuck)
		}
	}},
	{id: H4, name: "stuck, held back, and given up although it got on meanwhile", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		t.at(t.now+20*sec).thinks(health.Route, health.Drain, health.LabelStuck)
		t.at(t.now+60*sec).thinks(health.Drain, health.Evict, health.LabelStuck)
		if bad {
			t.says(0, core.JobFact{Kind: core.JobFactProgress, Workflow: 10, Node: 3, A: 5})
		}
		t.at(t.now+sec).says(0, core.JobFact{Kind: core.JobFactEvicted, Node: 3, Code: uint8(health.LabelStuck)})
	}},
	{id: JD3, name: "a dispatch ends twice", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		if bad {
			t.intent(10, 1)
		}
	}},
	{id: JD3, name: "a dispatch never ends", build: func(t *tape, bad bool) {
		t.works()
		t.flow(10, 1, workflow.Pending, workflow.Dispatched)
		t.placed(10, 1, 1)
		if !bad {
			t.intent(10, 1)
		}
		t.at(30 * sec).end()
	}},
	{id: JD6, name: "a full worker is asked again", build: func(t *tape, bad bool) {
		t.works()
		t.flow(10, 1, workflow.Pending, workflow.Dispatched)
		t.placed(10, 1, 1)
		t.says(0, core.JobFact{Kind: core.JobFactIntent, Workflow: 10, Attempt: 1, Token: token(1), Node: 3, A: 4, B: 4, Code: uint8(call.CodeBusy)})
		if bad {
			t.sends(10, 1, 2)
			return
		}
		t.flow(10, 1, workflow.Dispatched, workflow.Failed, workflow.FailedCancellingDependents, workflow.FailedReadyForRetry, workflow.Pending)
		t.at(20 * sec)
		t.runs(10, 2, 2)
	}},
	{id: JD6, name: "who won the job again begins the attempt anew", build: func(t *tape, bad bool) {
		t.works()
		t.flow(10, 1, workflow.Pending, workflow.Dispatched)
		t.placed(10, 1, 1)
		t.says(0, core.JobFact{Kind: core.JobFactIntent, Workflow: 10, Attempt: 1, Token: token(1), Node: 3, A: 4, B: 4, Code: uint8(call.CodeBusy)})
		again := core.JobFact{Kind: core.JobFactPlaced, Workflow: 10, Attempt: 1, Token: token(2), Node: 3, A: 4, B: 4}
		if !bad {
			t.at(20*sec).holds(0, int64(job.HoldWon), 2)
			t.holds(0, int64(job.HoldResumed), 2)
			t.keepsUnder(2, 1, 0, 10, 1)
			again.Epoch, again.Token = 2, uint64(job.Ticket{DE: 2, N: 1}.Token())
		}
		t.says(0, again)
	}},
	{id: JD6, name: "one whose fence was stale is sent its shard again by who claimed the job anew", build: func(t *tape, bad bool) {
		t.works()
		t.flow(10, 1, workflow.Pending, workflow.Dispatched)
		t.placed(10, 1, 1)
		code := call.CodeStaleFence
		if bad {
			code = call.CodeDraining
		}
		t.says(0, core.JobFact{Kind: core.JobFactIntent, Workflow: 10, Attempt: 1, Token: token(1), Node: 3, A: 4, B: 4, Code: uint8(code)})
		t.sends(10, 1, 2)
	}},
	{id: JD4, name: "beside an EXCLUSIVE one", build: func(t *tape, bad bool) {
		t.works(func(s *job.Spec) {
			s.Workflows[1].Depends = nil
			if bad {
				s.Workflows[0].Priority = job.PriorityExclusive
			}
		})
		t.runs(10, 1, 1)
		t.runs(11, 1, 2)
	}},
	{id: JC1, name: "dispatched while it is cancelled", build: func(t *tape, bad bool) {
		t.works()
		if bad {
			t.state(job.StateDispatching, job.StateCancelling)
		}
		t.runs(10, 1, 1)
	}},
	{id: JC2, name: "two words about a cancel", build: func(t *tape, bad bool) {
		cancelled(t, 2)
		n := uint32(2)
		if bad {
			n = 1
		}
		cancelTold(t, n)
	}},
	{id: JC2, name: "a wrong count of what was cancelled", build: func(t *tape, bad bool) {
		n := uint32(2)
		if bad {
			n = 1
		}
		cancelled(t, n)
	}},
	{id: JC3, name: "a cancelled workflow starts", build: func(t *tape, bad bool) {
		t.works()
		if bad {
			t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
			t.says(0, core.JobFact{Kind: core.JobFactCommit, Epoch: 1, B: 3})
			t.keeps(1, 11, 0)
			t.says(1, core.JobFact{Kind: core.JobFactPlaced, Workflow: 11, Token: uint64(job.Ticket{DE: 2, N: 1}.Token()), Epoch: 2, Node: 3})
			return
		}
		t.runs(10, 1, 1)
	}},
	{id: JC3, name: "a cancelled workflow starts at another holder, which knows", build: func(t *tape, bad bool) {
		t.works()
		t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
		if bad {
			t.says(0, core.JobFact{Kind: core.JobFactCommit, Epoch: 1, B: 3})
		}
		t.takes()
		t.at(25*sec).life(trace.KindStart, 0)
		t.keeps(1, 11, 0)
		t.says(1, core.JobFact{Kind: core.JobFactPlaced, Workflow: 11, Token: uint64(job.Ticket{DE: 2, N: 1}.Token()), Epoch: 2, Node: 3})
	}},
	{id: JC3, name: "an earlier holder starts it, which has not heard of the newer one", build: func(t *tape, bad bool) {
		t.works()
		t.holds(0, int64(job.HoldAccepted), 1)
		t.keeps(0, 11, 1)
		t.at(20*sec).holds(0, int64(job.HoldSuspended), 1)
		t.holds(1, int64(job.HoldWon), 2)
		t.holds(1, int64(job.HoldResumed), 2)
		t.says(1, core.JobFact{Kind: core.JobFactWorkflow, Workflow: 11, From: uint8(workflow.Pending), To: uint8(workflow.Cancelling), Epoch: 2})
		t.says(1, core.JobFact{Kind: core.JobFactWorkflow, Workflow: 11, From: uint8(workflow.Cancelling), To: uint8(workflow.Cancelled), Epoch: 2})
		t.says(1, core.JobFact{Kind: core.JobFactCommit, Epoch: 2, B: 3})
		if bad {
			t.holds(1, int64(job.HoldSuspended), 2)
			t.holds(0, int64(job.HoldWon), 3)
			t.holds(0, int64(job.HoldResumed), 3)
			t.says(0, core.JobFact{Kind: core.JobFactPlaced, Workflow: 11, Attempt: 1, Token: uint64(job.Ticket{DE: 3, N: 1}.Token()), Epoch: 3, Node: 3})
			return
		}
		t.holds(0, int64(job.HoldResumed), 1)
		t.says(0, core.JobFact{Kind: core.JobFactPlaced, Workflow: 11, Attempt: 1, Token: token(1), Epoch: 1, Node: 3})
	}},
	{id: JC3, name: "who stopped it gets the job back, and a majority knew", build: func(t *tape, bad bool) {
		t.works()
		t.holds(0, int64(job.HoldAccepted), 1)
		t.keeps(0, 11, 1)
		t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
		if bad {
			t.says(0, core.JobFact{Kind: core.JobFactCommit, Epoch: 1, B: 3})
		}
		t.at(20*sec).holds(0, int64(job.HoldSuspended), 1)
		t.holds(1, int64(job.HoldWon), 2)
		t.holds(1, int64(job.HoldResumed), 2)
		t.holds(1, int64(job.HoldSuspended), 2)
		t.holds(0, int64(job.HoldWon), 3)
		t.holds(0, int64(job.HoldResumed), 3)
		t.says(0, core.JobFact{Kind: core.JobFactCommit, Epoch: 3, B: 4}) // of what it knows then
		t.says(0, core.JobFact{Kind: core.JobFactPlaced, Workflow: 11, Attempt: 1, Token: uint64(job.Ticket{DE: 3, N: 1}.Token()), Epoch: 3, Node: 3})
	}},
	{id: JC3, name: "its holder starts it itself", build: func(t *tape, bad bool) {
		t.works()
		if bad {
			t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
		}
		t.keeps(0, 11, 0)
		t.says(0, core.JobFact{Kind: core.JobFactPlaced, Workflow: 11, Token: token(1), Epoch: 1, Node: 3})
	}},
	{id: JF1, name: "an epoch goes back", build: func(t *tape, bad bool) {
		t.works()
		e := uint32(2)
		if bad {
			t.says(0, core.JobFact{Kind: core.JobFactCancel, Epoch: e})
			e = 1
		}
		t.says(0, core.JobFact{Kind: core.JobFactCancel, Epoch: e})
	}},
	{id: JF2, name: "a worker starts an old token", build: func(t *tape, bad bool) {
		t.works()
		n := uint32(3)
		if bad {
			n = 1
		}
		t.shard(trace.JobWork, 10, 2)
		t.shard(trace.JobEnded, 10, 2)
		t.shard(trace.JobWork, 10, n)
	}},
	{id: JF2, name: "the result of an old attempt counts", build: func(t *tape, bad bool) {
		t.works()
		t.runs(10, 1, 1)
		t.tries(10, 1, job.ErrorWorker)
		t.runs(10, 2, 2)
		if bad {
			t.took(10, 1, 1)
		} else {
			t.took(10, 2, 2)
		}
	}},
	{id: JF3, name: "a token twice", build: func(t *tape, bad bool) {
		t.works(func(s *job.Spec) { s.Workflows[1].Depends = nil })
		n := uint32(2)
		if bad {
			n = 1
		}
		t.flow(10, 1, workflow.Pending, workflow.Dispatched)
		t.placed(10, 1, 1)
		t.flow(11, 1, workflow.Pending, workflow.Dispatched)
		t.placed(11, 1, n)
	}},
	{id: JF3, name: "a token of an epoch that another holds", build: func(t *tape, bad bool) {
		t.works()
		t.flow(10, 1, workflow.Pending, workflow.Dispatched)
		t.placed(10, 1, 1)
		e := uint32(2)
		if bad {
			e = 1
		}
		t.keeps(1, 10, 0)
		t.says(1, core.JobFact{Kind: core.JobFactPlaced, Workflow: 10, Token: uint64(job.Ticket{DE: e, N: 5}.Token()), Epoch: e, Node: 3})
	}},
}

// cancelled takes job 1 back, and tells its client.
func cancelled(t *tape, told uint32) {
	t.works()
	t.state(job.StateDispatching, job.StateCancelling)
	t.flow(10, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
	t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
	t.state(job.StateCancelling, job.StateCancelled)
	cancelTold(t, told)
}

func cancelTold(t *tape, told uint32) {
	m := t.message(core.KindJobCancellationComplete, 0, 2)
	m.Body = &cancel.JobComplete{Job: 1, Cancelled: told, Total: 2}
	t.sent(m)
	t.view.flying[m.Kind]++
	t.at(t.now + 10*ms).delivered(m)
}
