package swim

import "hypersim/core"

// onSweep lets old records and coordinates go (§2.6).
func (m *Machine) onSweep(now core.Instant, fx *core.Effects) {
	m.due[timerSweep] = now.Add(m.cfg.Cleanup.Interval)
	if m.hasGone {
		m.sweepRecords(now, fx)
	}
	m.expireQueue(now, fx)
	m.expireWorkers(now)
	m.sweepHealth(now)
	if m.viv != nil {
		m.viv.Sweep(now, m.coordSwept)
	}
}

// What is left of a member that is gone, and for how long (defaults):
//
//	its record     an hour if it is DEAD, five minutes if it LEFT, so that tables can tell of it
//	a tombstone    of its incarnation, five minutes more: news that is still under way must not bring it back (silenced.go)
//	nothing

// sweepRecords walks over all records; it is spared as long as nobody is gone.
func (m *Machine) sweepRecords(now core.Instant, fx *core.Effects) {
	c := &m.cfg.Membership
	dead, left := retention(c.DeadRetention), retention(c.LeftRetention)
	tomb := retention(c.Tombstone)
	for k := range m.rec {
		r := &m.rec[k]
		old := age(now, r.changed)
		switch s := r.state(); {
		case s == core.StateDead && old > dead, s == core.StateLeft && old > left:
			m.remove(now, k, r.incarnation(), core.CauseRetention, true, fx)
		case s == stateTomb && old > tomb:
			*r = record{instance: r.instance, inc: r.inc & flagQueued}
		}
	}
	m.hasGone = false
	for k := range m.rec {
		s := m.rec[k].state()
		m.hasGone = m.hasGone || s == core.StateDead || s == core.StateLeft || s == stateTomb
	}
}

// coordSwept hears that the cache let go of a peer's coordinate: its record must not point at a place that is another's now.
func (m *Machine) coordSwept(peer core.NodeID) {
	if k, ok := m.index(peer); ok {
		m.rec[k].setSlot(0)
	}
}

func retention(d core.Duration) uint32 { return uint32(min(d.Milliseconds(), 1<<31)) }
