package hier

import "hypersim/core"

// Global is the layer above: what this process holds of whole nodes. swim.Machine is one; at a gate it is
// the reachability of the node's datacenter (REACHABLE = OK, SUSPECTED = SUSPECT, UNREACHABLE = DEAD).
type Global interface {
	State(core.NodeID) core.MemberState
	Incarnation(core.NodeID) uint32
	LHM() int // local health score, from 0
	// Speaks reports whether msg is from the process that its sender's record is about.
	Speaks(msg *core.Message) bool
}

// Params say whose job layer it is.
type Params struct {
	Role   core.Role // selects the timeouts of §8
	Start  core.Instant
	Global Global
}

// timer names one deadline. Timers that are due together fire in this order: what ran out is over before
// anybody looks for more.
type timer uint8

const (
	timerExpiry timer = iota
	timerCheck
	timerReconcile
	numTimers
)

// Machine is the job layer of one process. It implements core.Machine.
type Machine struct {
	due    [numTimers]core.Instant
	cfg    *Config
	global Global
	start  core.Instant
	lo, hi core.Duration // before the factor of local health

	scopes []scope  // ascending by id
	open   []uint64 // scopes that have work, ascending
	spare  [][]entry
	held   suspicions
	count  Counters
}

// Counters are monotone (spec 10 §12).
type Counters struct {
	Started, Confirmed, Refuted, Expired uint64
	ClearedByGlobal, ClearedByScope      uint64
	Revived                              uint64 // DEAD_JOB marks that progress took back
	Refused                              uint64 // the node was not OK, or a table was full
	Stale                                uint64 // evidence of an incarnation that is past, or that counts already
	Anomalies                            uint64 // reconcile_anomalies: must stay 0
}

// New returns a job layer without work. cfg is shared and not written to.
func New(cfg *Config, p Params) *Machine {
	m := &Machine{cfg: cfg, global: p.Global, start: p.Start}
	m.lo, m.hi = cfg.Job.bounds(p.Role)
	for t := range m.due {
		m.due[t] = core.Never
	}
	return m
}

// Wake fires every timer that is due, earliest first.
func (m *Machine) Wake(now core.Instant, fx *core.Effects) {
	for {
		t, at := m.earliest()
		if at > now {
			return
		}
		switch t {
		case timerExpiry:
			m.expire(now, fx)
		case timerCheck:
			m.check(now, fx)
		case timerReconcile:
			m.reconcile(now)
		case numTimers:
		}
	}
}

// Deadline reports the earliest timer. A layer without work and without suspicions has none.
func (m *Machine) Deadline() (core.Instant, bool) {
	_, at := m.earliest()
	return at, at != core.Never
}

func (m *Machine) earliest() (timer, core.Instant) {
	best, at := timer(0), m.due[0]
	for t := timer(1); t < numTimers; t++ {
		if m.due[t] < at {
			best, at = t, m.due[t]
		}
	}
	return best, at
}

// grid is the next multiple of period after now, counted from the start of the process: when a timer that
// slept fires next, whoever woke it.
func (m *Machine) grid(now core.Instant, period core.Duration) core.Instant {
	return now.Add(period - now.Sub(m.start)%period)
}

// rearm sets the timers to what there is to do.
func (m *Machine) rearm(now core.Instant) {
	m.due[timerExpiry] = m.held.next()
	switch {
	case len(m.scopes) == 0:
		m.due[timerCheck] = core.Never
	case m.due[timerCheck] == core.Never:
		m.due[timerCheck] = m.grid(now, m.cfg.Job.CheckInterval)
	}
	switch {
	case m.held.len() == 0:
		m.due[timerReconcile] = core.Never
	case m.due[timerReconcile] == core.Never:
		m.due[timerReconcile] = m.grid(now, m.cfg.Hier.ReconcileInterval)
	}
}

// check suspects whatever is active, on a node that is OK, and without progress for too long (§8 Start).
func (m *Machine) check(now core.Instant, fx *core.Effects) {
	m.due[timerCheck] = m.grid(now, m.cfg.Job.CheckInterval)
	for i := range m.scopes {
		s := &m.scopes[i]
		for k := range s.entries {
			e := &s.entries[k]
			if !e.active || e.held != 0 || now.Sub(e.progress) < m.cfg.Job.ProgressGap || m.global.State(e.node) != core.StateOK {
				continue
			}
			m.suspect(now, s, e, m.global.Incarnation(e.node), SourceProgress, fx)
		}
	}
	m.rearm(now)
}

// reconcile only looks: that the layers agree is the duty of every event, not of this timer.
func (m *Machine) reconcile(now core.Instant) {
	m.due[timerReconcile] = m.grid(now, m.cfg.Hier.ReconcileInterval)
	for i := range m.scopes {
		s := &m.scopes[i]
		for k := range s.entries {
			if s.entries[k].held != 0 && !carries(m.global.State(s.entries[k].node)) {
				m.count.Anomalies++
			}
		}
	}
}

// carries reports whether a node in state s may have job suspicions and marks (I-M20).
func carries(s core.MemberState) bool { return s == core.StateOK || s == core.StateSuspect }
