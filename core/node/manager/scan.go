package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/hier"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

// scan compares the table of shards with what workers have (spec 20 §5.8): a message to each worker that has, or may
// have, shards of led jobs.
func (m *Manager) scan(now core.Instant, fx *core.Effects) {
	for i := range m.workers.list {
		if m.workers.list[i].gone() {
			continue
		}
		to := m.workers.id(i)
		m.tellMute(now, to, fx)
		m.calls.Go(now, to, core.KindWorkflowStatusQuery, nil, &m.how.scan, call.Ticket{Op: opScan, N: uint32(i)}, fx)
	}
}

// scanned compares with one worker. A shard that runs there and not here is stopped; one that should have been there
// for a while and is not was lost. A worker that is too busy to say what it has has lost nothing.
func (m *Manager) scanned(now core.Instant, o *call.Outcome, fx *core.Effects) {
	if m.former(o) {
		return
	}
	a, ok := o.Reply.(*job.WorkflowStatusResponse)
	if !ok || !o.Done() {
		if !o.Answered {
			m.doubtsAll(now, o.From, hier.SourceQuery, fx)
		}
		return
	}
	for i := range a.Shards {
		m.compare(now, o.From, &a.Shards[i], fx)
	}
	w := m.workers.at(o.From)
	for i := len(w.runs) - 1; i >= 0; i-- {
		if i < len(w.runs) {
			m.missed(now, w.runs[i], o.From, a, fx)
		}
	}
}

// compare looks at a shard that a worker has.
func (m *Manager) compare(now core.Instant, at core.NodeID, v *job.ShardView, fx *core.Effects) {
	x := m.records.by[v.Job]
	m.outdone(now, v.Job, v.Token.Epoch(), fx)
	if x == nil || x.gone || x.taking != nil || v.State.Ended() || v.State == job.ShardCancelling { // while it takes over, what workers have is adopted
		return
	}
	if m.stopping(x, v.Token) {
		return
	}
	if i := x.place(v.Workflow); i >= 0 {
		if s := x.flows[i].find(v.Token); s != nil && s.state != shardOver {
			return
		}
	}
	m.stop(now, x, stop{shard: v.Shard, token: v.Token, worker: at, cores: v.Cores}, cancel.ReasonFenced, fx)
}

func (m *Manager) stopping(x *record, t job.Token) bool {
	for i := range x.stops {
		if x.stops[i].token == t {
			return true
		}
	}
	return false
}

// missed looks at a shard that this manager holds running at a worker.
func (m *Manager) missed(now core.Instant, r run, at core.NodeID, a *job.WorkflowStatusResponse, fx *core.Effects) {
	f := &r.rec.flows[r.place]
	s := f.find(r.token)
	if s == nil || s.state != shardAccepted || now.Sub(s.since) <= m.cfg.Orphan.ScanAge || m.flows.State(f.id) != workflow.Running {
		return
	}
	for i := range a.Shards {
		if a.Shards[i].Token == r.token && a.Shards[i].Job == r.rec.id {
			return
		}
	}
	s.state = shardOver
	m.drop(now, at, r.rec.id, r.token)
	m.over(at, r.rec.id, r.token)
	m.fail(now, r.rec, int(r.place), workflow.CauseReturned, at, fx)
}

// statusOf says of a workflow what messages call it.
func (m *Manager) statusOf(f *flow) job.WorkflowStatus {
	switch m.flows.State(f.id) {
	case workflow.Dispatched:
		return job.StatusAssigned
	case workflow.Running:
		return job.StatusRunning
	case workflow.Completed:
		return job.StatusCompleted
	case workflow.Aggregated:
		return job.StatusAggregated
	case workflow.Failed, workflow.FailedCancellingDependents:
		return job.StatusFailed
	case workflow.Cancelling, workflow.Cancelled:
		return job.StatusCancelled
	default:
		return job.StatusPending
	}
}
