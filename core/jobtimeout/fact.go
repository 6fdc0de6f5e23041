package jobtimeout

import "hypersim/core"

// deadlineFact tells how long a job may take from now on, as far as this manager knows.
func (m *Manager) deadlineFact(now core.Instant, t *tracked, e Event, worker core.NodeID, fx *core.Effects) {
	f := fx.JobFact(core.JobFactDeadline)
	f.Job, f.Epoch, f.Node, f.To = uint64(t.id), t.de, worker, uint8(e)
	f.A, f.B = int64(t.effective(m.cfg)), int64(now.Sub(t.started))
}

// timeoutFact tells what became of that.
func (m *Manager) timeoutFact(now core.Instant, t *tracked, e Event, late core.Duration, fx *core.Effects) {
	f := fx.JobFact(core.JobFactTimeout)
	f.Job, f.Epoch, f.Node, f.From, f.To, f.Code = uint64(t.id), t.de, t.gate, uint8(t.kind), uint8(e), uint8(t.rule)
	f.A, f.B = int64(now.Sub(t.progress)), int64(late)
}
