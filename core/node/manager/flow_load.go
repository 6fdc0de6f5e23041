package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
	"hypersim/core/routing"
)

// How loaded this manager and its workers are, and what that makes of the datacenter (spec 30 §1.4, §3.3; spec 02 no. 27).

// Weighs implements front.Holder.
func (m *Manager) Weighs() (jobs, hot int) { return m.records.live, m.stats.buf.Len() }

// heardLoad takes in what a worker calls itself. It tells so in every heartbeat: of its cores only a newer one counts, and an
// idle worker has none. One that is OVERLOADED takes no new work.
func (m *Manager) heardLoad(id core.NodeID, x *worker, b *core.Beat) {
	if x.load == b.Load {
		return
	}
	x.load = b.Load
	m.due = true
	m.relist(id)
}

// loads fills in what a heartbeat says of load: this manager's, and how many of its workers call themselves so.
func (m *Manager) loads(b *registry.ManagerBeat) {
	b.Overload = m.p.Flow.State()
	for i := range m.workers.list {
		if w := &m.workers.list[i]; w.usable() {
			b.CountLoad(w.load)
		}
	}
}

// strained adds to how the datacenter looks from inside what its leader and its workers say of their load.
func (m *Manager) strained(x *routing.Condition) {
	x.LeaderOverloaded = m.p.Flow.State() >= core.LoadStressed
	for i := range m.workers.list {
		if w := &m.workers.list[i]; w.usable() && w.load == core.LoadOverloaded {
			x.WorkersOverloaded++
		}
	}
}

// onHealthCheck answers telemetry: that this process takes requests in is all there is to say.
func (m *Manager) onHealthCheck(_ core.Instant, msg *core.Message, fx *core.Effects) {
	core.Attach[call.Ack](fx, m.calls.Respond(fx, msg, core.KindHealthCheckResponse))
}
