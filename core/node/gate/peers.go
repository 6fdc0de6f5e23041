package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/registry"
	"hypersim/core/rng"
)

// Which version and which features this gate talks with to whom (AD-25). Managers and clients say theirs in registrations and
// submissions. Gates register with each other, once for each process: whoever starts does it, and both know then.

// beginKin registers with the other gates; in a formed start that is done.
func (g *Gate) beginKin(now core.Instant) {
	others := slices.DeleteFunc(slices.Clone(g.p.Gates), func(id core.NodeID) bool { return id == g.p.Self })
	g.back.Init(&g.cfg.Register, others, rng.New(g.p.Seed, "recovery", g.p.Key, uint64(g.p.Instance)))
	if g.p.Words == nil {
		others = nil
	}
	g.kin.Init(&g.cfg.Register, others, 0, rng.New(g.p.Seed, "register.peers", g.p.Key, uint64(g.p.Instance)))
	g.kin.Begin(now, g.p.Formed)
}

// lookForReturns pings gates that were gone and are back. Until one has answered no client is sent there and no manager hears of it;
// whether it lives, which is what takeovers and majorities ask, is membership's to say.
func (g *Gate) lookForReturns(now core.Instant, fx *core.Effects) {
	for {
		id, ok := g.back.Pop(now)
		if !ok {
			return
		}
		g.registerWith(now, id, opBack, &g.how.beat, fx)
	}
}

// reap forgets what it keeps of gates that have been gone for long (spec 20 §11): since when, and what was agreed on with them.
func (g *Gate) reap(now core.Instant, fx *core.Effects) {
	g.timers.Arm(timer{at: now.Add(g.cfg.Register.PeerCheck), kind: timerReap})
	for _, id := range g.p.Gates {
		since, dead := g.over.dead[id]
		if !dead || now.Sub(since) < g.cfg.Register.DeadPeer || !g.Gone(id) { // the last: it may be coming back
			continue
		}
		delete(g.over.dead, id)
		g.pacts.Forget(id)
		f := fx.JobFact(core.JobFactReaped)
		f.Node = id
		f.Put("dead", int64(now.Sub(since)))
	}
}

// away reports whether a gate is gone, or is back and has not shown so.
func (g *Gate) away(id core.NodeID) bool { return g.Gone(id) || g.back.Away(id) }

// lookForKin asks those gates that have not taken this one in. One that is gone is not asked.
func (g *Gate) lookForKin(now core.Instant, fx *core.Effects) {
	for {
		d, ok := g.kin.Pop(now)
		switch {
		case !ok:
			return
		case g.Gone(d.Node):
			g.kin.Failed(now, d.Node)
		default:
			g.registerWith(now, d.Node, opKin, &g.how.register, fx)
		}
	}
}

// onGateRegistration takes another gate in.
func (g *Gate) onGateRegistration(_ core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*registry.GateRegistration)
	r := core.Attach[registry.GateRegistrationResponse](fx, g.calls.Respond(fx, m, core.KindGateRegistrationResponse))
	r.Node, r.Site, r.Versions = g.p.Self, g.p.Site, g.pacts.Versions()
	switch {
	case b.Role != core.RoleGate || b.Node != m.From || !slices.Contains(g.p.Gates, m.From):
		r.Code = call.CodeRoleDenied
	default:
		r.Code = g.meet(m, &b.Versions, fx)
	}
	r.Accepted = r.Code == call.CodeOK
}

// kinSaid hears what another gate says to a registration.
func (g *Gate) kinSaid(now core.Instant, o *call.Outcome, fx *core.Effects) {
	if id := core.NodeID(o.Sub); g.agrees(o, fx) && o.Done() {
		g.kin.Accepted(now, id)
	} else {
		g.kin.Failed(now, id)
	}
}

// meet takes in what whoever sent a message says of its version. A manager that this gate cannot talk to, or that cannot do
// what it is told exactly once, gets no jobs.
func (g *Gate) meet(m *core.Message, v *call.Versions, fx *core.Effects) call.Code {
	c := g.pacts.Meet(m.From, m.Instance, v, fx)
	g.shun(m.From)
	return c
}

// agrees takes in what an answer to a registration says of its sender's version, and reports whether they can talk.
func (g *Gate) agrees(o *call.Outcome, fx *core.Effects) bool {
	a, ok := o.Reply.(*registry.GateRegistrationResponse)
	if !ok {
		return true
	}
	c := g.pacts.Answered(o, &a.Versions, fx)
	g.shun(o.From)
	return c == call.CodeOK
}

func (g *Gate) shun(id core.NodeID) {
	if g.router != nil && g.pacts.Met(id) && !g.pacts.Works(id) {
		g.router.Incompatible(id)
	}
}

// Press implements front.Presser: who does not know when to come again from an answer is not told.
func (g *Gate) Press(to core.NodeID, refusal core.Body) {
	if r, ok := refusal.(call.Reply); ok {
		g.readable(to, r.Head())
	}
}

// readable leaves of an answer what somebody reads.
func (g *Gate) readable(to core.NodeID, a *call.Answer) {
	a.Untyped(!g.pacts.Lacks(to, registry.FeatureTypedBusy), !g.pacts.Lacks(to, registry.FeatureRetryAfter))
}

// mayCommit says whether it is worth while to ask the other gates for an acceptance (spec 30 §9.2): after some that came to
// nothing one is tried every so often, and whoever comes meanwhile is told when to come again.
func (g *Gate) mayCommit(now core.Instant) call.Answer {
	if g.commits.Allow(now, core.NoNode) {
		return call.Answer{}
	}
	return call.Busy(max(g.commits.Wait(now, core.NoNode), g.keys.Again), call.ReasonNotReady)
}

// committed takes in how an acceptance ended. Gates that say that the job is over, or another's, have answered.
func (g *Gate) committed(now core.Instant, c call.Code) {
	g.commits.Fared(now, core.NoNode, c != call.CodeNoQuorum)
}
