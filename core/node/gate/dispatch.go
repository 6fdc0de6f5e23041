package gate

import (
	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
	"hypersim/core/routing"
)

// Dispatch to datacenters (spec 20 §4.1 G8, G9; 04-14 to 04-21). A job has places for as many datacenters as it wants. A
// place is taken by a target, by one that is being asked, or by one of which nobody knows whether it accepted and that
// nobody was asked in the place of.

// fill asks datacenters while there are free places, and ends the stage when there is nobody left to ask. One that is out of
// the question at once calls it again from within: the call that is under way goes on to the next.
func (g *Gate) fill(now core.Instant, x *record, fx *core.Effects) {
	if x.filling || !g.mayFill(now, x) {
		return
	}
	x.filling = true
	g.enter(now, x, fx)
	for g.mayFill(now, x) && x.count(isTarget)+x.count(isAsked) < x.want {
		s := g.nextSite(now, x)
		if s == nil {
			break
		}
		g.begin(now, x, s, fx)
		g.replace(now, x, fx)
	}
	x.filling = false
	if g.mayFill(now, x) && x.count(isAsked) == 0 {
		g.roundOver(now, x, fx)
	}
}

// mayFill reports whether a job is being dispatched, and not between two rounds.
func (g *Gate) mayFill(now core.Instant, x *record) bool {
	return x.state < job.StateRunning && x.pending == job.StateNone && g.rep.Valid(now, x.id) && !x.waiting && !x.exhausted
}

// enter begins a round.
func (g *Gate) enter(now core.Instant, x *record, fx *core.Effects) {
	if x.inRound {
		return
	}
	x.inRound, x.routed = true, false
	x.round++
	for i := range x.sites {
		x.sites[i].refused = false
	}
	if x.state != job.StateDispatching {
		g.setState(now, x, job.StateDispatching, fx)
		g.save(now, x, false, fx)
	}
}

// nextSite names the datacenter to ask now: one in doubt, for it may run there already (04-17), then as routing has it.
func (g *Gate) nextSite(now core.Instant, x *record) *site {
	for i := range x.sites {
		if s := &x.sites[i]; inDoubt(s) && mayBeAsked(s) {
			return s
		}
	}
	if !x.routed {
		t := routing.TriggerSubmit
		if x.round > 1 {
			t = routing.TriggerRedispatch
		}
		g.chain(now, x, t)
		x.routed = true
	}
	for _, id := range x.chain {
		if s := x.site(id); s != nil && mayBeAsked(s) {
			return s
		}
	}
	return nil
}

// replace owes a cancel to datacenters in doubt in whose place others are being asked.
func (g *Gate) replace(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.sites {
		if x.count(isTarget)+x.count(isAsked)+x.count(inDoubt) <= x.want {
			return
		}
		if s := &x.sites[i]; inDoubt(s) {
			g.owe(now, x, s, fx)
		}
	}
}

// roundOver goes on when nobody is being asked any more: the job runs, waits for another round, or fails.
func (g *Gate) roundOver(now core.Instant, x *record, fx *core.Effects) {
	x.inRound = false
	targets := x.count(isTarget)
	switch {
	case targets >= x.want, targets > 0 && x.count(inDoubt) == 0:
		g.run(now, x, fx)
	case x.round < g.keys.Rounds, targets == 0 && g.mayYetRun(now, x):
		x.waiting = true
		if targets == 0 {
			g.setState(now, x, job.StateQueued, fx)
		}
		pause := call.FJ{Base: g.keys.RoundBase, Cap: g.keys.RoundCap}.Strategy()
		at := now.Add(pause.Pause(x.round-1, 0, &g.draw))
		g.timers.Arm(timer{at: at, kind: timerRound, job: x.id, n: uint32(x.round)})
		g.save(now, x, false, fx)
	case targets > 0:
		g.run(now, x, fx)
	default:
		g.oweDoubts(now, x, fx)
		g.oweOthers(now, x, fx)
		x.exhausted = true
		g.review(now, x, fx)
	}
}

// mayYetRun reports whether a job that nobody is known to have accepted may run in a datacenter in doubt all the same: that is
// asked again while there is no other candidate (04-17), until a manager there has found that nobody leads the job, or does.
// That takes a lease (spec 20 §5.3) and a takeover; after twice that nobody will know any more.
func (g *Gate) mayYetRun(now core.Instant, x *record) bool {
	if x.count(inDoubt) == 0 {
		return false
	}
	if x.hopeless == 0 {
		x.hopeless = now.Add(2 * g.p.Replica.Lease.Duration)
	}
	return now < x.hopeless
}

// roundDue begins the next round.
func (g *Gate) roundDue(now core.Instant, x *record, t timer, fx *core.Effects) {
	if int(t.n) == x.round && x.waiting {
		x.waiting = false
		g.fill(now, x, fx)
	}
}

// run ends the stage (G9): the job runs in the datacenters that accepted, and nowhere else. What they said meanwhile
// counts from now on (04-20).
func (g *Gate) run(now core.Instant, x *record, fx *core.Effects) {
	g.oweDoubts(now, x, fx)
	g.oweOthers(now, x, fx)
	g.setState(now, x, job.StateRunning, fx)
	g.startTime(now, x, fx)
	g.save(now, x, true, fx)
	g.review(now, x, fx)
}

// oweOthers owes a cancel to all that are no targets of a job that was taken over: whoever led it before may have asked
// anybody (04-19).
func (g *Gate) oweOthers(now core.Instant, x *record, fx *core.Effects) {
	if !x.taken {
		return
	}
	for i := range x.sites {
		if s := &x.sites[i]; !s.target && !s.owed && !s.never {
			g.owe(now, x, s, fx)
		}
	}
}

// oweDoubts owes a cancel to all datacenters in doubt.
func (g *Gate) oweDoubts(now core.Instant, x *record, fx *core.Effects) {
	for i := range x.sites {
		if s := &x.sites[i]; inDoubt(s) {
			g.owe(now, x, s, fx)
		}
	}
}
