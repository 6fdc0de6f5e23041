package swim

import "hypersim/core"

// onReconnect now and then pings a DEAD participant (§7.4). Without it two sides that declared each other
// dead would never meet again: nobody probes the dead.
func (m *Machine) onReconnect(now core.Instant, fx *core.Effects) {
	m.due[timerReconnect] = now.Add(m.cfg.Reconnect.Interval)
	if m.leaving || len(m.deads) == 0 {
		return
	}
	if !m.gossStream.Bool(min(1, float64(len(m.deads))/float64(max(1, m.n())))) {
		return
	}
	m.reconnect(now, int(m.deads[m.gossStream.Intn(len(m.deads))]), fx)
}

// reconnect pings DEAD member k unless such a ping is out. The accusation rides on it, so that the answer
// of a living member is its refutation.
func (m *Machine) reconnect(now core.Instant, k int, fx *core.Effects) {
	for i := range m.out {
		if int(m.out[i].target) == k {
			return
		}
	}
	m.count.ReconnectsTried++
	m.ping(now, k, ping{kind: pingReconnect, wait: m.cfg.Probe.TimeoutMax}, fx)
}
