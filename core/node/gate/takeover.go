package gate

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/replica"
	"hypersim/core/rng"
)

// Jobs of gates that lead them no more (spec 20 §5.7 U1–U3).
//
//  1. Every 2 s a gate looks at the jobs that others led. It may take one whose leader has been dead for 10 s, or has let
//     its lease end, or lives as another process. One that is over and delivered is left alone, unless a datacenter has
//     still to hear of it.
//  2. The gates that are up stand in line by the ring of the job. The first waits a moment, each further one 5 s more, so
//     that mostly one of them claims. Who is still alone in thinking so after its wait claims (core/replica).
//  3. With a majority of promises it leads the job under the next epoch. It tells every datacenter of the job, and the
//     client, and goes on where the entry is: in a stage, in a cancel, with a decision that was not told yet.
//
// A gate on the small side of a split claims in vain, and what it leads it cannot decide: requests that would need it end
// with NO_QUORUM or LEASE_LOST, and clients go elsewhere.

// takeovers are what a gate keeps of jobs that it may take over.
type takeovers struct {
	dead  map[core.NodeID]core.Instant // gates that are held dead, since when
	waits map[job.ID]struct{}          // jobs whose wait has begun
	found []job.ID                     // scratch
	draw  rng.Stream
}

// beginTakeovers starts to look.
func (g *Gate) beginTakeovers(first core.Instant) {
	o := &g.over
	o.dead, o.waits = map[core.NodeID]core.Instant{}, map[job.ID]struct{}{}
	o.draw = rng.New(g.p.Seed, "gate.takeover", g.p.Key, uint64(g.p.Instance))
	g.timers.Arm(timer{at: first, kind: timerLook})
}

// peerChanged hears what membership holds of a gate.
func (g *Gate) peerChanged(now core.Instant, f *core.Fact) {
	g.back.Heard(now, f.Subject, f.To)
	switch _, known := g.over.dead[f.Subject]; {
	case g.back.Left(f.Subject) && f.To != core.StateLeft: // and gone for as long as before, until it is known to be back
	case f.To != core.StateDead && f.To != core.StateLeft:
		delete(g.over.dead, f.Subject)
	case !known && g.isGate(f.Subject) && f.From != core.StateDead && f.From != core.StateLeft:
		g.over.dead[f.Subject] = now
	}
}

func (g *Gate) isGate(id core.NodeID) bool {
	for _, p := range g.p.Gates {
		if p == id {
			return true
		}
	}
	return false
}

// look finds jobs that this gate may take over, and begins its wait for each (U1, U2).
func (g *Gate) look(now core.Instant, fx *core.Effects) {
	o := &g.over
	o.found = g.rep.Leaderless(now, o.found[:0])
	for _, id := range o.found {
		if _, waits := o.waits[id]; waits || !g.mayTake(now, id) {
			continue
		}
		o.waits[id] = struct{}{}
		c := &g.cfg.Orphan
		wait := c.GateWaitMin + core.Duration(float64(o.draw.Float64()*float64(c.GateWaitMax-c.GateWaitMin)))
		g.timers.Arm(timer{at: now.Add(wait + core.Duration(g.rank(id))*c.GateRank), kind: timerTake, job: id})
	}
	g.sweepReplicas(now, fx)
	g.timers.Arm(timer{at: now.Add(g.cfg.Orphan.GateCheck), kind: timerLook})
}

// mayTake reports whether a job is to be led by somebody, and its holder has been gone for long enough.
func (g *Gate) mayTake(now core.Instant, id job.ID) bool {
	e := g.rep.View(id)
	if e == nil || g.records.by[id] != nil || g.draining || isThrough(e) {
		return false
	}
	if g.rep.Until(id) <= now || e.Holder == g.p.Self || !g.Gone(e.Holder) { // the last: it lives as another process
		return true
	}
	since, known := g.over.dead[e.Holder]
	if !known { // it was dead when this process began
		g.over.dead[e.Holder] = now
		return false
	}
	return now.Sub(since) >= g.cfg.Orphan.GateGrace
}

// isThrough reports whether nobody has to do anything about a job any more: it is over and delivered, and no datacenter has
// still to get a cancel.
func isThrough(e *replica.Entry) bool {
	for i := range e.Sites {
		if e.Sites[i].Owed {
			return false
		}
	}
	return e.State.Terminal() && e.Delivered
}

// rank is how many gates that are up come before this one in the ring of a job. Its last leader is not counted, and if
// that was this gate in an earlier life it comes last.
func (g *Gate) rank(id job.ID) (n int) {
	holder := g.rep.View(id).Holder
	g.ranks = g.ring.Ranks(g.ranks[:0], id)
	for _, p := range g.ranks {
		switch {
		case p == holder:
		case p == g.p.Self:
			return n
		case g.p.Members.State(p) == core.StateOK:
			n++
		}
	}
	return n
}

// take claims a job if it still may.
func (g *Gate) take(now core.Instant, id job.ID, fx *core.Effects) {
	delete(g.over.waits, id)
	if !g.rep.IsLeaderless(now, id) || !g.mayTake(now, id) {
		return
	}
	why := replica.ReasonLeaseExpired
	if g.Gone(g.rep.View(id).Holder) {
		why = replica.ReasonDeadLeader
	}
	g.rep.Claim(now, id, why, fx)
}

// tookOver goes on with a job that another gate led. Waits begin anew, the time of the job does not (04-41); what may have
// been sent to datacenters is asked again first (04-19). It decides nothing before a majority knows of it (04-45).
func (g *Gate) tookOver(now core.Instant, x *record, fx *core.Effects) {
	x.taken = x.state < job.StateRunning
	g.inherited(now, x)
	switch x.state {
	case job.StateCancelling:
		g.wait(now, x, g.cfg.Cancel.GateWait)
	case job.StateCompleting:
		g.wait(now, x, g.cfg.Result.DataWait)
	default:
	}
	if x.adopting() {
		g.timers.Arm(timer{at: now.Add(g.cfg.Orphan.Adopt), kind: timerAdopt, job: x.id})
	}
	old := core.NoNode
	if e := g.rep.Edit(x.id); e != nil {
		old, e.Gate = e.Gate, g.p.Self
	}
	x.old = old
	g.tellSites(now, x, fx)
	g.tellOld(now, x, fx)
	g.tellClient(now, x, fx)
}

// sweepReplicas forgets jobs that are over and whose leader, which would have said so, is gone (spec 20 §11).
func (g *Gate) sweepReplicas(now core.Instant, fx *core.Effects) {
	for _, id := range g.over.found {
		e := g.rep.View(id)
		if e == nil || g.records.by[id] != nil || !isThrough(e) {
			continue
		}
		age := g.cfg.Retention.Failed
		if e.State == job.StateCompleted {
			age = g.cfg.Retention.Completed
		}
		if now.Sub(g.rep.Stored(id)) >= age {
			g.rep.Free(now, id, e.State, fx)
		}
	}
}
