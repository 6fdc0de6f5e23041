package swim

import "hypersim/core"

// watcher is how workers are watched without ever being probed (§10.4): they ping, their owner listens.
// heard and owners exist at managers only and are indexed like the records.
type watcher struct {
	owner     core.NodeID // at a worker: its own manager
	lastOwner core.Instant
	pinged    bool
	heardAt   []core.Instant
	owners    []core.NodeID
}

// start begins to watch worker k.
func (w *watcher) start(m *Machine, k int, now core.Instant) {
	if !m.watches() {
		return
	}
	if w.heardAt == nil {
		w.heardAt = make([]core.Instant, len(m.rec))
		w.owners = make([]core.NodeID, len(m.rec))
		for i := range w.owners {
			w.owners[i] = core.NoNode
		}
	}
	w.heardAt[k] = now
}

func (w *watcher) stop(_ *Machine, k int) {
	if w.owners != nil {
		w.owners[k] = core.NoNode
	}
}

func (w *watcher) setOwner(m *Machine, k int, owner core.NodeID) {
	if m.watches() && w.owners != nil {
		w.owners[k] = owner
	}
}

// adopted makes this manager the owner of worker k, which registered here.
func (w *watcher) adopted(m *Machine, k int, now core.Instant) {
	if !m.isParticipant(m.rec[k].role()) && m.watches() {
		w.start(m, k, now)
		w.owners[k] = m.self
	}
}

// released gives up worker k: it registered with another manager, which tells everybody by a join.
func (w *watcher) released(m *Machine, k int) {
	if w.owners != nil && !m.isParticipant(m.rec[k].role()) {
		w.owners[k] = core.NoNode
	}
}

// owns reports whether it is for this node to speak about worker k: its owner does, and, while the owner
// is gone, every manager that knows whose it was.
func (w *watcher) owns(m *Machine, k int) bool {
	if w.owners == nil || w.owners[k] == core.NoNode {
		return false
	}
	owner, ok := m.index(w.owners[k])
	return w.owners[k] == m.self || ok && !counted(m.rec[owner].state())
}

func (w *watcher) heard(m *Machine, k int, now core.Instant) {
	if w.heardAt != nil && !m.isParticipant(m.rec[k].role()) {
		w.heardAt[k] = max(w.heardAt[k], now) // what was granted beyond now stays so
	}
}

// managerGone starts the clock of every worker that manager k owned, from its death (§10.4). At a worker
// it looks for a new owner.
func (w *watcher) managerGone(m *Machine, k int, now core.Instant, fx *core.Effects) {
	gone := m.id(k)
	if !m.participates() && w.owner == gone {
		w.reregister(m, k, now, fx)
		return
	}
	for i, o := range w.owners {
		if o == gone {
			w.heardAt[i] = max(w.heardAt[i], now)
		}
	}
}

// reregister lets a worker whose owner gone is no more JOIN another manager, under a new incarnation: the
// join is then news to all managers, and the old owner, which may only have been cut off, gives it up.
func (w *watcher) reregister(m *Machine, gone int, now core.Instant, fx *core.Effects) {
	w.owner = core.NoNode
	if m.leaving {
		return
	}
	j := &m.join
	j.seeds = j.seeds[:0]
	for k := range m.rec {
		if k != gone && m.rec[k].state() == core.StateOK {
			j.seeds = append(j.seeds, m.id(k))
		}
	}
	if len(j.seeds) == 0 { // it knows nobody any more: back to where it came from
		j.seeds = append(j.seeds, j.home...)
	}
	if len(j.seeds) == 0 {
		return
	}
	m.setIncarnation(m.inc+1, core.CauseOlderProcess, fx)
	j.done, j.seq, j.delay = false, 0, m.cfg.Join.RetryMin
	j.next = m.jitter.Intn(len(j.seeds))
	m.due[timerJoin] = now
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
	if w.pinged && now.Sub(w.lastOwner) < gap {
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
		if r.state() != core.StateOK || m.isParticipant(r.role()) || !w.owns(m, k) {
			continue
		}
		if now.Sub(w.heardAt[k]) >= m.cfg.Worker.Deadline {
			m.accuse(now, k, core.CauseSilent, fx)
		}
	}
}
