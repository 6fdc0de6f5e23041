package swim

import (
	"hypersim/core"
	"hypersim/core/spread"
	"hypersim/core/wire"
)

// Worker-state entries (§6, AD-48): the managers of a datacenter tell each other who owns which worker.
//
// An owner counts its entries so that the newest registration wins wherever it was made: a new owner
// starts above the last entry that it knows and not below the worker's own incarnation, which the worker
// raises whenever it registers anew (§2.6, watch.go). The number of an entry is thus never above the
// worker's incarnation at that registration, and a manager that never heard of the last owner outbids it all
// the same. At equal numbers dead, evicted and left beat registered; two owners with the same number, two
// seeds that took the same JOIN, leave the worker to the lower id.

// orphan is the owner of a worker whose owner is no more: its process restarted, left, or was forgotten. Every
// manager watches such a worker itself.
const orphan = core.NoNode - 1

// workRecord is the last entry known about a worker.
type workRecord struct {
	number           uint32 // 1 + incarnation of the entry; 0 = none
	cores, available uint16
	state            core.WorkerState
}

// workTable exists at managers from the first entry made or heard.
type workTable struct {
	rec   []workRecord // as the records
	queue spread.Queue[core.WorkerEntry]
}

func (m *Machine) workTable() *workTable {
	if m.work == nil {
		m.work = &workTable{rec: make([]workRecord, len(m.rec))}
		for k, o := range m.watch.owners {
			if o != core.NoNode {
				m.work.rec[k].number = 1 // given with a formed group: as an entry of incarnation 0
			}
		}
	}
	return m.work
}

// Owner returns the manager that watches worker id, as this manager knows it; false if it knows none.
func (m *Machine) Owner(id core.NodeID) (core.NodeID, bool) {
	k, ok := m.index(id)
	if !ok || m.watch.owners == nil {
		return core.NoNode, false
	}
	o := m.watch.owners[k]
	return o, o != core.NoNode && o != orphan
}

// ReportWorker lets role logic tell the state and the cores of a worker that this manager owns. A
// registered worker's cores ride on the next entry; the other states are announced at once. It reports
// false for a worker of somebody else.
func (m *Machine) ReportWorker(now core.Instant, e *core.WorkerEntry, fx *core.Effects) bool {
	k, ok := m.index(e.Worker)
	if !ok || m.watch.owners == nil || m.watch.owners[k] != m.self || e.State >= core.NumWorkerStates {
		return false
	}
	r := &m.workTable().rec[k]
	r.cores, r.available = e.Cores, e.Available
	if e.State != core.WorkerRegistered && r.state == core.WorkerRegistered {
		m.announceWorker(now, k, e.State, fx)
	}
	return true
}

// announceRegistered says that worker k, which this node owns, is registered here.
func (m *Machine) announceRegistered(now core.Instant, k int, fx *core.Effects) {
	r := &m.workTable().rec[k]
	r.number = max(r.number, m.rec[k].incarnation()) + 1
	m.announceWorker(now, k, core.WorkerRegistered, fx)
}

// disown says that worker k is not registered here: the others would leave the watch to a manager that has not confirmed it, and watches
// nobody. Under the number of the registration that they speak of: a later one holds.
func (m *Machine) disown(now core.Instant, k int, fx *core.Effects) {
	m.announceWorker(now, k, core.WorkerLeft, fx)
}

// announceWorker tells the other managers in what state k is here, under the number that it has.
func (m *Machine) announceWorker(now core.Instant, k int, s core.WorkerState, fx *core.Effects) {
	r := &m.workTable().rec[k]
	r.number = max(r.number, 1)
	r.state = s
	m.queueWorker(now, &core.WorkerEntry{
		Worker: m.id(k), Owner: m.self, Instance: m.instance, Incarnation: r.number - 1, Cores: r.cores, Available: r.available, State: s,
	})
}

// hearWorkers takes up what another manager passed on.
func (m *Machine) hearWorkers(now core.Instant, msg *core.Message, fx *core.Effects) {
	es := msg.Extra.Workers
	if !m.watches() || len(es) == 0 || !m.isParticipant(msg.Role) {
		return
	}
	for i := range es[:min(len(es), maxUpdatesParsed)] {
		e := &es[i]
		k, known := m.index(e.Worker)
		o, ok := m.index(e.Owner)
		if !known || !ok || e.Worker == m.self || e.State >= core.NumWorkerStates || e.Incarnation > maxIncarnation {
			m.count.Invalid++
			continue
		}
		if r := &m.rec[k]; !r.present() || m.isParticipant(r.role()) || m.watch.owners == nil {
			continue // nothing to attach it to; a table exchange will tell
		}
		if r := &m.rec[o]; e.Owner != m.self && r.present() && !m.isParticipant(r.role()) {
			m.count.Invalid++
			continue
		}
		m.hearWorker(now, k, e, fx)
	}
}

func (m *Machine) hearWorker(now core.Instant, k int, e *core.WorkerEntry, fx *core.Effects) {
	r := &m.workTable().rec[k]
	number, owner := e.Incarnation+1, m.watch.owners[k]
	if e.Owner == m.self {
		m.hearOwn(now, k, e, fx)
		return
	}
	if !m.entryWins(r, number, e, owner) {
		return
	}
	m.count.WorkersFresh++
	*r = workRecord{number: number, cores: e.Cores, available: e.Available, state: e.State}
	switch {
	case e.State == core.WorkerLeft: // nobody owns who left, and its next process may never register
		m.watch.owners[k] = core.NoNode
	case m.past(e.Owner, e.Instance):
		m.watch.owners[k] = orphan
	default:
		m.watch.register(k, e.Owner, e.Instance)
	}
	if e.State == core.WorkerRegistered {
		m.watch.heardAt[k] = max(m.watch.heardAt[k], now) // it was alive at its owner a moment ago
	}
	m.queueWorker(now, e)
}

// hearOwn takes an entry in this node's name. Nobody else makes those: it is its own, and whom the others take for the
// owner had better be it; or it is of a process before this one, with which the worker is registered no more; or the worker left it, and
// is registered with another one: who has not confirmed a worker does not watch it.
func (m *Machine) hearOwn(now core.Instant, k int, e *core.WorkerEntry, fx *core.Effects) {
	r := &m.workTable().rec[k]
	if e.Incarnation+1 <= r.number {
		return
	}
	r.number = e.Incarnation + 1
	switch owner := m.watch.owners[k]; {
	case owner == m.self:
		r.number++
		m.announceWorker(now, k, r.state, fx)
	case m.past(m.self, e.Instance):
		m.watch.owners[k] = orphan
	case e.State != core.WorkerRegistered:
	case digested(m.rec[k].state()):
		m.watch.register(k, m.self, m.instance)
		m.announceRegistered(now, k, fx)
	default:
		m.disown(now, k, fx)
	}
}

// entryWins is the order of entries about one worker: the higher number; at equal ones an end before a registration; of two
// registrations the lower owner. Every manager comes to the same whatever the order in which it hears them.
func (m *Machine) entryWins(r *workRecord, number uint32, e *core.WorkerEntry, owner core.NodeID) bool {
	ends, ended := e.State != core.WorkerRegistered, r.state != core.WorkerRegistered
	switch {
	case number != r.number:
		return number > r.number
	case ends != ended:
		return ends
	}
	return e.Owner < owner && owner != core.NoNode && owner != orphan
}

// queueWorker puts e into the queue in place of what is queued about its worker.
func (m *Machine) queueWorker(now core.Instant, e *core.WorkerEntry) {
	q := &m.work.queue
	s := q.SiftAbout(e.Worker)
	for s.Next() != nil {
		s.Drop()
	}
	if q.Len() >= m.cfg.WorkerState.QueueMax {
		q.DropMostSent()
		m.count.WorkersOverflowed++
	}
	rank := updateRank[core.UpdateDead]
	if e.State == core.WorkerRegistered {
		rank = updateRank[core.UpdateJoin]
	}
	q.Push(now, e, e.Worker, rank, m.retransmitLimit())
	m.armGossip(now)
}

// expireWorkers drops entries that have waited too long.
func (m *Machine) expireWorkers(now core.Instant) {
	if m.work == nil {
		return
	}
	oldest := uint32(m.cfg.WorkerState.Age.Milliseconds())
	s := m.work.queue.Sift()
	for it := s.Next(); it != nil; it = s.Next() {
		if it.Age(now) > oldest {
			s.Drop()
		}
	}
}

const leastWorkerBytes = 1 + 1 + 2*wire.KeyV4 + wire.InstanceBytes + 1 + 1

// attachWorkers adds the block of worker entries, in the order of the queue, as much as fits.
func (m *Machine) attachWorkers(x *core.Extra, room int) {
	b := spread.Budget{Items: wire.MaxEntries, Bytes: room - wire.ExtraHeader, Least: leastWorkerBytes}
	t := m.work.queue.Take()
	for !b.Spent() {
		it := t.Next()
		if it == nil || !b.Spend(wire.WorkerBytes(&it.News, wire.KeyV4)) {
			break // entries differ by a few bytes: what comes after would hardly fit
		}
		x.Workers = append(x.Workers, it.News)
		m.count.WorkersSent++
		t.Count()
	}
	t.End()
}

// validateWorkers is the worker entries' share of Validate.
func (m *Machine) validateWorkers(fail func(string, ...any)) {
	w := m.work
	if w == nil {
		return
	}
	if n := w.queue.Len(); n > m.cfg.WorkerState.QueueMax {
		fail("%d worker entries are queued", n)
	}
	if !w.queue.Sound() {
		fail("worker entries are out of order, or one is queued that was sent often enough")
	}
}
