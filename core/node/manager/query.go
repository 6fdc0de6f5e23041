package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
)

// onStatusRequest tells where a job stands.
func (m *Manager) onStatusRequest(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.StatusRequest)
	reply := m.calls.Respond(fx, msg, core.KindGlobalJobStatus)
	out := core.Attach[job.GlobalStatus](fx, reply)
	out.Job, out.Site, out.JobLeader = b.Job, m.p.Site, core.NoNode
	x := m.records.by[b.Job]
	if x == nil {
		if g, ok := m.rep.Tombstone(now, b.Job); ok {
			out.Code, out.State, out.Epoch, out.Final = call.CodeAlreadyTerminal, g.State, g.Epoch, true
			return
		}
		if e := m.endedReplica(now, b.Job); e != nil {
			m.statusOfEnd(e, out)
			return
		}
		if a, ok := m.askElsewhere(b.Job); ok {
			out.Answer = a
			return
		}
		out.Code = call.CodeUnknownJob
		return
	}
	m.status(now, x, &out.Status)
	out.JobLeader = m.p.Self
	out.Percent = float32(len(x.flows)-x.open) / float32(len(x.flows)) * 100
	out.Errors = append(out.Errors, x.errors...)
	if x.state.Terminal() {
		out.Result = append(out.Result, m.outcome(x))
	}
}

// askElsewhere answers a client about a job that this process does not hold and somebody else does, or may.
func (m *Manager) askElsewhere(id job.ID) (call.Answer, bool) {
	switch a, ok := m.leaderOf(id); {
	case m.alone:
		return a, false
	case ok:
		return a, true
	}
	return call.Answer{Code: call.CodeSyncing}, !m.rep.Ready()
}

// onRegisterCallback tells a client from now on, and where the job stands at once.
func (m *Manager) onRegisterCallback(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.RegisterCallback)
	reply := m.calls.Respond(fx, msg, core.KindRegisterCallbackResponse)
	out := core.Attach[job.RegisterCallbackResponse](fx, reply)
	out.JobLeader = core.NoNode
	x := m.records.by[b.Job]
	if x == nil {
		if g, ok := m.rep.Tombstone(now, b.Job); ok {
			out.Code, out.State = call.CodeAlreadyTerminal, g.State
			return
		}
		if e := m.endedReplica(now, b.Job); e != nil {
			out.State, out.Completed, out.Failed, out.Elapsed = e.State, e.Completed, e.Failed, e.Took
			out.Result = append(out.Result, m.outcomeOfEnd(e))
			return
		}
		if a, ok := m.askElsewhere(b.Job); ok {
			out.Answer = a
			return
		}
		out.Code = call.CodeUnknownJob
		return
	}
	x.client = b.Callback
	m.touch(x, false)
	out.JobLeader, out.State = m.p.Self, x.state
	out.Completed, out.Failed, out.Elapsed = x.completed, x.failed, x.elapsed(now)
	if b.Since < x.pushed { // the last word makes up for those before it
		var s *job.Status
		out.Updates, s = job.OneMore(out.Updates)
		m.status(now, x, s)
	}
	if x.state.Terminal() {
		out.Result = append(out.Result, m.outcome(x))
	}
}

// onWorkflowQuery tells about workflows by name.
func (m *Manager) onWorkflowQuery(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.WorkflowQuery)
	reply := m.calls.Respond(fx, msg, core.KindWorkflowQueryResponse)
	out := core.Attach[job.WorkflowQueryResponse](fx, reply)
	if b.Job != 0 {
		m.queryOne(now, b, out)
		return
	}
	for _, x := range m.records.order {
		m.view(x, b.Names, out)
	}
}

func (m *Manager) queryOne(now core.Instant, b *job.WorkflowQuery, out *job.WorkflowQueryResponse) {
	if x := m.records.by[b.Job]; x != nil {
		m.view(x, b.Names, out)
	} else if _, ok := m.rep.Tombstone(now, b.Job); ok {
		out.Code = call.CodeAlreadyTerminal
	} else if e := m.endedReplica(now, b.Job); e != nil {
		m.viewOfEnd(e, out)
	} else if a, ok := m.askElsewhere(b.Job); ok {
		out.Answer = a
	} else {
		out.Code = call.CodeUnknownJob
	}
}

// view adds the workflows of a job, those of the given names only unless there are none. Names are known until it has ended.
func (m *Manager) view(x *record, names []uint32, out *job.WorkflowQueryResponse) {
	for i := range x.flows {
		f, name := &x.flows[i], uint32(0)
		if x.spec != nil {
			name = x.spec.Workflows[i].Name
		}
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		v := job.WorkflowView{Job: x.id, Site: m.p.Site, Name: name, VUs: f.vus}
		v.Workflow, v.Status, v.Completed, v.Failed = f.id, m.statusOf(f), f.done, f.bad
		for k := range f.shards {
			v.Cores += f.shards[k].cores
			v.Completed += f.shards[k].done
			v.Failed += f.shards[k].bad
		}
		out.Workflows = append(out.Workflows, v)
	}
}

// onPing tells a client who it talks to.
func (m *Manager) onPing(now core.Instant, msg *core.Message, fx *core.Effects) {
	reply := m.calls.Respond(fx, msg, core.KindManagerPingResponse)
	out := core.Attach[registry.ManagerPingResponse](fx, reply)
	l := m.load()
	out.Manager = m.p.Self
	out.State, out.Leads, out.Term = m.standing(now)
	out.Workers, out.Cores, out.Jobs = uint32(m.workers.fit), l.Cores, uint32(m.records.live)
}
