package federated

import (
	"math"

	"hypersim/core"
)

// maxGates bounds how many gates a manager remembers; beyond, the one not heard for longest is forgotten.
const maxGates = 256

// Manager answers the probes of gates, and samples them while it leads. It implements core.Machine.
type Manager struct {
	due   core.Instant
	cfg   *Config
	local *Local
	site  uint16
	seq   uint32
	lead  Leadership
	work  Work // nil: there are no jobs
	gates []gate

	stale  bool // the counts of report are to be taken anew
	report SiteReport

	Counters ManagerCounters
}

// ManagerCounters only grow.
type ManagerCounters struct {
	Acks, Nacks      uint64
	Samples, Sampled uint64 // sample PINGs sent and answered
	Malformed        uint64
}

// gate is what a manager remembers of a gate that probed it.
type gate struct {
	peer
	heard   core.Instant
	sampled core.Instant // when the last sample PING left
	sent    bool         // there was one
	waiting bool         // and its answer is not here
	seq     uint32
}

// NewManager returns a manager of datacenter site.
func NewManager(cfg *Config, local *Local, site uint16, lead Leadership) *Manager {
	return &Manager{due: core.Never, cfg: cfg, local: local, site: site, lead: lead, stale: true}
}

// Deadline reports when Wake is next needed.
func (m *Manager) Deadline() (core.Instant, bool) { return m.due, m.due != core.Never }

// Observe notes that membership changed a record.
func (m *Manager) Observe(_ core.Instant, f *core.Fact, _ *core.Effects) {
	if f.Kind == core.FactTransition {
		m.stale = true
	}
}

// Receive applies a datagram of the link.
func (m *Manager) Receive(now core.Instant, msg *core.Message, fx *core.Effects) {
	if msg.To != m.local.Self || msg.Role != core.RoleGate || msg.Kind != core.KindXProbe && msg.Kind != core.KindSampleAck {
		m.Counters.Malformed++
		return
	}
	i := m.find(msg.From)
	if msg.Kind == core.KindSampleAck {
		m.onSampled(now, i, msg)
		return
	}
	if i < 0 {
		i = m.admit(msg.From)
	}
	g := &m.gates[i]
	g.heard = now
	m.local.hear(now, &g.peer, msg)
	if !m.lead.Leads(now) {
		m.Counters.Nacks++
		nack := m.local.header(core.KindXNack, msg.From, msg.Seq, msg.Turn, fx)
		core.Attach[Redirect](fx, nack).Leader = m.lead.Leader()
		return
	}
	m.Counters.Acks++
	m.fill(now)
	ack := m.local.header(core.KindXAck, msg.From, msg.Seq, msg.Turn, fx)
	core.Attach[SiteBody](fx, ack).SiteReport = m.report
	m.armAfter(math.MinInt64)
}

// fill brings the report up to date. The walk over the table is done only after it changed.
func (m *Manager) fill(now core.Instant) {
	r := &m.report
	if m.stale {
		managers, managersOK, workers, workersOK := m.local.Members.Census()
		r.Managers, r.ManagersHealthy = uint16(managers), uint16(managersOK)
		r.Workers, r.WorkersHealthy = uint32(workers), uint32(workersOK)
		m.stale = false
	}
	// The external incarnation is that of the leading process: managers share no count of their own, so a
	// gate compares only what one process said.
	r.Site, r.Leader, r.Term, r.External = m.site, true, m.lead.Term(), m.local.Members.Incarnation(m.local.Self)
	if m.work != nil {
		m.work.Fill(now, r)
	}
}

// Work is who knows of the jobs of a datacenter.
type Work interface {
	// Fill sets what r says of workers, cores, jobs and the datacenter's class. Managers holds what membership counts.
	Fill(now core.Instant, r *SiteReport)
}

// Works tells m who knows of the jobs of its datacenter.
func (m *Manager) Works(w Work) { m.work = w }

// onSampled takes the answer to a sample PING: a round trip and a coordinate, nothing else.
func (m *Manager) onSampled(now core.Instant, i int, msg *core.Message) {
	if i < 0 || !m.gates[i].waiting || m.gates[i].seq != msg.Seq {
		m.Counters.Malformed++
		return
	}
	g := &m.gates[i]
	g.waiting = false
	m.Counters.Sampled++
	m.local.hear(now, &g.peer, msg)
	m.local.sample(now, &g.peer, now.Sub(g.sampled))
}

// Wake samples every gate whose time has come, while this manager leads.
func (m *Manager) Wake(now core.Instant, fx *core.Effects) {
	if now < m.due {
		return
	}
	if !m.lead.Leads(now) {
		m.due = core.Never
		return
	}
	for i := range m.gates {
		if g := &m.gates[i]; now <= g.heard.Add(m.cfg.Link.Heard) && m.next(g) <= now {
			m.sample(now, g, fx)
		}
	}
	m.armAfter(now)
}

// sample pings a gate, to measure the way to it: else gates would live in a frame of coordinates of their own, and what they
// predict of this datacenter would be worth nothing (spec 40 C1). It is no probe: without an answer nothing is concluded.
func (m *Manager) sample(now core.Instant, g *gate, fx *core.Effects) {
	m.seq++
	m.Counters.Samples++
	g.sampled, g.sent, g.waiting, g.seq = now, true, true, m.seq
	m.local.header(core.KindSamplePing, g.id, m.seq, core.TurnOf(m.local.Instance, int64(m.seq)), fx)
}

// next returns when g may be sampled again.
func (m *Manager) next(g *gate) core.Instant {
	if !g.sent {
		return g.heard
	}
	return g.sampled.Add(m.cfg.Link.SampleInterval)
}

// armAfter sets the deadline to the next sample of a gate that comes after the instant, and finds the gate still heard.
func (m *Manager) armAfter(after core.Instant) {
	m.due = core.Never
	if m.cfg.Link.SampleInterval == 0 {
		return
	}
	for i := range m.gates {
		g := &m.gates[i]
		if at := m.next(g); at > after && at <= g.heard.Add(m.cfg.Link.Heard) {
			m.due = min(m.due, at)
		}
	}
}

// find is the place of a gate, −1 for one that never probed this manager, or was forgotten.
func (m *Manager) find(id core.NodeID) int {
	for i := range m.gates {
		if m.gates[i].id == id {
			return i
		}
	}
	return -1
}

// admit makes room for a gate.
func (m *Manager) admit(id core.NodeID) int {
	if len(m.gates) < maxGates {
		m.gates = append(m.gates, gate{peer: peer{id: id}})
		return len(m.gates) - 1
	}
	old := 0
	for i := range m.gates {
		if m.gates[i].heard < m.gates[old].heard {
			old = i
		}
	}
	if p := &m.gates[old].peer; m.local.Viv != nil && m.local.Viv.Holds(p.slot, p.id) {
		m.local.Viv.Forget(p.slot)
	}
	m.gates[old] = gate{peer: peer{id: id}}
	return old
}

// MemoryBytes returns the heap bytes that the manager's part holds.
func (m *Manager) MemoryBytes() int { return managerBytes + cap(m.gates)*gateEntryBytes }
