package manager

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
	"hypersim/core/rng"
	"hypersim/core/workflow"
)

// How long jobs may take (spec 20 §6): core/jobtimeout says when, these files do what follows.

// timekeeper is what a manager has of the time of its jobs and workers.
type timekeeper struct {
	jobs   jobtimeout.Manager
	cfg    *jobtimeout.Config
	extend extender     // or nil
	late   core.Instant // phase of the looks at the deadlines of workers
	looks  bool         // one is due
}

// extender is membership that can be told to wait for a silent worker for longer.
type extender interface {
	ExtendDeadline(now core.Instant, worker core.NodeID, d core.Duration) bool
}

func (m *Manager) beginTime(now core.Instant) {
	t, p := &m.time, &m.p
	if t.cfg = p.Timeout; t.cfg == nil {
		c := jobtimeout.Default()
		t.cfg = &c
	}
	t.extend, _ = p.Members.(extender)
	draw := rng.New(p.Seed, "timeout.phase", p.Key, uint64(p.Instance))
	phase := func(d core.Duration) core.Instant {
		return now.Add(core.Duration(float64(draw.Float64() * float64(d))))
	}
	t.jobs.Init(m, jobtimeout.ManagerParams{Self: p.Self, Site: p.Site, Config: &t.cfg.Job, First: phase(t.cfg.Job.Check)})
	t.late = phase(t.cfg.Extension.Check)
}

// startTime begins to track a job that was accepted now (M7).
func (m *Manager) startTime(now core.Instant, x *record, fx *core.Effects) {
	m.time.jobs.Start(now, &jobtimeout.Tracking{Job: x.id, Timeout: x.timeout, Gate: x.gate, GE: x.ge, DE: x.de}, fx)
}

// resumeTime goes on with a job that another process led (T7). How old the snapshot is shows in the entry, whose elapsed
// time is true now.
func (m *Manager) resumeTime(now core.Instant, x *record, e *replica.Entry, fx *core.Effects) {
	if x.state.Terminal() {
		return
	}
	r := jobtimeout.Resumption{
		Tracking: jobtimeout.Tracking{Job: x.id, Timeout: x.timeout, Gate: x.gate, GE: x.ge, DE: x.de}, Elapsed: e.Elapsed,
	}
	if len(e.Timeout) > 0 {
		s := &e.Timeout[0]
		r.Snapshot, r.Age = s, max(0, e.Elapsed-s.Entry)
		for i := range s.Workers {
			if w := &s.Workers[i]; m.workers.knows(w.Worker) {
				m.workers.at(w.Worker).time.Restore(now, w, r.Age)
			}
		}
	}
	m.time.jobs.Resume(now, &r, fx)
}

// mirrorTime writes into the entry of a job what a successor needs to know of its time.
func (m *Manager) mirrorTime(now core.Instant, x *record, e *replica.Entry) {
	var s jobtimeout.Snapshot
	if x.state.Terminal() || !m.time.jobs.Snapshot(now, x.id, &s) {
		e.Timeout = nil
		return
	}
	s.Entry = e.Elapsed
	for i := range s.Workers {
		if w := &s.Workers[i]; m.workers.knows(w.Worker) {
			m.workers.at(w.Worker).time.Save(w)
		}
	}
	e.Timeout = []jobtimeout.Snapshot{s}
}

// Course implements jobtimeout.ManagerOwner.
func (m *Manager) Course(now core.Instant, id job.ID) jobtimeout.Course {
	x := m.records.by[id]
	if x == nil {
		return jobtimeout.Course{}
	}
	c := jobtimeout.Course{
		Workflows: uint32(len(x.flows)), Completed: uint32(x.tally.Completed), Failed: uint32(x.tally.Failed), Active: uint32(x.live),
		Live: !x.state.Terminal(),
	}
	stopping := x.state == job.StateCancelling || x.state == job.StateCompleting
	c.Open = c.Live && !stopping && x.pending == job.StateNone && m.may(now, x)
	return c
}

// Decide implements jobtimeout.ManagerOwner: nobody but this manager ends the job.
func (m *Manager) Decide(now core.Instant, id job.ID, _ jobtimeout.Rule, fx *core.Effects) {
	if x := m.records.by[id]; x != nil {
		m.timeOut(now, x, fx)
	}
}

// timeOut ends a job that took too long (spec 20 §6.6, "apply"). The decision is taken first, so that nothing that the
// stopping leads to changes it; what runs is stopped at once, and the job is TIMEOUT as soon as that is committed, whatever
// still runs. Its result follows when the last workflow has ended.
func (m *Manager) timeOut(now core.Instant, x *record, fx *core.Effects) {
	as := job.CompleteNone
	if x.tally.Completed > 0 {
		as = job.CompletePartial
	}
	x.pending, x.pendingAs = job.StateTimeout, as
	for i := range x.flows {
		m.stopFlow(now, x, i, workflow.ReasonTimeout, fx)
	}
	if x.open > 0 {
		m.timers.Arm(timer{at: now.Add(m.cfg.Cancel.Limit), kind: timerLimit, job: x.id, de: x.de})
	}
	m.decide(now, x, job.StateTimeout, as, fx)
}

// timeEnds ends the tracking of a job that has ended.
func (m *Manager) timeEnds(now core.Instant, x *record, fx *core.Effects) {
	if x.state == job.StateTimeout {
		m.time.jobs.Applied(now, x.id, fx)
	} else {
		m.time.jobs.Stop(x.id)
	}
}
