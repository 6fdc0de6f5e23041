package manager

import (
	"hypersim/core"
	"hypersim/core/hier"
	"hypersim/core/job"
)

// A worker may answer, get on with other jobs and do nothing for one of them. The job layer of detection says so (spec 10 §8, 20 §3.5,
// 01-34): the manager tells it which workers have shards of a job that it leads and when one of them grew, and gives no new shard of a
// job to a worker that is suspected or DEAD_JOB for it. Nothing else follows: what runs there goes on, other jobs go there, and the
// timeouts of the job decide (AD-34).

// busy tells the job layer that a worker has a shard of x. What has ended is nobody's concern.
func (m *Manager) busy(now core.Instant, x *record, at core.NodeID) {
	if m.p.Scopes != nil && !x.state.Terminal() {
		m.p.Scopes.Work(now, uint64(x.id), at, true)
	}
}

// idle tells it that a worker has none any more.
func (m *Manager) idle(now core.Instant, j job.ID, at core.NodeID) {
	if m.p.Scopes != nil {
		m.p.Scopes.Work(now, uint64(j), at, false)
	}
}

// proves tells it that a shard of a job grew or was completed at a worker, which takes back what is held against it.
func (m *Manager) proves(now core.Instant, j job.ID, at core.NodeID, fx *core.Effects) {
	if m.p.Scopes != nil {
		m.p.Scopes.Progress(now, uint64(j), at, fx)
	}
}

// doubts tells it that a worker left a question unanswered.
func (m *Manager) doubts(now core.Instant, j job.ID, at core.NodeID, why hier.Source, fx *core.Effects) {
	if m.p.Scopes != nil {
		m.p.Scopes.Confirm(now, uint64(j), at, why, fx)
	}
}

// doubtsAll does so for all jobs that a worker has shards of.
func (m *Manager) doubtsAll(now core.Instant, at core.NodeID, why hier.Source, fx *core.Effects) {
	for _, r := range m.workers.at(at).runs {
		m.doubts(now, r.rec.id, at, why, fx)
	}
}

// unscope ends the job layer's concern with a job: it is over, or somebody else's.
func (m *Manager) unscope(now core.Instant, j job.ID, fx *core.Effects) {
	if m.p.Scopes != nil {
		m.p.Scopes.ClearScope(now, uint64(j), fx)
	}
}

// shuns reports whether a worker is to get nothing new of workflow f of x, for it does nothing for the job.
func (m *Manager) shuns(x *record, f *flow, at core.NodeID) bool {
	return m.p.Scopes != nil && !f.anyway && m.p.Scopes.Bars(uint64(x.id), at)
}

// choose settles what workflow f must do without: a bar of the job layer, and then an exclusion, that would leave it fewer cores
// than the least that it needs must not keep it waiting for ever (spec 20 §3.4).
func (m *Manager) choose(now core.Instant, x *record, f *flow, least int) {
	f.anyway = false
	if len(f.excluded) == 0 && (m.p.Scopes == nil || !m.p.Scopes.Holds()) || !m.tooFewLeft(now, x, f, least) {
		return
	}
	f.anyway = true
	if m.tooFewLeft(now, x, f, least) {
		f.excluded = nil
	}
}
