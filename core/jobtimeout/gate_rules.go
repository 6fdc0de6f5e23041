package jobtimeout

import (
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// extension is E: what all datacenters know at the most. It never falls: what a gate that led the job before knew counts (04-38).
func (g *Gate) extension(t *judged) core.Duration {
	e := t.granted
	for i := range t.sites {
		if g.cfg.ExtensionRule == ExtensionMaxWorker {
			e = max(e, t.sites[i].most)
		} else {
			e = max(e, t.sites[i].total)
		}
	}
	return e
}

// overallAt is the instant after which R1 fires. Of an adopted job a datacenter may have more time granted than this gate knows: for what it says of
// that is waited as long as it is not silent (04-38, as 04-49 of its end).
func (g *Gate) overallAt(t *judged) core.Instant {
	at := t.submitted.Add(t.timeout + g.extension(t))
	if at < t.blind && slices.ContainsFunc(t.sites, func(p part) bool { return p.live() && !p.told }) {
		return t.blind
	}
	return at
}

// stuckAt is the instant from which on R2 holds: no datacenter that still has the job gets on, in each nobody has an
// extension, and all of them are heard of. One that is silent may be getting on (01-22), and so may any while this gate is so
// loaded that it sheds their reports (ADR-0033).
func (g *Gate) stuckAt(now core.Instant, t *judged) core.Instant {
	at, live := core.Instant(0), false
	if g.held != core.Never {
		return core.Never
	}
	for i := range t.sites {
		p := &t.sites[i]
		switch {
		case !p.live():
			continue
		case p.extended > 0 || p.silent || now >= p.heard.Add(g.cfg.Silent):
			return core.Never
		}
		at, live = max(at, p.progress.Add(g.cfg.AllStuck), p.freed), true
	}
	if !live {
		return core.Never
	}
	return at
}

// most reports whether R3 holds: so many datacenters are timed out and have nobody with an extension.
func (g *Gate) most(t *judged) bool {
	n, live := 0, 0
	for i := range t.sites {
		if p := &t.sites[i]; p.live() {
			live++
			if p.timedOut && p.extended == 0 {
				n++
			}
		}
	}
	switch g.cfg.LocalRule {
	case LocalAny:
		return n >= 1
	case LocalAll:
		return n > 0 && n == live
	default: // LocalMajority, of the targets
		return 2*n > len(t.sites)
	}
}

// counted notes since when R3 holds, and for whom it came to hold.
func (g *Gate) counted(t *judged, p *part) {
	switch holds := g.most(t); {
	case !holds:
		t.majority = core.Never
	case t.majority == core.Never:
		t.majority = max(p.local, p.freed)
	}
}

// look applies the rules of spec 20 §6.5, the first that holds decides.
func (g *Gate) look(now core.Instant, t *judged, fx *core.Effects) {
	if t.stopped || t.deciding {
		return
	}
	if may := g.owner.May(now, t.id); t.again == may { // losing a part is a decision, too
		t.again = !may
		g.arm(t)
	}
	switch r1, r2 := g.overallAt(t), g.stuckAt(now, t); {
	case t.again || !g.anyLive(t):
	case now > r1:
		g.decide(now, t, RuleOverall, r1, fx)
	case now >= r2:
		g.decide(now, t, RuleStuck, r2, fx)
	case t.majority != core.Never:
		g.decide(now, t, RuleMajority, t.majority, fx)
	}
}

func (g *Gate) anyLive(t *judged) bool {
	for i := range t.sites {
		if t.sites[i].live() {
			return true
		}
	}
	return false
}

func (g *Gate) decide(now core.Instant, t *judged, r Rule, ideal core.Instant, fx *core.Effects) {
	t.deciding, t.rule = true, r
	g.arm(t)
	g.timeoutFact(now, t, nil, EventDeclared, now.Sub(ideal), fx)
	g.owner.Decide(now, t.id, r, fx)
}

// earliest is the instant of mode exact at which some rule can become true, Never if none can before something happens.
func (g *Gate) earliest(t *judged) core.Instant {
	if t.stopped || t.deciding || t.again || !g.anyLive(t) {
		return core.Never
	}
	at := min(g.overallAt(t).Add(1), g.stuckAt(0, t))
	if t.majority != core.Never {
		at = min(at, max(t.majority, t.submitted))
	}
	return at
}

// silence notes that nothing was heard of a datacenter for too long, and takes its part as lost when that lasts.
func (g *Gate) silence(now core.Instant, t *judged, p *part, fx *core.Effects) {
	if !p.silent {
		p.silent = true
		g.timeoutFact(now, t, p, EventSilent, 0, fx)
		return
	}
	if !g.owner.May(now, t.id) {
		t.again = true
		return
	}
	p.losing = true
	g.timeoutFact(now, t, p, EventLost, 0, fx)
	g.owner.LoseSite(now, t.id, p.site, fx)
}

// Recheck looks at a job again whose decisions had to wait, for its lease was not valid (04-31).
func (g *Gate) Recheck(id job.ID) {
	if t := g.by[id]; t != nil && t.again {
		t.again = false
		g.arm(t)
	}
}

// Hold stops the clocks of silence, and of datacenters that do not get on, while the gate itself is overloaded; Release lets
// them go on (01-24, ADR-0033).
func (g *Gate) Hold(now core.Instant) {
	if g.held == core.Never {
		g.held = now
		g.rearm()
	}
}

// Release ends a Hold: the time between counts for no datacenter.
func (g *Gate) Release(now core.Instant) {
	if g.held == core.Never {
		return
	}
	for _, t := range g.order {
		for i := range t.sites {
			p := &t.sites[i]
			p.heard = p.heard.Add(now.Sub(max(g.held, p.heard)))
			p.progress = p.progress.Add(now.Sub(max(g.held, p.progress)))
		}
	}
	g.held = core.Never
	g.rearm()
}

func (g *Gate) rearm() {
	for _, t := range g.order {
		g.arm(t)
	}
}
