package swim

import "hypersim/core"

// strategy is how UNCONFIRMED peers of one role are confirmed and given up (AD-35, §10.1).
type strategy struct {
	passive  core.Duration // how long a peer may stay unconfirmed, before the factors
	interval core.Duration // between proactive attempts
	attempts int           // 0: passive only
	loadCap  float64       // largest factor of the own load
	latency  bool          // its distance stretches the timeout
	quality  bool          // and so does the doubt about its coordinate
}

// strategy returns the one for peers of role r. Roles mean nothing in a flat group of equals: there
// everybody is confirmed as a manager is.
func (m *Machine) strategy(r core.Role) strategy {
	c := &m.cfg.Confirm
	switch {
	case r == core.RoleGate:
		return strategy{c.GatePassive, c.GateInterval, c.GateAttempts, c.GateLoadCap, c.GateLatencyAware, c.GateCoordinates}
	case r == core.RoleManager || m.flat:
		return strategy{
			c.ManagerPassive, c.ManagerInterval, c.ManagerAttempts, c.ManagerLoadCap, c.ManagerLatencyAware, c.ManagerCoordinates,
		}
	}
	return strategy{passive: c.WorkerPassive, loadCap: c.WorkerLoadCap} // nobody ever pings a worker
}

// confirmRole is the role by which attempts at a peer of role r are counted: that of its strategy.
func (m *Machine) confirmRole(r core.Role) core.Role {
	if m.flat && r == core.RoleWorker {
		return core.RoleManager
	}
	return r
}

// timeout is the effective timeout at local health score lhm: passive × latency_mult × min(1 + LHM, load
// cap) × confidence_adj (§10.1).
func (s *strategy) timeout(lhm int, latency, confidence float64) core.Duration {
	t := float64(s.passive) * min(float64(1+lhm), s.loadCap)
	if s.latency {
		t *= latency
	}
	if s.quality {
		t *= confidence
	}
	return clampDuration(t, 0, longest)
}

// attemptAt returns when attempt i of a peer discovered at since is due: since + passive/2 +
// i·interval·backoffⁱ, moved by up to ±jitter·interval (§10.2). jitter is drawn from [-1, 1) by the caller.
func (s *strategy) attemptAt(c *Confirm, since core.Instant, i int, jitter float64) core.Instant {
	step := float64(i)
	for range i {
		step = float64(step * c.Backoff)
	}
	step = float64(step*float64(s.interval)) + float64(jitter*c.Jitter*float64(s.interval))
	return since.Add(s.passive/2 + saturated(step))
}
