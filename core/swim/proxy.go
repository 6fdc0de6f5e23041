package swim

import "hypersim/core"

// An indirect probe is three parties on two ways. The story of A, which asks C about B (§4.2):
//
//  1. A's ping to B stays unanswered. A asks C, and says how long it will wait: the budget.
//  2. C pings B under a number of its own, and remembers A's.
//  3. When most of the budget is gone (probe.nack_fraction), C tells A that it has nothing yet. A NACK is no verdict on B:
//     it shows A that C hears A, and so that A itself is well.
//  4. B's answer comes to C, before or after that: C passes it on as long as A waits. After that it is of no use.
//  5. C may remove B from its table meanwhile. What A waits for goes on all the same: C's own view is not A's (dropPings).
//  6. B's answer to the first ping may reach A after all. It carries A's own number and ends the probe; what C says later
//     matches nothing.

// onPingReq serves as proxy (§4.2): an own ping to the target, its answer passed on, a nack when most of
// the budget is gone.
func (m *Machine) onPingReq(now core.Instant, msg *core.Message, fx *core.Effects) {
	k, ok := m.index(msg.Target)
	if !ok || msg.Target == m.self || msg.BudgetMS == 0 {
		m.count.Malformed++
		return
	}
	r := &m.rec[k]
	// A target without a record is pinged all the same: the origin knows it, and this node may be the
	// one that does not yet.
	isWorker := !m.isParticipant(r.role()) && r.present()
	if isWorker || m.nProxied >= m.cfg.Probe.MaxProxied || m.level >= levelHeavy || m.leaving {
		m.count.Declined++
		m.nack(now, &ping{origin: msg.From, originSeq: msg.Seq, turn: msg.Turn}, msg.Target, core.FlagDeclined, fx)
		return
	}
	budget := core.Duration(msg.BudgetMS) * 1e6
	m.nProxied++
	m.ping(now, k, ping{
		kind: pingProxied, turn: msg.Turn, origin: msg.From, originSeq: msg.Seq, until: now.Add(budget),
		wait: core.Duration(float64(budget) * m.cfg.Probe.NackFraction),
	}, fx)
}

func (m *Machine) onProxyTimer(now core.Instant, i int, fx *core.Effects) {
	p := &m.out[i]
	if p.indirect || now >= p.until { // nacked before, or too late to be of use
		m.endPing(i)
		return
	}
	p.indirect = true
	p.due = p.until
	m.nack(now, p, m.id(int(p.target)), 0, fx)
}

func (m *Machine) onProxyAck(now core.Instant, i int, msg *core.Message, fx *core.Effects) {
	p := m.out[i]
	m.endPing(i)
	k, _ := m.index(p.origin)
	ack := m.header(core.KindIndAck, k, fx)
	ack.Seq, ack.Turn, ack.Target, ack.Required = p.originSeq, p.turn, msg.From, msg.Incarnation
	m.attach(now, ack, fx)
}

// nack answers the request that p serves: no answer from the target, or none asked for.
func (m *Machine) nack(now core.Instant, p *ping, target core.NodeID, flags core.Flags, fx *core.Effects) {
	k, _ := m.index(p.origin)
	msg := m.header(core.KindNack, k, fx)
	msg.Seq, msg.Turn, msg.Target, msg.Flags = p.originSeq, p.turn, target, flags
	m.attach(now, msg, fx)
}

// pickProxies draws OK participants for an indirect probe. Those known to be stressed or worse are asked
// only if the others do not suffice (§4.2 step 3).
func (m *Machine) pickProxies(now core.Instant, target int, dst []uint16) []uint16 {
	fit := func(k int) bool { return k != target && m.rec[k].state() == core.StateOK }
	if m.health == nil || len(m.health.peers) == 0 {
		return m.list.pick(&m.proxyStream, dst, nil, fit)
	}
	loaded := func(k int) bool { return m.loadFor(now, k) >= core.LoadStressed }
	got := m.list.pick(&m.proxyStream, dst, nil, func(k int) bool { return fit(k) && !loaded(k) })
	n := len(got)
	if n < len(dst) {
		n += len(m.list.pick(&m.proxyStream, dst[n:], nil, func(k int) bool { return fit(k) && loaded(k) }))
	}
	return dst[:n]
}
