package manager

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// onSubmission takes a job in (spec 20 §4.3). A cluster of one commits at once.
func (m *Manager) onSubmission(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.Submission)
	code, state := m.judge(now, msg, b)
	de := uint32(0)
	if code == call.CodeOK {
		x := m.accept(now, b, fx)
		de, state = x.de, x.state
	} else if x := m.records.by[b.Job]; x != nil {
		de = x.de
	}
	reply := m.calls.Respond(fx, msg, core.KindJobAck)
	out := core.Attach[job.Ack](fx, reply)
	out.Code, out.Job, out.State, out.DE = code, b.Job, state, de
	out.Accepted = code.Done()
	out.Load = m.load()
}

// judge says whether a submission is a new job that can be taken (M1–M5, G4).
func (m *Manager) judge(now core.Instant, msg *core.Message, b *job.Submission) (call.Code, job.State) {
	if x := m.records.by[b.Job]; x != nil {
		if x.digest != b.Digest {
			return call.CodeInvalid, x.state
		}
		return call.CodeDuplicate, x.state
	}
	if g, ok := m.graves.Find(now, b.Job); ok {
		if g.State == job.StateCancelled {
			return call.CodeAlreadyTerminal, g.State
		}
		return call.CodeDuplicate, g.State
	}
	if m.walk.Size(msg, m.p.Book) > m.cfg.Submit.MaxBytes {
		return call.CodeTooLarge, job.StateNone
	}
	if !valid(b) || m.taken(b) {
		return call.CodeInvalid, job.StateNone
	}
	return call.CodeOK, job.StateNone
}

// taken reports whether a workflow of another job has the id of one of b's: ids are drawn, and name a workflow alone.
func (m *Manager) taken(b *job.Submission) bool {
	for i := range b.Workflows {
		if m.flows.State(b.Workflows[i].Workflow) != workflow.None {
			return true
		}
	}
	return false
}

// valid checks what can be seen without the graph of dependencies, and the graph.
func valid(b *job.Submission) bool {
	if b.Timeout < 0 || len(b.Workflows) == 0 {
		return false
	}
	seen := make(map[job.WorkflowID]struct{}, len(b.Workflows))
	for i := range b.Workflows {
		w := &b.Workflows[i]
		if cmp.Or(w.VUs, b.VUs) < 1 && w.Cores < 1 {
			return false
		}
		seen[w.Workflow] = struct{}{}
	}
	if len(seen) != len(b.Workflows) {
		return false
	}
	_, err := graphOf(b)
	return err == nil
}

func graphOf(b *job.Submission) (*workflow.Graph, error) {
	names, deps := make([]uint32, len(b.Workflows)), make([][]uint32, len(b.Workflows))
	for i := range b.Workflows {
		names[i], deps[i] = b.Workflows[i].Name, b.Workflows[i].Depends
	}
	return workflow.NewGraph(names, deps)
}

// accept makes the record of a job, led from now on.
func (m *Manager) accept(now core.Instant, b *job.Submission, fx *core.Effects) *record {
	core.Hold(b)
	g, _ := graphOf(b)
	x := &record{
		id: b.Job, spec: b, digest: b.Digest, client: b.Callback, accepted: now, timeout: cmp.Or(b.Timeout, m.cfg.Submit.DefaultTimeout),
		de: 1, graph: g, flows: make([]flow, len(b.Workflows)), byID: make([]int32, len(b.Workflows)), open: len(b.Workflows),
	}
	for i := range x.flows {
		w := &b.Workflows[i]
		f := &x.flows[i]
		f.id, f.waits = w.Workflow, int32(len(g.Needs(i)))
		f.vus = cmp.Or(w.VUs, b.VUs, uint32(w.Cores)) // exact cores without users: one each (01-38)
		x.byID[i] = int32(i)
	}
	slices.SortFunc(x.byID, func(a, b int32) int { return cmp.Compare(x.flows[a].id, x.flows[b].id) })
	m.records.add(x)
	f := fx.JobFact(core.JobFactTable)
	f.Job, f.A = uint64(x.id), 1
	m.setState(now, x, job.StateSubmitted, fx)
	for i := range x.flows {
		m.flows.Track(now, x.id, x.flows[i].id)
		m.flowFact(x, i, workflow.None, workflow.Pending, job.ErrorNone, fx)
	}
	for i := range x.flows {
		m.enqueue(now, x, i)
	}
	m.due = true
	return x
}

// load is what a manager says of its datacenter's cores and of the work that waits.
func (m *Manager) load() job.Load {
	var l job.Load
	for i := range m.workers.list {
		if w := &m.workers.list[i]; !w.gone() {
			l.Cores += uint32(w.total)
			l.CoresAvailable += uint32(w.cores.Free())
		}
	}
	for _, x := range m.records.queue {
		l.Pending += uint32(x.ready.Len())
	}
	return l
}
