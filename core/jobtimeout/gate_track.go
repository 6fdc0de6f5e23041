package jobtimeout

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// GateTracking is what a gate begins with.
type GateTracking struct {
	Job     job.ID
	Timeout core.Duration
	GE      uint32
	Elapsed core.Duration // after a takeover: what the job took already, age of the entry included
	Sites   []Part        // its targets

	Extensions core.Duration // after a takeover: what the gate before knew of (04-38)
	Adopted    bool          // no gate knew of any
}

// Part is what is known of a datacenter that has a part of a job.
type Part struct {
	Site     uint16
	Manager  core.NodeID // that leads the job there, or NoNode
	DE       uint32      // 0: not known
	State    job.State   // terminal, or anything else
	TimedOut bool        // locally
}

// Start begins to track a job of which at least one datacenter has taken a part (G9). For one that is tracked it does
// nothing.
func (g *Gate) Start(now core.Instant, s *GateTracking, fx *core.Effects) {
	if g.by[s.Job] == nil {
		g.begin(now, s, EventStart, fx)
	}
}

// Resume goes on with a job that another gate led (U6): each datacenter has a fresh period in which nothing is heard or
// gets on, and the time that the job took is not reset.
func (g *Gate) Resume(now core.Instant, s *GateTracking, fx *core.Effects) {
	g.Drop(s.Job)
	g.begin(now, s, EventResume, fx)
}

// Began notes that an adopted job has run since then, as one of its datacenters says: submitted_at = now − max(elapsed) (spec 20 §5.7).
func (g *Gate) Began(now core.Instant, id job.ID, at core.Instant, fx *core.Effects) {
	t := g.by[id]
	if t == nil || t.stopped || at >= t.submitted {
		return
	}
	t.submitted = at
	g.arm(t)
	g.deadlineFact(now, t, EventResume, fx)
}

func (g *Gate) begin(now core.Instant, s *GateTracking, e Event, fx *core.Effects) {
	t := &judged{
		id: s.Job, submitted: now.Add(-s.Elapsed), declared: core.Never, majority: core.Never, timeout: s.Timeout, ge: s.GE, pos: -1,
		granted: s.Extensions,
	}
	if s.Adopted {
		t.blind = now.Add(g.cfg.Silent)
	}
	g.add(now, t)
	for i := range s.Sites {
		g.target(now, t, &s.Sites[i])
	}
	g.arm(t)
	g.deadlineFact(now, t, e, fx)
}

// Target adds a datacenter to the targets of a job (04-49), or says anew who leads the job there.
func (g *Gate) Target(now core.Instant, id job.ID, s *Part) {
	if t := g.by[id]; t != nil && !t.stopped {
		g.target(now, t, s)
		g.arm(t)
	}
}

func bySite(p part, site uint16) int { return cmp.Compare(p.site, site) }

func (g *Gate) target(now core.Instant, t *judged, s *Part) {
	i, ok := slices.BinarySearchFunc(t.sites, s.Site, bySite)
	if !ok {
		t.sites = slices.Insert(t.sites, i, part{site: s.Site, state: job.StateRunning, manager: core.NoNode, to: core.NoNode, next: core.Never})
	}
	p := &t.sites[i]
	if s.DE < p.de || !p.live() {
		return
	}
	p.progress, p.heard, p.silent = now, now, false
	p.manager, p.to, p.de, p.timedOut, p.local = s.Manager, s.Manager, s.DE, s.TimedOut, now
	if s.State.Terminal() {
		p.state = s.State
	}
	g.counted(t, p)
}

func (g *Gate) part(id job.ID, site uint16) (*judged, *part) {
	t := g.by[id]
	if t == nil {
		return nil, nil
	}
	if i, ok := slices.BinarySearchFunc(t.sites, site, bySite); ok {
		return t, &t.sites[i]
	}
	return t, nil
}

// Final notes how a datacenter's part ended; the first terminal state stays, which is returned. It settles what the
// datacenter is owed.
func (g *Gate) Final(now core.Instant, id job.ID, site uint16, s job.State, fx *core.Effects) job.State {
	t, p := g.part(id, site)
	if p == nil {
		return job.StateNone
	}
	if p.live() && s.Terminal() {
		p.state, p.timedOut = s, false
		g.counted(t, p)
	}
	if t.stopped {
		g.settle(now, t, p, fx)
	}
	g.arm(t)
	return p.state
}

// Heard notes an answer of a datacenter that is no message of AD-34: a command acknowledged, a result.
func (g *Gate) Heard(now core.Instant, id job.ID, site uint16, de uint32, fx *core.Effects) {
	if t, p := g.part(id, site); p != nil && de >= p.de {
		g.hear(now, t, p, fx)
		g.arm(t)
	}
}

// Deciding notes that the role has a decision of its own pending about the job, or has taken over with one.
func (g *Gate) Deciding(id job.ID, r Rule) {
	if t := g.by[id]; t != nil && !t.stopped {
		t.deciding, t.rule = true, r
		g.arm(t)
	}
}

// Declared begins to tell all datacenters that the job is over: its TIMEOUT is committed (J37: every one that is live).
func (g *Gate) Declared(now core.Instant, id job.ID, fx *core.Effects) {
	t := g.by[id]
	if t == nil || t.stopped {
		return
	}
	t.deciding, t.stopped, t.declared = false, true, now
	g.timeoutFact(now, t, nil, EventApplied, 0, fx)
	for i := 0; i < len(t.sites); i++ {
		if p := &t.sites[i]; p.live() {
			g.command(now, t, p, fx)
		} else {
			p.settled = true
		}
	}
	if g.cfg.Commands == CommandsOnce {
		g.Drop(t.id)
		return
	}
	g.done(t)
}

// Stop ends the tracking of a job that ended otherwise.
func (g *Gate) Stop(id job.ID) {
	if t := g.by[id]; t != nil && !t.stopped {
		g.Drop(id)
	}
}

// SetEpoch notes that the same gate leads a job under another epoch.
func (g *Gate) SetEpoch(id job.ID, ge uint32) {
	if t := g.by[id]; t != nil {
		t.ge = max(t.ge, ge)
	}
}

// Tracks reports whether a job is tracked: it has not ended, or a datacenter has still to hear of it.
func (g *Gate) Tracks(id job.ID) bool { return g.by[id] != nil }

// Snapshot writes down what another gate needs to go on, and reports whether the job is tracked.
func (g *Gate) Snapshot(now core.Instant, id job.ID, s *Snapshot) bool {
	t := g.by[id]
	if t == nil {
		return false
	}
	*s = Snapshot{
		Gates: true, Gate: core.NoNode, Timeout: t.timeout, StuckThreshold: g.cfg.Stuck, Elapsed: now.Sub(t.submitted), SinceExtension: Never,
		SinceLocalTimeout: Never, SinceGateContact: Never, Extensions: g.extension(t), Rule: t.rule, Stopped: t.stopped,
	}
	return true
}

// Part returns what is known of a datacenter's part, for the entry that is replicated.
func (g *Gate) Part(id job.ID, site uint16) (Part, bool) {
	_, p := g.part(id, site)
	if p == nil {
		return Part{}, false
	}
	return Part{Site: site, Manager: p.manager, DE: p.de, State: p.state, TimedOut: p.timedOut}, true
}
