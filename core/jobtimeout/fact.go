package jobtimeout

import "hypersim/core"

// deadlineFact tells how long a job may take from now on, as far as this manager knows.
func (m *Manager) deadlineFact(now core.Instant, t *tracked, e Event, worker core.NodeID, fx *core.Effects) {
	f := fx.JobFact(core.JobFactDeadline)
	f.Job, f.Epoch, f.Node, f.To = uint64(t.id), t.de, worker, uint8(e)
	f.Put("effective", int64(t.effective(m.cfg))).Put("elapsed", int64(now.Sub(t.started)))
}

// timeoutFact tells what became of that.
func (m *Manager) timeoutFact(now core.Instant, t *tracked, e Event, late core.Duration, fx *core.Effects) {
	f := fx.JobFact(core.JobFactTimeout)
	f.Job, f.Epoch, f.Node, f.From, f.To, f.Code = uint64(t.id), t.de, t.gate, uint8(t.kind), uint8(e), uint8(t.rule)
	f.Put("since_progress", int64(now.Sub(t.progress))).Put("lateness", int64(late))
}

func (g *Gate) deadlineFact(now core.Instant, t *judged, e Event, fx *core.Effects) {
	f := fx.JobFact(core.JobFactDeadline)
	f.Job, f.Epoch, f.To = uint64(t.id), t.ge, uint8(e)
	f.Put("effective", int64(t.timeout+g.extension(t))).Put("elapsed", int64(now.Sub(t.submitted)))
}

// timeoutFact tells of a datacenter, or with none of the job as a whole: then since_progress is that of the last of all.
func (g *Gate) timeoutFact(now core.Instant, t *judged, p *part, e Event, late core.Duration, fx *core.Effects) {
	f := fx.JobFact(core.JobFactTimeout)
	f.Job, f.Epoch, f.To, f.Code = uint64(t.id), t.ge, uint8(e), uint8(t.rule)
	last := t.submitted
	for i := range t.sites {
		last = max(last, t.sites[i].progress)
	}
	if p != nil {
		last, f.Node = p.progress, p.manager
	}
	f.Put("since_progress", int64(now.Sub(last))).Put("lateness", int64(late))
}
