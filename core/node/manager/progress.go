package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// onProgress takes in how far a shard is, and answers what is to become of it.
func (m *Manager) onProgress(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*job.WorkflowProgress)
	m.outdone(now, b.Job, b.Token.Epoch(), fx)
	code, current := m.progress(now, msg.From, &b.ShardProgress, fx)
	reply := m.calls.Respond(fx, msg, core.KindWorkflowProgressAck)
	out := core.Attach[job.WorkflowProgressAck](fx, reply)
	out.Code, out.Current = code, uint64(current)
	m.describe(now, msg.From, b.Job, &out.ManagerAck)
}

// progress judges one report by its token.
func (m *Manager) progress(now core.Instant, from core.NodeID, p *job.ShardProgress, fx *core.Effects) (call.Code, job.Token) {
	x, i, code := m.about(now, p.Job, p.Workflow)
	if code != call.CodeOK {
		return code, 0
	}
	f := &x.flows[i]
	if m.flows.Terminal(f.id) || m.flows.State(f.id) == workflow.Cancelling { // 04-29
		return call.CodeAlreadyTerminal, 0
	}
	s := f.find(p.Token)
	if s == nil && x.taking != nil { // it may be one that is not known yet (T5)
		return call.CodeSyncing, 0
	}
	if s == nil || s.worker != from || s.state == shardOver {
		m.staleFact(x, f, p.Token, from, fx)
		return call.CodeStaleFence, f.current()
	}
	if s.state == shardDone { // its result overtook the report, and knows better
		return call.CodeDuplicate, 0
	}
	return m.advanced(now, x, i, s, p, fx), 0
}

// about finds a workflow that a worker speaks of, or says why there is none.
func (m *Manager) about(now core.Instant, j job.ID, id job.WorkflowID) (x *record, i int, code call.Code) {
	if x = m.records.by[j]; x == nil {
		if _, ok := m.rep.Tombstone(now, j); ok || m.endedReplica(now, j) != nil {
			return nil, 0, call.CodeAlreadyTerminal
		}
		return nil, 0, call.CodeUnknownJob
	}
	if i = x.place(id); i < 0 {
		return nil, 0, call.CodeUnknownWorkflow
	}
	return x, i, call.CodeOK
}

// advanced takes in the report of a shard that counts. One that was overtaken by a newer one says nothing new, and still
// that its worker has the shard.
func (m *Manager) advanced(now core.Instant, x *record, i int, s *shard, p *job.ShardProgress, fx *core.Effects) call.Code {
	if s.state == shardSent { // the ack is late or lost (J11)
		m.accepted(now, x, i, s, fx)
	}
	if p.Seq <= s.seq {
		return call.CodeDuplicate
	}
	if !m.takesIn(now, s, p, fx) {
		return call.CodeOK
	}
	s.seq = p.Seq
	if p.Completed+p.Failed > s.done+s.bad || p.CoresDone > s.given { // only growth is progress (J13)
		m.grew(now, x, &x.flows[i], s, p.Completed, p.Failed, p.CoresDone, fx)
	}
	return call.CodeOK
}

func (m *Manager) staleFact(x *record, f *flow, t job.Token, from core.NodeID, fx *core.Effects) {
	m.stale++
	s := fx.JobFact(core.JobFactStale)
	s.Job, s.Workflow, s.Epoch, s.Token, s.Node = uint64(x.id), uint64(f.id), x.de, uint64(t), from
	s.Put("record", int64(f.current()))
}

// counters takes in what a heartbeat says of shards: a count that grew is progress (01-47). It names no token, so it
// counts for a shard of the current attempt that runs at its sender only.
func (m *Manager) counters(now core.Instant, from core.NodeID, list []core.ShardBeat, fx *core.Effects) {
	for i := range list {
		b := &list[i]
		x := m.records.by[job.ID(b.Job)]
		if x == nil {
			continue
		}
		k := x.place(job.WorkflowID(b.Workflow))
		if k < 0 || x.flows[k].attempt != b.Attempt || int(b.Index) >= len(x.flows[k].shards) {
			continue
		}
		if s := &x.flows[k].shards[b.Index]; s.state == shardAccepted && s.worker == from && b.Done > s.done+s.bad {
			m.grew(now, x, &x.flows[k], s, b.Done-s.bad, s.bad, s.given, fx)
		}
	}
}

// grew notes that a shard got on.
func (m *Manager) grew(now core.Instant, x *record, f *flow, s *shard, done, bad uint64, given uint16, fx *core.Effects) {
	s.done, s.bad, s.given = done, bad, given
	x.news = true
	m.flows.Progress(now, f.id)
	m.time.jobs.Grew(now, x.id, fx)
	m.proves(now, x.id, s.worker, fx)
	w := m.workers.at(s.worker)
	w.grew, w.moved = true, true
	g := fx.JobFact(core.JobFactProgress)
	g.Job, g.Workflow, g.Epoch, g.Node = uint64(x.id), uint64(f.id), x.de, s.worker
	g.Put("items", int64(done+bad))
}
