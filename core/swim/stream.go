package swim

import "hypersim/core"

// Ping over a stream (probe.stream_fallback). A firewall, a path that drops fragments, a full receive queue of
// datagrams: now and then a member's datagrams are blocked while its streams pass. Such a member is slow to hear
// news, yet it lives and works. memberlist (0.5, state.go, probeNode) therefore asks the target over TCP when it asks
// the proxies, and so does this. The answer is looked at only when the probe's time is over: if nothing else has come
// by then, a stream is the only way, which is a success that deserves a warning. Local health takes it as any success.
//
// One thing is ours: what the peer must hear out of turn (§5.4), that it is suspected or taken for dead, rides on
// the ping and its answer. Nothing else would reach it, and the probe of a suspect would succeed until the
// suspicion kills it.

// pingOverStream asks k over a stream; the answer belongs to the probe of that number and is of use for wait.
func (m *Machine) pingOverStream(k int, seq uint32, wait core.Duration, fx *core.Effects) {
	m.count.StreamPings++
	msg := m.header(core.KindStreamPing, k, fx)
	msg.Seq, msg.Target, msg.BudgetMS, msg.Timeout = seq, m.id(k), budgetMS(wait), wait
	m.attachOutOfTurn(msg, k, fx)
}

// onStreamPing answers. Whoever asked closes the stream when its budget is over, so an answer that is later than
// that is given up.
func (m *Machine) onStreamPing(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	if msg.Target != m.self || msg.BudgetMS == 0 {
		m.count.Malformed++
		return
	}
	m.confirm(now, k, msg.Incarnation, fx)
	ack := m.header(core.KindStreamAck, k, fx)
	ack.Seq, ack.Timeout = msg.Seq, core.Duration(msg.BudgetMS)*1e6
	m.attachOutOfTurn(ack, k, fx)
}

// onStreamAck notes that the target of a probe has answered; the probe goes on to its end.
func (m *Machine) onStreamAck(now core.Instant, k int, msg *core.Message, fx *core.Effects) {
	m.confirm(now, k, msg.Incarnation, fx)
	i := m.findPing(msg.Seq)
	if i < 0 || m.out[i].kind != pingProbe || int(m.out[i].target) != k {
		m.count.AcksUnmatched++
		return
	}
	m.out[i].streamed = true
}

// streamOnly ends a probe that nobody answered by datagram, neither directly nor through a proxy.
func (m *Machine) streamOnly(now core.Instant, i int, fx *core.Effects) {
	m.count.StreamSaved++
	m.probeSucceeded(now, i, core.CauseStreamAck, fx)
}

// attachOutOfTurn adds what k must hear, and nothing of the queue: news spread by datagrams and tables.
func (m *Machine) attachOutOfTurn(msg *core.Message, k int, fx *core.Effects) {
	if !m.forced(k) {
		return
	}
	us, _ := m.attachForced(k, fx.GrowUpdates(3), 0)
	msg.Updates = fx.KeepUpdates(us)
	m.count.Transmitted += uint64(len(us))
}
