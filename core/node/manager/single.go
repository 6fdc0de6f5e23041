package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// onSingleCancel stops one workflow of a job, and with it those that need it, if asked to (spec 20 §7.2). Without that
// they fail: what they need never comes. A repeated request gets the recorded answer.
func (m *Manager) onSingleCancel(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*cancel.SingleRequest)
	if m.singles.Repeat(now, &m.calls, msg, b.Request, fx) {
		return
	}
	a := m.cancelOne(now, b, fx)
	reply := m.calls.Respond(fx, msg, core.KindSingleWorkflowCancelResponse)
	out := core.Attach[cancel.SingleResponse](fx, reply)
	out.Code, out.Status, out.Dependents = a.code, a.status, append(out.Dependents, a.also...)
	out.Job, out.Workflow, out.Request, out.Site = b.Job, b.Workflow, b.Request, m.p.Site
	m.singles.Keep(now, msg, b.Request, reply, fx)
}

// single is what became of a single cancel.
type single struct {
	code   call.Code
	status cancel.SingleStatus
	also   []job.WorkflowID
}

func (m *Manager) cancelOne(now core.Instant, b *cancel.SingleRequest, fx *core.Effects) (a single) {
	x := m.records.by[b.Job]
	if x == nil {
		return m.cancelOneOfNone(now, b.Job)
	}
	i := x.place(b.Workflow)
	if i < 0 {
		a.code = call.CodeUnknownWorkflow
		return a
	}
	if a.status = m.alreadyOver(b.Workflow); a.status != cancel.SingleNotFound {
		return a
	}
	below := x.graph.Dependents(nil, i)
	if b.Dependents {
		a.also = m.stopAll(now, x, below, fx)
	}
	f := fx.JobFact(core.JobFactCancel)
	f.Job, f.Workflow, f.Epoch, f.A = uint64(x.id), uint64(b.Workflow), x.de, int64(1+len(a.also))
	pending := m.flows.State(b.Workflow) == workflow.Pending
	m.stopFlow(now, x, i, workflow.ReasonCancel, fx)
	switch {
	case pending:
		a.status = cancel.SinglePending
	case m.flows.Terminal(b.Workflow):
		a.status = cancel.SingleCancelled
	default:
		a.status = cancel.SingleCancelling
		m.timers.arm(timer{at: now.Add(m.cfg.Cancel.Limit), kind: timerLimit, job: x.id, workflow: b.Workflow})
	}
	if !b.Dependents {
		m.failAll(now, x, below, fx)
	}
	return a
}

// stopAll cancels those of the given workflows that have not ended, the last ones first, and names them.
func (m *Manager) stopAll(now core.Instant, x *record, flows []int32, fx *core.Effects) (stopped []job.WorkflowID) {
	for _, k := range slices.Backward(flows) {
		if id := x.flows[k].id; !m.flows.Terminal(id) {
			stopped = append(stopped, id)
			m.stopFlow(now, x, int(k), workflow.ReasonCancel, fx)
		}
	}
	return stopped
}

// failAll ends those of the given workflows that have not ended: what they need never comes.
func (m *Manager) failAll(now core.Instant, x *record, flows []int32, fx *core.Effects) {
	for _, k := range flows {
		if !m.flows.Terminal(x.flows[k].id) {
			m.endFailed(now, x, int(k), workflow.CauseDependency, core.NoNode, fx)
		}
	}
	m.settle(now, x, fx)
}

// cancelOneOfNone answers for a job that there is no record of: its tombstone may say how it ended (04-7).
func (m *Manager) cancelOneOfNone(now core.Instant, id job.ID) single {
	g, ok := m.graves.Find(now, id)
	switch {
	case !ok:
		return single{code: call.CodeUnknownJob}
	case g.State == job.StateCancelled:
		return single{code: call.CodeAlreadyTerminal, status: cancel.SingleAlreadyCancelled}
	}
	return single{code: call.CodeAlreadyTerminal, status: cancel.SingleAlreadyCompleted}
}

// alreadyOver says how a workflow ended, SingleNotFound if it has not.
func (m *Manager) alreadyOver(id job.WorkflowID) cancel.SingleStatus {
	switch s := m.flows.State(id); {
	case s == workflow.Cancelled:
		return cancel.SingleAlreadyCancelled
	case s == workflow.Cancelling:
		return cancel.SingleCancelling
	case m.flows.Terminal(id):
		return cancel.SingleAlreadyCompleted
	}
	return cancel.SingleNotFound
}
