package jobtimeout

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// gateSide is the gate that leads the job, with commits of 20 ms.
type gateSide struct {
	p       *play
	m       Gate
	state   job.State
	pending job.State
	waiting []func() // for the commit
}

func newGateSide(p *play, phase core.Instant) *gateSide {
	g := &gateSide{p: p}
	g.m.Init(g, GateParams{Config: &p.cfg.Job, First: phase, Keep: 3600e9})
	return g
}

func (g *gateSide) start() {
	s := GateTracking{Job: theJob, Timeout: g.p.timeout, GE: 1}
	for i, x := range g.p.sites {
		s.Sites = append(s.Sites, Part{Site: uint16(i), Manager: x.leader.id, DE: 1})
	}
	g.state = job.StateRunning
	g.m.Start(g.p.now, &s, &g.p.fx)
}

func (g *gateSide) May(core.Instant, job.ID) bool {
	return g.state == job.StateRunning && g.pending == job.StateNone
}

func (g *gateSide) Managers(site uint16) (ids []core.NodeID) {
	for _, m := range g.p.sites[site].managers {
		ids = append(ids, m.id)
	}
	return ids
}

func (g *gateSide) Decide(core.Instant, job.ID, Rule, *core.Effects) { g.decide(job.StateTimeout) }

// decide takes a terminal decision and commits it.
func (g *gateSide) decide(s job.State) {
	g.pending = s
	g.p.event("gate", 20*ms, func() {
		g.pending, g.state = job.StateNone, s
		g.p.say("gate: %v", s)
		if s == job.StateTimeout {
			g.m.Declared(g.p.now, theJob, &g.p.fx)
		} else {
			g.m.Stop(theJob)
		}
		for _, f := range g.waiting {
			f()
		}
		g.waiting = nil
	})
}

func (g *gateSide) LoseSite(now core.Instant, _ job.ID, site uint16, fx *core.Effects) {
	g.p.event("gate", 20*ms, func() {
		g.m.Final(g.p.now, theJob, site, job.StateFailed, &g.p.fx)
		g.all()
	})
}

// Send carries a command. Without an answer within 5 s there is none.
func (g *gateSide) Send(now core.Instant, site uint16, to core.NodeID, b *GlobalTimeout, fx *core.Effects) {
	s, m, c := g.p.sites[site], g.p.manager(to), *b
	if s.cut || m.paused {
		g.p.say("gate: command to %s, epoch %d, lost", m.name, c.DE)
		g.p.event("gate", 5e9, func() { g.m.Answered(g.p.now, theJob, site, to, nil, &g.p.fx) })
		return
	}
	g.p.say("gate: command to %s, epoch %d", m.name, c.DE)
	g.p.event(m.name, way, func() {
		m.onCommand(c, func(a *Ack) {
			m.toGate(func() {
				g.p.say("gate: %s says %v", m.name, a.Code)
				g.m.Answered(g.p.now, theJob, site, m.id, a, &g.p.fx)
			})
		})
	})
}

// answer gives the answer to a message of a manager, after the commit if something is pending.
func (g *gateSide) answer(m *mgr, kind core.Kind, take func() Reply) {
	r := take()
	if r.Later {
		g.waiting = append(g.waiting, func() { g.answer(m, kind, take) })
		return
	}
	if r.Unknown && g.state.Terminal() { // what the record says
		r.Answer.Code, r.State = call.CodeAlreadyTerminal, g.state
	}
	a := &Ack{Answer: r.Answer, GE: 1, DE: r.DE, State: r.State}
	if c := r.Answer.Code; c != call.CodeOK {
		g.p.say("gate: answers %s with %v", m.name, c)
	}
	if !m.s.cut {
		g.p.event(m.name, way, func() {
			if !m.paused {
				m.answered(kind, a)
			}
		})
	}
}

// final takes in how a datacenter ended.
func (g *gateSide) final(m *mgr, de uint32, s job.State) {
	if g.pending != job.StateNone {
		g.waiting = append(g.waiting, func() { g.final(m, de, s) })
		return
	}
	if g.state.Terminal() {
		g.p.say("gate: final %v of %s comes late, answered ALREADY_TERMINAL", s, m.name)
	}
	g.m.Final(g.p.now, theJob, uint16(m.id/10), s, &g.p.fx)
	g.all()
}

// all ends the job when all its datacenters have.
func (g *gateSide) all() {
	if g.state != job.StateRunning {
		return
	}
	out := job.StateCompleted
	for i := range g.p.sites {
		switch x, _ := g.m.Part(theJob, uint16(i)); {
		case !x.State.Terminal():
			return
		case x.State != job.StateCompleted:
			out = x.State
		}
	}
	g.state = job.StateCompleting
	g.p.say("gate: COMPLETING")
	g.decide(out)
}

func (g *gateSide) cancel() {
	if g.pending != job.StateNone {
		g.waiting = append(g.waiting, g.cancel)
		return
	}
	g.p.say("gate: answers the cancel, job is %v", g.state)
}

// address says by other means where commands go.
func (g *gateSide) address(s *site) {
	if _, p := g.m.part(theJob, uint16(s.managers[0].id/10)); p != nil {
		p.to = s.leader.id
	}
}
