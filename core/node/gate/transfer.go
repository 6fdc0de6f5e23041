package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/jobtimeout"
	"hypersim/core/replica"
)

// Managers that took the job over in their datacenter (spec 20 §5.5 T6).

// onLeaderTransfer hears who leads a job in a datacenter from now on.
func (g *Gate) onLeaderTransfer(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*jobtimeout.LeaderTransfer)
	x, s := g.spoken(now, m, b.Job, b.Site, b.DE, fx)
	if s == nil {
		return
	}
	g.ledBy(now, x, s, b.Leader, b.DE, fx)
	g.time.OnTransfer(now, b, fx)
	g.answerSpoken(m, x, fx)
}

// onManagerTransfer hears the same, and who led it before.
func (g *Gate) onManagerTransfer(now core.Instant, m *core.Message, fx *core.Effects) {
	b := m.Body.(*replica.ManagerTransfer)
	x, s := g.spoken(now, m, b.Job, b.Site, b.DE, fx)
	if s == nil {
		return
	}
	g.ledBy(now, x, s, b.Manager, b.DE, fx)
	g.answerSpoken(m, x, fx)
}

// answerSpoken answers a target that reports: if the job is over it learns how (J7).
func (g *Gate) answerSpoken(m *core.Message, x *record, fx *core.Effects) {
	a := call.Answer{}
	if x.state.Terminal() {
		a.Code = call.CodeAlreadyTerminal
	}
	g.answer(m, x, a, fx)
}

// ledBy notes who leads the job in a datacenter, tells the client, and tells the new leader what it is owed.
func (g *Gate) ledBy(now core.Instant, x *record, s *site, manager core.NodeID, de uint32, fx *core.Effects) {
	old, first := s.manager, s.de == 0 // who it learns of first took nothing over
	if !g.knownBy(now, x, s, manager, de, fx) || first || old == manager || manager == core.NoNode || x.client == core.NoNode || x.state.Terminal() {
		return
	}
	b := call.Make[replica.ManagerTransfer](fx, core.KindManagerJobLeaderTransfer)
	b.Job, b.Site, b.Manager, b.DE, b.Old = x.id, s.id, manager, de, old
	g.push(now, x, core.KindManagerJobLeaderTransfer, b, opPush, fx)
}

// knownBy notes which manager is asked about the job in a datacenter, and tells it what it is owed; it reports whether that is news.
// Who tells an end that is delivered does not say that it led the job: any replica may (04-50).
func (g *Gate) knownBy(now core.Instant, x *record, s *site, manager core.NodeID, de uint32, fx *core.Effects) bool {
	if de < s.de || de == s.de && manager == s.manager {
		return false
	}
	s.manager, s.de = manager, de
	g.save(now, x, false, fx)
	g.stopsAnew(now, x, s, fx)
	return true
}
