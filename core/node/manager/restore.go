package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/replica"
	"hypersim/core/workflow"
)

// restore makes the record of a job from what its entry says (T3).
func (m *Manager) restore(now core.Instant, e *replica.Entry, fx *core.Effects) *record {
	b := &job.Submission{Gate: e.Gate, GE: e.GE, Cancelled: e.Cancelled}
	if len(e.Submission) > 0 {
		b.Spec = e.Submission[0]
	}
	b.Job = e.Job
	x := m.newRecord(now, b, e.Epoch)
	x.command = e.Commanded
	x.gate, x.ge, x.client = e.Gate, e.GE, e.Callback
	x.accepted = now.Add(-e.Elapsed)
	if e.State.Terminal() {
		x.ended = x.accepted.Add(e.Took)
	}
	x.heard = now
	x.state, x.completeness, x.why, x.delivered, x.told = e.State, e.Completeness, e.EndsAs, e.Delivered, e.Told
	x.completed, x.failed = e.Completed, e.Failed
	x.errors, x.outcomes, x.singles = slices.Clone(e.Errors), slices.Clip(e.Results), slices.Clip(e.Cancelled)
	m.records.add(x)
	switch {
	case !x.state.Terminal():
		m.restoreFlows(now, x, e)
	case len(e.Workflows) > 0: // it took too long, and what ran is being stopped
		m.restoreFlows(now, x, e)
		m.records.live--
	default:
		m.restoreEnd(now, x, e)
	}
	x.restoreUnconfirmed()
	x.news = true
	f := fx.JobFact(core.JobFactTable)
	f.Job = uint64(x.id)
	f.Put("made", 1)
	return x
}

// restoreEnd is for a job that has ended: how its workflows ended is all there is of them.
func (m *Manager) restoreEnd(now core.Instant, x *record, e *replica.Entry) {
	m.records.live--
	x.spec, x.graph, x.open = nil, nil, 0
	x.flows = make([]flow, len(e.Results))
	for i := range e.Results {
		o := &e.Results[i]
		x.restoreOutcome(&x.flows[i], o)
		m.flows.Restore(now, x.id, o.Workflow, endOf[o.Status], true)
	}
	x.sortFlows()
}

// endOf is the state of a workflow that ended so.
var endOf = [job.NumWorkflowStatuses]workflow.State{
	job.StatusCompleted: workflow.Completed, job.StatusAggregated: workflow.Aggregated, job.StatusFailed: workflow.Failed,
	job.StatusCancelled: workflow.Cancelled,
}

// restoreUnconfirmed counts the cancelled workflows of which nobody confirmed that they do not run: each is named in an error.
func (x *record) restoreUnconfirmed() {
	for i := range x.flows {
		f := &x.flows[i]
		if f.status == job.StatusCancelled && slices.ContainsFunc(x.errors, func(e job.Failure) bool {
			return e.Workflow == f.id && e.Kind == job.ErrorCancelled
		}) {
			x.unconfirmed++
		}
	}
}

func (x *record) restoreOutcome(f *flow, o *job.WorkflowOutcome) {
	f.id, f.status, f.kind, f.result = o.Workflow, o.Status, o.Error, o.Results
	switch o.Status {
	case job.StatusFailed:
		x.tally.Failed++
	case job.StatusCancelled:
		x.tally.Cancelled++
		x.kept = x.kept || o.Results != (core.Blob{})
	default:
		x.tally.Completed++
	}
	x.results = Join(x.results, o.Results)
}

// restoreFlows is for one that goes on.
func (m *Manager) restoreFlows(now core.Instant, x *record, e *replica.Entry) {
	for k := range e.Workflows {
		w := &e.Workflows[k]
		i := x.place(w.Workflow)
		if i < 0 {
			continue
		}
		f := &x.flows[i]
		m.flows.Restore(now, x.id, f.id, w.State, w.Final)
		f.attempt, f.budget = w.Attempt, workflow.Budget{Retries: w.Retries, Attempts: w.DispatchAttempts}
		m.restoreShards(now, x, i, w)
		m.restorePauses(now, x, i, w)
		if w.State.Live() {
			x.live++
			x.alone = x.alone || x.spec.Workflows[i].Priority == job.PriorityExclusive
		}
		if w.State.Succeeded() {
			for _, to := range x.graph.Feeds(i) {
				x.flows[to].waits--
			}
		}
	}
	for i := range e.Results {
		if k := x.place(e.Results[i].Workflow); k >= 0 {
			x.restoreOutcome(&x.flows[k], &e.Results[i])
			x.open--
		}
	}
	x.cancelled = uint32(x.open)
	for i := range x.flows {
		m.flows.Track(now, x.id, x.flows[i].id) // an entry of a job that had only just begun names none
		m.enqueue(now, x, i)
	}
}

// restorePauses is about what a workflow waits for, and whom it keeps away from.
func (m *Manager) restorePauses(now core.Instant, x *record, i int, w *replica.WorkflowEntry) {
	f := &x.flows[i]
	if f.due = x.accepted.Add(w.Due); f.due > now && w.State == workflow.Pending {
		m.timers.Arm(timer{at: f.due, kind: timerRetry, job: x.id, workflow: f.id})
	}
	for _, b := range w.Excluded {
		until := core.Never
		if b.Until != replica.ForGood {
			until = x.accepted.Add(b.Until)
			m.timers.Arm(timer{at: max(now, until), kind: timerUnbar, job: x.id, workflow: f.id})
		}
		f.excluded = append(f.excluded, exclusion{worker: b.Worker, until: until})
	}
}

func (m *Manager) restoreShards(now core.Instant, x *record, i int, w *replica.WorkflowEntry) {
	f := &x.flows[i]
	for k := range w.Shards {
		s := &w.Shards[k]
		f.shards = append(f.shards, shard{
			token: s.Token, worker: s.Worker, cores: s.Cores, vus: s.VUs, state: heldState(s.State), since: now,
			done: s.Completed, bad: s.Failed, result: s.Result,
		})
		if f.shards[k].state.holds() {
			m.hold(now, x, i, k)
		}
	}
}
