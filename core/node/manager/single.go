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
// they fail: what they need never comes. A repeated request gets the recorded answer, also while that waits for its commit;
// one without a number is never taken for a repeat.
func (m *Manager) onSingleCancel(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*cancel.SingleRequest)
	if b.Request != 0 && (m.singles.Repeat(now, &m.calls, msg, b.Request, fx) || m.singleWaits(b, msg)) {
		return
	}
	a := m.cancelOne(now, b, fx)
	out := call.Make[cancel.SingleResponse](fx, core.KindSingleWorkflowCancelResponse)
	out.Answer, out.Status, out.Dependents = a.Answer, a.status, append(out.Dependents, a.also...)
	out.Job, out.Workflow, out.Request, out.Site = b.Job, b.Workflow, b.Request, m.p.Site
	w := after{kind: afterReply, to: askerOf(msg), code: core.KindSingleWorkflowCancelResponse, body: out, id: b.Request}
	w.keep = b.Request != 0 && !a.Code.Transient() && a.Code != call.CodeNotLeader
	if x := m.records.by[b.Job]; x != nil && a.Code != call.CodeLeaseLost {
		m.then(now, x, w, fx) // committed before it is answered (04-53)
	} else {
		m.do(now, x, &w, fx)
	}
}

// singleWaits lets a repeated request have the answer that waits for its commit, and reports whether one does.
func (m *Manager) singleWaits(b *cancel.SingleRequest, msg *core.Message) bool {
	x := m.records.by[b.Job]
	if x == nil {
		return false
	}
	i := slices.IndexFunc(x.after, func(a after) bool { return a.code == core.KindSingleWorkflowCancelResponse && a.id == b.Request })
	if i < 0 {
		return false
	}
	w := x.after[i]
	core.Hold(w.body.(core.Body))
	w.to = askerOf(msg)
	x.after = slices.Insert(x.after, i+1, w)
	return true
}

// single is what became of a single cancel.
type single struct {
	call.Answer
	status cancel.SingleStatus
	also   []job.WorkflowID
}

func (m *Manager) cancelOne(now core.Instant, b *cancel.SingleRequest, fx *core.Effects) (a single) {
	x := m.records.by[b.Job]
	switch {
	case x == nil:
		return m.cancelOneOfNone(now, b)
	case !m.may(now, x):
		a.Code = call.CodeLeaseLost
		return a
	}
	i := x.place(b.Workflow)
	if i < 0 {
		a.Code = call.CodeUnknownWorkflow
		return a
	}
	if a.status = m.alreadyOver(b.Workflow); a.status != cancel.SingleNotFound {
		return a
	}
	pending := m.flows.State(b.Workflow) == workflow.Pending
	a.also = m.cancelFlow(now, x, i, b.Dependents, fx)
	switch {
	case pending:
		a.status = cancel.SinglePending
	case m.flows.Terminal(b.Workflow):
		a.status = cancel.SingleCancelled
	default:
		a.status = cancel.SingleCancelling
	}
	return a
}

// cancelFlow stops a workflow, and those that need it, or fails those. It returns which of them it stopped.
func (m *Manager) cancelFlow(now core.Instant, x *record, i int, dependents bool, fx *core.Effects) (also []job.WorkflowID) {
	id := x.flows[i].id
	below := x.graph.Dependents(nil, i)
	m.noteSingle(x, job.SingleCancel{Workflow: id, Dependents: dependents})
	if dependents {
		also = m.stopAll(now, x, below, fx)
	}
	f := fx.JobFact(core.JobFactCancel)
	f.Job, f.Workflow, f.Epoch = uint64(x.id), uint64(id), x.de
	f.Put("workflows", int64(1+len(also)))
	m.stopAlone(now, x, i, fx)
	if !dependents {
		m.failAll(now, x, below, fx)
	}
	return also
}

// stopAll cancels those of the given workflows that have not ended, the last ones first, and names them.
func (m *Manager) stopAll(now core.Instant, x *record, flows []int32, fx *core.Effects) (stopped []job.WorkflowID) {
	for _, k := range slices.Backward(flows) {
		if id := x.flows[k].id; !m.flows.Terminal(id) {
			stopped = append(stopped, id)
			m.stopAlone(now, x, int(k), fx)
		}
	}
	return stopped
}

// stopAlone stops one workflow of a job that goes on.
func (m *Manager) stopAlone(now core.Instant, x *record, i int, fx *core.Effects) {
	id := x.flows[i].id
	m.stopFlow(now, x, i, workflow.ReasonCancel, fx)
	if !m.flows.Terminal(id) {
		m.timers.Arm(timer{at: now.Add(m.cfg.Cancel.Limit), kind: timerLimit, job: x.id, workflow: id, de: x.de})
	}
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
func (m *Manager) cancelOneOfNone(now core.Instant, b *cancel.SingleRequest) single {
	id := b.Job
	g, ok := m.rep.Tombstone(now, id)
	switch {
	case !ok:
		if e := m.endedReplica(now, id); e != nil {
			return singleOfEnd(e, b.Workflow)
		}
		if a, ok := m.askElsewhere(id); ok {
			return single{Answer: a}
		}
		return single{Answer: call.Answer{Code: call.CodeUnknownJob}}
	case g.State == job.StateCancelled:
		return single{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, status: cancel.SingleAlreadyCancelled}
	}
	return single{Answer: call.Answer{Code: call.CodeAlreadyTerminal}, status: cancel.SingleAlreadyCompleted}
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
