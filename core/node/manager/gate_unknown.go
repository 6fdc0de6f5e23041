package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
)

// Gates that lost their memory know nothing of a job that lives, or of one whose end nobody has heard (J60).
//
//  1. A gate answers UNKNOWN_JOB to a report or a final. The others may know the job, so all of them are asked at once, and
//     every 2 s again until each has answered (04-48). One that has not been heard for long does not count.
//  2. If one of them knows the job, nothing else happens: reports go there.
//  3. If none does, the job is offered to the gate that owns it by the ring, and then to the others. Who adopts it asks all
//     datacenters, and leads it under the next epoch.
//  4. If that fails, it begins anew with the next report, or with the next try to tell how it ended.
//  5. A job that a gate had stopped is offered to nobody: that no gate knows it is then as good as an acknowledgement
//     (04-51). So it is, an hour after its end, for any other (04-37).

// unknownAt notes that a gate does not know a job.
func (m *Manager) unknownAt(now core.Instant, x *record, gate core.NodeID, fx *core.Effects) {
	s := x.side()
	i := m.gates.isGate(gate)
	switch {
	case i < 0:
		return
	case now < s.quiet:
		m.retellAt(x, s.quiet)
		return
	}
	s.via = core.NoNode
	s.unknown |= 1 << i
	if !s.asks {
		s.asks = true
		m.askAll(now, x, fx)
	}
	m.judgeUnknown(now, x, fx)
}

// askAll asks the gates that have not answered yet, with what they would hear anyway.
func (m *Manager) askAll(now core.Instant, x *record, fx *core.Effects) {
	s := x.side()
	for i, id := range m.gates.ids {
		if s.unknown&(1<<i) != 0 {
			continue
		}
		t := call.Ticket{Op: opAsk, N: uint32(i), Job: uint64(x.id)}
		if x.state.Terminal() && x.open == 0 {
			b := call.Make[job.FinalResult](fx, core.KindJobFinalResult)
			m.resultOf(x, b)
			m.calls.Go(now, id, core.KindJobFinalResult, b, &m.gates.how.ask, t, fx)
			continue
		}
		b := call.Make[job.Progress](fx, core.KindJobProgress)
		m.progressOf(now, x, b)
		m.calls.Go(now, id, core.KindJobProgress, b, &m.gates.how.ask, t, fx)
	}
	m.timers.Arm(timer{at: now.Add(m.cfg.Forward.Ask), kind: timerAsk, job: x.id, de: x.de})
}

// unasked ends the question who knows a job. That a gate does, or leads it, delivers no end that was being told with the
// question: it is told from the start then.
func (m *Manager) unasked(now core.Instant, x *record) {
	s := x.side()
	if s.asks && x.state.Terminal() {
		m.retellAt(x, now)
	}
	s.asks, s.unknown = false, 0
}

// askAgain asks those that have not answered.
func (m *Manager) askAgain(now core.Instant, x *record, fx *core.Effects) {
	if !x.side().asks {
		return
	}
	if m.judgeUnknown(now, x, fx); x.side().asks {
		m.askAll(now, x, fx)
	}
}

// askAnswered hears what one of them says.
func (m *Manager) askAnswered(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	s := x.side()
	if !s.asks || !o.Answered {
		return
	}
	if o.Code == call.CodeUnknownJob {
		if i := m.gates.isGate(o.From); i >= 0 {
			s.unknown |= 1 << i
			m.judgeUnknown(now, x, fx)
		}
		return
	}
	if o.Code == call.CodeNotLeader { // a replica: somebody will lead it
		s.asks, s.unknown = false, 0
		m.pause(now, x)
	}
	if o.Kind == core.KindJobFinalResult {
		m.finalAnswered(now, x, o, fx)
	} else {
		m.gateSaid(now, x, o, fx)
	}
}

// judgeUnknown goes on when no gate that can be reached knows the job.
func (m *Manager) judgeUnknown(now core.Instant, x *record, fx *core.Effects) {
	s := x.side()
	if !s.asks {
		return
	}
	for i, id := range m.gates.ids {
		if s.unknown&(1<<i) == 0 && m.gates.table.Fresh(now, id) {
			return
		}
	}
	s.asks, s.unknown = false, 0
	switch {
	case x.command && x.state == job.StateCancelling:
		m.pause(now, x)
	case m.unwanted(now, x):
		x.told = true
		m.gateHas(now, x)
	default:
		s.quiet = now.Add(m.cfg.Forward.Offer)
		m.offer(now, x, fx)
	}
}

// unwanted reports whether the outcome counts as delivered once no gate knows the job (04-37, 04-51).
func (m *Manager) unwanted(now core.Instant, x *record) bool {
	return x.state.Terminal() && (x.command && x.state == job.StateCancelled || now.Sub(x.ended) >= m.cfg.Retention.Tombstone)
}

// pause lets some time pass before the gates are asked again.
func (m *Manager) pause(now core.Instant, x *record) {
	x.side().quiet = now.Add(m.cfg.Forward.Offer)
	m.retellAt(x, x.side().quiet)
}

func (m *Manager) retellAt(x *record, at core.Instant) {
	if s := x.side(); !s.retells {
		s.retells = true
		m.timers.Arm(timer{at: at, kind: timerRetell, job: x.id, de: x.de})
	}
}

// retell tells the gates again how a job ended, or how far it is.
func (m *Manager) retell(now core.Instant, x *record, fx *core.Effects) {
	x.side().retells = false
	switch {
	case x.delivered:
	case x.state.Terminal():
		m.again(now, x, fx)
	default:
		m.gateProgress(now, x, true, fx)
	}
}

// offer offers a job to whoever may adopt it.
func (m *Manager) offer(now core.Instant, x *record, fx *core.Effects) {
	m.calls.Go(now, core.NoNode, core.KindJobAdoptOffer, m.offerOf(now, x, fx), &m.gates.how.offer, call.Ticket{Op: opOffer, Job: uint64(x.id)}, fx)
}

// Say implements call.Speaker: an offer says how long the job has run by now (I-JT4), however long its sender stood still since the
// gate before was asked.
func (m *Manager) Say(now core.Instant, s *call.Sending, fx *core.Effects) core.Body {
	if s.Op != opOffer {
		return nil
	}
	x := m.records.by[job.ID(s.Job)]
	if x == nil {
		return nil
	}
	return m.offerOf(now, x, fx)
}

func (m *Manager) offerOf(now core.Instant, x *record, fx *core.Effects) *replica.AdoptOffer {
	s := x.side()
	b := call.Make[replica.AdoptOffer](fx, core.KindJobAdoptOffer)
	switch {
	case x.spec != nil:
		b.Spec = slim(&x.spec.Spec)
	case len(s.offer) > 0:
		b.Spec = s.offer[0]
	default: // rebuilt from a replica after its end: what it was made of is not known any more
		b.Spec = job.Spec{Job: x.id, Digest: x.digest, Timeout: x.timeout}
	}
	b.Spec.Callback = x.client
	b.Site, b.State, b.DE, b.GE = m.p.Site, x.state, x.de, x.ge
	b.Timeout = jobtimeout.Snapshot{Gates: true, Gate: x.gate, Timeout: x.timeout, Elapsed: now.Sub(x.accepted)}
	b.Timeout.Extensions, b.Timeout.MaxExtension = m.time.jobs.Sums(x.id)
	if x.state.Terminal() {
		b.Result = append(b.Result, m.finalOf(x, job.SiteFinal{}))
	}
	return b
}

// offerTo names the gate of the given attempt: the owner by the ring, then those that follow.
func (m *Manager) offerTo(x *record, attempt int) core.NodeID {
	g := &m.gates
	g.order = g.ring.Ranks(g.order[:0], x.id)
	if len(g.order) == 0 {
		return core.NoNode
	}
	return g.order[(attempt-1)%len(g.order)]
}

// offerAnswered hears who adopts it.
func (m *Manager) offerAnswered(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	a, _ := o.Reply.(*replica.AdoptOfferAck)
	switch {
	case a != nil && o.Done():
		m.adopted(now, x, o.From, a, fx)
		return
	case a != nil && o.Code == call.CodeAlreadyTerminal:
		m.gateEnded(now, x, a.State, fx)
		if x.state.Terminal() { // it knows an end, and takes no other
			x.told = true
			m.gateHas(now, x)
		}
		return
	}
	m.pause(now, x)
}

// adopted follows the gate that took the job. It will ask what became of it here, which is answered then.
func (m *Manager) adopted(now core.Instant, x *record, by core.NodeID, a *replica.AdoptOfferAck, fx *core.Effects) {
	if m.gates.isGate(a.JobLeader) >= 0 {
		by = a.JobLeader
	}
	if a.GE > x.ge {
		m.follow(now, x, by, a.GE)
	}
	m.knows(now, x, by)
	if x.state.Terminal() {
		m.tellAnew(now, x, fx)
		if !x.delivered {
			m.again(now, x, fx)
		}
	}
}
