package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// onResult takes in how a shard ended. The answer means that it is committed: the worker may forget it.
func (m *Manager) onResult(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.WorkflowFinalResult)
	m.outdone(now, b.Job, b.Token.Epoch(), fx)
	x := m.records.by[b.Job]
	if x == nil && m.endedReplica(now, b.Job) == nil && m.passResult(now, msg, b, fx) {
		return
	}
	if m.workers.knows(b.Worker) {
		if w := m.workers.at(b.Worker); !w.gone() && w.instance == msg.Instance && w.cores.Heard(b.WorkerVersion, int(b.CoresAvailable)) {
			m.relist(b.Worker)
		}
	}
	code, current := m.result(now, b, fx)
	out := call.Make[call.Ack](fx, core.KindWorkflowFinalResultAck)
	out.Code, out.Current = code, uint64(current)
	if x == nil {
		m.elsewhere(b.Job, &out.Answer)
	}
	m.answer(now, x, msg, core.KindWorkflowFinalResultAck, out, fx)
}

// elsewhere answers a worker about a job that this process does not hold. Nobody is told that there is no such job by a
// member of a cluster: another one may hold it.
func (m *Manager) elsewhere(id job.ID, a *call.Answer) {
	if a.Code != call.CodeUnknownJob || m.alone {
		return
	}
	if b, ok := m.leaderOf(id); ok {
		*a = b
	} else {
		a.Code = call.CodeSyncing
	}
}

// result judges one result by its token; the first one of a token counts.
func (m *Manager) result(now core.Instant, b *job.WorkflowFinalResult, fx *core.Effects) (call.Code, job.Token) {
	x, i, code := m.about(now, b.Job, b.Workflow)
	if code != call.CodeOK {
		return code, 0
	}
	m.confirmStop(x, b.Token)
	m.over(b.Worker, x.id, b.Token)
	m.confirm(now, x, i, fx) // it may have been the last one that ran
	f := &x.flows[i]
	if m.flows.Terminal(f.id) {
		return call.CodeDuplicate, 0
	}
	s := f.find(b.Token)
	switch {
	case s == nil && x.taking != nil: // it may be one that is not known yet (T5)
		return call.CodeSyncing, 0
	case s == nil || s.worker != b.Worker:
		m.staleFact(x, f, b.Token, b.Worker, fx)
		return call.CodeStaleFence, f.current()
	case s.state == shardDone || s.state == shardOver:
		return call.CodeDuplicate, 0
	}
	g := fx.JobFact(core.JobFactResult)
	g.Job, g.Workflow, g.Epoch, g.Attempt, g.Shard = uint64(x.id), uint64(f.id), x.de, b.Attempt, b.Index
	g.Token, g.Node, g.To, g.Code = uint64(b.Token), b.Worker, uint8(b.Ended), uint8(b.Error)
	m.ended(now, x, i, s, b, fx)
	return call.CodeOK, 0
}

// ended handles a shard that has ended under the current token.
func (m *Manager) ended(now core.Instant, x *record, i int, s *shard, b *job.WorkflowFinalResult, fx *core.Effects) {
	f := &x.flows[i]
	m.drop(now, s.worker, x.id, s.token)
	m.finished(now, x, s, b)
	m.touch(x, false)
	s.done, s.bad, s.result = b.Completed, b.Failed, b.Results
	if b.Ended == job.EndedCompleted {
		s.state = shardDone
	} else {
		s.state = shardOver
	}
	if m.flows.State(f.id) == workflow.Cancelling {
		f.early = f.early || b.Ended == job.EndedCompleted // its data is kept
		m.confirm(now, x, i, fx)
		return
	}
	m.running(now, x, i, workflow.ReasonImplied, fx)
	switch {
	case b.Ended == job.EndedCompleted:
		m.flows.Progress(now, f.id)
		m.time.jobs.Progress(now, x.id, fx)
		m.proves(now, x.id, b.Worker, fx)
		m.complete(now, x, i, fx)
	case b.Error == job.ErrorUser:
		m.fail(now, x, i, workflow.CauseUser, b.Worker, fx)
	case b.Error == job.ErrorTimeout:
		m.fail(now, x, i, workflow.CauseLimit, b.Worker, fx)
	case b.Error == job.ErrorWorker:
		m.fail(now, x, i, workflow.CauseReturned, b.Worker, fx)
	default: // an orphan, or cancelled without our wish (04-26)
		m.fail(now, x, i, workflow.CauseStopped, core.NoNode, fx)
	}
}

// complete ends a workflow all of whose shards have completed. With two or more their results were merged (01-36).
func (m *Manager) complete(now core.Instant, x *record, i int, fx *core.Effects) {
	f := &x.flows[i]
	for k := range f.shards {
		if f.shards[k].state != shardDone {
			return
		}
	}
	m.merge(f)
	to, status := workflow.Completed, job.StatusCompleted
	if len(f.shards) > 1 {
		to, status = workflow.Aggregated, job.StatusAggregated
	}
	m.step(now, x, i, to, workflow.ReasonDone, fx)
	x.tally.Completed++
	x.completed += f.done
	x.failed += f.bad
	x.results = Join(x.results, f.result)
	m.flowEnded(now, x, i, status, fx)
	m.then(now, x, after{kind: afterSuccess, flow: int32(i)}, fx)
	m.settle(now, x, fx)
}

// merge adds up the shards of a workflow that have a result, in their order (spec 20 §8.4).
func (m *Manager) merge(f *flow) {
	for k := range f.shards {
		if s := &f.shards[k]; s.state == shardDone {
			f.done += s.done
			f.bad += s.bad
			f.result = Join(f.result, s.result)
		}
	}
}

// Join returns what stands for two results after each other.
func Join(a, b core.Blob) core.Blob {
	if b == (core.Blob{}) {
		return a
	}
	return core.Blob{ID: core.Mix(a.ID, b.ID), Size: a.Size + b.Size}
}

// finish takes the decision about a job whose workflows have all ended (spec 20 §8.1 step 5, §7.1 phase 5).
func (m *Manager) finish(now core.Instant, x *record, fx *core.Effects) {
	state, complete := x.tally.Outcome()
	cancelled := x.state == job.StateCancelling
	if cancelled {
		state = x.why
	} else {
		m.reach(now, x, job.StateCompleting, fx)
	}
	if complete == job.CompleteNone && x.kept {
		complete = job.CompletePartial
	}
	m.decide(now, x, state, complete, fx)
}

// decide takes the decision about how a job ends. Nobody hears of it before it is committed (04-30), and nothing changes
// it from now on.
func (m *Manager) decide(now core.Instant, x *record, state job.State, as job.Completeness, fx *core.Effects) {
	x.pending, x.pendingAs = state, as
	m.touch(x, true)
	m.then(now, x, after{kind: afterDecision}, fx)
}

// decided ends a job whose end is committed, and tells the client.
func (m *Manager) decided(now core.Instant, x *record, fx *core.Effects) {
	x.completeness = x.pendingAs
	state := x.pending
	x.pending = job.StateNone
	m.setState(now, x, state, fx)
	m.sayEnd(x, fx)
	m.tellEnd(now, x, fx)
}

// tellEnd tells the client how its job ended.
func (m *Manager) tellEnd(now core.Instant, x *record, fx *core.Effects) {
	if x.why == job.StateCancelled {
		m.pushCancelled(now, x, fx)
	}
	switch {
	case x.open == 0:
		m.conclude(now, x, fx)
	case x.gated():
		m.gateFinal(now, x, fx)
	}
}

// conclude tells how a job ended of which nothing runs any more. One that took too long has ended before that.
func (m *Manager) conclude(now core.Instant, x *record, fx *core.Effects) {
	if x.completeness == job.CompleteNone && x.kept {
		x.completeness = job.CompletePartial
	}
	m.pushFinal(now, x, fx)
	m.then(now, x, after{kind: afterFree}, fx)
}
