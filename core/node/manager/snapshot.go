package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
	"hypersim/core/replica"
)

// What a manager learns of workers beside their own registrations: all that they have, when it begins to lead the cluster (AD-4,
// spec 20 §1.5), and those that registered with another member (spec 20 §1.3).

// readWorkers asks all workers for all that they have.
func (m *Manager) readWorkers(now core.Instant, fx *core.Effects) {
	for i := range m.workers.list {
		if w := &m.workers.list[i]; !w.gone() {
			b := call.Make[replica.StateRequest](fx, core.KindStateSyncRequest)
			m.calls.Go(now, m.workers.id(i), core.KindStateSyncRequest, b, &m.how.transfer, call.Ticket{Op: opRead}, fx)
		}
	}
}

// reread asks a worker that may have less than is known of it, once at a time: who leads another job there was told so, and the members
// that did not agree to that job's cores were not.
func (m *Manager) reread(now core.Instant, id core.NodeID, fx *core.Effects) {
	w := m.workers.at(id)
	if w.asked || w.gone() {
		return
	}
	w.asked = true
	b := call.Make[replica.StateRequest](fx, core.KindStateSyncRequest)
	b.Since = w.cores.Version()
	m.calls.Go(now, id, core.KindStateSyncRequest, b, &m.how.transfer, call.Ticket{Op: opRead}, fx)
}

// workerRead takes in what one has: of cores the newest word counts, a shard that belongs to nobody is stopped, and whoever
// has heard of a greater epoch of a job knows better who holds it.
func (m *Manager) workerRead(now core.Instant, o *call.Outcome, fx *core.Effects) {
	m.workers.at(o.From).asked = false
	a, ok := o.Reply.(*replica.StateResponse)
	if !ok || len(a.Worker) == 0 || m.workers.at(o.From).gone() || m.former(o) {
		return
	}
	s := &a.Worker[0]
	if m.workers.at(o.From).cores.Heard(s.Version, int(s.CoresAvailable)) {
		m.relist(o.From)
	}
	for i := range s.Fences {
		m.outdone(now, s.Fences[i].Job, s.Fences[i].DE, fx)
	}
	for i := range s.Shards {
		m.compare(now, o.From, &s.Shards[i].ShardView, fx)
	}
}

// announce tells the other members of a worker that has registered here.
func (m *Manager) announce(now core.Instant, w *registry.WorkerRegistration, fx *core.Effects) {
	for _, p := range m.peers {
		b := call.Make[registry.WorkerDiscovery](fx, core.KindWorkerDiscoveryBroadcast)
		b.NodeInfo, b.Cores, b.CoresAvailable, b.Manager = w.NodeInfo, w.Cores, w.CoresAvailable, m.p.Self
		m.calls.Go(now, p, core.KindWorkerDiscoveryBroadcast, b, &m.how.announce, call.Ticket{Op: opAnnounce}, fx)
	}
}

// onDiscovery takes in a worker that registered with another member, and lets it know this one.
func (m *Manager) onDiscovery(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*registry.WorkerDiscovery)
	out := core.Attach[call.Ack](fx, m.calls.Respond(fx, msg, core.KindWorkerDiscoveryAck))
	if b.Role != core.RoleWorker || !m.workers.knows(b.Node) || m.rep.Peer(msg.From) < 0 {
		out.Code = call.CodeRoleDenied
		return
	}
	if m.Gone(b.Node) && b.Instance <= m.p.Members.Instance(b.Node) {
		return // it may be the one that is gone. One that lives registers itself, and asks again until it is taken in
	}
	if !m.enrol(now, b.NodeInfo, b.Cores, b.CoresAvailable, fx) {
		return
	}
	c := call.Make[registry.ManagerToWorkerRegistration](fx, core.KindManagerToWorkerRegistration)
	c.Handshake = m.pacts.Hello()
	c.Node, c.Site = m.p.Self, m.p.Site
	_, c.Leads, c.Term = m.standing(now)
	c.Managers = m.fellows(now, c.Managers)
	m.calls.Go(now, b.Node, core.KindManagerToWorkerRegistration, c, &m.how.transfer, call.Ticket{Op: opMeet}, fx)
}

// fellows appends the members that are up, this one first.
func (m *Manager) fellows(now core.Instant, dst []registry.PeerInfo) []registry.PeerInfo {
	_, leads, _ := m.standing(now)
	dst = append(dst, registry.PeerInfo{Node: m.p.Self, Site: m.p.Site, Leads: leads})
	for _, p := range m.peers {
		if !m.away(p) {
			dst = append(dst, registry.PeerInfo{Node: p, Site: m.p.Site})
		}
	}
	return dst
}
