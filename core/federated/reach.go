package federated

import "hypersim/core"

// The table of spec 30 §3.2:
//
//	UNKNOWN      initial; a leader change while SUSPECTED   ack → REACHABLE; unknown (40 s) → UNREACHABLE
//	REACHABLE    any ack that is not stale                  max_failures in a row, or silence (25 s) → SUSPECTED
//	SUSPECTED                                               ack → REACHABLE; suspicion (30 s) → UNREACHABLE
//	UNREACHABLE                                             ack → REACHABLE
//
// Silence counts from the last ack, the other two times from the entry into the state.

// deadline returns when s changes by time alone.
func (g *Gate) deadline(s *site) core.Instant {
	if g.nextAt == core.Never {
		return core.Never // the link is off: nothing is judged
	}
	c := &g.cfg.Probe
	switch s.state {
	case core.ReachUnknown:
		return s.since.Add(c.Unknown)
	case core.ReachReachable:
		return s.acked.Add(c.Silence)
	case core.ReachSuspected:
		return s.since.Add(c.Suspicion)
	case core.ReachUnreachable:
	}
	return core.Never
}

// expire takes s, whose deadline has come, on.
func (g *Gate) expire(now core.Instant, s *site, fx *core.Effects) {
	if s.state == core.ReachReachable {
		g.become(now, s, core.ReachSuspected, core.CauseSilent, fx)
		return
	}
	g.become(now, s, core.ReachUnreachable, core.CauseExpired, fx)
}

// become is the one place where a state changes.
func (g *Gate) become(now core.Instant, s *site, to core.Reach, cause core.Cause, fx *core.Effects) {
	f := fx.Fact(core.FactReach)
	f.Subject, f.Cause = s.leader, cause
	f.Put("datacenter", int64(s.ID)).Put("reach", int64(to)).Put("old_reach", int64(s.state))
	s.state, s.since = to, now
	switch to {
	case core.ReachUnknown:
		s.failures = 0
	case core.ReachUnreachable:
		s.raise(0) // whoever answers next may have begun anew (spec 03 no. 29)
	default:
	}
}

// ReachOf returns how the datacenter of a linked manager is judged, UNKNOWN for anybody else.
func (g *Gate) ReachOf(manager core.NodeID) core.Reach {
	if s, _ := g.find(manager); s != nil {
		return s.state
	}
	return core.ReachUnknown
}

// ManagersOf returns the linked managers of a datacenter, to be read only; nil if it is not configured.
func (g *Gate) ManagersOf(id uint16) []core.NodeID {
	for i := range g.sites {
		if g.sites[i].ID == id {
			return g.sites[i].Managers
		}
	}
	return nil
}
