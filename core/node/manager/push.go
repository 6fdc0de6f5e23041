package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// What clients are told where no gate does it (spec 20 §1.1): each push carries the datacenter, so its epoch is a de.

// status fills in where a job stands.
func (m *Manager) status(now core.Instant, x *record, s *job.Status) {
	x.pushed++
	s.Job, s.Site, s.Epoch, s.Seq, s.State = x.id, m.p.Site, x.de, x.pushed, x.state
	s.Completed, s.Failed = x.completed, x.failed
	s.Elapsed, s.Final = x.elapsed(now), x.state.Terminal()
	for i := range x.flows {
		for k := range x.flows[i].shards {
			s.Completed += x.flows[i].shards[k].done
			s.Failed += x.flows[i].shards[k].bad
		}
	}
	if sec := s.Elapsed.Seconds(); sec > 0 {
		s.Rate = float64(s.Completed+s.Failed) / sec
	}
	x.news = false
}

func (m *Manager) push(now core.Instant, x *record, kind core.Kind, b core.Body, op uint8, fx *core.Effects) {
	m.calls.Go(now, x.client, kind, b, &m.how.push, call.Ticket{Op: op, Job: uint64(x.id)}, fx)
}

// pushStatus tells a client that its job changed state.
func (m *Manager) pushStatus(now core.Instant, x *record, fx *core.Effects) {
	if x.gated() {
		m.gateProgress(now, x, true, fx)
		return
	}
	if x.client == core.NoNode {
		return
	}
	b := call.Make[job.StatusPush](fx, core.KindJobStatusPush)
	m.status(now, x, &b.Status)
	m.push(now, x, core.KindJobStatusPush, b, opPush, fx)
}

// pushProgress tells each client how far its running jobs are, in one message. Nobody answers it.
func (m *Manager) pushProgress(now core.Instant, fx *core.Effects) {
	m.batches.Begin()
	for _, x := range m.records.order {
		if x.gated() {
			if x.live > 0 || x.news {
				m.gateProgress(now, x, false, fx)
			}
			continue
		}
		if x.client == core.NoNode || !x.news || x.state != job.StateRunning {
			continue
		}
		m.status(now, x, m.batches.Entry(&m.calls, x.client, m.cfg.Progress.Timeout, fx))
	}
}

// pushWorkflow tells a client how a workflow ended.
func (m *Manager) pushWorkflow(now core.Instant, x *record, i int, fx *core.Effects) {
	if x.client == core.NoNode && !x.gated() {
		return
	}
	f, spec := &x.flows[i], &x.spec.Workflows[i]
	b := call.Make[job.WorkflowResultPush](fx, core.KindWorkflowResultPush)
	b.Job, b.Workflow, b.Name, b.Site, b.Status, b.Epoch = x.id, f.id, spec.Name, m.p.Site, f.status, x.de
	b.Error, b.Elapsed, b.Test = f.kind, now.Sub(x.accepted), spec.Test
	if f.result != (core.Blob{}) {
		b.Results = append(b.Results, f.result)
	}
	if x.gated() {
		m.gateFlow(now, x, b, fx)
		return
	}
	m.push(now, x, core.KindWorkflowResultPush, b, opPush, fx)
}

// pushCancelled tells a client, once, that nothing of its cancelled job runs any more, as far as is known (J44): those
// cancelled, those that had ended before and those that nobody confirmed are all of its workflows (I-JC2).
func (m *Manager) pushCancelled(now core.Instant, x *record, fx *core.Effects) {
	if x.client == core.NoNode && !x.gated() {
		return
	}
	b := call.Make[cancel.JobComplete](fx, core.KindJobCancellationComplete)
	b.Job, b.Site, b.Success, b.Epoch = x.id, m.p.Site, x.unconfirmed == 0, x.de
	b.Cancelled, b.Total, b.Elapsed = uint32(x.tally.Cancelled)-x.unconfirmed, uint32(len(x.flows)), now.Sub(x.accepted)
	b.Errors = append(b.Errors, x.errors...)
	if x.gated() {
		m.gateComplete(now, x, b, fx)
		return
	}
	m.push(now, x, core.KindJobCancellationComplete, b, opPush, fx)
}

// pushFinal tells a client how its job ended. Acknowledged, or said often enough, it is delivered (04-36).
func (m *Manager) pushFinal(now core.Instant, x *record, fx *core.Effects) {
	if x.gated() {
		m.gateFinal(now, x, fx)
		return
	}
	if x.client == core.NoNode {
		x.delivered = true
		m.touch(x, false)
		return
	}
	b := call.Make[job.FinalResult](fx, core.KindJobFinalResult)
	b.Job, b.Site, b.State, b.Completeness, b.DE = x.id, m.p.Site, x.state, x.completeness, x.de
	b.Completed, b.Failed, b.Elapsed = x.completed, x.failed, x.elapsed(now)
	for i := range x.flows {
		f := &x.flows[i]
		b.Results = append(b.Results, job.WorkflowOutcome{Workflow: f.id, Status: f.status, Error: f.kind, Results: f.result})
	}
	b.Errors = append(b.Errors, x.errors...)
	m.push(now, x, core.KindJobFinalResult, b, opFinal, fx)
}

// told notes that a client knows how its job ended, or was told often enough.
func (m *Manager) told(now core.Instant, o *call.Outcome) {
	if x := m.records.by[job.ID(o.Job)]; x != nil {
		x.delivered = true
		m.touch(x, false)
		x.heard = now
	}
}
