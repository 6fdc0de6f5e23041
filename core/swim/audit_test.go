package swim

import (
	"fmt"

	"hypersim/core"
	"hypersim/core/wire"
)

// auditor holds one machine to the invariants of spec 10 §13 that can be seen from inside it: it looks
// at the state before and after a step and at what the step put into the effects. It is written from
// the statements, not from the code.
type auditor struct {
	m   *Machine
	bad []string

	rec  []record
	susp map[int]suspicion
	lhm  uint8
	inc  uint32
}

func (a *auditor) fail(format string, args ...any) {
	if len(a.bad) < 5 {
		a.bad = append(a.bad, fmt.Sprintf(format, args...))
	}
}

// before takes the snapshot that after compares with.
func (a *auditor) before() {
	m := a.m
	a.rec = append(a.rec[:0], m.rec...)
	a.susp = make(map[int]suspicion)
	for _, side := range m.susp.heap {
		s := m.susp.at(side)
		a.susp[int(s.subject)] = *s
	}
	a.lhm, a.inc = m.lhm, m.inc
}

// after checks one step: in is the message that was received, nil for a Wake or an order.
func (a *auditor) after(now core.Instant, in *core.Message, facts []core.Fact, msgs []core.Message) {
	m := a.m
	for _, bad := range m.Validate() {
		a.fail("%s", bad)
	}
	transitions := a.facts(in, facts)
	a.records(in, transitions)
	a.suspicions(now)
	a.pings()
	for i := range msgs {
		a.message(&msgs[i])
	}
	if !m.queue.Sound() {
		a.fail("I-M16: the queue is not sorted, or an update sent as often as its limit says is still in it")
	}
	if m.inc < a.inc {
		a.fail("own incarnation falls from %d to %d", a.inc, m.inc)
	}
	if int(m.lhm) > m.cfg.LHM.Max {
		a.fail("I-M18: LHM %d", m.lhm)
	}
	if k, ok := m.index(m.self); ok && m.rec[k].state() != core.StateNone {
		a.fail("I-M2: the node holds itself %v", m.rec[k].state())
	}
}

// rows are the pairs of states that §2.3 allows; NONE stands for a tombstone too.
var rows = map[[2]core.MemberState]bool{
	{core.StateNone, core.StateUnconfirmed}: true, {core.StateNone, core.StateOK}: true,
	{core.StateUnconfirmed, core.StateUnconfirmed}: true, {core.StateUnconfirmed, core.StateOK}: true,
	{core.StateUnconfirmed, core.StateNone}: true,
	{core.StateOK, core.StateOK}:            true, {core.StateOK, core.StateSuspect}: true,
	{core.StateOK, core.StateDead}: true, {core.StateOK, core.StateLeft}: true,
	{core.StateSuspect, core.StateOK}: true, {core.StateSuspect, core.StateSuspect}: true,
	{core.StateSuspect, core.StateDead}: true, {core.StateSuspect, core.StateLeft}: true,
	{core.StateDead, core.StateOK}: true, {core.StateDead, core.StateDead}: true,
	{core.StateDead, core.StateLeft}: true, {core.StateDead, core.StateNone}: true,
	{core.StateLeft, core.StateUnconfirmed}: true, {core.StateLeft, core.StateLeft}: true, {core.StateLeft, core.StateNone}: true,
}

func (a *auditor) facts(in *core.Message, facts []core.Fact) map[core.NodeID]int {
	transitions, confirmed, accused, died := map[core.NodeID]int{}, map[core.NodeID]int{}, map[core.NodeID]int{}, map[core.NodeID]int{}
	for i := range facts {
		f := &facts[i]
		switch f.Kind {
		case core.FactTransition:
			transitions[f.Subject]++
			if f.To == core.StateDead && f.From != core.StateDead {
				died[f.Subject]++
			}
			if f.To == core.StateSuspect || f.To == core.StateDead {
				accused[f.Subject]++
			}
			a.transition(in, f)
		case core.FactCallback:
			if f.Callback == core.CallbackDied {
				died[f.Subject]--
			}
		case core.FactSuspicionConfirmed:
			confirmed[f.Subject]++
		case core.FactRetired:
			if f.B > int64(f.N) {
				a.fail("I-M16: %d of %d transmissions", f.B, f.N)
			}
		case core.FactTimeout:
			a.timeout(f)
		case core.FactLHM:
			a.localHealth(f)
		case core.FactQueued:
			a.queued(f, transitions, confirmed, accused)
		default:
		}
	}
	for id, n := range died {
		if n != 0 {
			a.fail("I-M15: deaths minus callbacks of %d: %d", id, n)
		}
	}
	return transitions
}

// rank orders claims of equal incarnation (§2.2).
func rank(s core.MemberState) int {
	switch s {
	case core.StateOK:
		return 0
	case core.StateSuspect:
		return 1
	case core.StateDead:
		return 2
	case core.StateLeft:
		return 3
	case core.StateNone, core.StateUnconfirmed:
	}
	return -1
}

func (a *auditor) transition(in *core.Message, f *core.Fact) {
	if !rows[[2]core.MemberState{f.From, f.To}] && !(a.m.hearsay && f.From == core.StateLeft && f.To == core.StateOK) {
		evicted := f.Cause == core.CauseEvicted && f.To == core.StateNone
		if !evicted || f.From == core.StateOK || f.From == core.StateSuspect {
			a.fail("I-M5: %v -> %v by %v", f.From, f.To, f.Cause)
		}
	}
	if int64(f.Inc) < f.A {
		a.fail("I-M3: incarnation of %d falls from %d to %d", f.Subject, f.A, f.Inc)
	}
	if present := f.From != core.StateNone && f.To != core.StateNone; present && int64(f.Inc) == f.A &&
		rank(f.To) < rank(f.From) {
		a.fail("I-M6: %v -> %v at equal incarnation", f.From, f.To)
	}
	if f.From == core.StateLeft && f.To != core.StateNone && int64(f.Inc) <= f.A {
		a.fail("I-M24: LEFT is left at the same incarnation")
	}
	if f.To == core.StateDead && f.From == core.StateOK && f.Cause != core.CauseDead {
		a.fail("I-M14: OK -> DEAD by %v", f.Cause)
	}
	fresh := f.From == core.StateUnconfirmed || f.From == core.StateNone
	if fresh && f.To == core.StateOK && !a.m.hearsay && !(in != nil && in.From == f.Subject &&
		(in.Kind == core.KindAck || in.Kind.IsStream() || !a.m.isParticipant(f.Role) || a.m.cfg.Confirm.On == "any-message")) {
		a.fail("I-M8: %d is confirmed by nothing that confirms", f.Subject)
	}
}

func (a *auditor) timeout(f *core.Fact) {
	lo := [5]float32{1, 1, 1, 1, 1}
	hi := [5]float32{float32(1 + a.m.cfg.LHM.Max), 3, 10, 1.5, 2.5}
	for i, x := range f.X {
		if x < lo[i] || x > hi[i] {
			a.fail("I-M19: factor %d is %v", i, x)
		}
	}
	p := &a.m.cfg.Probe
	if t := core.Duration(f.A); t < p.TimeoutMin || t > p.TimeoutMax || t < min(core.Duration(f.B), p.TimeoutMax) {
		a.fail("I-M19: timeout %v for base %v", t, core.Duration(f.B))
	}
}

func (a *auditor) localHealth(f *core.Fact) {
	switch f.Cause {
	case core.CauseAck, core.CauseIndirectAck, core.CauseStreamAck, core.CauseRecovered:
		if f.A != f.B-1 {
			a.fail("I-M18: %d -> %d by %v", f.B, f.A, f.Cause)
		}
	case core.CauseNackMissing, core.CauseProbeFailed, core.CauseRefute, core.CauseLag, core.CauseVoid:
		if f.A <= f.B {
			a.fail("I-M18: %d -> %d by %v", f.B, f.A, f.Cause)
		}
	default:
		a.fail("I-M18: LHM moved by %v", f.Cause)
	}
}

func (a *auditor) queued(f *core.Fact, transitions, confirmed, accused map[core.NodeID]int) {
	k, ok := a.m.index(f.Subject)
	ok = ok && k < len(a.rec)
	switch {
	case f.Subject == a.m.self:
	case !a.m.participates():
		a.fail("§1: a worker relays a claim about %d", f.Subject)
	case f.Cause == core.CauseConfirmation:
		if confirmed[f.Subject] == 0 {
			a.fail("I-M25: relayed as a confirmation that did not count")
		}
	case transitions[f.Subject] == 0 && confirmed[f.Subject] == 0 && !(ok && a.rec[k].present() && f.A == int64(core.UpdateSuspect)) &&
		f.A != int64(core.UpdateJoin):
		a.fail("I-M25: %v about %d was relayed and changed nothing", core.UpdateType(f.A), f.Subject)
	case f.Cause == core.CauseSelf && accused[f.Subject] == 0 && confirmed[f.Subject] == 0:
		a.fail("an own claim about %d without a verdict", f.Subject)
	}
}

func (a *auditor) records(in *core.Message, transitions map[core.NodeID]int) {
	for k := range a.m.rec {
		old, r := &a.rec[k], &a.m.rec[k]
		if old.state() != core.StateNone && r.present() && r.incarnation() < old.incarnation() && transitions[a.m.id(k)] < 2 {
			a.fail("I-M3: record of %d from %d to %d", a.m.id(k), old.incarnation(), r.incarnation())
		}
		if old.state() == core.StateUnconfirmed && (r.state() == core.StateSuspect || r.state() == core.StateDead) && transitions[a.m.id(k)] < 2 {
			a.fail("I-M1: UNCONFIRMED -> %v", r.state())
		}
		if !r.present() && (r.outstanding() || r.side != 0 || r.slot() != 0) {
			a.fail("I-M27: no record of %d, but side entries", a.m.id(k))
		}
	}
	if in == nil {
		return
	}
	if k, ok := a.m.index(in.From); ok && in.Kind != core.KindStreamFailed && in.Instance < a.rec[k].instance && len(transitions) > 0 {
		a.fail("I-M23: a message of instance %d changed something, known is %d", in.Instance, a.rec[k].instance)
	}
}

func (a *auditor) suspicions(now core.Instant) {
	for _, side := range a.m.susp.heap {
		s := a.m.susp.at(side)
		k := int(s.subject)
		if old, ok := a.susp[k]; ok && old.start == s.start && a.rec[k].incarnation() == a.m.rec[k].incarnation() {
			if s.deadline > old.deadline && !(s.graced && !old.graced) {
				a.fail("I-M11: deadline moves from %v to %v", old.deadline, s.deadline)
			}
			if s.min != old.min || s.max != old.max || s.k != old.k || s.n != old.n {
				a.fail("§5.2: f, n or K of a running suspicion changed")
			}
		}
		if !s.graced && (s.deadline < s.start.Add(s.min) && s.deadline != now || s.deadline > s.start.Add(s.max+a.m.cfg.Wheel.Quantum)) {
			a.fail("I-M12: deadline %v outside of %v + [%v, %v]", s.deadline, s.start, s.min, s.max)
		}
		if s.c > s.k {
			a.fail("I-M13: C = %d above K = %d", s.c, s.k)
		}
		for i, x := range s.accusers[:s.c+1] {
			if x == a.m.id(k) {
				a.fail("I-M13: %d accuses itself", x)
			}
			for _, y := range s.accusers[:i] {
				if x == y {
					a.fail("I-M13: %d counts twice", x)
				}
			}
		}
	}
	for k, old := range a.susp {
		if a.m.rec[k].state() == core.StateDead && a.m.rec[k].incarnation() == old.incOf(a) && now < min(old.deadline, old.start.Add(old.min)) &&
			a.m.count.GossipDeaths == 0 {
			a.fail("I-M12: expired at %v, before start + Min", now)
		}
	}
}

func (s suspicion) incOf(a *auditor) uint32 { return a.rec[s.subject].incarnation() }

func (a *auditor) pings() {
	probes := map[uint16]int{}
	for i := range a.m.out {
		if p := &a.m.out[i]; p.kind == pingProbe {
			probes[p.target]++
			if !a.m.rec[p.target].outstanding() {
				a.fail("I-M9: an outstanding probe that its record does not know of")
			}
		}
	}
	for k := range a.m.rec {
		if n := probes[uint16(k)]; n > 1 || a.m.rec[k].outstanding() != (n == 1) {
			a.fail("I-M9: %d outstanding probes of %d, flag %v", n, a.m.id(k), a.m.rec[k].outstanding())
		}
	}
}

func (a *auditor) message(msg *core.Message) {
	m := a.m
	k, ok := m.index(msg.To)
	if !ok || msg.To == m.self {
		a.fail("%v to %d", msg.Kind, msg.To)
		return
	}
	unasked := msg.Kind == core.KindPing || msg.Kind == core.KindPingReq || msg.Kind == core.KindGossip || msg.Kind == core.KindLeave
	// A role that is learned within the step is judged from the next one on.
	worker := func(r *record) bool { return r.present() && !m.isParticipant(r.role()) }
	if unasked && worker(&a.rec[k]) && worker(&m.rec[k]) {
		a.fail("I-M7: %v to worker %d", msg.Kind, msg.To)
	}
	if t, ok := m.index(msg.Target); ok && msg.Kind == core.KindPingReq && m.rec[t].present() && !m.isParticipant(m.rec[t].role()) {
		a.fail("I-M7: asks for worker %d to be pinged", msg.Target)
	}
	size := wire.UpdatesHeader
	for i := range msg.Updates {
		size += wire.UpdateBytes(&msg.Updates[i], wire.KeyV4)
	}
	if size > wire.MaxUpdatesBytes {
		a.fail("I-M17: membership block of %d bytes", size)
	}
	a.extra(msg)
	if len(msg.Updates) > m.updateCap()+2 {
		a.fail("§4.5: %d updates, the cap is %d", len(msg.Updates), m.updateCap())
	}
	if m.viv != nil && !msg.Kind.IsStream() && msg.Coord.Dims == 0 {
		a.fail("I-M17: no coordinate block")
	}
}

// extra holds the blocks of health and worker entries to §4.6, §6 and I-M17.
func (a *auditor) extra(msg *core.Message) {
	x, m := msg.Extra, a.m
	if x == nil || msg.Kind == core.KindXAck {
		return
	}
	health, workers := wire.ExtraHeader, wire.ExtraHeader
	for i := range x.Health {
		health += wire.HealthBytes(&x.Health[i], wire.KeyV4)
		if x.Health[i].Version == 0 {
			a.fail("§4.6: a health entry without a version")
		}
	}
	for i := range x.Workers {
		workers += wire.WorkerBytes(&x.Workers[i], wire.KeyV4)
	}
	if len(x.Health) > wire.MaxHealth || health > wire.MaxHealthBytes || workers > wire.MaxWorkersBytes {
		a.fail("I-M17: %d health entries in %d bytes, worker block of %d bytes", len(x.Health), health, workers)
	}
	if size := wire.Size(msg, anyBook); size > wire.MTU {
		a.fail("I-M17: %v of %d bytes", msg.Kind, size)
	}
	if len(x.Health)+len(x.Workers) == 0 || msg.Kind.IsStream() {
		a.fail("%v with an extra that it cannot have", msg.Kind)
	}
	if k, _ := m.index(msg.To); len(x.Workers) > 0 && (!m.watches() || m.rec[k].present() && !m.isParticipant(m.rec[k].role())) {
		a.fail("§6: worker entries go from managers to managers alone")
	}
	if !m.participates() {
		a.fail("§1: a worker passes something on")
	}
}

// audited is a machine on a bench under audit.
type audited struct {
	*Machine
	audit auditor
}

func underAudit(m *Machine) *audited { return &audited{Machine: m, audit: auditor{m: m}} }

func (a *audited) Receive(now core.Instant, msg *core.Message, fx *core.Effects) {
	a.step(now, msg, fx, func() { a.Machine.Receive(now, msg, fx) })
}

func (a *audited) Wake(now core.Instant, fx *core.Effects) {
	a.step(now, nil, fx, func() { a.Machine.Wake(now, fx) })
}

func (a *audited) step(now core.Instant, msg *core.Message, fx *core.Effects, do func()) {
	facts, msgs := len(fx.Facts), len(fx.Messages)
	a.audit.before()
	do()
	a.audit.after(now, msg, fx.Facts[facts:], fx.Messages[msgs:])
}
