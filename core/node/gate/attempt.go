package gate

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// One datacenter being asked (spec 30 §4.9 nos. 6, 7): its managers in order, who does not answer twice, and all of it
// within a budget. Each attempt is a call of its own.

// begin asks a datacenter.
func (g *Gate) begin(now core.Instant, x *record, s *site, fx *core.Effects) {
	s.managers = s.managers[:0]
	if s.manager != core.NoNode { // who accepted it before knows best
		s.managers = append(s.managers, s.manager)
	}
	for _, id := range g.routes.Managers(now, s.id, x.id, nil) {
		if len(s.managers) < g.keys.Managers && !slices.Contains(s.managers, id) {
			s.managers = append(s.managers, id)
		}
	}
	s.asking, s.turn, s.tries, s.answered, s.mute, s.timed = true, 0, 0, false, false, false
	g.reserve(now, x, s)
	s.attempt++
	g.timers.Arm(timer{at: now.Add(g.keys.Budget), kind: timerBudget, job: x.id, site: s.id, n: s.attempt})
	g.save(now, x, false, fx) // whoever takes the job over asks it first, or stops it (04-19, 04-21)
	g.ask(now, x, s, fx)
}

// ask sends the job to the manager whose turn it is.
func (g *Gate) ask(now core.Instant, x *record, s *site, fx *core.Effects) {
	switch {
	case s.turn >= len(s.managers):
		g.failed(now, x, s, fx)
		return
	case !g.rep.Valid(now, x.id): // asked again when it may be (04-45)
		s.asking = false
		s.attempt++
		return
	}
	if !g.allowed(now, s) {
		s.turn, s.tries = s.turn+1, 0
		g.ask(now, x, s, fx)
		return
	}
	s.tries++
	known := x.committedSingles()
	if !s.unknown { // else an earlier submission, with less, may be the one that is accepted
		s.singles = len(known)
	}
	b := call.Make[job.Submission](fx, core.KindJobSubmission)
	core.Hold(b) // for good: its lists are the job's, and one that is used again is cleared
	b.Handshake = g.pacts.Hello()
	b.Spec, b.Gate, b.GE, b.Redirects = x.spec[0], g.p.Self, x.ge, 0
	b.Cancelled = append(b.Cancelled[:0], known...)
	t := call.Ticket{Op: opSubmit, N: s.attempt, Job: uint64(x.id), Sub: uint64(s.id)}
	g.calls.Go(now, s.managers[s.turn], core.KindJobSubmission, b, g.patience(now, s), t, fx)
}

// place is where a datacenter stands among those of the gate.
func (g *Gate) place(id uint16) int {
	for i := range g.list {
		if g.list[i].ID == id {
			return i
		}
	}
	return -1
}

// asked hears what a manager says.
func (g *Gate) asked(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	s := x.site(uint16(o.Sub))
	if s == nil || !s.asking || s.attempt != o.N {
		g.askedLate(now, x, o, fx)
		return
	}
	a, _ := o.Reply.(*job.Ack)
	switch {
	case a == nil: // silent; as far as anybody knows, it may have accepted (04-14)
		s.unknown, s.mute, s.timed = true, true, s.timed || !o.Broke
		g.askSoon(now, x, s, fx)
	case g.answersFor(x, s, o, a):
		g.join(now, x, s, o.From, a, fx)
	default:
		g.turnedDown(now, x, s, o, a, fx)
	}
}

// answersFor reports whether the datacenter has the job: it accepted it now or before, or has ended it by itself.
func (g *Gate) answersFor(_ *record, _ *site, _ *call.Outcome, a *job.Ack) bool {
	return a.Accepted || a.Code == call.CodeAlreadyTerminal && a.Own
}

// turnedDown hears that a manager does not take the job. What it says may show that another one has it (04-19).
func (g *Gate) turnedDown(now core.Instant, x *record, s *site, o *call.Outcome, a *job.Ack, fx *core.Effects) {
	s.answered = true
	s.unknown = s.unknown || o.Unknown || o.Seen&call.Set(call.CodeSyncing, call.CodeNotLeader) != 0
	switch {
	case a.Code == call.CodeAlreadyTerminal: // ended there by command, or never to begin (04-54)
		s.unknown, s.never = false, true
		g.failed(now, x, s, fx)
	case a.Code == call.CodeStaleFence:
		g.raise(now, x, s, a.Current, fx)
	case a.Code.Permanent():
		s.never = !s.unknown
		g.failed(now, x, s, fx)
	default:
		s.turn, s.tries = s.turn+1, 0
		g.ask(now, x, s, fx)
	}
}

// raise claims the job above what a datacenter knows of it, and asks again then (04-52).
func (g *Gate) raise(now core.Instant, x *record, s *site, current uint64, fx *core.Effects) {
	s.unknown = true
	if current < uint64(x.ge) {
		g.failed(now, x, s, fx)
		return
	}
	s.asking = false
	s.attempt++
	g.claimAbove(now, x, current, fx)
}

// askSoon asks a silent manager once more after a pause, or the next one.
func (g *Gate) askSoon(now core.Instant, x *record, s *site, fx *core.Effects) {
	if s.tries >= g.keys.Tries {
		s.turn, s.tries = s.turn+1, 0
		g.ask(now, x, s, fx)
		return
	}
	pause := call.FJ{Base: g.keys.TryBase, Cap: g.keys.TryCap}.Strategy()
	g.timers.Arm(timer{at: now.Add(pause.Pause(s.tries-1, 0, &g.draw)), kind: timerAttempt, job: x.id, site: s.id, n: s.attempt})
}

func (g *Gate) askAgain(now core.Instant, x *record, t timer, fx *core.Effects) {
	if s := x.site(t.site); s.asking && s.attempt == t.n {
		g.ask(now, x, s, fx)
	}
}

// budgetOver gives up a datacenter that has had its time. Somebody there is still being asked.
func (g *Gate) budgetOver(now core.Instant, x *record, t timer, fx *core.Effects) {
	if s := x.site(t.site); s.asking && s.attempt == t.n {
		s.unknown, s.mute, s.timed = true, true, true
		g.failed(now, x, s, fx)
	}
}

// failed goes on without a datacenter that did not take the job.
func (g *Gate) failed(now core.Instant, x *record, s *site, fx *core.Effects) {
	s.asking, s.refused = false, true
	s.attempt++
	g.notTaken(now, x, s)
	g.fill(now, x, fx)
}

// join makes a datacenter that accepted one of the job's.
func (g *Gate) join(now core.Instant, x *record, s *site, manager core.NodeID, a *job.Ack, fx *core.Effects) {
	if a.DE >= s.de {
		s.de, s.manager = a.DE, manager
	}
	g.joined(now, x, s, manager, a)
	g.target(now, x, s, fx)
}

// target makes a datacenter one of the job's: it accepted, or speaks of it as one that did.
func (g *Gate) target(now core.Instant, x *record, s *site, fx *core.Effects) {
	s.asking, s.target, s.unknown = false, true, false
	s.attempt++
	if s.state == job.StateNone {
		s.state = job.StateRunning
	}
	g.retarget(now, x, s)
	g.save(now, x, false, fx)
	g.singlesCommitted(now, x, fx)
	g.fill(now, x, fx)
}

// askedLate hears from a datacenter that is not waited for any more. If nobody was asked in its place it counts.
func (g *Gate) askedLate(now core.Instant, x *record, o *call.Outcome, fx *core.Effects) {
	s := x.site(uint16(o.Sub))
	a, _ := o.Reply.(*job.Ack)
	if s == nil || a == nil || x.state >= job.StateRunning || x.pending != job.StateNone {
		return
	}
	if g.answersFor(x, s, o, a) && !s.target && !s.owed && (s.asking || s.unknown) {
		g.join(now, x, s, o.From, a, fx)
	}
}
