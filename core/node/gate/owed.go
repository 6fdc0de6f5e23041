package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/cancel"
	"hypersim/core/job"
)

// Cancels that a datacenter has to get: a target of a job that is being stopped, and one that may have accepted a job that
// went elsewhere (J17). They are repeated until somebody there acknowledges, or for as long as a tombstone lives (04-16).

// owe begins one.
func (g *Gate) owe(now core.Instant, x *record, s *site, fx *core.Effects) {
	if s.owed {
		return
	}
	s.owed, s.owedAt = true, now
	g.save(now, x, false, fx)
	g.sendOwed(now, x, s, fx)
}

// pay sends again what is owed and not under way: after a takeover nothing is.
func (g *Gate) pay(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.sites {
		if s := &x.sites[i]; s.owed && !s.calling {
			s.owedAt = now
			g.sendOwed(now, x, s, fx)
		}
	}
}

func (g *Gate) sendOwed(now core.Instant, x *record, s *site, fx *core.Effects) {
	s.calling = true
	b := call.Make[cancel.JobRequest](fx, core.KindJobCancelRequest)
	b.Job, b.Requester, b.GE, b.Reason = x.id, g.p.Self, x.ge, cancel.ReasonOwed
	if s.target {
		b.Reason = cancel.ReasonClient
	}
	g.calls.Go(now, core.NoNode, core.KindJobCancelRequest, b, &g.how.owed, call.Ticket{Op: opOwed, Job: uint64(x.id), Sub: uint64(s.id), N: s.leader}, fx)
}

// nextManager names whom to ask about a job in a datacenter: who leads it there, as far as is known, then the others in turn.
func (g *Gate) nextManager(now core.Instant, x *record, t *call.Ticket, attempt int, _ core.NodeID) core.NodeID {
	s := x.site(uint16(t.Sub))
	if s == nil || t.Op == opOwed && !s.owed {
		return core.NoNode
	}
	list := g.allManagers(now, x, s)
	if s.manager == core.NoNode {
		if len(list) == 0 {
			return core.NoNode
		}
		return list[(attempt-1)%len(list)]
	}
	if attempt%2 == 1 || len(list) == 0 {
		return s.manager
	}
	return list[(attempt/2-1)%len(list)]
}

// allManagers are those of a datacenter: first who would get work, in that order, then all others. Whoever gets none, for its silence or
// its state, may know of the job all the same, and be back before anybody else is.
func (g *Gate) allManagers(now core.Instant, x *record, s *site) []core.NodeID {
	list := g.routes.Managers(now, s.id, x.id, nil)
	if i := g.place(s.id); i >= 0 {
		for _, id := range g.list[i].Managers {
			if !slices.Contains(list, id) {
				list = append(list, id)
			}
		}
	}
	return list
}

// owedAnswered hears what a datacenter says to its cancel.
func (g *Gate) owedAnswered(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	s := x.site(uint16(o.Sub))
	if s == nil || !s.owed {
		return
	}
	switch {
	case !o.Done() && o.Code != call.CodeAlreadyTerminal || !o.Answered:
		g.timers.Arm(timer{at: now.Add(g.cfg.Cancel.GateAgain), kind: timerOwed, job: x.id, site: s.id})
	case o.N != s.leader:
		g.sendOwed(now, x, s, fx)
	default:
		s.owed, s.calling = false, false
		if !s.target {
			s.unknown, s.never = false, true
		}
		g.save(now, x, false, fx)
	}
}

// owedDue sends a cancel again.
func (g *Gate) owedDue(now core.Instant, x *record, t timer, fx *core.Effects) {
	s := x.site(t.site)
	switch {
	case !s.owed:
		s.calling = false
	case s.target && s.over() && !s.lost, now.Sub(s.owedAt) >= g.cfg.Cancel.Owed:
		s.owed, s.calling = false, false
		g.save(now, x, false, fx)
	default:
		g.sendOwed(now, x, s, fx)
	}
}

// owes reports whether a datacenter has still to get something.
func (x *record) owes() bool { return x.count(isSettled) < len(x.sites) }

// stopsAnew tells a manager that took the job over in a datacenter what its predecessor may have known.
func (g *Gate) stopsAnew(now core.Instant, x *record, s *site, fx *core.Effects) {
	s.leader++
	if x.state == job.StateCancelling && !s.over() {
		g.owe(now, x, s, fx)
	}
}
