package swim

import (
	"slices"

	"hypersim/core"
)

// A probe, from the tick on which it begins to what is made of it (§4.2; times with the defaults, nobody stressed):
//
//  1. Every period, 1 s, a member takes the next of its shuffled list and pings it. It waits T_d, 0.5 s stretched by its own
//     health, by how far away the target is, and by how sure it is of that (timeout.go).
//  2. No ACK: it asks three others to ping the target for it, and, if so configured, the target itself over a stream. It waits
//     T_i: the rest of the period, and no less than T_d.
//  3. A proxy that hears nothing either says so (NACK) before the budget is over. That clears the prober's own conscience:
//     whoever gets neither an ACK nor the NACKs that it could expect should doubt its own ears first (failedProbeLHM).
//  4. Nobody has answered: the target is suspected, and what follows is suspicion.go's business.
//
// An ACK that comes late, after any of these, finds no ping under its number, and ends nothing. A ping is never sent again
// under the same number, so that no answer is taken for that to another question.

// onTick is the probe tick (§4.2): exactly one probe, or none if the degradation says so.
func (m *Machine) onTick(now core.Instant, fx *core.Effects) {
	m.due[timerTick] = now.Add(m.tickInterval())
	if m.leaving {
		m.due[timerTick] = core.Never
		return
	}
	m.tick++
	m.renewHealth(now)
	// A degraded node probes less: what it cannot judge it had better not ask. Its list stays where it is, so that nobody is
	// left out when it recovers.
	if m.participates() && !m.tickProbes() {
		m.skipTick(core.CauseDegraded, fx)
		return
	}
	// Probes outlast their tick when waits are stretched. Beyond the bound a tick is skipped and not queued: the next one asks
	// somebody else anyway, and memory stays what it is.
	if m.nProbes >= m.cfg.Probe.MaxOutstanding {
		m.skipTick(core.CauseIdle, fx)
		return
	}
	if !m.participates() && m.pingOwner(now, fx) {
		return
	}
	k, ok := m.nextTarget()
	if !ok {
		m.skipTick(core.CauseIdle, fx)
		return
	}
	m.probe(now, k, fx)
}

// tickInterval is P_eff for a participant. A worker's pings are also its sign of life, so they come once
// per P however it feels (§10.4): stretched by local health and degradation they would be 36 s apart, and
// its owner suspects it after 30 s of silence, which costs it more health.
func (m *Machine) tickInterval() core.Duration {
	if !m.participates() {
		return m.cfg.Probe.Interval
	}
	return m.cfg.Probe.Interval * core.Duration(1+int(m.lhm))
}

// skipTick notes a tick on which nobody is probed, and why. It is not made up for later.
func (m *Machine) skipTick(cause core.Cause, fx *core.Effects) {
	m.count.TicksSkipped++
	f := fx.Fact(core.FactTick)
	f.Subject, f.Cause = m.self, cause
	f.Put("tick", m.tick)
}

// nextTarget walks on to a member without an outstanding probe.
func (m *Machine) nextTarget() (int, bool) {
	for range m.list.len() {
		k := m.list.next()
		if !m.rec[k].outstanding() {
			return k, true
		}
	}
	return 0, false
}

// probe begins a probe of k. The direct wait is fixed here: what the node learns of its own health meanwhile counts from
// the next probe on.
func (m *Machine) probe(now core.Instant, k int, fx *core.Effects) {
	wait := m.adaptive(now, m.cfg.Probe.Timeout, k, fx)
	seq := m.ping(now, k, ping{kind: pingProbe, turn: core.TurnOf(m.instance, m.tick), wait: wait, direct: wait}, fx)
	m.rec[k].setOutstanding(true)
	m.nProbes++
	m.count.Probes++
	f := fx.Fact(core.FactProbeStarted)
	f.Subject, f.To = m.id(k), m.rec[k].state()
	f.Put("seq", int64(seq)).Put("tick", m.tick).Put("list", int64(m.list.len()))
}

// onPingTimers handles every ping whose wait is over.
func (m *Machine) onPingTimers(now core.Instant, fx *core.Effects) {
	for {
		i := m.duePing(now)
		if i < 0 {
			break
		}
		switch p := &m.out[i]; p.kind {
		case pingProbe:
			m.onProbeTimer(now, i, fx)
		case pingProxied:
			m.onProxyTimer(now, i, fx)
		case pingProactive:
			m.attemptTimedOut(now, i)
		case pingReactive, pingReconnect, pingDoubt:
			m.endPing(i)
		}
	}
	m.armPings()
}

// onProbeTimer ends a wait of a probe. The order of its cases is that of the excuses: first the node's own (it was away),
// then that nothing is known of the target yet, then that others have not been asked, then that a stream got through.
func (m *Machine) onProbeTimer(now core.Instant, i int, fx *core.Effects) {
	p := &m.out[i]
	k := int(p.target)
	switch {
	case m.cfg.Probe.PauseGuard && now.Sub(p.due) > p.wait/2: // we were away, the acks may be waiting in our own inbox
		m.count.ProbesVoid++
		m.probeEnded(now, p, core.CauseVoid, fx)
		m.endPing(i)
		m.addLHM(1, core.CauseVoid, fx)
	// Who was never heard cannot be missed (AD-29): silence says nothing but that there is still nobody.
	case m.rec[k].state() == core.StateUnconfirmed:
		m.count.ProbesFailedUnconfirmed++
		m.probeEnded(now, p, core.CauseNone, fx)
		m.endPing(i)
	case !p.indirect && m.askOthers(now, i, fx):
	case p.streamed:
		m.streamOnly(now, i, fx)
	default:
		m.probeFailed(now, i, fx)
	}
}

// askOthers starts the indirect phase: proxies, and the target itself over a stream; false if nobody can be asked.
func (m *Machine) askOthers(now core.Instant, i int, fx *core.Effects) bool {
	p := &m.out[i]
	target := int(p.target)
	var buf [maxProxies]uint16
	proxies := m.pickProxies(now, target, buf[:m.cfg.Probe.IndirectK])
	if len(proxies) == 0 && !m.cfg.Probe.StreamFallback {
		return false
	}
	period := m.cfg.Probe.Interval * core.Duration(1+int(m.lhm))
	p.indirect, p.asked, p.nacked = true, uint8(len(proxies)), 0
	copy(p.proxies[:], proxies)
	p.wait = max(p.direct, period-p.direct) // T_i
	p.due = now.Add(p.wait)
	seq, turn, budget := p.seq, p.turn, budgetMS(p.wait)
	m.count.IndirectStarted++
	for _, k := range proxies {
		msg := m.header(core.KindPingReq, int(k), fx)
		msg.Seq, msg.Turn, msg.Target, msg.BudgetMS = seq, turn, m.id(target), budget
		m.attach(now, msg, fx)
	}
	if m.cfg.Probe.StreamFallback {
		m.pingOverStream(target, seq, m.out[i].wait, fx)
	}
	return true
}

// probeFailed ends a probe whose waits are all over (§4.2 step 5).
func (m *Machine) probeFailed(now core.Instant, i int, fx *core.Effects) {
	p := m.out[i]
	k := int(p.target)
	r := &m.rec[k]
	// The target has spoken since the ping went out, through others: it raised its incarnation, or is suspected or gone by a
	// judgement that others made. Either way this probe has nothing to add, and must not accuse at an incarnation that the
	// question was not about.
	if s := r.state(); r.incarnation() > p.inc || s != core.StateOK && s != core.StateSuspect {
		m.count.ProbesVoid++
		m.probeEnded(now, &p, core.CauseVoid, fx)
		m.endPing(i)
		return
	}
	m.count.ProbesFailed++
	m.probeEnded(now, &p, core.CauseProbeFailed, fx)
	m.endPing(i)
	m.failedProbeLHM(&p, fx)
	m.accuse(now, k, core.CauseProbeFailed, fx)
}

// accuse raises this node's own suspicion of k, or confirms somebody else's with it.
func (m *Machine) accuse(now core.Instant, k int, cause core.Cause, fx *core.Effects) {
	r := &m.rec[k]
	news := core.CauseSelf
	switch r.state() {
	case core.StateOK:
		m.becomeSuspect(now, k, r.incarnation(), m.self, cause, fx)
		if r.state() != core.StateSuspect {
			return // the table of suspicions is full
		}
	case core.StateSuspect:
		if !m.confirmSuspicion(now, k, m.self, fx) {
			return
		}
		news = core.CauseConfirmation
	default:
		return
	}
	if r.state() == core.StateSuspect {
		m.relay(now, &core.Update{
			Type: core.UpdateSuspect, Subject: m.id(k), Incarnation: r.incarnation(), From: m.self, Role: r.role(),
		}, news, fx)
	}
}

// probeEnded reports how a probe ended. Every probe that began ends once, by whatever cause, while the node runs.
func (m *Machine) probeEnded(now core.Instant, p *ping, cause core.Cause, fx *core.Effects) {
	f := fx.Fact(core.FactProbeEnded)
	f.Subject, f.Cause = m.id(int(p.target)), cause
	f.Put("seq", int64(p.seq)).Put("elapsed", int64(now.Sub(p.sent)))
}

// onPing answers. The ACK goes to whoever sent the ping, proxy or prober; it says how this node holds the asker, which tells
// one that is suspected so (§5.4), and half of its digest, by which a worker notices that it has missed something (§7.3).
func (m *Machine) onPing(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	if msg.Target != m.self {
		m.count.Malformed++
		return
	}
	if m.cfg.Inherited.Refute {
		if m.refuteProbe(now, fx); m.stopped {
			return
		}
	}
	ack := m.header(core.KindAck, k, fx)
	ack.Seq, ack.Turn, ack.State, ack.Digest = msg.Seq, msg.Turn, m.rec[k].state(), uint32(m.sum.part)
	// That a record is remembered after its removal is this node's own affair: to others there is none.
	if ack.State == stateTomb {
		ack.State = core.StateNone
	}
	if rtt, ok := m.filteredRTT(now, k); ok {
		ack.RTTms = float32(float64(rtt) / 1e6)
	}
	m.attach(now, ack, fx)
}

// onAck takes an answer in two steps. What it says of the link holds whatever the ping was for: it measures the round trip
// and confirms the sender. Then the ping is looked up again, since to confirm somebody may have ended pings to it.
func (m *Machine) onAck(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	m.compareDigest(now, k, msg.Digest, fx)
	i := m.findPing(msg.Seq)
	if i < 0 || int(m.out[i].target) != k {
		m.count.AcksUnmatched++
		return
	}
	p := m.out[i]
	m.sampleRTT(now, k, now.Sub(p.sent))
	if confirming := p.kind == pingReactive || p.kind == pingProactive; confirming && m.rec[k].state() == core.StateUnconfirmed {
		m.count.ConfirmSuccess[m.confirmRole(m.rec[k].role())]++
	}
	m.confirm(now, k, msg.Incarnation, fx)
	if i = m.findPing(msg.Seq); i < 0 {
		return
	}
	switch p.kind {
	case pingProbe:
		m.probeSucceeded(now, i, core.CauseAck, fx)
	case pingProxied:
		m.onProxyAck(now, i, msg, fx)
	case pingReactive, pingProactive:
		m.endPing(i)
	case pingDoubt:
		m.endPing(i)
		m.count.ReconnectsSucceeded++
	case pingReconnect:
		m.endPing(i)
		m.count.ReconnectsSucceeded++
		m.sendFull(now, k, fx)
	}
}

// probeSucceeded ends a probe whose target answered, itself or through a proxy. It is also a point for the node's own health:
// who hears others well is to be believed again.
func (m *Machine) probeSucceeded(now core.Instant, i int, cause core.Cause, fx *core.Effects) {
	m.count.ProbesAcked++
	if cause == core.CauseIndirectAck {
		m.count.IndirectSaved++
	}
	m.probeEnded(now, &m.out[i], cause, fx)
	m.endPing(i)
	m.addLHM(-1, cause, fx)
}

// onIndAck hears from a proxy that the target answered it. A copy, or one that comes after the direct ACK, finds no probe.
func (m *Machine) onIndAck(now core.Instant, msg *core.Message, fx *core.Effects) {
	i := m.findPing(msg.Seq)
	if i < 0 || m.out[i].kind != pingProbe || m.id(int(m.out[i].target)) != msg.Target {
		return
	}
	m.probeSucceeded(now, i, core.CauseIndirectAck, fx)
}

// onNack hears from a proxy that the target did not answer it: the proxy lives, and so does the way to it. Each is counted
// once, by a bit of its own, however often the network copies it.
func (m *Machine) onNack(msg *core.Message) {
	i := m.findPing(msg.Seq)
	if i < 0 || m.out[i].kind != pingProbe || m.id(int(m.out[i].target)) != msg.Target {
		return
	}
	k, _ := m.index(msg.From)
	if j := slices.Index(m.out[i].proxies[:m.out[i].asked], uint16(k)); j >= 0 {
		m.out[i].nacked |= 1 << j
	}
}
