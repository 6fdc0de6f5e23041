package gate

import (
	"hypersim/core"
	"hypersim/core/job"
)

// sweep forgets what is over and old enough (spec 20 §11). A job that has not ended is never forgotten, nor one that still
// owes a datacenter something.
func (g *Gate) sweep(now core.Instant, fx *core.Effects) {
	g.shaper.forget(now)
	for i := len(g.records.order) - 1; i >= 0; i-- {
		if x := g.records.order[i]; g.expired(now, x) {
			g.forget(now, x, fx)
		}
	}
	g.singles.Sweep(now, fx)
	g.rep.Sweep(now)
	g.sites.Sweep(now, fx)
	if g.router != nil { // what it keeps of jobs that nobody here knows (spec 30 §4.10)
		g.router.Sweep(now, g.isLive)
	}
}

// isLive reports whether a job is known here and has not ended.
func (g *Gate) isLive(id job.ID) bool {
	x := g.records.by[id]
	return x != nil && !x.state.Terminal()
}

// expired reports whether a job's end was delivered long enough ago.
func (g *Gate) expired(now core.Instant, x *record) bool {
	if !x.state.Terminal() || !x.delivered || x.owes() || g.time.Tracks(x.id) {
		return false
	}
	age := g.cfg.Retention.Failed
	if x.state == job.StateCompleted {
		age = g.cfg.Retention.Completed
	}
	return now.Sub(x.ended) >= age
}

// forget frees a job and leaves a tombstone, here and at the other gates.
func (g *Gate) forget(now core.Instant, x *record, fx *core.Effects) {
	g.drop(x, fx)
	g.rep.Free(now, x.id, x.state, fx)
}
