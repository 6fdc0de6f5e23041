package swim

import (
	"fmt"

	"hypersim/core"
	"hypersim/core/indexed"
)

// StateReport is the verdict over everything that one node keeps (§12, ValidateState).
type StateReport struct {
	CoordinateValid        bool // finite, within bounds (I-V1); true if coordinates are off
	CoordinateConverged    bool // no part of Valid
	RoleSet                bool // the node has a role of a member
	ConfirmationConsistent bool // its table = the UNCONFIRMED records
	SuspicionConsistent    bool // its table = the SUSPECT records
	WithinLimits           bool // every table of §2.6 and the queue
	DigestTrue             bool // the incremental digest = the recomputed one (I-M26)
	CountsTrue             bool // so are all other sums and lists
	Valid                  bool // all but converged
	Errors                 []string
}

// ValidateState judges the whole state of the node at now. It costs a walk over all records and the
// coordinate cache, and allocates nothing but the errors that it finds.
func (m *Machine) ValidateState(now core.Instant) StateReport {
	v := validation{m: m}
	v.records()
	v.limits()
	v.age(now)
	r := StateReport{
		RoleSet: m.role < core.RoleClient, ConfirmationConsistent: v.bad[partConfirmation] == 0,
		SuspicionConsistent: v.bad[partSuspicion] == 0, WithinLimits: v.bad[partLimits] == 0,
		DigestTrue: v.bad[partDigest] == 0, CountsTrue: v.bad[partCounts] == 0, CoordinateValid: true,
	}
	if !r.RoleSet {
		v.fail(partCounts, "role %v is none of a member", m.role)
	}
	r.Errors = v.errors
	if m.viv != nil {
		bad := m.viv.Validate(max(now, m.viv.Updated())) // the host's clock may have been set back since
		r.CoordinateValid, r.CoordinateConverged = len(bad) == 0, m.viv.IsConverged()
		r.Errors = append(r.Errors, bad...)
	}
	r.Valid = len(r.Errors) == 0
	return r
}

// Validate is the part of ValidateState that does not depend on the time: what disagrees, in words (I-M9,
// I-M13, I-M26, I-M27).
func (m *Machine) Validate() []string {
	v := validation{m: m}
	v.records()
	v.limits()
	return v.errors
}

// Everything that the machine keeps beside its records could be recomputed from them: it is kept only because a walk over
// all records for every event would cost too much. So this is the test of it, at checkpoints and in property tests.

// part is a part of the state.
type part uint8

const (
	partCounts part = iota
	partDigest
	partConfirmation
	partSuspicion
	partLimits
	numParts
)

type validation struct {
	m      *Machine
	bad    [numParts]int
	errors []string
}

func (v *validation) fail(p part, format string, args ...any) {
	v.bad[p]++
	v.errors = append(v.errors, fmt.Sprintf(format, args...))
}

func (v *validation) same(p part, what string, have, want int) {
	if have != want {
		v.fail(p, "%s is %d, recomputed %d", what, have, want)
	}
}

// records recomputes what is kept incrementally about them.
func (v *validation) records() {
	m := v.m
	var sum digest
	sum.add(m.self, m.inc, m.participates())
	var states [core.NumStates]int
	participants, dead := 0, 0
	for k := range m.rec {
		r := &m.rec[k]
		s := r.state()
		isPart := m.isParticipant(r.role())
		if digested(s) {
			sum.add(m.id(k), r.incarnation(), isPart)
		}
		if counted(s) && isPart {
			participants++
		}
		if r.present() {
			states[s]++
		}
		if s == core.StateDead && isPart {
			dead++
		}
		v.side(k, r)
	}
	if m.sum != sum {
		v.fail(partDigest, "digest is %v, recomputed %v", m.sum, sum)
	}
	total := 0
	for _, n := range states {
		total += n
	}
	v.same(partCounts, "participants", m.nPart, participants)
	v.same(partCounts, "records", m.nRec, total)
	v.same(partCounts, "probe list", m.list.len(), participants)
	v.same(partConfirmation, "confirmations", m.conf.len(), states[core.StateUnconfirmed])
	v.same(partSuspicion, "suspicions", len(m.susp.heap), states[core.StateSuspect])
	v.same(partCounts, "dead list", len(m.deads), dead)
	v.queues()
	fail := func(format string, args ...any) { v.fail(partLimits, format, args...) }
	m.validateHealth(fail)
	m.validateWorkers(fail)
}

// side checks what a record points to.
func (v *validation) side(k int, r *record) {
	m, id := v.m, v.m.id(k)
	switch s := r.state(); {
	case s == core.StateUnconfirmed:
		if r.side == 0 || int(r.side) > len(m.conf.slab) || m.conf.at(r.side).subject != uint16(k) {
			v.fail(partConfirmation, "record of %d is UNCONFIRMED without its confirmation entry", id)
		}
	case s == core.StateSuspect:
		if r.side == 0 || int(r.side) > len(m.susp.slab) || m.susp.at(r.side).subject != uint16(k) {
			v.fail(partSuspicion, "record of %d is SUSPECT without its suspicion", id)
		}
	case r.slot() != 0 && !counted(s):
		v.fail(partCounts, "record of %d in state %v holds a coordinate", id, s)
	}
}

// queues checks that what is earliest stands first in both heaps.
func (v *validation) queues() {
	m, stale := v.m, 0
	for i, side := range m.conf.heap {
		if !indexed.Ordered(&m.conf, m.conf.heap, i) || int(m.conf.at(side).pos) != i {
			v.fail(partConfirmation, "confirmation %d is out of order", i)
		}
		if m.conf.at(side).stale {
			stale++
		}
	}
	v.same(partConfirmation, "stale", m.conf.stale, stale)
	for i, side := range m.susp.heap {
		if !indexed.Ordered(&m.susp, m.susp.heap, i) || int(m.susp.at(side).pos) != i {
			v.fail(partSuspicion, "suspicion %d is out of order", i)
		}
	}
}

// limits checks every bound of §2.6.
func (v *validation) limits() {
	m, c := v.m, v.m.cfg
	v.atMost("records are kept", m.nRec, c.Membership.MaxMembers)
	v.atMost("suspicions run", len(m.susp.heap), c.Membership.MaxSuspicions)
	v.atMost("probes are outstanding", m.nProbes, c.Probe.MaxOutstanding)
	v.atMost("proxied pings are outstanding", m.nProxied, c.Probe.MaxProxied)
	v.atMost("updates are queued", m.queue.Len(), c.Gossip.QueueMax)
	v.atMost("senders have a token bucket", len(m.rate.buckets), rateSenders)
	v.atMost("transitions are remembered", len(m.audit.ring), c.Audit.Max)
	v.atMost("attempts are remembered", len(m.conf.recent), c.Confirm.MaxPerSecond)
	if m.viv != nil {
		v.atMost("coordinates are cached", m.viv.PeerCount(), m.viv.Config().Peers)
	}
	fail := func(format string, args ...any) { v.fail(partLimits, format, args...) }
	m.validateHealth(fail)
	m.validateWorkers(fail)
}

func (v *validation) atMost(what string, have, limit int) {
	if have > limit {
		v.fail(partLimits, "%d %s, at most %d may be", have, what, limit)
	}
}

// age checks that no update waits for longer than gossip.queue_age and the sweep that drops it.
func (v *validation) age(now core.Instant) {
	m := v.m
	if m.due[timerSweep] <= now {
		return // it is about to run
	}
	limit := retention(m.cfg.Gossip.QueueAge + m.cfg.Cleanup.Interval)
	for i := range m.queue.Len() {
		if it := m.queue.At(i); it.Age(now) > limit {
			v.fail(partLimits, "an update about %d is queued for %d ms, at most %d may be", it.News.Subject, it.Age(now), limit)
			return
		}
	}
}
