package manager

import (
	"hypersim/core"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// setState moves a job, and tells its client. What is not in the table changes nothing and is counted.
func (m *Manager) setState(now core.Instant, x *record, to job.State, fx *core.Effects) bool {
	if !x.state.May(to) {
		m.illegal++
		return false
	}
	f := fx.JobFact(core.JobFactState)
	f.Job, f.From, f.To, f.Epoch, f.Code = uint64(x.id), uint8(x.state), uint8(to), x.de, uint8(x.completeness)
	x.state = to
	x.news = true
	m.touch(x, false)
	if to.Terminal() {
		x.ended = now
		m.records.live--
		m.records.leave(x)
		m.timeEnds(now, x, fx)
		m.unscope(now, x.id, fx)
	}
	if to != job.StateSubmitted && !to.Terminal() { // the ack says the one, the final result the other
		m.pushStatus(now, x, fx)
	}
	return true
}

// reach takes a job forward to a state that it has passed already in fact (04-33).
func (m *Manager) reach(now core.Instant, x *record, to job.State, fx *core.Effects) {
	for _, s := range [...]job.State{job.StateDispatching, job.StateRunning, job.StateCompleting} {
		if x.state < s && s <= to {
			m.setState(now, x, s, fx)
		}
	}
}

func (m *Manager) flowFact(x *record, i int, from, to workflow.State, kind job.ErrorKind, fx *core.Effects) {
	w, f := &x.flows[i], fx.JobFact(core.JobFactWorkflow)
	f.Job, f.Workflow, f.Epoch, f.Attempt, f.From, f.To = uint64(x.id), uint64(w.id), x.de, w.attempt, uint8(from), uint8(to)
	f.Code = uint8(kind)
	f.Put("retries", int64(w.budget.Retries)).Put("dispatches", int64(w.budget.Attempts))
}

// step moves a workflow, and keeps the counts of its job in step.
func (m *Manager) step(now core.Instant, x *record, i int, to workflow.State, why workflow.Reason, fx *core.Effects) bool {
	f := &x.flows[i]
	from := m.flows.State(f.id)
	if !m.flows.Transition(now, f.id, to, why) {
		return false
	}
	m.touch(x, false)
	m.time.jobs.Progress(now, x.id, fx)
	m.flowFact(x, i, from, to, f.kind, fx)
	if from.Live() != to.Live() {
		by := 1
		if from.Live() {
			by = -1
		}
		x.live += by
		m.due = m.due || by < 0 // an EXCLUSIVE one may have waited for that
		if x.spec.Workflows[i].Priority == job.PriorityExclusive {
			x.alone = by > 0
		}
	}
	return true
}

// want is a workflow as the dispatcher sees it.
func (x *record) want(i int) dispatch.Want {
	w := &x.spec.Workflows[i]
	return dispatch.Want{
		ID: w.Workflow, Place: int32(i), VUs: x.flows[i].vus, Cores: w.Cores, Priority: w.Priority, Test: w.Test,
	}
}

// enqueue puts a workflow in line if nothing holds it back.
func (m *Manager) enqueue(now core.Instant, x *record, i int) {
	f := &x.flows[i]
	if f.queued || f.plan != nil || f.waits > 0 || f.due > now || m.flows.State(f.id) != workflow.Pending || x.state == job.StateCancelling || x.state.Terminal() {
		return
	}
	f.queued = true
	x.ready.Add(x.want(i))
	m.records.enter(x)
	m.due = true
}

// dequeue takes it out of line.
func (m *Manager) dequeue(x *record, i int) {
	f := &x.flows[i]
	if !f.queued {
		return
	}
	f.queued = false
	x.ready.Remove(x.want(i))
	if x.ready.Len() == 0 {
		m.records.leave(x)
	}
}

// retryDue ends the pause before another attempt.
func (m *Manager) retryDue(now core.Instant, t timer) {
	if x := m.records.by[t.job]; x != nil && x.spec != nil {
		if i := x.place(t.workflow); i >= 0 {
			m.enqueue(now, x, i)
		}
	}
}

// fail ends the current attempt of a workflow (spec 20 §3.4). Shards of it that may run are stopped; whether there is
// another attempt is the cause's and the budget's to say.
func (m *Manager) fail(now core.Instant, x *record, i int, cause workflow.Cause, at core.NodeID, fx *core.Effects) {
	f := &x.flows[i]
	m.withdraw(now, x, i, fx)
	m.planDone(now, x, i, fx)
	f.kind = cause.Kind()
	if !cause.Infrastructure() || !f.budget.Spend(cause, &m.how.limits) {
		m.failFinally(now, x, i, cause, at, fx)
		return
	}
	if at != core.NoNode {
		switch cause.Excludes() {
		case workflow.ExcludeWorker:
			f.excluded = append(f.excluded, exclusion{worker: at, until: core.Never})
		case workflow.ExcludeForAWhile:
			until := now.Add(m.cfg.Dispatch.ExcludeFor)
			f.excluded = append(f.excluded, exclusion{worker: at, until: until})
			m.timers.Arm(timer{at: until, kind: timerUnbar, job: x.id, workflow: f.id})
		case workflow.ExcludeNone:
		}
	}
	// Its dependents wait for it and have not begun, since nothing was lost here: there is nothing to withdraw (J16).
	for _, to := range [...]workflow.State{
		workflow.Failed, workflow.FailedCancellingDependents, workflow.FailedReadyForRetry, workflow.Pending,
	} {
		m.step(now, x, i, to, cause.Reason(), fx)
	}
	f.shards = f.shards[:0]
	f.kind = job.ErrorNone
	f.due = now.Add(f.budget.Backoff(&m.how.limits))
	m.timers.Arm(timer{at: f.due, kind: timerRetry, job: x.id, workflow: f.id})
	m.settle(now, x, fx)
}

// failFinally ends a workflow for good, and with it whatever needs it.
func (m *Manager) failFinally(now core.Instant, x *record, i int, cause workflow.Cause, at core.NodeID, fx *core.Effects) {
	m.endFailed(now, x, i, cause, at, fx)
	m.failAll(now, x, x.graph.Dependents(nil, i), fx)
}

func (m *Manager) endFailed(now core.Instant, x *record, i int, cause workflow.Cause, at core.NodeID, fx *core.Effects) {
	f := &x.flows[i]
	m.dequeue(x, i)
	m.giveUp(now, x, i, fx)
	f.kind = cause.Kind()
	from := m.flows.State(f.id)
	if !m.flows.FailFinally(now, f.id, cause.Reason()) {
		return
	}
	m.dropFinds(now, x, i, fx)
	m.time.jobs.Progress(now, x.id, fx)
	if from.Live() {
		x.live--
		if x.spec.Workflows[i].Priority == job.PriorityExclusive {
			x.alone = false
		}
	}
	m.flowFact(x, i, from, workflow.Failed, f.kind, fx)
	x.tally.Failed++
	x.errors = append(x.errors, job.Failure{Workflow: f.id, Site: m.p.Site, Node: at, Kind: f.kind})
	m.flowEnded(now, x, i, job.StatusFailed, fx)
}

// flowEnded notes that a workflow has ended for good.
func (m *Manager) flowEnded(now core.Instant, x *record, i int, s job.WorkflowStatus, fx *core.Effects) {
	f := &x.flows[i]
	m.planDone(now, x, i, fx)
	f.status = s
	f.shards, f.excluded, f.turned = nil, nil, nil
	x.open--
	x.news = true
	m.due = true
	if !m.alone {
		x.noteEnd(i)
	}
	m.touch(x, false)
	m.then(now, x, after{kind: afterEnd, flow: int32(i)}, fx)
}

// succeeded unblocks whatever waits for workflow i.
func (m *Manager) succeeded(now core.Instant, x *record, i int) {
	for _, k := range x.graph.Feeds(i) {
		x.flows[k].waits--
		m.enqueue(now, x, int(k))
	}
}

// settle ends a job whose workflows have all ended, and takes one back to QUEUED of which nothing is on its way.
func (m *Manager) settle(now core.Instant, x *record, fx *core.Effects) {
	switch {
	case x.state == job.StateTimeout && x.open == 0: // it was stopped
		m.then(now, x, after{kind: afterStopped}, fx)
	case x.state.Terminal(), x.pending != job.StateNone, !m.may(now, x):
	case x.open == 0:
		m.finish(now, x, fx)
	case x.state == job.StateDispatching && x.live+x.planned == 0:
		m.setState(now, x, job.StateQueued, fx)
	}
}
