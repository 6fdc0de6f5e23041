package swim

import (
	"math"

	"hypersim/core"
	"hypersim/core/xmath"
)

// suspicionBounds returns Min, Max and K for a group of n (§5.2), before the factor f.
func suspicionBounds(c *Suspicion, period core.Duration, n int) (lo, hi core.Duration, k int) {
	lo, hi = c.Min, c.Max
	if c.ScaleWithN {
		scaled := c.Alpha * xmath.Log10(float64(max(1, n))) * float64(period)
		lo = max(lo, saturated(scaled))
		hi = max(hi, saturated(c.Beta*float64(lo)))
	}
	return lo, hi, max(0, min(c.K, n-2))
}

// suspicionTimeout is the age at which a suspicion with c of k confirmations expires (Lifeguard,
// LHA-Suspicion; §5.2). n is used by the formula log-n only, which counts the first accuser too.
func suspicionTimeout(formula Formula, lo, hi core.Duration, c, k, n int) core.Duration {
	var share float64
	switch {
	case formula == FormulaLogN:
		if n <= 1 {
			return hi
		}
		share = xmath.Log(float64(c+2)) / xmath.Log(float64(n+1))
	case k < 1:
		return lo
	default:
		share = xmath.Log(float64(c+1)) / xmath.Log(float64(k+1))
	}
	return max(lo, hi-core.Duration(math.Round(float64(hi-lo)*share)))
}

func (m *Machine) startSuspicion(now core.Instant, k int, accuser core.NodeID, fx *core.Effects) {
	c, r := &m.cfg.Suspicion, &m.rec[k]
	f := m.suspicionFactor(now, k)
	lo, hi, confirmations := suspicionBounds(c, m.cfg.Probe.Interval, m.n())
	if !m.isParticipant(r.role()) { // a silent worker: nobody else can confirm (§10.4)
		lo, hi, confirmations = m.cfg.Worker.Grace, m.cfg.Worker.Grace, 0
	}
	side := m.susp.alloc()
	s := m.susp.at(side)
	*s = suspicion{
		start: now, min: saturated(f * float64(lo)), max: saturated(f * float64(hi)),
		subject: uint16(k), k: uint8(confirmations), n: uint16(min(m.n(), math.MaxUint16)),
	}
	s.accusers[0] = accuser
	s.deadline = m.alarm(now, now.Add(m.timeoutOf(s)))
	m.susp.push(side)
	r.side = side
	m.due[timerSuspicion] = m.susp.next()
	m.count.SuspicionsStarted++

	fact := fx.Fact(core.FactSuspicionStarted)
	fact.Subject, fact.Inc, fact.Other, fact.At = m.id(k), r.incarnation(), accuser, s.deadline
	fact.Put("min", int64(s.min)).Put("max", int64(s.max)).Put("confirmations", int64(s.k))
}

func (m *Machine) suspicionFactor(now core.Instant, k int) float64 {
	switch m.cfg.Suspicion.Scaling {
	case ScalingNone:
		return 1
	case ScalingAdaptive:
		f, _ := m.factorsFor(now, k)
		p, base := &m.cfg.Probe, m.cfg.Suspicion.AdaptiveBase
		return float64(adaptiveTimeout(base, f, p.TimeoutMin, p.TimeoutMax)) / float64(base)
	default:
		return float64(1 + int(m.lhm))
	}
}

func (m *Machine) timeoutOf(s *suspicion) core.Duration {
	return suspicionTimeout(m.cfg.Suspicion.Formula, s.min, s.max, int(s.c), int(s.k), int(s.n)) + s.extension()
}

// confirmSuspicion counts an independent accuser; the deadline can only come nearer (AD-30: no
// starvation). It reports whether the accuser counted.
func (m *Machine) confirmSuspicion(now core.Instant, k int, accuser core.NodeID, fx *core.Effects) bool {
	s := m.susp.at(m.rec[k].side)
	if s.c >= s.k || int(s.c)+1 >= maxAccusers || accuser == m.id(k) || accuser == core.NoNode {
		return false
	}
	for _, a := range s.accusers[:s.c+1] {
		if a == accuser {
			return false
		}
	}
	s.c++
	s.accusers[s.c] = accuser
	due := s.start.Add(m.timeoutOf(s))
	missed := m.missed(now, s, due)
	d := m.alarm(now, max(due, now))
	if !s.graced && !missed && (d < s.deadline || m.cfg.Inherited.Wheel) { // that wheel puts it into a new slot, earlier or not
		s.deadline = d
		m.susp.fix(m.rec[k].side)
		m.due[timerSuspicion] = m.susp.next()
	}
	m.count.SuspicionsConfirmed++
	fact := fx.Fact(core.FactSuspicionConfirmed)
	fact.Subject, fact.Inc, fact.Other, fact.At = m.id(k), m.rec[k].incarnation(), accuser, s.deadline
	fact.Put("confirmations", int64(s.c))
	if missed {
		m.grace(m.rec[k].side, min(s.deadline, now.Add(m.graceTime())), fx)
		m.due[timerSuspicion] = m.susp.next()
	}
	return true
}

// A node that was away must not judge by what it missed. The story of a refutation in the inbox (§4.2):
//
//  1. A suspects B, and is then paused until the deadline has passed.
//  2. B's refutation arrives meanwhile and waits in A's inbox.
//  3. A goes on. Timers come before the inbox, so the suspicion expires first, late by the length of the pause.
//  4. That is far too late to be true (tooLate): A gives the suspicion one grace, and reads.
//  5. Either the refutation is there, and B is OK again; or the grace is over, and B is dead.
//  6. A confirmation may wait in front of the refutation. It brings the end of the suspicion nearer, to an instant during
//     the pause, which is past, and would kill B before 5: it gets the same grace (missed).

// missed reports whether a confirmation moves the end of s, which is due then, to an instant at which this node was away.
// It has then waited in the inbox, perhaps beside a refutation. Once the inbox must be empty again, a confirmation that
// comes late is just late.
func (m *Machine) missed(now core.Instant, s *suspicion, due core.Instant) bool {
	return due <= m.back && now <= m.back.Add(m.graceTime()) && m.tooLate(now, s, due)
}

// tooLate reports whether the end of s, which was due then, comes so late that this node must have been away: the
// refutation may be waiting in its own inbox (§4.2 pause guard).
func (m *Machine) tooLate(now core.Instant, s *suspicion, due core.Instant) bool {
	c := &m.cfg.Suspicion
	return c.PauseGrace && !s.graced && now.Sub(due) > max(c.GraceAfter, due.Sub(s.start)/10)
}

// graceTime is how long a node that was away reads its inbox before it judges: 2 P_eff.
func (m *Machine) graceTime() core.Duration {
	return 2 * m.cfg.Probe.Interval * core.Duration(1+int(m.lhm))
}

// grace gives the suspicion its one grace, until the given instant.
func (m *Machine) grace(side uint16, until core.Instant, fx *core.Effects) {
	s := m.susp.at(side)
	s.graced, s.deadline = true, until
	m.susp.fix(side)
	f := fx.Fact(core.FactSuspicionGrace)
	f.Subject, f.At = m.id(int(s.subject)), until
}

func (m *Machine) endSuspicion(now core.Instant, k int, cause core.Cause, fx *core.Effects) {
	r := &m.rec[k]
	s := m.susp.at(r.side)
	fact := fx.Fact(core.FactSuspicionEnded)
	fact.Subject, fact.Inc, fact.Cause = m.id(k), r.incarnation(), cause
	fact.Put("age", int64(now.Sub(s.start))).Put("confirmations", int64(s.c))
	if cause == core.CauseExpired {
		fact.Put("lateness", int64(now.Sub(s.deadline)))
	}
	if cause == core.CauseRefuted {
		m.count.SuspicionsRefuted++
	}
	m.susp.drop(r.side)
	r.side = 0
	m.due[timerSuspicion] = m.susp.next()
}

func (m *Machine) onSuspicionTimer(now core.Instant, fx *core.Effects) {
	for m.susp.next() <= now {
		side := m.susp.heap[0]
		s := m.susp.at(side)
		k := int(s.subject)
		if m.tooLate(now, s, s.deadline) {
			m.grace(side, now.Add(m.graceTime()), fx)
			continue
		}
		m.count.SuspicionsExpired++
		r := &m.rec[k]
		m.becomeDead(now, k, r.incarnation(), m.self, core.CauseExpired, fx)
		if !m.isParticipant(r.role()) && !m.watch.judges(m, k) {
			continue // only its owner speaks about a worker (§10.4)
		}
		m.relay(now, &core.Update{
			Type: core.UpdateDead, Subject: m.id(k), Incarnation: r.incarnation(), From: m.self, Role: r.role(),
		}, core.CauseSelf, fx)
	}
	m.due[timerSuspicion] = m.susp.next()
}
