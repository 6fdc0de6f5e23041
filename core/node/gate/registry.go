package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/registry"
	"hypersim/core/rng"
	"hypersim/core/routing"
)

// Who is registered with whom (spec 20 §1.3, §1.4): managers here, and this gate with every manager.

// beginRegistry starts the tables.
func (g *Gate) beginRegistry(now core.Instant, fx *core.Effects) {
	g.sites.Init(&g.cfg.Register, g.p.BySite)
	var all []core.NodeID
	for _, list := range g.p.BySite {
		all = append(all, list...)
	}
	g.links.Init(&g.cfg.Register, all, g.cfg.Register.GateBeat, rng.New(g.p.Seed, "heartbeat", g.p.Key, uint64(g.p.Instance)))
	if g.p.Formed {
		g.sites.Form(now, fx)
	}
	g.links.Begin(now, g.p.Formed)
	g.beginKin(now)
}

// onManagerRegistration takes a manager in, and tells it of the other gates.
func (g *Gate) onManagerRegistration(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*registry.ManagerRegistration)
	a := call.Answer{Code: g.meet(m, &b.Versions, fx)}
	if a.Code == call.CodeOK {
		a = g.sites.Register(now, m.From, b, fx)
	}
	r := core.Attach[registry.ManagerRegistrationResponse](fx, g.calls.Respond(fx, m, core.KindManagerRegistrationResponse))
	r.Answer, r.Accepted, r.Gate, r.Versions = a, a.Code.Done(), g.p.Self, g.pacts.Versions()
	for _, id := range g.p.Gates {
		if !g.away(id) {
			r.Gates = append(r.Gates, registry.PeerInfo{Node: id, Site: job.NoSite})
		}
	}
	if r.Accepted {
		g.links.Restarted(now, m.From, m.Instance)
		g.heardOf(now, m.From, &b.ManagerBeat)
	}
}

// onManagerHeartbeat hears how a manager and its datacenter are. One that this process has not taken in is told so, and
// registers.
func (g *Gate) onManagerHeartbeat(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*registry.ManagerHeartbeat)
	code, news := g.sites.Hear(now, m.From, m.Instance, &b.ManagerBeat, fx)
	core.Attach[call.Ack](fx, g.calls.Respond(fx, m, core.KindManagerHeartbeatAck)).Code = code
	g.links.Restarted(now, m.From, m.Instance)
	g.pacts.Newer(m.From, m.Instance)
	if news {
		g.heardOf(now, m.From, &b.ManagerBeat)
		g.heardPressure(now, m.From, &b.ManagerBeat, fx)
		g.leadersOf(now, b, fx)
	}
}

// leadersOf notes which jobs a manager leads. Only a greater epoch says anything (spec 20 §1.4).
func (g *Gate) leadersOf(now core.Instant, b *registry.ManagerHeartbeat, fx *core.Effects) {
	for i := range b.Leaderships {
		l := &b.Leaderships[i]
		x := g.led(l.Job)
		if x == nil {
			continue
		}
		if s := x.site(b.Site); s != nil && s.target && l.Epoch > s.de {
			g.ledBy(now, x, s, l.Leader, l.Epoch, fx)
		}
	}
}

// lookAround registers with managers and sends them heartbeats, as it is due.
func (g *Gate) lookAround(now core.Instant, fx *core.Effects) {
	g.sites.Wake(now, fx)
	g.lookForKin(now, fx)
	g.lookForReturns(now, fx)
	for {
		d, ok := g.links.Pop(now)
		switch {
		case !ok:
			return
		case d.Register:
			g.register(now, d.Node, fx)
		default:
			g.beat(now, d.Node, fx)
		}
	}
}

func (g *Gate) register(now core.Instant, to core.NodeID, fx *core.Effects) {
	g.registerWith(now, to, opRegister, &g.how.register, fx)
}

func (g *Gate) registerWith(now core.Instant, to core.NodeID, op uint8, how *call.Strategy, fx *core.Effects) {
	b := call.Make[registry.GateRegistration](fx, core.KindGateRegistrationRequest)
	b.Handshake = g.pacts.Hello()
	b.Node, b.Role, b.NodeInfo.Site, b.Instance, b.Incarnation = g.p.Self, core.RoleGate, g.p.Site, g.p.Instance, g.calls.Incarnation
	b.Leads, b.Term = g.leads()
	b.State, b.Jobs = g.standing(), uint32(g.records.live)
	g.calls.Go(now, to, core.KindGateRegistrationRequest, b, how, call.Ticket{Op: op, Sub: uint64(to)}, fx)
}

func (g *Gate) beat(now core.Instant, to core.NodeID, fx *core.Effects) {
	g.version++
	b := call.Make[registry.GateHeartbeat](fx, core.KindGateHeartbeat)
	b.Version, b.Site, b.State, b.Jobs = g.version, g.p.Site, g.standing(), uint32(g.records.live)
	b.Leads, b.Term = g.leads()
	b.Overload = g.p.Flow.State()
	for i := range g.p.BySite {
		if g.sites.State(uint16(i)).TakesJobs() {
			b.Sites++
		}
	}
	for _, x := range g.records.order {
		if !x.accepting && !x.state.Terminal() {
			b.Leaderships = append(b.Leaderships, registry.Leadership{Job: x.id, Epoch: x.ge, Layer: uint32(x.count(isTarget)), Leader: g.p.Self})
		}
	}
	g.calls.Go(now, to, core.KindGateHeartbeat, b, &g.how.beat, call.Ticket{Op: opBeat, Sub: uint64(to)}, fx)
}

// leads reports whether this gate leads its cluster, and under which term.
func (g *Gate) leads() (bool, uint64) {
	if g.p.Elected == nil {
		return len(g.p.Gates) == 1, 0
	}
	return g.p.Elected.Leader() == g.p.Self, g.p.Elected.Term()
}

// standing is where this gate stands.
func (g *Gate) standing() registry.State {
	switch {
	case !g.rep.Ready():
		return registry.StateSyncing
	case g.draining:
		return registry.StateDraining
	}
	return registry.StateActive
}

// linked hears what a manager says to a registration or a heartbeat, or to a question of no consequence.
func (g *Gate) linked(now core.Instant, o *call.Outcome, fx *core.Effects) {
	id := core.NodeID(o.Sub)
	switch {
	case o.Op == opQuery:
		g.queried(o, fx)
	case o.Op == opKin:
		g.kinSaid(now, o, fx)
	case o.Op == opBack:
		g.agrees(o, fx)
		g.back.Pinged(now, id, o.Answered)
	case o.Op == opRegister && g.agrees(o, fx) && o.Done():
		g.links.Accepted(now, id)
	case o.Op == opRegister:
		g.links.Failed(now, id)
	case o.Answered && o.Code == call.CodeRoleDenied:
		g.links.Denied(now, id)
	}
}

// Observe implements node.Observer: what the link found out about datacenters.
func (g *Gate) Observe(now core.Instant, f *core.Fact, fx *core.Effects) {
	if f.Kind == core.FactTransition {
		g.peerChanged(now, f)
		if f.To == core.StateDead || f.To == core.StateLeft {
			g.forgetPressure(now, f.Subject, fx)
		}
	}
	if f.Kind == core.FactReach {
		site, reach := uint16(f.Get("datacenter")), core.Reach(f.Get("reach"))
		g.sites.Reach(now, site, reach, fx)
		g.reached(now, site, reach)
	}
}

// registered are routes by registration alone: datacenters that the client prefers, then all others that it allows, by number; in each the
// leader first, then whoever is fresh.
type registered struct{ g *Gate }

// Route implements Routes.
func (r registered) Route(_ core.Instant, q *routing.Query) routing.Choice {
	var order []uint16
	why := routing.NoUsable
	for _, preferred := range [...]bool{true, false} {
		for i := range r.g.list {
			id := r.g.list[i].ID
			if slices.Contains(q.Exclude, id) || len(q.Only) > 0 && !slices.Contains(q.Only, id) || slices.Contains(q.Preferred, id) != preferred {
				continue
			}
			switch s := r.g.sites.State(id); {
			case s.TakesJobs():
				order = append(order, id)
			case s != registry.SiteUnavailable:
				why = routing.Initializing
			}
		}
	}
	if len(order) == 0 {
		return routing.Choice{Unroutable: why}
	}
	n := min(max(1, q.Count), len(order))
	return routing.Choice{Primary: order[:n], Fallback: order[n:]}
}

// Managers implements Routes.
func (r registered) Managers(_ core.Instant, site uint16, _ job.ID, dst []core.NodeID) []core.NodeID {
	lead := r.g.sites.Leader(site)
	if lead != core.NoNode {
		dst = append(dst, lead)
	}
	list := r.g.sites.Managers(site)
	for _, fresh := range [...]bool{true, false} {
		for i := range list {
			if m := &list[i]; m.Node != lead && m.Fresh == fresh {
				dst = append(dst, m.Node)
			}
		}
	}
	return dst
}
