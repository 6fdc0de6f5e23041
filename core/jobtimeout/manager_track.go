package jobtimeout

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// Tracking is what a job begins with.
type Tracking struct {
	Job     job.ID
	Timeout core.Duration
	Gate    core.NodeID // that leads the job, NoNode: there is none, and the manager decides alone
	GE, DE  uint32
}

// Start begins to track a job that was accepted now. For one that is tracked it does nothing.
func (m *Manager) Start(now core.Instant, s *Tracking, fx *core.Effects) {
	if m.by[s.Job] == nil {
		m.begin(now, m.fresh(now, s), EventStart, fx)
	}
}

func (m *Manager) fresh(now core.Instant, s *Tracking) *tracked {
	return &tracked{
		id: s.Job, started: now, progress: now, contact: now, report: core.Never, check: core.Never, timeout: s.Timeout, stuck: m.cfg.Stuck,
		gate: s.Gate, ge: s.GE, de: s.DE, gates: s.Gate != core.NoNode, pos: -1,
	}
}

func (m *Manager) begin(now core.Instant, t *tracked, e Event, fx *core.Effects) {
	m.add(now, t)
	if t.gates {
		t.report = t.started.Add(m.cfg.Report)
		if t.report <= now {
			t.report = tick(t.report, m.cfg.Report, now+1)
		}
	}
	m.due(now, t)
	m.deadlineFact(now, t, e, core.NoNode, fx)
}

// Grew notes that a shard's counts did, which counts as getting on unless transitions alone do (J13).
func (m *Manager) Grew(now core.Instant, id job.ID, fx *core.Effects) {
	if m.cfg.Growth != GrowthTransitions {
		m.Progress(now, id, fx)
	}
}

// Progress notes that the job got on (spec 20 §3.3). One that counted as stuck does not any more.
func (m *Manager) Progress(now core.Instant, id job.ID, fx *core.Effects) {
	t := m.by[id]
	if t == nil || t.stopped {
		return
	}
	t.progress = max(t.progress, now)
	if t.kind == KindStuck {
		m.withdraw(now, t, fx)
	} else if at := t.stuckAt().Add(1); m.cfg.Mode == ModeExact && !t.deciding && at < t.check {
		t.check = at // nothing ran when the timer was set
		m.arm(t)
	}
}

// Granted is more time for a worker that holds shards of a job.
type Granted struct {
	Job    job.ID
	Worker core.NodeID
	By     core.Duration
	Until  core.Instant // the worker's deadline from now on
}

// Extended notes a grant (RecordWorkerExtension). It is no progress.
func (m *Manager) Extended(now core.Instant, g *Granted, fx *core.Effects) {
	t := m.by[g.Job]
	if t == nil || t.stopped {
		return
	}
	w := t.grantee(g.Worker)
	w.total += g.By
	w.until, w.active = g.Until, true
	t.total += g.By
	t.most = max(t.most, w.total)
	t.extended, t.granted = now, true
	m.deadlineFact(now, t, EventExtension, g.Worker, fx)
	if t.kind == KindStuck || t.kind == KindOverall && now.Sub(t.started) <= t.effective(m.cfg) {
		m.withdraw(now, t, fx)
	}
}

// grantee returns the entry of a worker, by id.
func (t *tracked) grantee(w core.NodeID) *grantee {
	i, ok := slices.BinarySearchFunc(t.workers, w, func(g grantee, w core.NodeID) int { return int(g.worker) - int(w) })
	if !ok {
		t.workers = slices.Insert(t.workers, i, grantee{worker: w})
	}
	return &t.workers[i]
}

// Cleanup notes that a worker has no shard of the job any more, or is gone. The sums stay; what it is granted after that is counted
// from 0, as its tracker counts (spec 20 §6.8): the most of one worker is what one may be granted at a time, however often it is
// tried again.
func (m *Manager) Cleanup(id job.ID, worker core.NodeID) {
	t := m.by[id]
	if t == nil {
		return
	}
	for i := range t.workers {
		if t.workers[i].worker == worker {
			t.workers[i].active, t.workers[i].total = false, 0
		}
	}
}

// withdraw takes the local detection back (J36); the next report tells the gate.
func (m *Manager) withdraw(now core.Instant, t *tracked, fx *core.Effects) {
	if t.deciding {
		return // the decision stands (J8)
	}
	m.timeoutFact(now, t, EventWithdrawn, 0, fx)
	t.kind = KindNone
	m.due(now, t)
}

// Recheck looks at a job again whose rules held still, for its lease was not valid.
func (m *Manager) Recheck(now core.Instant, id job.ID) {
	if t := m.by[id]; t != nil && !t.stopped {
		m.due(now, t)
	}
}

// Applied ends the tracking of a job whose TIMEOUT is committed.
func (m *Manager) Applied(now core.Instant, id job.ID, fx *core.Effects) {
	t := m.by[id]
	if t == nil || t.stopped {
		return
	}
	t.deciding, t.confirmed = false, true
	m.timeoutFact(now, t, EventApplied, 0, fx)
	m.Stop(id)
}

// Stop ends the tracking; what is known stays until Drop. A repeat changes nothing (I-JT6).
func (m *Manager) Stop(id job.ID) {
	if t := m.by[id]; t != nil && !t.stopped {
		t.stopped = true
		m.arm(t)
	}
}

// SetGate notes that another gate leads the job (U7): it has not heard of the local timeout.
func (m *Manager) SetGate(id job.ID, gate core.NodeID, ge uint32) {
	t := m.by[id]
	if t == nil || ge < t.ge {
		return
	}
	if t.gate != gate || t.ge != ge {
		t.acked = false
	}
	t.gate, t.ge = gate, ge
}

// Contact notes that a gate that knows the job answered something.
func (m *Manager) Contact(now core.Instant, id job.ID) {
	if t := m.by[id]; t != nil {
		t.contact = max(t.contact, now)
	}
}

// Gate returns who leads the job among the gates, as far as is known here.
func (m *Manager) Gate(id job.ID) (gate core.NodeID, ge uint32) {
	if t := m.by[id]; t != nil {
		return t.gate, t.ge
	}
	return core.NoNode, 0
}

// Elapsed returns how long the job has taken, all its leaders counted.
func (m *Manager) Elapsed(now core.Instant, id job.ID) core.Duration {
	if t := m.by[id]; t != nil {
		return now.Sub(t.started)
	}
	return 0
}

// Sums returns what was granted to the workers of a job together, and the most that one of them got (dc_total_extensions, dc_max_extension).
func (m *Manager) Sums(id job.ID) (total, most core.Duration) {
	if t := m.by[id]; t != nil {
		return t.total, t.most
	}
	return 0, 0
}

// TimedOut returns what was detected here.
func (m *Manager) TimedOut(id job.ID) Kind {
	if t := m.by[id]; t != nil {
		return t.kind
	}
	return KindNone
}
