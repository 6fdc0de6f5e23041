package manager

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
)

// Managers and gates know each other by registrations in both directions, and by heartbeats every 5 s (spec 20 §1.3, §1.4).

// reach does what is due about gates: registrations, and heartbeats to those that have this process registered.
func (m *Manager) reachGates(now core.Instant, fx *core.Effects) {
	g := &m.gates
	for {
		due, ok := g.links.Pop(now)
		if !ok {
			return
		}
		if due.Register {
			b := call.Make[registry.ManagerRegistration](fx, core.KindManagerRegistration)
			b.NodeInfo = registry.NodeInfo{Node: m.p.Self, Role: core.RoleManager, Site: m.p.Site, Instance: m.p.Instance}
			b.Handshake = m.pacts.Hello()
			m.beatOf(now, due.Node, &b.ManagerBeat)
			m.calls.Go(now, due.Node, core.KindManagerRegistration, b, &g.how.register, call.Ticket{Op: opRegister}, fx)
			continue
		}
		b := call.Make[registry.ManagerHeartbeat](fx, core.KindManagerHeartbeat)
		m.beatOf(now, due.Node, &b.ManagerBeat)
		m.calls.Go(now, due.Node, core.KindManagerHeartbeat, b, &g.how.beat, call.Ticket{Op: opBeat}, fx)
	}
}

// beatOf says to a gate how this manager and its datacenter are.
func (m *Manager) beatOf(now core.Instant, to core.NodeID, b *registry.ManagerBeat) {
	g := &m.gates
	g.version++
	b.Version, b.Site = g.version, m.p.Site
	b.State, b.Leads, b.Term = m.standing(now)
	b.Workers, b.WorkersHealthy = m.census()
	b.Load = m.load()
	m.loads(b)
	b.AcceptingJobs, b.Quorum = b.State == registry.StateActive, m.quorum()
	m.sayServed(now, b)
	if !m.pacts.Has(to, registry.FeatureThreeSignals) {
		b.Throughput, b.Expected, b.Waiting = 0, 0, 0
	}
	m.signalTo(to, &b.Pressure)
	b.Gates, b.GateLeader = append(b.Gates, g.ids...), g.table.Leader(now)
	for _, x := range m.records.order {
		if x.state.Terminal() {
			continue
		}
		b.Jobs++
		b.Workflows += uint32(x.live)
		b.Leaderships = append(b.Leaderships, registry.Leadership{Job: x.id, Epoch: x.de, Leader: m.p.Self})
	}
}

// census counts the workers, and those of them that membership holds OK and that are not evicted. Whether they want work
// is not in it, or a datacenter that is only full would be taken for one that lost its workers (01-55).
func (m *Manager) census() (all, fit uint32) {
	for i := range m.workers.list {
		w := &m.workers.list[i]
		if !w.known {
			continue
		}
		all++
		if !w.gone() && m.p.Members.State(m.workers.id(i)) == core.StateOK {
			fit++
		}
	}
	return all, fit
}

// standing says what this manager is to others: state, whether it leads its cluster, and in which term.
func (m *Manager) standing(now core.Instant) (state registry.State, leads bool, term uint64) {
	state, leads, term = registry.StateActive, m.alone, 1 // a cluster of one leads from its start (01-29)
	switch {
	case !m.rep.Ready():
		state = registry.StateSyncing
	case m.draining:
		state = registry.StateDraining
	}
	if e := m.p.Election; e != nil && !m.alone {
		leads = e.Leads(now)
		if t, ok := e.(interface{ Term() uint64 }); ok {
			term = t.Term()
		}
	}
	return state, leads, term
}

// registered hears how a registration ended.
func (m *Manager) registered(now core.Instant, o *call.Outcome, fx *core.Effects) {
	ok := o.Done()
	if a, is := o.Reply.(*registry.ManagerRegistrationResponse); is {
		ok = m.pacts.Answered(o, &a.Versions, fx) == call.CodeOK && ok
	}
	if ok {
		m.gates.links.Accepted(now, o.From)
	} else {
		m.gates.links.Failed(now, o.From)
	}
}

// beaten hears what a gate says to a heartbeat. One that does not know this process is registered with anew.
func (m *Manager) beaten(now core.Instant, o *call.Outcome) {
	if o.Answered && o.Code == call.CodeRoleDenied {
		m.gates.links.Denied(now, o.From)
	}
}

// onGateRegistration makes a gate known here (spec 20 §1.3).
func (m *Manager) onGateRegistration(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*registry.GateRegistration)
	reply := m.calls.Respond(fx, msg, core.KindGateRegistrationResponse)
	out := core.Attach[registry.GateRegistrationResponse](fx, reply)
	out.Node, out.Site, out.Versions = m.p.Self, m.p.Site, m.pacts.Versions()
	if b.Role != core.RoleGate || b.Node != msg.From || m.gates.isGate(b.Node) < 0 {
		out.Code = call.CodeRoleDenied
		return
	}
	if out.Code = m.pacts.Meet(b.Node, b.Instance, &b.Versions, fx); out.Code != call.CodeOK {
		return // before anything of it is noted: whom nobody here can talk to is no gate (spec 30 §10, §11.1)
	}
	if _, ok := m.gates.table.Registered(now, b); !ok {
		out.Answer = call.Stale(uint64(m.gates.table.Find(b.Node).Instance))
		return
	}
	out.Accepted = true
	out.Managers = m.fellows(now, out.Managers)
	m.gates.links.Restarted(now, b.Node, b.Instance)
}

// onGateHeartbeat takes in what a gate says of itself.
func (m *Manager) onGateHeartbeat(now core.Instant, msg *core.Message, fx *core.Effects) {
	b := msg.Body.(*registry.GateHeartbeat)
	reply := m.calls.Respond(fx, msg, core.KindGateHeartbeatAck)
	out := core.Attach[call.Ack](fx, reply)
	if m.gates.isGate(msg.From) < 0 {
		out.Code = call.CodeRoleDenied
		return
	}
	news, newer := m.gates.table.Hear(now, msg.From, msg.Instance, b)
	if newer {
		m.pacts.Newer(msg.From, msg.Instance)
		m.gates.links.Restarted(now, msg.From, msg.Instance)
	}
	if !news {
		return
	}
	for i := range b.Leaderships { // applied only if greater, and it never lowers anything (spec 20 §1.4)
		l := &b.Leaderships[i]
		if x := m.records.by[l.Job]; x != nil && x.gated() && l.Epoch > x.ge && m.gates.isGate(l.Leader) >= 0 {
			m.follow(now, x, l.Leader, l.Epoch)
		}
	}
}

// follow notes that another gate leads a job, under a greater epoch: reports go there from now on (U7).
func (m *Manager) follow(now core.Instant, x *record, gate core.NodeID, ge uint32) {
	x.gate, x.ge = gate, ge
	m.time.jobs.SetGate(x.id, gate, ge)
	m.unasked(now, x)
	x.side().via = core.NoNode
	m.touch(x, true)
}
