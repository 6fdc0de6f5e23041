package check

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/workflow"
	"hypersim/sim/trace"
)

// atGate makes manager 1 a gate that leads job 1, and lets it run.
func (t *tape) atGate() {
	t.ctx.Nodes[1].Role = core.RoleGate
	t.works()
	t.state(job.StateDispatching, job.StateRunning)
	t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1})
	t.gate(job.StateNone, job.StateSubmitted, job.StateDispatching, job.StateRunning)
}

// passesOn lets a second manager of the datacenter, 4, take the job over at 20 s, which the gate ended for its time at 10 s. Its holder had
// begun to stop it, or not.
func (t *tape) passesOn(stopping bool) {
	t.ctx.Nodes = append(t.ctx.Nodes, Node{ID: 4, Name: "d", Role: core.RoleManager, Group: 1})
	t.add(trace.Record{Kind: trace.KindStart, Node: 4, Inst: 1})
	t.atGate()
	t.holds(0, int64(job.HoldAccepted), 1)
	if stopping {
		t.at(5*sec).state(job.StateRunning, job.StateCancelling)
	}
	t.at(6*sec).holds(0, int64(job.HoldSuspended), 1)
	t.at(10*sec).gate(job.StateRunning, job.StateTimeout)
	t.at(20*sec).holds(4, int64(job.HoldWon), 2)
	t.says(4, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
	t.holds(4, int64(job.HoldResumed), 2)
	t.at(21*sec).holds(0, int64(job.HoldLost), 1)
	t.says(0, core.JobFact{Kind: core.JobFactTable})
}

func (t *tape) gate(states ...job.State) {
	for i := 1; i < len(states); i++ {
		t.says(1, core.JobFact{Kind: core.JobFactState, From: uint8(states[i-1]), To: uint8(states[i])})
	}
}

// ended lets the worker tell manager 0 how a shard of workflow 10 ended, so many items done.
func (t *tape) ended(attempt uint16, n uint32, done uint64) {
	m := t.message(core.KindWorkflowFinalResult, 3, 0)
	m.Body = &job.WorkflowFinalResult{Shard: job.Shard{Job: 1, Workflow: 10, Attempt: attempt}, Token: job.Token(token(n)), Completed: done}
	t.sent(m)
	t.delivered(m)
	t.took(10, attempt, n)
}

func init() {
	doctored = append(doctored, []doctoredRun{
		{id: JT2, name: "a check too late", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).lasts(jobtimeout.EventStart, 100*sec, 0)
			at := 141 * sec
			if bad {
				at = 170 * sec
			}
			t.at(at).timesOut(jobtimeout.EventLocal, jobtimeout.KindOverall, jobtimeout.RuleLocal)
		}},
		{id: JT2, name: "late, and it had no lease until then", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).holds(0, int64(job.HoldAccepted), 1)
			t.lasts(jobtimeout.EventStart, 100*sec, 0)
			if !bad {
				t.at(50*sec).holds(0, int64(job.HoldSuspended), 1)
				t.at(150*sec).holds(0, int64(job.HoldResumed), 1)
			}
			t.at(170*sec).timesOut(jobtimeout.EventLocal, jobtimeout.KindOverall, jobtimeout.RuleLocal)
		}},
		{id: JT2, name: "nobody finds out", build: func(t *tape, bad bool) {
			t.works()
			t.state(job.StateDispatching, job.StateRunning)
			t.at(10*sec).lasts(jobtimeout.EventStart, 100*sec, 0)
			if !bad {
				t.at(100*sec).lasts(jobtimeout.EventExtension, 115*sec, 90*sec)
			}
			t.at(220 * sec).checkpoint()
		}},
		{id: JT2, name: "nobody finds out, and it has no lease", build: func(t *tape, bad bool) {
			t.works()
			t.state(job.StateDispatching, job.StateRunning)
			t.at(10*sec).holds(0, int64(job.HoldAccepted), 1)
			t.lasts(jobtimeout.EventStart, 100*sec, 0)
			t.at(50*sec).holds(0, int64(job.HoldSuspended), 1)
			t.loses(1) // one of two gets none
			if bad {
				t.at(60*sec).holds(0, int64(job.HoldResumed), 1)
			}
			t.at(220 * sec).checkpoint()
		}},
		{id: JT2, name: "nobody finds out, and it gets no lease of those that live", build: func(t *tape, bad bool) {
			t.works()
			t.state(job.StateDispatching, job.StateRunning)
			t.at(10*sec).holds(0, int64(job.HoldAccepted), 1)
			t.lasts(jobtimeout.EventStart, 100*sec, 0)
			t.at(50*sec).holds(0, int64(job.HoldSuspended), 1)
			if !bad {
				t.loses(1)
			}
			t.at(220 * sec).checkpoint()
		}},
		{id: JT4, name: "an extension is taken back", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).lasts(jobtimeout.EventStart, 100*sec, 0)
			t.at(20*sec).lasts(jobtimeout.EventExtension, 115*sec, 10*sec)
			second := 122 * sec
			if bad {
				second = 107 * sec
			}
			t.at(30*sec).lasts(jobtimeout.EventExtension, second, 20*sec)
		}},
		{id: JT4, name: "half of it is forgotten", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).lasts(jobtimeout.EventStart, 300*sec, 0)
			elapsed := 70 * sec
			if bad {
				elapsed = 45 * sec
			}
			t.at(100*sec).lasts(jobtimeout.EventResume, 300*sec, elapsed)
		}},
		{id: JT4, name: "half of it is forgotten, by one that did not stand still", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).lasts(jobtimeout.EventStart, 300*sec, 0)
			if !bad {
				t.at(20*sec).life(trace.KindPause, 0)
				t.at(60*sec).life(trace.KindResume, 0)
			}
			t.at(100*sec).lasts(jobtimeout.EventResume, 300*sec, 45*sec)
		}},
		{id: JT4, name: "one that stood still when it began is killed then, and half of it is forgotten", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).life(trace.KindPause, 1)
			t.at(60*sec).lasts(jobtimeout.EventStart, 600*sec, 0)
			t.at(70*sec).life(trace.KindCrash, 1)
			elapsed := 138 * sec
			if bad {
				elapsed = 70 * sec
			}
			t.at(200*sec).lasts(jobtimeout.EventResume, 600*sec, elapsed)
		}},
		{id: JT4, name: "and begins again", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).life(trace.KindPause, 1)
			t.at(60*sec).lasts(jobtimeout.EventStart, 600*sec, 0)
			t.at(70*sec).life(trace.KindCrash, 1)
			t.at(75*sec).life(trace.KindStart, 1).Inst = 2
			elapsed := 138 * sec
			if bad {
				elapsed = 70 * sec
			}
			t.at(200*sec).lasts(jobtimeout.EventResume, 600*sec, elapsed)
		}},
		{id: JT4, name: "more of it is forgotten than one stood still", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).lasts(jobtimeout.EventStart, 300*sec, 0)
			t.at(20*sec).life(trace.KindPause, 0)
			t.at(60*sec).life(trace.KindResume, 0)
			elapsed := 25 * sec
			if bad {
				elapsed = 15 * sec
			}
			t.at(100*sec).lasts(jobtimeout.EventResume, 300*sec, elapsed)
		}},
		{id: JT4, name: "who takes it over begins anew", build: func(t *tape, bad bool) {
			t.works()
			t.at(10*sec).lasts(jobtimeout.EventStart, 300*sec, 0)
			how := job.HoldAccepted // of an acceptance before it nothing was left
			if bad {
				how = job.HoldWon
			}
			t.at(20*sec).holds(0, int64(how), 2)
			t.lasts(jobtimeout.EventStart, 300*sec, 0)
		}},
		{id: JT5, name: "a datacenter goes on", build: func(t *tape, bad bool) {
			t.atGate()
			t.at(10*sec).gate(job.StateRunning, job.StateTimeout)
			t.at(40 * sec).checkpoint()
			if !bad {
				t.flow(10, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
				t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
				t.state(job.StateRunning, job.StateTimeout)
			}
			t.at(50 * sec).checkpoint()
		}},
		{id: JT5, name: "a datacenter that stopped the job before waits for a worker, and not for ever", build: func(t *tape, bad bool) {
			t.atGate()
			t.at(5*sec).state(job.StateRunning, job.StateCancelling)
			t.at(10*sec).gate(job.StateRunning, job.StateTimeout)
			t.at(60 * sec).checkpoint()
			if !bad {
				t.at(65*sec).flow(10, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
				t.flow(11, 0, workflow.Pending, workflow.Cancelling, workflow.Cancelled)
				t.state(job.StateCancelling, job.StateCancelled)
			}
			t.at(72 * sec).checkpoint()
		}},
		{id: JT5, name: "so does the manager that takes the job over there", build: func(t *tape, bad bool) {
			t.passesOn(!bad)
			t.at(60 * sec).checkpoint()
		}},
		{id: JT5, name: "which does not for ever either", build: func(t *tape, bad bool) {
			t.passesOn(true)
			t.at(60 * sec).checkpoint()
			if !bad {
				t.at(80*sec).says(4, core.JobFact{Kind: core.JobFactState, From: uint8(job.StateCancelling), To: uint8(job.StateCancelled), Epoch: 2})
			}
			t.at(90 * sec).checkpoint()
		}},
		{id: J7, name: "its gate does not count with the datacenter", build: func(t *tape, bad bool) {
			t.atGate()
			t.runs(10, 1, 1)
			t.view.astray = bad
			t.at(100 * sec).checkpoint() // its cancel may be on its way
			t.at(140 * sec).checkpoint()
		}},
		{id: JR2, name: "items that nobody did", build: func(t *tape, bad bool) {
			t.works()
			t.runs(10, 1, 1)
			t.shard(trace.JobEnded, 10, 1)
			t.at(2*sec).ended(1, 1, 5)
			n := uint64(5)
			if bad {
				n = 10
			}
			m := t.message(core.KindJobFinalResult, 0, 2)
			m.Body = &job.FinalResult{Job: 1, SiteFinal: job.SiteFinal{State: job.StateCompleted, Completeness: job.CompleteFull, Completed: n}}
			t.sent(m)
			t.delivered(m)
		}},
		{id: JR2, name: "what a holder accepted that lost the job before a majority knew", build: func(t *tape, bad bool) {
			t.works()
			t.runs(10, 1, 1)
			t.tries(10, 1, job.ErrorWorker)
			t.runs(10, 2, 2)
			t.at(2*sec).ended(2, 2, 5) // who takes the job over knows the attempt before that, and that goes on
			offer := t.message(core.KindWorkflowFinalResult, 3, 1)
			offer.Body = &job.WorkflowFinalResult{Shard: job.Shard{Job: 1, Workflow: 10, Attempt: 1}, Token: job.Token(token(1)), Completed: 7}
			t.takes()
			t.sent(offer)
			t.delivered(offer)
			t.says(1, core.JobFact{Kind: core.JobFactResult, Workflow: 10, Attempt: 1, Token: token(1), Node: 3, Epoch: 2})
			n := uint64(7)
			if bad {
				n = 5
			}
			m := t.message(core.KindJobFinalResult, 1, 2)
			m.Body = &job.FinalResult{Job: 1, SiteFinal: job.SiteFinal{State: job.StateCompleted, Completeness: job.CompleteFull, Completed: n}}
			t.sent(m)
			t.delivered(m)
		}},
		{id: JR2, name: "a holder that was cut off accepts what it began, and the next one has begun the same attempt anew", build: func(t *tape, bad bool) {
			t.works()
			t.runs(10, 1, 1)
			t.at(20*sec).holds(1, int64(job.HoldWon), 2)
			t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			t.holds(1, int64(job.HoldResumed), 2)
			t.keepsUnder(2, 1, 1, 10, 1)
			t.says(1, core.JobFact{Kind: core.JobFactWorkflow, Workflow: 10, Attempt: 1, Epoch: 2, From: uint8(workflow.Pending), To: uint8(workflow.Dispatched)})
			for i := range uint16(2) {
				t.says(1, core.JobFact{Kind: core.JobFactPlaced, Workflow: 10, Attempt: 1, Shard: i, Token: uint64(job.Ticket{DE: 2, N: uint32(i) + 1}.Token()), Node: 3, Epoch: 2, A: 2, B: 2})
			}
			for i := range uint16(2) {
				dt := job.Ticket{DE: 2, N: uint32(i) + 1}.Token()
				offer := t.message(core.KindWorkflowFinalResult, 3, 1)
				offer.Body = &job.WorkflowFinalResult{Shard: job.Shard{Job: 1, Workflow: 10, Attempt: 1, Index: i}, Token: dt, Completed: 5}
				t.sent(offer)
				t.delivered(offer)
				t.says(1, core.JobFact{Kind: core.JobFactResult, Workflow: 10, Attempt: 1, Shard: i, Token: uint64(dt), Node: 3, Epoch: 2})
			}
			t.at(21*sec).ended(1, 1, 10)
			n := uint64(10)
			if bad {
				n = 15
			}
			m := t.message(core.KindJobFinalResult, 1, 2)
			m.Body = &job.FinalResult{Job: 1, SiteFinal: job.SiteFinal{State: job.StateCompleted, Completeness: job.CompleteFull, Completed: n}}
			t.sent(m)
			t.delivered(m)
		}},
		{id: JR2, name: "a holder that claimed the job anew sends a shard anew that was refused", build: func(t *tape, bad bool) {
			t.works()
			t.flow(10, 1, workflow.Pending, workflow.Dispatched)
			t.placed(10, 1, 1)
			t.at(20*sec).holds(0, int64(job.HoldWon), 2)
			t.says(0, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			t.holds(0, int64(job.HoldResumed), 2)
			t.says(0, core.JobFact{Kind: core.JobFactPlaced, Workflow: 10, Attempt: 1, Shard: 1, Token: uint64(job.Ticket{DE: 2, N: 1}.Token()), Node: 3, Epoch: 2, A: 2, B: 2})
			for i, dt := range []job.Token{job.Token(token(1)), job.Ticket{DE: 2, N: 1}.Token()} {
				offer := t.message(core.KindWorkflowFinalResult, 3, 0)
				offer.Body = &job.WorkflowFinalResult{Shard: job.Shard{Job: 1, Workflow: 10, Attempt: 1, Index: uint16(i)}, Token: dt, Completed: 5}
				t.sent(offer)
				t.delivered(offer)
				t.says(0, core.JobFact{Kind: core.JobFactResult, Workflow: 10, Attempt: 1, Shard: uint16(i), Token: uint64(dt), Node: 3, Epoch: 2})
			}
			n := uint64(10)
			if bad {
				n = 5
			}
			m := t.message(core.KindJobFinalResult, 0, 2)
			m.Body = &job.FinalResult{Job: 1, SiteFinal: job.SiteFinal{State: job.StateCompleted, Completeness: job.CompleteFull, Completed: n}}
			t.sent(m)
			t.delivered(m)
		}},
		{id: JW3, name: "a second result, while a holder that was cut off accepts one", build: func(t *tape, bad bool) {
			t.works()
			t.runs(10, 1, 1)
			t.at(20*sec).holds(1, int64(job.HoldWon), 2)
			t.says(1, core.JobFact{Kind: core.JobFactTable, A: 1, Epoch: 2})
			took := func() {
				t.says(1, core.JobFact{Kind: core.JobFactResult, Workflow: 10, Attempt: 1, Token: token(1), Node: 3, Epoch: 2})
			}
			took()
			t.took(10, 1, 1)
			if bad {
				took()
			}
		}},
		{id: JW3, name: "two shards of an attempt in one place, of which the first was given up", build: func(t *tape, bad bool) {
			t.works()
			t.runs(10, 1, 1)
			took := func(n uint32, how job.Ended) {
				t.says(0, core.JobFact{Kind: core.JobFactResult, Workflow: 10, Attempt: 1, Token: token(n), Node: 3, To: uint8(how)})
			}
			how := job.EndedCancelled
			if bad {
				how = job.EndedCompleted
			}
			took(1, how)
			t.sends(10, 1, 2)
			took(2, job.EndedCompleted)
		}},
		{id: JR2, name: "the sum over datacenters", build: func(t *tape, bad bool) {
			t.works()
			n := uint64(7)
			if bad {
				n = 4
			}
			m := t.message(core.KindGlobalJobResult, 0, 2)
			m.Body = &job.GlobalResult{Outcome: job.Outcome{Job: 1, State: job.StateFailed, Completed: n, PerSite: []job.SiteOutcome{{Completed: 4, State: job.StateFailed}, {Site: 1, Completed: 3, State: job.StateFailed}}}}
			t.sent(m)
			t.delivered(m)
		}},
	}...)
}

// loses lets a node crash, and the others find it dead.
func (t *tape) loses(id core.NodeID) {
	t.life(trace.KindCrash, id)
	for _, o := range []core.NodeID{0, 1, 2, 3} {
		if o != id {
			t.view.states[[2]core.NodeID{o, id}] = core.StateDead
		}
	}
}
