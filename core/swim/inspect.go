package swim

import "hypersim/core"

// State returns how this node holds id; StateNone if it has no record. Its own id is always OK.
func (m *Machine) State(id core.NodeID) core.MemberState {
	if id == m.self {
		return core.StateOK
	}
	k, ok := m.index(id)
	if !ok || !m.rec[k].present() {
		return core.StateNone
	}
	return m.rec[k].state()
}

// Incarnation returns the incarnation that this node holds of id.
func (m *Machine) Incarnation(id core.NodeID) uint32 {
	if id == m.self {
		return m.inc
	}
	if k, ok := m.index(id); ok {
		return m.rec[k].incarnation()
	}
	return 0
}

// Instance returns the newest process of id that this node has heard, 0 if it has no record.
func (m *Machine) Instance(id core.NodeID) uint32 {
	if k, ok := m.index(id); ok && m.rec[k].present() {
		return m.rec[k].instance
	}
	return 0
}

// LHM returns the local health score, 0 … lhm.max.
func (m *Machine) LHM() int { return int(m.lhm) }

// Level returns the degradation level, 0 (NORMAL) … 4 (CRITICAL).
func (m *Machine) Level() int { return int(m.level) }

// N returns the group size that this node computes with (§0).
func (m *Machine) N() int { return m.n() }

// Digest returns the table digest over all records and over participants only.
func (m *Machine) Digest() (all, participants uint64) { return m.sum.all, m.sum.part }

// Unconfirmed returns how many records are UNCONFIRMED.
func (m *Machine) Unconfirmed() int { return m.conf.len() }

// Suspects returns how many records are SUSPECT.
func (m *Machine) Suspects() int { return len(m.susp.heap) }

// QueueLen returns how many updates wait to be sent.
func (m *Machine) QueueLen() int { return m.queue.Len() }

// Joined reports whether the node has been accepted by a seed, or had nobody to ask.
func (m *Machine) Joined() bool { return m.join.in }

// Group returns the group that the node is a member of, 0 for a machine that was never started.
func (m *Machine) Group() core.GroupID { return m.group }

// Stopped reports whether the node has finished leaving or failed for good.
func (m *Machine) Stopped() bool { return m.stopped }

// Coordinate copies the local coordinate as it travels; false if coordinates are off.
func (m *Machine) Coordinate(dst *core.Coord) bool {
	if m.viv == nil {
		return false
	}
	m.viv.Coord(dst)
	return true
}

// Latency returns the factor that distance has in timeouts for id at now (§4.3), and the bound in ms
// that it was computed from; 1 and 0 if nothing is known.
func (m *Machine) Latency(now core.Instant, id core.NodeID) (mult, ucbMS float64) {
	k, ok := m.index(id)
	if !ok {
		return 1, 0
	}
	f, ucb := m.factorsFor(now, k)
	return f.latency, ucb
}

// Counters returns the node's counters. The pointer stays valid and shows later counts too.
func (m *Machine) Counters() *Counters { return &m.count }

// Sizes in bytes of what a machine keeps, held to the truth by a test.
const (
	machineBytes      = 2328
	recordBytes       = 16
	pingBytes         = 96
	itemBytes         = 32
	suspicionBytes    = 80
	confirmationBytes = 32
	auditBytes        = 24
	healthTableBytes  = 152
	healthItemBytes   = 32
	healthQueuedBytes = 48
	workTableBytes    = 88
	workRecordBytes   = 12
	workItemBytes     = 40
)

// MemoryBytes returns the heap bytes that this node holds, coordinates included.
func (m *Machine) MemoryBytes() int {
	n := machineBytes + cap(m.rec)*recordBytes + cap(m.list.order)*2 + cap(m.out)*pingBytes
	n += m.queue.Capacity() * itemBytes
	n += cap(m.susp.slab)*suspicionBytes + cap(m.conf.slab)*confirmationBytes
	n += cap(m.conf.heap)*2 + cap(m.conf.recent)*8 + cap(m.audit.ring)*auditBytes
	n += cap(m.watch.heardAt)*8 + cap(m.watch.owners)*4 + cap(m.watch.processes)*4 + cap(m.lag.ring)*4 + cap(m.deads)*2
	if m.health != nil {
		n += healthTableBytes + cap(m.health.peers)*healthItemBytes + m.health.queue.Capacity()*healthQueuedBytes
	}
	if m.work != nil {
		n += workTableBytes + cap(m.work.rec)*workRecordBytes + m.work.queue.Capacity()*workItemBytes
	}
	if m.viv != nil {
		n += m.viv.MemoryBytes()
	}
	return n
}
