package swim

import (
	"slices"

	"hypersim/core"
	"hypersim/core/spread"
	"hypersim/core/wire"
)

// Peer health (§4.6): every participant tells how loaded it is, nobody tells it about another. A node
// that is and always was healthy says nothing, so an untroubled group pays neither bytes nor memory.

// Entries cross like claims do, and are told apart by their version:
//
//  1. A is overloaded and says so, version 3. It spreads, and stressed news more often than good news.
//  2. A recovers and says that, version 4. Who hears 4 first ignores 3 when it comes.
//  3. A restarts and counts from 1. To others its entries are older than 3 until that has gone stale; if one of them comes
//     back to A, it answers with a version above it (hearOwnHealth).
//  4. A says nothing for health.stale: its entry goes, and it is taken for healthy. A state that lasts is therefore repeated.

// loadOf is what the own degradation level says about the node (§4.5): until role logic knows better, who
// does not trust its own timers is taken to be short of CPU.
var loadOf = [numLevels]core.Load{
	core.LoadHealthy, core.LoadBusy, core.LoadStressed, core.LoadOverloaded, core.LoadOverloaded,
}

var (
	healthFactor = [core.NumLoads]float64{1, 1.25, 1.75, 2.5} // of timeouts for the peer (§4.3)
	capQuarters  = [core.NumLoads]int{4, 3, 2, 1}             // of the update cap towards it
)

// healthItem is one entry and when it was got.
type healthItem struct {
	core.HealthEntry
	at core.Instant // local receipt; the own one: when it was made
}

// healthTable is what a node knows about loads. It exists from the first thing that there is to know.
type healthTable struct {
	own   healthItem
	said  core.HealthEntry // by role logic
	told  bool             // role logic has spoken
	peers []healthItem     // by subject
	queue spread.Queue[healthItem]
}

// newHealthTable returns an empty table. What it spreads is told by severity first: news that somebody is overloaded
// is worth more than any that somebody is not.
func newHealthTable() *healthTable {
	return &healthTable{queue: spread.New[healthItem](spread.RankFirst)}
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
		m.health = newHealthTable()
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
		h = newHealthTable()
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
	h.own.Load, h.own.Accepting, h.own.Version = load, accepting, version
	h.own.Subject, h.own.Role = m.self, m.role
	h.own.Capacity, h.own.Throughput, h.own.Expected = h.said.Capacity, h.said.Throughput, h.said.Expected
	h.own.at = now
	m.queueHealth(now, &h.own)
}

// renewHealth repeats a state that lasts before the others' memory of it goes stale.
func (m *Machine) renewHealth(now core.Instant) {
	if h := m.health; h != nil && h.own.Load != core.LoadHealthy && passed(now, h.own.at, m.cfg.Health.Refresh) {
		m.announceHealth(now, h.own.Load, h.own.Accepting, h.own.Version+1)
	}
}

// queueHealth puts it into the queue in place of what is queued about its subject. Bad news is told more often. A
// worker passes nothing on.
func (m *Machine) queueHealth(now core.Instant, it *healthItem) {
	h := m.health
	h.unqueue(it.Subject)
	if it.Version == 0 || !m.participates() {
		return
	}
	limit := m.cfg.Health.Transmissions
	if it.Load >= core.LoadStressed {
		limit = m.cfg.Health.TransmissionsStressed
	}
	h.queue.Push(now, it, it.Subject, spread.Rank(core.NumLoads-1-it.Load), uint8(limit))
}

// unqueue drops what is queued about subject.
func (h *healthTable) unqueue(subject core.NodeID) {
	s := h.queue.SiftAbout(subject)
	for s.Next() != nil {
		s.Drop()
	}
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
		m.health = newHealthTable()
	}
	o := &m.health.own
	m.announceHealth(now, o.Load, o.Accepting || o.Version == 0, e.Version+1)
}

// storeHealth keeps e if it is newer than what is known. A full table forgets the entry that it heard longest ago.
func (m *Machine) storeHealth(now core.Instant, e *core.HealthEntry) {
	if m.health == nil {
		m.health = newHealthTable()
	}
	h := m.health
	i, known := h.find(e.Subject)
	it := healthItem{HealthEntry: *e, at: now}
	if known {
		if e.Version <= h.peers[i].Version && m.fresh(now, &h.peers[i]) {
			return
		}
		h.peers[i] = it
		m.queueHealth(now, &it)
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
		h.drop(oldest)
		i, _ = h.find(e.Subject)
	}
	h.peers = slices.Insert(h.peers, i, it)
	m.queueHealth(now, &it)
	m.count.HealthFresh++
}

func (h *healthTable) drop(i int) {
	h.unqueue(h.peers[i].Subject)
	h.peers = slices.Delete(h.peers, i, i+1)
}

// forgetHealth drops what is known of k's load: its process or its record is gone.
func (m *Machine) forgetHealth(k int) {
	if m.health == nil {
		return
	}
	if i, ok := m.health.find(m.id(k)); ok {
		m.health.drop(i)
	}
}

// sweepHealth drops what has gone stale. Who reads an entry checks its age itself, so that the sweep is about memory alone.
func (m *Machine) sweepHealth(now core.Instant) {
	if m.health == nil {
		return
	}
	for i := len(m.health.peers) - 1; i >= 0; i-- {
		if !m.fresh(now, &m.health.peers[i]) {
			m.health.drop(i)
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
	room -= wire.ExtraHeader
	t := h.queue.Take()
	for looked := 0; looked < m.cfg.Health.MaxEntries; {
		it := t.Next()
		if it == nil {
			break
		}
		if !m.fresh(now, &it.News) {
			continue
		}
		looked++
		size := wire.HealthBytes(&it.News.HealthEntry, wire.KeyV4)
		if size > room {
			continue
		}
		room -= size
		x.Health = append(x.Health, it.News.HealthEntry)
		m.count.HealthSent++
		if counts {
			t.Count()
		}
	}
	t.End()
}

// validateHealth is the health table's share of Validate.
func (m *Machine) validateHealth(fail func(string, ...any)) {
	h := m.health
	if h == nil {
		return
	}
	for i := range h.peers {
		it := &h.peers[i]
		if k, ok := m.index(it.Subject); !ok || !counted(m.rec[k].state()) {
			fail("health of %d, which has no record", it.Subject)
		}
		if i > 0 && h.peers[i-1].Subject >= it.Subject {
			fail("health entries are out of order at %d", it.Subject)
		}
	}
	for i := range h.queue.Len() {
		it := &h.queue.At(i).News
		if j, ok := h.find(it.Subject); it.HealthEntry != h.own.HealthEntry && (!ok || *it != h.peers[j]) {
			fail("health of %d is queued as it no longer is", it.Subject)
		}
	}
	if !h.queue.Sound() {
		fail("queued health entries are out of order, or one is queued that was sent often enough")
	}
	if len(h.peers) > m.cfg.Health.TableMax {
		fail("%d health entries are kept", len(h.peers))
	}
}
