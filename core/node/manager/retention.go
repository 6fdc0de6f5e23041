package manager

import (
	"hypersim/core"
	"hypersim/core/dispatch"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// sweep forgets what is over and old enough (spec 20 §11). A job that has not ended is never forgotten.
func (m *Manager) sweep(now core.Instant, fx *core.Effects) {
	for i := len(m.records.order) - 1; i >= 0; i-- {
		if x := m.records.order[i]; m.expired(now, x) {
			m.forget(now, x, fx)
		}
	}
	m.forgetReplicas(now, fx)
	m.rep.Sweep(now)
	m.singles.Sweep(now, fx)
	m.gates.table.Sweep(now)
	for i := range m.workers.list {
		if w := &m.workers.list[i]; w.known && w.gone() && w.reap <= now {
			w.forget()
			m.unwatch(i)
		}
	}
}

// forgetReplicas forgets jobs that are over and delivered and whose leader, which would have said so, is gone (spec 20 §11).
func (m *Manager) forgetReplicas(now core.Instant, fx *core.Effects) {
	for _, id := range m.rep.Leaderless(now, nil) {
		e := m.rep.View(id)
		if e == nil || m.records.by[id] != nil || !e.State.Terminal() || !e.Delivered {
			continue
		}
		if now.Sub(m.rep.Stored(id)) >= m.kept(e.State) {
			m.rep.Free(now, id, e.State, fx)
		}
	}
}

// kept is how long a job is kept that ended so.
func (m *Manager) kept(s job.State) core.Duration {
	if s == job.StateCompleted {
		return m.cfg.Retention.Completed
	}
	return m.cfg.Retention.Failed
}

// forget frees what is kept of a worker that has been gone for long. Who it is stays: it may be back as the process that
// it was, and then it does not register anew.
func (x *worker) forget() {
	v := x.cores.Version()
	x.cores, x.runs, x.time = dispatch.Capacity{}, nil, jobtimeout.Tracker{}
	x.cores.Reset(v, 0)
}

// expired reports whether a job's end was delivered long enough ago.
func (m *Manager) expired(now core.Instant, x *record) bool {
	if !x.state.Terminal() || !x.delivered {
		return false
	}
	return now.Sub(max(x.ended, x.heard)) >= m.kept(x.state)
}

// forget frees a job and leaves a tombstone.
func (m *Manager) forget(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.flows {
		m.flows.Cleanup(x.flows[i].id)
	}
	m.leaveGate(x)
	m.records.remove(x)
	m.time.jobs.Drop(x.id)
	x.gone = true
	m.rep.Free(now, x.id, x.state, fx)
	f := fx.JobFact(core.JobFactTable)
	f.Job = uint64(x.id)
	f.Put("made", 0)
}
