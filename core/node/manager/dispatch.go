package manager

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/hier"
	"hypersim/core/job"
	"hypersim/core/workflow"
)

func (x *record) shardAt(i, k int) job.Shard {
	return job.Shard{Job: x.id, Workflow: x.flows[i].id, Attempt: x.flows[i].attempt, Index: uint16(k)}
}

// send hands shard k of workflow i to its worker. Its cores are given away from now on.
func (m *Manager) send(now core.Instant, x *record, i, k int, fx *core.Effects) {
	f := &x.flows[i]
	s, spec := &f.shards[k], &x.spec.Workflows[i]
	w := m.workers.at(s.worker)
	w.cores.Sent(x.id, s.token, int(s.cores))
	m.tries(now, s.worker, fx)
	w.runs = append(w.runs, run{rec: x, place: int32(i), token: s.token})
	m.busy(now, x, s.worker)
	w.moved = true
	m.touch(x, false)
	b := call.Make[dispatch.WorkflowDispatch](fx, core.KindWorkflowDispatch)
	b.Shard, b.Name, b.Payload, b.VUs, b.Cores = x.shardAt(i, k), spec.Name, spec.Payload, s.vus, s.cores
	b.Timeout = max(0, x.timeout-now.Sub(x.accepted))
	b.Token, b.DE, b.JobLeader, b.Instance = s.token, x.de, m.p.Self, w.instance
	m.calls.Go(now, s.worker, core.KindWorkflowDispatch, b, &m.how.dispatch, call.Ticket{Op: opDispatch, N: uint32(i), Job: uint64(x.id), Sub: uint64(s.token)}, fx)
	m.relist(s.worker)
	p := fx.JobFact(core.JobFactPlaced)
	p.Job, p.Workflow, p.Epoch, p.Attempt, p.Shard = uint64(x.id), uint64(f.id), x.de, f.attempt, uint16(k)
	p.Token, p.Node = uint64(s.token), s.worker
	p.Put("cores", int64(s.cores)).Put("vus", int64(s.vus))
}

// wanted reports whether a dispatch is to be sent again: not if its shard was taken back, cancelled or has ended
// (I-JC1, I-JC3).
func (m *Manager) wanted(t *call.Ticket) bool {
	x := m.records.by[job.ID(t.Job)]
	if x == nil {
		return false
	}
	s := x.flows[t.N].find(job.Token(t.Sub))
	return s != nil && (s.state == shardSent || s.state == shardAccepted)
}

// dispatched hears what became of a dispatch. Its token says which shard it is about: where that was taken back
// meanwhile, another one may stand in its place, at the same worker even.
func (m *Manager) dispatched(now core.Instant, o *call.Outcome, fx *core.Effects) {
	m.landed(now, o, fx)
	x := m.records.by[job.ID(o.Job)]
	if x == nil {
		return
	}
	i, t := int(o.N), job.Token(o.Sub)
	s := x.flows[i].find(t)
	m.intentFact(x, i, s, o, fx)
	switch {
	case s == nil:
	case o.Done():
		m.accepted(now, x, i, s, fx)
	case s.state == shardSent: // else a result or progress said that it was accepted, or it was taken back
		m.refused(now, x, i, s, o, fx)
	}
}

// landed takes what a dispatch reserved off the books of its worker, unless the worker has it: then a newer word of the
// worker does.
func (m *Manager) landed(now core.Instant, o *call.Outcome, fx *core.Effects) {
	w := m.workers.at(o.From)
	a, ok := o.Reply.(*dispatch.WorkflowDispatchAck)
	switch {
	case ok && o.Done():
		w.cores.Accepted(job.ID(o.Job), job.Token(o.Sub), a.WorkerVersion)
	case ok && a.Code == call.CodeNoCapacity: // it has less than was known
		m.reread(now, o.From, fx)
		fallthrough
	default:
		w.cores.Gone(job.ID(o.Job), job.Token(o.Sub))
	}
	m.relist(o.From)
}

// intentFact tells how an intent ended: accepted, refused, or unknown and fenced (I-JD3). Of a shard that was taken back
// there is its token only.
func (m *Manager) intentFact(x *record, i int, s *shard, o *call.Outcome, fx *core.Effects) {
	f := fx.JobFact(core.JobFactIntent)
	f.Job, f.Workflow, f.Epoch, f.Token, f.Node, f.Code = uint64(x.id), uint64(x.flows[i].id), x.de, o.Sub, o.From, uint8(o.Code)
	if !o.Answered {
		f.To = 1
	}
	if s == nil {
		return
	}
	f.Attempt, f.Shard = x.flows[i].attempt, uint16(x.flows[i].index(s))
	f.Put("cores", int64(s.cores)).Put("vus", int64(s.vus))
	if !o.Answered && (s.state == shardAccepted || s.state == shardDone) { // what came later said that it was
		f.Code = uint8(call.CodeOK)
	}
}

// accepted notes that a worker runs a shard.
func (m *Manager) accepted(now core.Instant, x *record, i int, s *shard, fx *core.Effects) {
	if s.state != shardSent {
		return
	}
	s.state, s.since = shardAccepted, now
	m.workers.at(s.worker).moved = true
	m.touch(x, false)
	m.running(now, x, i, workflow.ReasonAccepted, fx)
}

// running makes a workflow RUNNING once every shard is accepted, or has ended already (J11).
func (m *Manager) running(now core.Instant, x *record, i int, why workflow.Reason, fx *core.Effects) {
	f := &x.flows[i]
	if m.flows.State(f.id) != workflow.Dispatched {
		return
	}
	for k := range f.shards {
		if f.shards[k].state == shardSent {
			return
		}
	}
	m.step(now, x, i, workflow.Running, why, fx)
	m.planDone(now, x, i, fx)
	m.reach(now, x, job.StateRunning, fx)
}

// refused replaces a shard that its worker did not take, on another worker that has room right now. Without one the
// attempt fails: a workflow never runs with fewer virtual users than asked (J24). Nobody is asked twice in an attempt: of workers that have
// cores and still take nothing, two would be asked in turn for as long as the job may take.
func (m *Manager) refused(now core.Instant, x *record, i int, s *shard, o *call.Outcome, fx *core.Effects) {
	f := &x.flows[i]
	k, old := f.index(s), *s
	s.state = shardOver
	m.touch(x, false)
	m.drop(now, old.worker, x.id, old.token)
	if !o.Answered {
		m.doubts(now, x.id, old.worker, hier.SourceDispatch, fx)
	}
	if o.Unknown { // it may have arrived, or may yet
		m.stop(now, x, stop{shard: x.shardAt(i, k), token: old.token, worker: old.worker, cores: old.cores}, cancel.ReasonAttempt, fx)
	}
	if m.flows.State(f.id) != workflow.Dispatched {
		m.confirm(now, x, i, fx) // it may have been the last one of what is cancelled
		return
	}
	f.turned = append(f.turned, old.worker)
	if w := m.substitute(now, x, f, &old); w != core.NoNode && m.may(now, x) {
		*s = shard{worker: w, cores: old.cores, vus: old.vus, token: x.token()}
		m.send(now, x, i, k, fx)
		return
	}
	cause := workflow.CauseRefused
	if !o.Answered {
		cause = workflow.CauseUnanswered
	}
	m.fail(now, x, i, cause, old.worker, fx)
}

// substitute finds a worker for a shard that another one did not take.
func (m *Manager) substitute(now core.Instant, x *record, f *flow, old *shard) core.NodeID {
	for c := m.workers.pool.Best(); ; {
		id, free, ok := c.Next()
		if !ok {
			return core.NoNode
		}
		if free >= int(old.cores) && !slices.Contains(f.turned, id) && !f.excludes(id, now) && !m.shuns(x, f, id) && !f.uses(id) && m.mayGet(now, id) {
			return id
		}
	}
}

// uses reports whether a shard of the current attempt is or was at w: a worker has one of them at most.
func (f *flow) uses(w core.NodeID) bool {
	for k := range f.shards {
		if f.shards[k].worker == w && f.shards[k].state != shardOver {
			return true
		}
	}
	return false
}

// withdraw stops what may still run of the current attempt.
func (m *Manager) withdraw(now core.Instant, x *record, i int, fx *core.Effects) {
	f := &x.flows[i]
	for k := range f.shards {
		s := &f.shards[k]
		if !s.state.holds() {
			continue
		}
		s.state = shardOver
		m.drop(now, s.worker, x.id, s.token)
		m.stop(now, x, stop{shard: x.shardAt(i, k), token: s.token, worker: s.worker, cores: s.cores}, cancel.ReasonAttempt, fx)
	}
}

// shardLost notes that the worker of a shard is gone.
func (m *Manager) shardLost(now core.Instant, r run, id core.NodeID, fx *core.Effects) {
	x, i := r.rec, int(r.place)
	f := &x.flows[i]
	s := f.find(r.token)
	if s == nil || !s.state.holds() {
		return
	}
	s.state = shardOver
	m.touch(x, false)
	switch m.flows.State(f.id) {
	case workflow.Dispatched, workflow.Running:
		m.fail(now, x, i, workflow.CauseGone, id, fx)
	case workflow.Cancelling:
		x.errors = append(x.errors, job.Failure{Workflow: f.id, Site: m.p.Site, Node: id, Kind: job.ErrorWorker})
		m.confirm(now, x, i, fx)
	default: // nothing runs of it any more
	}
}
