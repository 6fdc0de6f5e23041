package swim

import (
	"hypersim/core"
	"hypersim/core/vivaldi"
)

// The calls of spec 10 §12. They return values of the moment and cost at most a walk over all records;
// nothing that runs per event calls them.

// ConfirmationMetrics is how UNCONFIRMED peers fare at one node.
type ConfirmationMetrics struct {
	Unconfirmed     int                // now
	ByRole          [core.NumRoles]int // now
	Stale           int                // now unconfirmed for longer than confirm.stale, as of the last sweep
	Confirmed       uint64             // since the start
	ConfirmedByRole [core.NumRoles]uint64
	Removed         [core.NumRoles][NumRemovals]uint32 // by role and reason
	Proactive       [core.NumRoles]uint64              // attempts, always 0 for workers (I-M7)
	Attempts        [core.NumRoles]uint64              // with the reactive ones
	Success         [core.NumRoles]uint64              // attempts that confirmed
}

// ConfirmationMetrics returns how UNCONFIRMED peers fare.
func (m *Machine) ConfirmationMetrics() ConfirmationMetrics {
	c := ConfirmationMetrics{
		Unconfirmed: m.conf.len(), Stale: m.conf.stale,
		ConfirmedByRole: m.count.Confirmed, Removed: m.count.UnconfirmedRemoved,
		Proactive: m.count.ConfirmProactive, Attempts: m.count.ConfirmAttempts, Success: m.count.ConfirmSuccess,
	}
	for _, n := range c.ConfirmedByRole {
		c.Confirmed += n
	}
	for _, side := range m.conf.heap {
		c.ByRole[m.rec[m.conf.at(side).subject].role()]++
	}
	return c
}

// MembershipMetrics are the gauges of one node.
type MembershipMetrics struct {
	Peers       [core.NumStates][core.NumRoles]int // by state and role; StateNone is always 0
	Records     int
	N           int // group size of all formulas
	Incarnation uint32
	LHM         int // 0 … lhm.max
	Level       int // degradation, 0 … 4
	LagAverage  float64
	Queue       int // updates waiting
	Probes      int // outstanding
	Proxied     int // pings out on behalf of others
	Pings       int // all that are out
	Suspicions  int
	Unconfirmed int
	Stale       int
	Dead        int // DEAD participants
	Senders     int // token buckets that are not full
	Coordinates int // peers in the cache
	Audit       int // transitions remembered
}

// MembershipMetrics returns the gauges of this node; see Counters for what only grows.
func (m *Machine) MembershipMetrics() MembershipMetrics {
	g := MembershipMetrics{
		Records: m.nRec, N: m.n(), Incarnation: m.inc, LHM: int(m.lhm), Level: int(m.level), LagAverage: m.lag.average(),
		Queue: m.queue.Len(), Probes: m.nProbes, Proxied: m.nProxied, Pings: len(m.out), Suspicions: len(m.susp.heap),
		Unconfirmed: m.conf.len(), Stale: m.conf.stale, Dead: len(m.deads), Senders: len(m.rate.buckets),
		Audit: len(m.audit.ring),
	}
	if m.viv != nil {
		g.Coordinates = m.viv.PeerCount()
	}
	for k := range m.rec {
		if r := &m.rec[k]; r.present() {
			g.Peers[r.state()][r.role()]++
		}
	}
	return g
}

// VivaldiMetrics is the coordinate of one node and what it is computed with.
type VivaldiMetrics struct {
	Coordinate core.Coord // as it travels
	Error      float64    // relative
	ErrorMS    float64
	Converged  bool
	Peers      int
	Samples    uint32
	Counters   vivaldi.Counters
	Config     *vivaldi.Config // read only
}

// VivaldiMetrics returns the state of the coordinate engine; false if coordinates are off.
func (m *Machine) VivaldiMetrics() (VivaldiMetrics, bool) {
	if m.viv == nil {
		return VivaldiMetrics{}, false
	}
	v := VivaldiMetrics{
		Error: m.viv.Error(), ErrorMS: m.viv.ErrorMS(), Converged: m.viv.IsConverged(), Peers: m.viv.PeerCount(),
		Samples: m.viv.Samples(), Counters: m.viv.Counters(), Config: m.viv.Config(),
	}
	m.viv.Coord(&v.Coordinate)
	return v, true
}

// Peers appends to dst the members that are held in state s with role r, in ascending order of their ids.
func (m *Machine) Peers(dst []core.NodeID, s core.MemberState, r core.Role) []core.NodeID {
	for k := range m.rec {
		if p := &m.rec[k]; p.present() && p.state() == s && p.role() == r {
			dst = append(dst, m.id(k))
		}
	}
	return dst
}

// Status is how a node holds one member: what the layers above the global one ask for (§8).
type Status struct {
	State       core.MemberState
	Role        core.Role
	Incarnation uint32
	Instance    uint32       // 0: not known
	Since       core.Instant // local time of the last change of state, to 1 ms
}

// Routable reports whether work may go there: only to who is OK (§2.1).
func (s *Status) Routable() bool { return s.State == core.StateOK }

// Status returns how this node holds id; the state is StateNone without a record. O(1).
func (m *Machine) Status(id core.NodeID) Status {
	if id == m.self {
		return Status{State: core.StateOK, Role: m.role, Incarnation: m.inc, Instance: m.instance}
	}
	k, ok := m.index(id)
	if !ok || !m.rec[k].present() {
		return Status{}
	}
	r := &m.rec[k]
	return Status{
		State: r.state(), Role: r.role(), Incarnation: r.incarnation(), Instance: r.instance,
		Since: core.Instant(r.changed) * 1e6,
	}
}

// SuspicionRemaining returns how long id will still be SUSPECT if nothing is heard, at least 0; false if it is
// not SUSPECT. O(1).
func (m *Machine) SuspicionRemaining(now core.Instant, id core.NodeID) (core.Duration, bool) {
	k, ok := m.index(id)
	if !ok || m.rec[k].state() != core.StateSuspect {
		return 0, false
	}
	return max(0, m.susp.at(m.rec[k].side).deadline.Sub(now)), true
}
