package swim

import (
	"hypersim/core"
	"hypersim/core/wire"
)

// anyBook gives sizes of messages whose keys are all IPv4; they need no look at a real one.
var anyBook wire.Book = wire.LinearBook{}

// attachExtra adds the blocks that few datagrams have, after the updates and in what room those left
// (§3.1). Most nodes at most times have nothing to say here and do not come this far.
func (m *Machine) attachExtra(now core.Instant, msg *core.Message, k int, fx *core.Effects) {
	toWorker := m.rec[k].present() && !m.isParticipant(m.rec[k].role())
	health := m.health != nil && m.health.queue.Len() > 0
	work := m.work != nil && m.work.queue.Len() > 0 && !toWorker
	beat := m.carries && msg.Kind == core.KindPing
	if !health && !work && !beat {
		return
	}
	x := fx.Extra()
	msg.Extra = x
	if health {
		m.attachHealth(now, x, min(m.cfg.Health.MaxBytes, wire.MTU-wire.Size(msg, anyBook)), !toWorker)
	}
	if work {
		m.attachWorkers(x, min(m.cfg.WorkerState.MaxBytes, wire.MTU-wire.Size(msg, anyBook)))
	}
	if beat {
		room := min(wire.MaxBeatBytes, wire.MTU-wire.Size(msg, anyBook))
		m.carrier.Beat(now, msg.To, x)
		wire.FitBeat(x, room)
	}
	if len(x.Health)+len(x.Workers) == 0 && x.Beat.Version == 0 {
		msg.Extra = nil
	}
}

// hearExtra is step 7 of §3.2.
func (m *Machine) hearExtra(now core.Instant, msg *core.Message, fx *core.Effects) {
	m.hearHealth(now, msg.Extra.Health)
	m.hearWorkers(now, msg, fx)
	if m.hearer != nil && msg.Extra.Beat.Version != 0 {
		m.hearer.HearBeat(now, msg, fx)
	}
}
