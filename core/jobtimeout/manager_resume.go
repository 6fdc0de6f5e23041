package jobtimeout

import (
	"hypersim/core"
	"hypersim/core/job"
)

// Snapshot writes down the tracking of a job for its replicas, in lengths of time. What only the trackers of workers know
// is theirs to add (Tracker.Save). It reports whether the job is tracked.
func (m *Manager) Snapshot(now core.Instant, id job.ID, s *Snapshot) bool {
	t := m.by[id]
	if t == nil {
		return false
	}
	*s = Snapshot{
		Gates: t.gates, Gate: t.gate, Timeout: t.timeout, StuckThreshold: t.stuck, Elapsed: now.Sub(t.started), SinceProgress: now.Sub(t.progress),
		SinceExtension: Never, SinceLocalTimeout: Never, SinceGateContact: now.Sub(t.contact), Extensions: t.total, MaxExtension: t.most,
		TimedOut: t.kind, Rule: t.rule, DE: t.de, Stopped: t.stopped, Workers: s.Workers[:0],
	}
	if t.granted {
		s.SinceExtension = now.Sub(t.extended)
	}
	if t.kind != KindNone {
		s.SinceLocalTimeout = now.Sub(t.localAt)
	}
	for i := range t.workers {
		g := &t.workers[i]
		w := WorkerExtension{Worker: g.worker, InJob: g.total}
		if w.Active = g.active && g.until >= now; w.Active {
			w.Left = g.until.Sub(now)
		}
		s.Workers = append(s.Workers, w)
	}
	return true
}

// Resumption is how a job comes to another leader (T7).
type Resumption struct {
	Tracking
	Snapshot *Snapshot     // nil: the entry has none
	Age      core.Duration // of the snapshot, since it was received
	Elapsed  core.Duration // by the entry, if there is no snapshot
}

// Resume goes on with a job that another manager led, under the new epoch (spec 20 §6.7). It gets one fresh period for
// stuck work; what was detected is detected anew; the time that it took is never reset while a replica knows it.
func (m *Manager) Resume(now core.Instant, r *Resumption, fx *core.Effects) {
	m.Drop(r.Job)
	t := m.fresh(now, &r.Tracking)
	t.started = now.Add(-(r.Elapsed + r.Age))
	if s := r.Snapshot; s != nil {
		m.restore(now, t, s, r.Age)
	} else {
		m.Blind++
	}
	m.begin(now, t, EventResume, fx)
}

func (m *Manager) restore(now core.Instant, t *tracked, s *Snapshot, age core.Duration) {
	t.started = now.Add(-(s.Elapsed + age))
	t.timeout, t.stuck, t.gates = s.Timeout, s.StuckThreshold, s.Gates
	t.total, t.most = s.Extensions, s.MaxExtension
	if s.SinceExtension != Never {
		t.granted, t.extended = true, now.Add(-(s.SinceExtension + age))
	}
	for i := range s.Workers {
		w := &s.Workers[i]
		g := t.grantee(w.Worker)
		g.total, g.active, g.until = w.InJob, w.Active, now.Add(w.Left-age)
	}
}
