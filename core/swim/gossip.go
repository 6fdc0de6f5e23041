package swim

import "hypersim/core"

// armGossip sets the gossip tick to the next point of the node's own grid. It is armed only while there
// is something to say: idle nodes cost nothing.
func (m *Machine) armGossip(now core.Instant) {
	every := m.cfg.Gossip.Interval
	if every <= 0 || m.due[timerGossip] != core.Never || m.silent() {
		return
	}
	if !m.participates() {
		return // a worker's news about itself rides on its own pings
	}
	// The grid runs on while the tick is off, so that when it fires does not depend on when the last news ended.
	steps := now.Sub(m.phase) / every
	if now < m.phase {
		steps = -1
	}
	m.due[timerGossip] = m.phase.Add((steps + 1) * every)
}

// silent reports whether nothing waits that gossip must spread. Health entries ride on what is sent anyway.
func (m *Machine) silent() bool {
	return m.queue.Len() == 0 && (m.work == nil || m.work.queue.Len() == 0)
}

// onGossipTick tells a few members drawn at random what waits. Among them may be ones that are held DEAD, for half a minute
// after their death: one that lives hears of it that way, and refutes.
func (m *Machine) onGossipTick(now core.Instant, fx *core.Effects) {
	m.expireQueue(now, fx)
	m.expireWorkers(now)
	if m.silent() {
		return
	}
	var buf [64]uint16
	recent := m.recentlyDead(now)
	targets := m.list.pick(&m.gossStream, buf[:min(m.cfg.Gossip.Fanout, m.list.len()+len(recent))], recent,
		func(int) bool { return true })
	for _, k := range targets {
		if m.silent() && !m.forced(int(k)) {
			break
		}
		m.gossip(now, int(k), core.TurnOf(m.instance, int64(now.Sub(m.phase)/m.cfg.Gossip.Interval)), fx)
	}
	m.armGossip(now)
}

// gossip sends what waits to k; turn is that of the gossip tick, 0 outside of one.
func (m *Machine) gossip(now core.Instant, k int, turn uint32, fx *core.Effects) {
	msg := m.header(core.KindGossip, k, fx)
	if turn != 0 {
		msg.Turn = turn
	}
	m.attach(now, msg, fx)
}

// recentlyDead are the DEAD participants that still get gossip, in case they are not (§6 gossip.to_dead).
func (m *Machine) recentlyDead(now core.Instant) []uint16 {
	window := uint32(m.cfg.Gossip.ToDead.Milliseconds())
	i := len(m.deads)
	for i > 0 && age(now, m.rec[m.deads[i-1]].changed) < window {
		i--
	}
	return m.deads[i:]
}
