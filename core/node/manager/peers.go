package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/rng"
)

// mayWork reports whether a worker that wants work may be given some: it has time left, is not OVERLOADED, and can be told to
// do something once (spec 30 §10).
func (m *Manager) mayWork(id core.NodeID, x *worker) bool {
	return !x.late && !x.shut && x.load < core.LoadOverloaded && x.cores.Unanswered() < m.cfg.Dispatch.PerWorker && m.pacts.Works(id)
}

// peerCalled handles the end of a call that is about no worker's shard.
func (m *Manager) peerCalled(now core.Instant, o *call.Outcome, fx *core.Effects) {
	switch {
	case o.Op == opMeet:
		m.met(now, o, fx)
	case o.Op == opKin:
		m.kinSaid(now, o, fx)
	case o.Op == opBack:
		m.backSaid(now, o, fx)
	case o.Op >= opRegister:
		m.gateCalled(now, o, fx)
	}
}

// met hears what a worker says of its version that this manager heard of from another one. With one that speaks another protocol it has
// nothing to do: the peer is not added (spec 30 §10), and counts neither as a worker nor as cores of the datacenter.
func (m *Manager) met(now core.Instant, o *call.Outcome, fx *core.Effects) {
	a, ok := o.Reply.(*registry.ManagerToWorkerAck)
	if !ok {
		return
	}
	code := m.pacts.Answered(o, &a.Versions, fx)
	x := m.workers.at(o.From)
	if x.instance == o.Instance && (code == call.CodeVersionIncompatible || o.Code == call.CodeVersionIncompatible) {
		m.lose(now, o.From, fx)
		m.unwatch(int(o.From - m.workers.first))
		x.known = false
	}
	m.relist(o.From)
}

// beginKin registers with the other members; in a formed start that is done.
func (m *Manager) beginKin(now core.Instant) {
	m.back.Init(&m.cfg.Register, m.peers, rng.New(m.p.Seed, "recovery", m.p.Key, uint64(m.p.Instance)))
	var others []core.NodeID
	if m.p.Words != nil {
		others = m.peers
	}
	m.kin.Init(&m.cfg.Register, others, 0, rng.New(m.p.Seed, "register.peers", m.p.Key, uint64(m.p.Instance)))
	m.kin.Begin(now, m.p.GatesFormed)
}

// lookForReturns pings members that were gone and are back. Until one has answered no worker hears of it and it is handed no job;
// whether it lives, which is what claims and majorities ask, is membership's to say.
func (m *Manager) lookForReturns(now core.Instant, fx *core.Effects) {
	for {
		id, ok := m.back.Pop(now)
		if !ok {
			return
		}
		m.greet(now, id, opBack, &m.how.ping, fx)
	}
}

// backSaid hears what one of them answers. The leader reads which jobs it knows (03-18).
func (m *Manager) backSaid(now core.Instant, o *call.Outcome, fx *core.Effects) {
	if a, ok := o.Reply.(*registry.PeerResponse); ok {
		m.pacts.Answered(o, &a.Versions, fx)
	}
	if m.back.Pinged(now, core.NodeID(o.Sub), o.Answered) && m.leads {
		m.rep.ReadHeadsOf(core.NodeID(o.Sub), fx)
	}
}

// away reports whether a member is gone, or is back and has not shown so.
func (m *Manager) away(id core.NodeID) bool { return m.Gone(id) || m.back.Away(id) }

// lookForKin asks those members that have not taken this one in: whoever starts does it, and both know then. One that is gone
// is not asked.
func (m *Manager) lookForKin(now core.Instant, fx *core.Effects) {
	for {
		d, ok := m.kin.Pop(now)
		if !ok {
			return
		}
		if m.Gone(d.Node) {
			m.kin.Failed(now, d.Node)
			continue
		}
		m.greet(now, d.Node, opKin, &m.how.transfer, fx)
	}
}

// greet registers with another member.
func (m *Manager) greet(now core.Instant, to core.NodeID, op uint8, how *call.Strategy, fx *core.Effects) {
	b := call.Make[registry.PeerRegistration](fx, core.KindManagerPeerRegistration)
	b.Handshake = m.pacts.Hello()
	b.NodeInfo = registry.NodeInfo{Node: m.p.Self, Role: core.RoleManager, Site: m.p.Site, Instance: m.p.Instance}
	_, b.Leads, b.Term = m.standing(now)
	m.calls.Go(now, to, core.KindManagerPeerRegistration, b, how, call.Ticket{Op: op, Sub: uint64(to)}, fx)
}

// onPeer takes another member in.
func (m *Manager) onPeer(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*registry.PeerRegistration)
	r := core.Attach[registry.PeerResponse](fx, m.calls.Respond(fx, msg, core.KindManagerPeerRegistrationResponse))
	r.Manager, r.Versions = m.p.Self, m.pacts.Versions()
	_, r.Leads, r.Term = m.standing(now)
	switch {
	case b.Role != core.RoleManager || b.Node != msg.From || m.rep.Peer(msg.From) < 0:
		r.Code = call.CodeRoleDenied
	default:
		r.Code = m.pacts.Meet(msg.From, msg.Instance, &b.Versions, fx)
	}
	if r.Accepted = r.Code == call.CodeOK; r.Accepted {
		r.Peers = m.fellows(now, r.Peers)
	}
}

// kinSaid hears what another member says to a registration.
func (m *Manager) kinSaid(now core.Instant, o *call.Outcome, fx *core.Effects) {
	a, ok := o.Reply.(*registry.PeerResponse)
	if ok && m.pacts.Answered(o, &a.Versions, fx) == call.CodeOK && o.Done() {
		m.kin.Accepted(now, o.From)
	} else {
		m.kin.Failed(now, o.From)
	}
}

// signalTo says how this manager is to somebody, in so far as that reads it.
func (m *Manager) signalTo(to core.NodeID, b *job.Backpressure) {
	if m.signal(b); !m.pacts.Has(to, registry.FeaturePressureSeq) {
		b.Epoch, b.Seq = 0, 0
	}
}

// Press implements front.Presser: progress that was sent away at the door is answered with THROTTLE at least. Whoever knows
// no more of a refusal than that it is one is told no more.
func (m *Manager) Press(to core.NodeID, refusal core.Body) {
	if r, ok := refusal.(call.Reply); ok {
		r.Head().Untyped(!m.pacts.Lacks(to, registry.FeatureTypedBusy), !m.pacts.Lacks(to, registry.FeatureRetryAfter))
	}
	if !m.pacts.Has(to, registry.FeatureTypedBusy) {
		return
	}
	var b *job.Backpressure
	switch a := refusal.(type) {
	case *job.WorkflowProgressAck:
		b = &a.Backpressure
	case *job.ProgressBatchAck:
		b = &a.Backpressure
	default:
		return
	}
	m.press(to, b)
}

// press says THROTTLE at least.
func (m *Manager) press(to core.NodeID, b *job.Backpressure) {
	if m.signalTo(to, b); m.stats.on && b.Level < job.PressureThrottle {
		epoch, seq := b.Epoch, b.Seq
		*b = m.stats.keys.Signal(job.PressureThrottle)
		b.Epoch, b.Seq = epoch, seq
	}
}
