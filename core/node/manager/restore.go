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
		x.ended = now
	default:
		m.restoreEnd(now, x, e)
	}
	x.news = true
	f := fx.JobFact(core.JobFactTable)
	f.Job = uint64(x.id)
	f.Put("made", 1)
	return x
}

// restoreEnd is for a job that has ended: how its workflows ended is all there is of them.
func (m *Manager) restoreEnd(now core.Instant, x *record, e *replica.Entry) {
	m.records.live--
	x.ended = now
	x.spec, x.graph, x.open = nil, nil, 0
	x.flows, x.byID = make([]flow, len(e.Results)), nil
	for i := range e.Results {
		x.restoreOutcome(&x.flows[i], &e.Results[i])
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

func (m *Manager) restoreShards(now core.Instant, x *record, i int, w *replica.WorkflowEntry) {
	f := &x.flows[i]
	for k := range w.Shards {
		s := &w.Shards[k]
		f.shards = append(f.shards, shard{
			token: s.Token, worker: s.Worker, cores: s.Cores, vus: s.VUs, state: heldState(s.State), since: now,
			done: s.Completed, bad: s.Failed, result: s.Result,
		})
		if f.shards[k].state.holds() {
			m.hold(x, i, k)
		}
	}
}
