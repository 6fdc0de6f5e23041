package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/replica"
)

// A job that has ended, and whose end was delivered, is taken over by nobody when its holder is gone: any replica of it answers
// what is asked about it, until it is freed (spec 20 §5.5 T9). That it has ended is committed, for its holder was told so.

// endedReplica returns the entry of such a job, nil if it is none.
func (m *Manager) endedReplica(now core.Instant, id job.ID) *replica.Entry {
	if m.alone || m.records.by[id] != nil || !m.rep.Orphaned(now, id) {
		return nil
	}
	if e := m.rep.View(id); e.State.Terminal() && e.Delivered {
		return e
	}
	return nil
}

// endedAgain answers a gate's submission of such a job, and reports whether it was one. A gate that did not know it hears how it
// ended (04-50, 04-52).
func (m *Manager) endedAgain(now core.Instant, msg *core.Message, fx *core.Effects) bool {
	b := msg.Body.(*job.Submission)
	e := m.endedReplica(now, b.Job)
	if e == nil || b.GE == 0 || m.gates.isGate(b.Gate) < 0 {
		return false
	}
	v := judgement{state: e.State, ge: max(e.GE, b.GE), de: e.Epoch, own: !e.Commanded}
	switch v.Code = call.CodeAlreadyTerminal; {
	case b.GE < e.GE || b.GE == e.GE && b.Gate != e.Gate:
		v = judgement{Answer: call.Stale(uint64(e.GE)), ge: e.GE}
	case b.GE > e.GE:
		m.sendEnd(now, e, b.Gate, fx)
	}
	m.ack(msg, b.Job, &v, fx)
	return true
}

// ending is how a job ended, as a gate would say it of its only datacenter.
type ending struct {
	id                job.ID
	state             job.State
	completeness      job.Completeness
	completed, failed uint64
	results           core.Blob
	errors            []job.Failure
	took              core.Duration
}

func (m *Manager) outcomeOf(e *ending) job.Outcome {
	o := job.Outcome{
		Job: e.id, State: e.state, Completeness: e.completeness, Completed: e.completed, Failed: e.failed, Elapsed: e.took,
		Errors: slices.Clone(e.errors),
		PerSite: []job.SiteOutcome{{
			Site: m.p.Site, State: e.state, Completeness: e.completeness, Completed: e.completed, Failed: e.failed, Results: e.results, Elapsed: e.took,
		}},
	}
	o.Stats.Requests, o.Stats.Succeeded, o.Stats.Failed = e.completed+e.failed, e.completed, e.failed
	if e.state == job.StateCompleted {
		o.SitesCompleted = 1
	} else {
		o.SitesLost = 1
	}
	return o
}

// outcome is that of a job with a record.
func (m *Manager) outcome(x *record) job.Outcome {
	return m.outcomeOf(&ending{
		id: x.id, state: x.state, completeness: x.completeness, completed: x.completed, failed: x.failed, results: x.results, errors: x.errors,
		took: x.ended.Sub(x.accepted),
	})
}

// outcomeOfEnd is that of one with a replica only.
func (m *Manager) outcomeOfEnd(e *replica.Entry) job.Outcome {
	x := ending{id: e.Job, state: e.State, completeness: e.Completeness, completed: e.Completed, failed: e.Failed, errors: e.Errors, took: e.Took}
	for i := range e.Results {
		x.results = Join(x.results, e.Results[i].Results)
	}
	return m.outcomeOf(&x)
}

// statusOfEnd answers a client.
func (m *Manager) statusOfEnd(e *replica.Entry, out *job.GlobalStatus) {
	out.Epoch, out.State, out.Completed, out.Failed, out.Elapsed, out.Final = e.Epoch, e.State, e.Completed, e.Failed, e.Took, true
	out.Percent = 100
	out.Errors = append(out.Errors, e.Errors...)
	out.Result = append(out.Result, m.outcomeOfEnd(e))
}

// viewOfEnd adds how its workflows ended. What they are called is not known any more.
func (m *Manager) viewOfEnd(e *replica.Entry, out *job.WorkflowQueryResponse) {
	for i := range e.Results {
		v := job.WorkflowView{Job: e.Job, Site: m.p.Site}
		v.Workflow, v.Status = e.Results[i].Workflow, e.Results[i].Status
		out.Workflows = append(out.Workflows, v)
	}
}

// singleOfEnd answers who wants to cancel a workflow of it.
func singleOfEnd(e *replica.Entry, id job.WorkflowID) single {
	i := slices.IndexFunc(e.Results, func(o job.WorkflowOutcome) bool { return o.Workflow == id })
	switch {
	case i < 0:
		return single{Answer: call.Answer{Code: call.CodeUnknownWorkflow}}
	case e.Results[i].Status == job.StatusCancelled:
		return single{status: cancel.SingleAlreadyCancelled}
	}
	return single{status: cancel.SingleAlreadyCompleted}
}

// elapsed is how long a job has taken, or took.
func (x *record) elapsed(now core.Instant) core.Duration {
	if x.state.Terminal() {
		now = x.ended
	}
	return now.Sub(x.accepted)
}
