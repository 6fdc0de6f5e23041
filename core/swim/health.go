package swim

import (
	"slices"

	"hypersim/core"
	"hypersim/core/wire"
)

// Peer health (§4.6): every participant tells how loaded it is, nobody tells it about another. A node
// that is and always was healthy says nothing, so an untroubled group pays neither bytes nor memory.

// loadOf is what the own degradation level says about the node (§4.5): until role logic knows better, who
// does not trust its own timers is taken to be short of CPU.
var loadOf = [numLevels]core.Load{
	core.LoadHealthy, core.LoadBusy, core.LoadStressed, core.LoadOverloaded, core.LoadOverloaded,
}

var (
	healthFactor = [core.NumLoads]float64{1, 1.25, 1.75, 2.5} // of timeouts for the peer (§4.3)
	capQuarters  = [core.NumLoads]int{4, 3, 2, 1}             // of the update cap towards it
)

// healthItem is one entry with what spreading it needs.
type healthItem struct {
	core.HealthEntry
	at   core.Instant // local receipt; the own one: when it was made
	sent uint8
}

// healthTable is what a node knows about loads. It exists from the first thing that there is to know.
type healthTable struct {
	own   healthItem
	said  core.HealthEntry // by role logic
	told  bool             // role logic has spoken
	peers []healthItem     // by subject
	open  int              // entries that have transmissions to make, the own one included
}

// SetHealth is role logic's judgement of its own node. Load and Accepting are announced when they
// change, Capacity, Throughput and Expected ride along; the other fields are the machine's. What is
// announced is the worse of h.Load and of what the degradation level says.
func (m *Machine) SetHealth(now core.Instant, h *core.HealthEntry) {
	if !m.cfg.Health.Enabled || !m.participates() || h.Load >= core.NumLoads {
		return
	}
	if m.health == nil {
		if h.Load == core.LoadHealthy && h.Accepting && loadOf[m.level] == core.LoadHealthy {
			return
		}
		m.health = new(healthTable)
	}
	m.health.said, m.health.told = *h, true
	m.judgeOwnHealth(now)
}

// Health returns what this node knows of id's load; false if that is nothing, or stale.
func (m *Machine) Health(now core.Instant, id core.NodeID) (core.HealthEntry, bool) {
	h := m.health
	if h == nil {
		return core.HealthEntry{}, false
	}
	if id == m.self {
		return h.own.HealthEntry, h.own.Version > 0
	}
	if i, ok := h.find(id); ok && m.fresh(now, &h.peers[i]) {
		return h.peers[i].HealthEntry, true
	}
	return core.HealthEntry{}, false
}

// judgeOwnHealth announces the own state if it changed.
func (m *Machine) judgeOwnHealth(now core.Instant) {
	if !m.cfg.Health.Enabled || !m.participates() {
		return
	}
	load := loadOf[m.level]
	h := m.health
	if h == nil {
		if load == core.LoadHealthy {
			return
		}
		h = new(healthTable)
		m.health = h
	}
	accepting := load < core.LoadOverloaded
	if h.told {
		load, accepting = max(load, h.said.Load), h.said.Accepting
	}
	if load == h.own.Load && (accepting == h.own.Accepting || h.own.Version == 0 && accepting) {
		return
	}
	m.announceHealth(now, load, accepting, h.own.Version+1)
}

// announceHealth makes a new own entry to spread.
func (m *Machine) announceHealth(now core.Instant, load core.Load, accepting bool, version uint32) {
	h := m.health
	old := m.isOpen(&h.own)
	h.own.Load, h.own.Accepting, h.own.Version = load, accepting, version
	h.own.Subject, h.own.Role = m.self, m.role
	h.own.Capacity, h.own.Throughput, h.own.Expected = h.said.Capacity, h.said.Throughput, h.said.Expected
	h.own.at, h.own.sent = now, 0
	h.recount(old, m.isOpen(&h.own))
}

// renewHealth repeats a state that lasts before the others' memory of it goes stale.
func (m *Machine) renewHealth(now core.Instant) {
	if h := m.health; h != nil && h.own.Load != core.LoadHealthy && passed(now, h.own.at, m.cfg.Health.Refresh) {
		m.announceHealth(now, h.own.Load, h.own.Accepting, h.own.Version+1)
	}
}

func (h *healthTable) recount(was, is bool) {
	if was {
		h.open--
	}
	if is {
		h.open++
	}
}

// isOpen reports whether it has transmissions to make: more if it is bad news. A worker passes nothing on.
func (m *Machine) isOpen(it *healthItem) bool {
	limit := m.cfg.Health.Transmissions
	if it.Load >= core.LoadStressed {
		limit = m.cfg.Health.TransmissionsStressed
	}
	return it.Version > 0 && int(it.sent) < limit && m.participates()
}

func (m *Machine) fresh(now core.Instant, it *healthItem) bool {
	return now.Sub(it.at) < m.cfg.Health.Stale
}

// find returns where subject is or belongs.
func (h *healthTable) find(subject core.NodeID) (int, bool) {
	lo, hi := 0, len(h.peers)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if h.peers[mid].Subject < subject {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(h.peers) && h.peers[lo].Subject == subject
}

// hearHealth takes up what a datagram says about loads: a newer version wins, and anything over what is
// stale, since a restarted process counts anew.
func (m *Machine) hearHealth(now core.Instant, es []core.HealthEntry) {
	if !m.cfg.Health.Enabled {
		return
	}
	for i := range es[:min(len(es), wire.MaxHealth)] {
		e := &es[i]
		k, ok := m.index(e.Subject)
		switch {
		case e.Load >= core.NumLoads || !ok:
			m.count.Invalid++
		case e.Subject == m.self:
			m.hearOwnHealth(now, e)
		case counted(m.rec[k].state()) && m.isParticipant(m.rec[k].role()):
			m.storeHealth(now, e)
		}
	}
}

// hearOwnHealth answers an entry of an older process of this key, whose count was higher.
func (m *Machine) hearOwnHealth(now core.Instant, e *core.HealthEntry) {
	if !m.participates() || m.health != nil && e.Version <= m.health.own.Version {
		return
	}
	if m.health == nil {
		m.health = new(healthTable)
	}
	o := &m.health.own
	m.announceHealth(now, o.Load, o.Accepting || o.Version == 0, e.Version+1)
}

func (m *Machine) storeHealth(now core.Instant, e *core.HealthEntry) {
	if m.health == nil {
		m.health = new(healthTable)
	}
	h := m.health
	i, known := h.find(e.Subject)
	it := healthItem{HealthEntry: *e, at: now}
	if known {
		if e.Version <= h.peers[i].Version && m.fresh(now, &h.peers[i]) {
			return
		}
		h.recount(m.isOpen(&h.peers[i]), m.isOpen(&it))
		h.peers[i] = it
		m.count.HealthFresh++
		return
	}
	if len(h.peers) >= m.cfg.Health.TableMax {
		oldest := 0
		for j := range h.peers {
			if h.peers[j].at < h.peers[oldest].at {
				oldest = j
			}
		}
		m.dropHealth(oldest)
		i, _ = h.find(e.Subject)
	}
	h.peers = slices.Insert(h.peers, i, it)
	h.recount(false, m.isOpen(&it))
	m.count.HealthFresh++
}

func (m *Machine) dropHealth(i int) {
	h := m.health
	h.recount(m.isOpen(&h.peers[i]), false)
	h.peers = slices.Delete(h.peers, i, i+1)
}

// forgetHealth drops what is known of k's load: its process or its record is gone.
func (m *Machine) forgetHealth(k int) {
	if m.health == nil {
		return
	}
	if i, ok := m.health.find(m.id(k)); ok {
		m.dropHealth(i)
	}
}

func (m *Machine) sweepHealth(now core.Instant) {
	if m.health == nil {
		return
	}
	for i := len(m.health.peers) - 1; i >= 0; i-- {
		if !m.fresh(now, &m.health.peers[i]) {
			m.dropHealth(i)
		}
	}
}

// loadFor returns k's load as far as it is known and fresh.
func (m *Machine) loadFor(now core.Instant, k int) core.Load {
	if m.health == nil {
		return core.LoadHealthy
	}
	if i, ok := m.health.find(m.id(k)); ok && m.fresh(now, &m.health.peers[i]) {
		return m.health.peers[i].Load
	}
	return core.LoadHealthy
}

// updateCapFor is how many updates a datagram to k may carry now: fewer, the more loaded it is.
func (m *Machine) updateCapFor(now core.Instant, k int) int {
	return max(1, m.cfg.Gossip.MaxUpdates*capTwentieths[m.level]*capQuarters[m.loadFor(now, k)]/80)
}

// attachHealth adds the health block: most severe first, then least transmitted, newest, key. A worker is
// told beside the spreading and uses up no transmission, as with updates.
func (m *Machine) attachHealth(now core.Instant, x *core.Extra, room int, counts bool) {
	h := m.health
	var best [wire.MaxHealth]*healthItem
	n, most := 0, m.cfg.Health.MaxEntries
	offer := func(it *healthItem) {
		if !m.isOpen(it) || !m.fresh(now, it) {
			return
		}
		i := n
		if n < most {
			n++
		} else if i--; !moreUrgent(it, best[i]) {
			return
		}
		for ; i > 0 && moreUrgent(it, best[i-1]); i-- {
			best[i] = best[i-1]
		}
		best[i] = it
	}
	offer(&h.own)
	for i := range h.peers {
		offer(&h.peers[i])
	}
	room -= wire.ExtraHeader
	for _, it := range best[:n] {
		size := wire.HealthBytes(&it.HealthEntry, wire.KeyV4)
		if size > room {
			continue
		}
		room -= size
		x.Health = append(x.Health, it.HealthEntry)
		m.count.HealthSent++
		if counts {
			it.sent++
			h.recount(true, m.isOpen(it))
		}
	}
}

func moreUrgent(a, b *healthItem) bool {
	switch {
	case a.Load != b.Load:
		return a.Load > b.Load
	case a.sent != b.sent:
		return a.sent < b.sent
	case a.at != b.at:
		return a.at > b.at
	}
	return a.Subject < b.Subject
}

// validateHealth is the health table's share of Validate.
func (m *Machine) validateHealth(fail func(string, ...any)) {
	h := m.health
	if h == nil {
		return
	}
	open := 0
	if m.isOpen(&h.own) {
		open++
	}
	for i := range h.peers {
		it := &h.peers[i]
		if m.isOpen(it) {
			open++
		}
		if k, ok := m.index(it.Subject); !ok || !counted(m.rec[k].state()) {
			fail("health of %d, which has no record", it.Subject)
		}
		if i > 0 && h.peers[i-1].Subject >= it.Subject {
			fail("health entries are out of order at %d", it.Subject)
		}
	}
	if open != h.open {
		fail("health entries to send are %d, recomputed %d", h.open, open)
	}
	if len(h.peers) > m.cfg.Health.TableMax {
		fail("%d health entries are kept", len(h.peers))
	}
}
