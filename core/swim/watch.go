package swim

import (
	"math"
	"slices"

	"hypersim/core"
)

// A worker belongs to a process, and not to a node. The story of an owner that restarts (settled 89):
//
//  1. W is registered with process 3 of manager M. M restarts: process 4 has no memory of W.
//  2. N hears of process 4, by its join or by its first message. Whoever is noted with a process of M before 4 is an
//     orphan: every manager watches it (judges).
//  3. W hears of it, too, and joins again, perhaps at M: it is now registered with process 4 (reregister, adopted).
//  4. N may hear of 3 before 2. It notes W with process 4; when 2 comes, 4 is not before 4, and W stays with M.
//  5. N may hear of the first registration after 2. It says process 3, which is known to be no more (past): an orphan.
//  6. N may take M for dead and be wrong. W stays M's: when M comes back as process 3, nothing has changed.

// watcher is how workers are watched without ever being probed (§10.4): they ping, their owner listens.
// heardAt, owners and processes exist at managers only and are indexed like the records; an owner is a manager, NoNode
// if none is known, or orphan. Its process is the instance with which the worker is registered: when the owner
// restarts, those that registered before are orphans, and those that have registered since are not (settled 89).
type watcher struct {
	owner     core.NodeID // at a worker: its own manager
	process   uint32      // of the owner, with which the worker is registered
	lastOwner core.Instant
	pinged    bool
	wide      bool // the next round of an orphan asks everybody
	gone      int  // whom it does not ask in the first: its last owner
	heardAt   []core.Instant
	owners    []core.NodeID
	processes []uint32
}

// start begins to watch worker k.
func (w *watcher) start(m *Machine, k int, now core.Instant) {
	if !m.watches() {
		return
	}
	if w.heardAt == nil {
		w.heardAt = make([]core.Instant, len(m.rec))
		w.owners, w.processes = make([]core.NodeID, len(m.rec)), make([]uint32, len(m.rec))
		for i := range w.owners {
			w.owners[i] = core.NoNode
		}
	}
	w.heardAt[k] = now
}

// entered follows a worker's record into another state. Its owner tells the other managers (§6). It keeps a
// worker that died: should that live after all it goes on under the same owner, while who left registers
// again.
func (w *watcher) entered(m *Machine, k int, from, to core.MemberState, now core.Instant, fx *core.Effects) {
	if mine := w.owners[k] == m.self; mine {
		if !counted(to) && to != core.StateDead { // what this node says of that life is above what tables made of it, and below the next (disown)
			r := &m.workTable().rec[k]
			r.number = max(r.number, m.rec[k].incarnation()+1)
		}
		switch {
		case to == core.StateDead:
			m.announceWorker(now, k, core.WorkerDead, fx)
		case to == core.StateLeft:
			m.announceWorker(now, k, core.WorkerLeft, fx)
		case from == core.StateDead && to == core.StateOK:
			m.announceRegistered(now, k, fx)
		}
	}
	if !counted(to) && to != core.StateDead || from == core.StateLeft { // whatever was said of its owner while it was gone is of that life
		w.owners[k] = core.NoNode
	}
}

// register notes that worker k is registered with the given process of owner.
func (w *watcher) register(k int, owner core.NodeID, process uint32) {
	if w.owners != nil {
		w.owners[k], w.processes[k] = owner, process
	}
}

// past reports whether process of owner is known to be no more.
func (m *Machine) past(owner core.NodeID, process uint32) bool {
	if owner == m.self {
		return process < m.instance
	}
	k, ok := m.index(owner)
	return ok && process < m.rec[k].instance
}

// adopted makes this manager the owner of worker k, which registered here; news says that its JOIN was not
// a repetition.
func (w *watcher) adopted(m *Machine, k int, news bool, now core.Instant, fx *core.Effects) {
	if m.isParticipant(m.rec[k].role()) || !m.watches() {
		return
	}
	w.start(m, k, now)
	if news || w.owners[k] != m.self {
		m.workTable() // before it is this node's: the count begins here
		w.register(k, m.self, m.instance)
		m.announceRegistered(now, k, fx)
	}
}

// contested answers an accusation of worker k by another manager. Only its owner speaks about a worker, so
// the accuser does not know that this node is it.
func (w *watcher) contested(m *Machine, k int, by core.NodeID, now core.Instant, fx *core.Effects) {
	if w.owners != nil && w.owners[k] == m.self && by != m.self && !m.isParticipant(m.rec[k].role()) {
		m.announceRegistered(now, k, fx)
	}
}

// restarted follows manager k into a process of at least the given number, which owns no worker of those before it:
// they are orphans until they register somewhere. A worker of one of those does so now.
func (w *watcher) restarted(m *Machine, k int, process uint32, now core.Instant, fx *core.Effects) {
	switch {
	case !m.isParticipant(m.rec[k].role()):
	case !m.participates():
		if w.owner == m.id(k) && w.process < process {
			w.reregister(m, -1, now, fx)
		}
	default:
		w.orphaned(m.id(k), process, now)
	}
}

// orphaned makes orphans of the workers of owner's processes before the given one.
func (w *watcher) orphaned(owner core.NodeID, before uint32, now core.Instant) {
	for i, o := range w.owners {
		if o == owner && w.processes[i] < before {
			w.owners[i], w.heardAt[i] = orphan, max(w.heardAt[i], now)
		}
	}
}

// named is whom a table names as the owner of k, and its process; NoNode if there is none to name.
func (w *watcher) named(m *Machine, k int, toManager bool) (core.NodeID, uint32) {
	if w.owners == nil || !toManager || w.owners[k] == orphan || m.isParticipant(m.rec[k].role()) {
		return core.NoNode, 0
	}
	if w.owners[k] == core.NoNode {
		return core.NoNode, 0
	}
	return w.owners[k], w.processes[k]
}

// told takes up what the table of another manager says about the owner of a worker, where that knows better: because it speaks of
// itself, or because this one has never heard of any. Who has, and knows of none now, takes nobody's word for a third one: it may be of a
// life that is over, two such managers would tell each other for ever, and no number is known under which that third one could deny it.
func (w *watcher) told(m *Machine, e *core.Entry, by core.NodeID, now core.Instant, fx *core.Effects) {
	k, ok := m.index(e.Subject)
	if !ok || !m.rec[k].present() || m.isParticipant(m.rec[k].role()) || w.owners[k] == m.self {
		return
	}
	if _, ok = m.index(e.Accuser); !ok && e.Accuser != core.NoNode {
		m.count.Invalid++
		return
	}
	if e.Accuser != core.NoNode && m.past(e.Accuser, e.Instance) {
		return // the table's sender has not heard of the restart yet
	}
	switch owner := w.owners[k]; {
	case e.Accuser == m.self && owner != by && owner != core.NoNode && owner != orphan: // another one is the owner, and has said so
	case e.Accuser == m.self && !digested(m.rec[k].state()):
		m.disown(now, k, fx)
	case e.Accuser == m.self: // who is taken for the owner by the one that it takes for it, or by anybody, is it
		m.workTable()
		w.register(k, m.self, m.instance)
		m.announceRegistered(now, k, fx)
	case e.Accuser == by:
		w.register(k, e.Accuser, e.Instance)
		if r := &m.workTable().rec[k]; e.Accuser != owner { // no entry of an earlier owner counts any more; by may know of an earlier life alone
			r.number, r.state = max(r.number, min(e.Incarnation, m.rec[k].incarnation())+1), core.WorkerRegistered
		}
	case owner == by, owner == core.NoNode && e.Accuser != core.NoNode && m.workTable().rec[k].number == 0: // hearsay: any entry outbids it
		w.register(k, e.Accuser, e.Instance)
	}
}

// judges reports whether it is for this node to speak about worker k: its owner does, and, if that is gone
// or not known, every manager.
func (w *watcher) judges(m *Machine, k int) bool {
	if w.owners == nil {
		return false
	}
	owner := w.owners[k]
	if owner == m.self || owner == orphan || owner == core.NoNode {
		return true
	}
	i, ok := m.index(owner)
	return ok && !counted(m.rec[i].state())
}

// deadline is the silence after which this node suspects worker k. A worker of whom no owner is known may well
// have one, to whom half of its pings go, and the rest walk through all managers: it gets the time of such
// a walk (§4.2) on top.
func (w *watcher) deadline(m *Machine, k int) core.Duration {
	d := m.cfg.Worker.Deadline
	if w.owners[k] == core.NoNode {
		d += 2 * m.cfg.Probe.Interval * core.Duration(2*m.nPart+1)
	}
	return d
}

func (w *watcher) heard(m *Machine, k int, now core.Instant) {
	if w.heardAt != nil && !m.isParticipant(m.rec[k].role()) {
		w.heardAt[k] = max(w.heardAt[k], now) // what was granted beyond now stays so
	}
}

// managerGone starts the clock of every worker that manager k owned, from its death (§10.4). A manager that was only
// thought dead, or forgotten, owns them still when it comes back as the process that it was; one that left does not
// come back. At a worker it looks for a new owner.
func (w *watcher) managerGone(m *Machine, k int, to core.MemberState, now core.Instant, fx *core.Effects) {
	gone := m.id(k)
	if !m.participates() && w.owner == gone {
		w.reregister(m, k, now, fx)
		return
	}
	if to == core.StateLeft {
		w.orphaned(gone, math.MaxUint32, now)
		return
	}
	for i, o := range w.owners {
		if o == gone {
			w.heardAt[i] = max(w.heardAt[i], now)
		}
	}
}

// reregister lets a worker whose owner is no more JOIN a manager other than gone, under a new incarnation: the
// join is then news to all managers, and the old owner, which may only have been cut off, gives it up.
func (w *watcher) reregister(m *Machine, gone int, now core.Instant, fx *core.Effects) {
	w.owner = core.NoNode
	if m.leaving {
		return
	}
	w.gone, w.wide = gone, false
	if w.candidates(m); len(m.join.seeds) == 0 {
		return
	}
	if !m.exceed(m.inc, core.CauseOlderProcess, fx) {
		return
	}
	m.join.ask(m, now)
	m.join.owner = true
}

// candidates looks up whom an orphaned worker asks in the next round: the managers that are OK now and, when there is
// none or a round over them was in vain, all that it knows and those that it started with. Whom it held suspect or dead
// when it lost its owner may be the one that is left.
func (w *watcher) candidates(m *Machine) {
	j := &m.join
	j.seeds = j.seeds[:0]
	for k := range m.rec {
		if s := m.rec[k].state(); k != w.gone && (s == core.StateOK || w.wide && m.rec[k].present() && s != core.StateLeft) {
			j.seeds = append(j.seeds, m.id(k))
		}
	}
	if !w.wide && len(j.seeds) > 0 {
		w.wide = true
		return
	}
	if w.gone = -1; !w.wide { // it knows nobody else: with the next round also whom it lost
		w.wide = true
		w.candidates(m)
		return
	}
	w.wide = false
	for _, id := range j.home {
		if !slices.Contains(j.seeds, id) {
			j.seeds = append(j.seeds, id)
		}
	}
}

// pingOwner lets a worker ping its owner if the last such ping is old enough.
func (m *Machine) pingOwner(now core.Instant, fx *core.Effects) bool {
	w := &m.watch
	k, ok := m.index(w.owner)
	if !ok || !counted(m.rec[k].state()) || !m.isParticipant(m.rec[k].role()) || m.rec[k].outstanding() {
		return false
	}
	// At most every second ping is the owner's: the other managers, one of which may have to watch this
	// worker one day, must hear it too.
	gap := max(m.cfg.Worker.OwnerGap, 2*m.cfg.Probe.Interval)
	if w.pinged && !passed(now, w.lastOwner, gap) {
		return false
	}
	w.pinged, w.lastOwner = true, now
	m.probe(now, k, fx)
	return true
}

// onWatch looks for silent workers.
func (m *Machine) onWatch(now core.Instant, fx *core.Effects) {
	m.due[timerWatch] = now.Add(m.cfg.Worker.Check)
	w := &m.watch
	for k := range w.heardAt {
		r := &m.rec[k]
		if r.state() != core.StateOK || m.isParticipant(r.role()) || !w.judges(m, k) {
			continue
		}
		if now.Sub(w.heardAt[k]) >= w.deadline(m, k) {
			m.accuse(now, k, core.CauseSilent, fx)
		}
	}
}

// ToOwner appends a message of the given kind to the owner of this worker, for a part that has a body to add; nil if
// there is no owner to tell.
func (m *Machine) ToOwner(kind core.Kind, timeout core.Duration, fx *core.Effects) *core.Message {
	k, ok := m.index(m.watch.owner)
	if !ok || m.stopped || m.leaving || m.participates() {
		return nil
	}
	msg := m.header(kind, k, fx)
	msg.Seq, msg.Timeout = m.nextSeq(), timeout
	return msg
}

// Speaks reports whether msg, which Receive has seen, is from the process that its sender's record is
// about: not from one that is gone, and not from somebody unknown.
func (m *Machine) Speaks(msg *core.Message) bool {
	k, ok := m.index(msg.From)
	return ok && msg.From != m.self && m.rec[k].present() && m.rec[k].instance == msg.Instance
}
