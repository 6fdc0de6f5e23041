package jobtimeout

import (
	"slices"

	"hypersim/core"
	"hypersim/core/call"
	"hypersim/core/job"
)

// maxHops bounds how often a command follows redirects before it waits for its next turn (I-JW2).
const maxHops = 3

// command tells a datacenter that the job is over, and when it is told again: after 5, 10, 20, 30, 30… s.
func (g *Gate) command(now core.Instant, t *judged, p *part, fx *core.Effects) {
	p.hops = 0
	wait := g.cfg.AgainMax
	if d := g.cfg.Again << p.attempts; d>>p.attempts == g.cfg.Again {
		wait = min(wait, d)
	}
	if p.attempts < 31 {
		p.attempts++
	}
	p.next = now.Add(wait)
	if g.cfg.Commands == CommandsOnce {
		p.next = core.Never
	}
	g.send(now, t, p, fx)
}

func (g *Gate) send(now core.Instant, t *judged, p *part, fx *core.Effects) {
	if p.to == core.NoNode {
		p.to = g.after(p, core.NoNode)
	}
	if p.to == core.NoNode {
		return // a datacenter without managers
	}
	b := call.Make[GlobalTimeout](fx, core.KindJobGlobalTimeout)
	b.Job, b.Rule, b.Elapsed, b.GE, b.DE = t.id, t.rule, now.Sub(t.submitted), t.ge, p.de
	g.owner.Send(now, p.site, p.to, b, fx)
}

// after returns the manager of the datacenter that is asked after another one was.
func (g *Gate) after(p *part, last core.NodeID) core.NodeID {
	list := g.owner.Managers(p.site)
	if len(list) == 0 {
		return core.NoNode
	}
	i := slices.Index(list, last)
	return list[(i+1)%len(list)]
}

// Answered takes in what a manager said to the command, or with a nil answer that it said nothing.
func (g *Gate) Answered(now core.Instant, id job.ID, site uint16, from core.NodeID, a *Ack, fx *core.Effects) {
	t, p := g.part(id, site)
	if p == nil || !t.stopped || p.settled {
		return
	}
	switch {
	case a == nil:
		p.to = g.after(p, from)
	case a.Code.Done() || a.Code == call.CodeAlreadyTerminal:
		g.settle(now, t, p, fx)
	case a.Code == call.CodeStaleFence && a.GE <= t.ge: // above the known de: it takes the command under that
		p.de = max(p.de, a.DE)
		g.hop(now, t, p, from, fx)
	case a.Code == call.CodeNotLeader && a.Leader != core.NoNode && a.Leader != from:
		g.hop(now, t, p, a.Leader, fx)
	case a.Code == call.CodeUnknownJob:
		g.ignorant(now, t, p, from, fx)
	case a.Code == call.CodeNotLeader:
		p.to = g.after(p, from)
	}
	g.arm(t)
}

// hop sends the command again at once.
func (g *Gate) hop(now core.Instant, t *judged, p *part, to core.NodeID, fx *core.Effects) {
	p.to = to
	if p.hops < maxHops {
		p.hops++
		g.send(now, t, p, fx)
	}
}

// ignorant notes a manager that knows nothing of the job. When all of them do there is nobody to tell.
func (g *Gate) ignorant(now core.Instant, t *judged, p *part, from core.NodeID, fx *core.Effects) {
	list := g.owner.Managers(p.site)
	if i := slices.Index(list, from); i >= 0 {
		p.unknown |= 1 << (i & 63)
	}
	if p.unknown == 1<<len(list)-1 {
		g.settle(now, t, p, fx)
		return
	}
	p.to = g.after(p, from)
}

// settle notes that a datacenter knows that the job is over; when all do, nothing is left to be tracked (J39).
func (g *Gate) settle(now core.Instant, t *judged, p *part, fx *core.Effects) {
	if p.settled {
		return
	}
	p.settled, p.next = true, core.Never
	g.timeoutFact(now, t, p, EventSettled, 0, fx)
	g.done(t)
}

func (g *Gate) done(t *judged) {
	if !slices.ContainsFunc(t.sites, func(p part) bool { return !p.settled }) {
		g.Drop(t.id)
		return
	}
	g.arm(t)
}
