package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// onProgress hears how far a job is in a datacenter. A gate that does not lead the job passes that on, once (01-69).
func (g *Gate) onProgress(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*job.Progress)
	x := g.records.by[b.Job]
	if x == nil {
		g.passOn(now, m, b, fx)
		return
	}
	a := call.Answer{}
	s := x.site(b.Site)
	switch {
	case x.accepting || s == nil || g.toldOnce(x.state):
	case b.DE < s.de:
		a = call.Stale(uint64(s.de))
	case x.state.Terminal():
		a.Code = call.CodeAlreadyTerminal
	case b.DE > s.de || b.Seq > s.seq:
		g.advance(now, x, s, m, b, fx)
	}
	g.progressAck(m, a, g.p.Self, fx)
}

func (g *Gate) advance(now core.Instant, x *record, s *site, m *core.Message, b *job.Progress, fx *core.Effects) {
	if b.DE > s.de && s.target && m.Role != core.RoleGate { // what was passed on does not say who leads the job there
		g.ledBy(now, x, s, m.From, b.DE, fx)
	}
	s.seq, s.done, s.failed, s.rate = b.Seq, b.Completed, b.Failed, b.Rate
	if s.target {
		g.newsFrom(now, x, s, b.State, fx)
	}
}

// passOn hands progress to the gate that leads the job.
func (g *Gate) passOn(now core.Instant, m *core.Message, b *job.Progress, fx *core.Effects) {
	a, k := g.elsewhere(now, b.Job)
	a = g.untold(a, k)
	if a.Code != call.CodeNotLeader || k.leader == core.NoNode || m.Role == core.RoleGate {
		g.progressAck(m, a, k.leader, fx)
		return
	}
	if !g.passLater(now, b, fx) {
		g.relay(core.KindJobProgress, k.leader, b, fx)
	}
	g.progressAck(m, call.Answer{}, k.leader, fx)
}

func (g *Gate) progressAck(m *core.Message, a call.Answer, leader core.NodeID, fx *core.Effects) {
	r := core.Attach[job.ProgressAck](fx, g.calls.Respond(fx, m, core.KindJobProgressAck))
	r.Answer, r.Gate, r.JobLeader, r.Leads = a, g.p.Self, leader, leader == g.p.Self
	for _, id := range g.p.Gates {
		if !g.away(id) {
			r.Gates = append(r.Gates, id)
		}
	}
}
