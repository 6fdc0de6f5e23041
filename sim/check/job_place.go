package check

import (
	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
)

// The rules. Both ask what the gate that leads a job makes of each datacenter, long after the last disturbance.
var (
	J7  = rule("I-J7", "a job runs only in datacenters that its gate counts with, or owes a cancel", "spec 20 §12, 04-56")
	JT5 = rule("I-JT5", "a datacenter that can be reached has settled a job 35 s after its gate ended it for its time", "spec 20 §12, §6.5")
)

// Times after which a datacenter that can be reached has heard: the longest pause between two broadcasts and a commit (spec 20 §12), and
// for work that is to end what it may take to stop (04-56). Leaders are known again by then or have not been gone.
const (
	settled = core.Duration(35e9)
	cleared = core.Duration(65e9)
)

// leads returns the gate that leads a job, NoNode if none is known to.
func (h *holders) leads(x *jobSeen) core.NodeID {
	if y := h.of[holdKey{ofGates, x.id}]; y != nil {
		if n := y.now; n.node != core.NoNode && y.valid && h.live(n.node) && h.hot[n.node].inst == n.inst {
			return n.node
		}
		return core.NoNode
	}
	gates, one := 0, core.NoNode
	for i := range h.ctx.Nodes {
		if n := &h.ctx.Nodes[i]; n.Role == core.RoleGate {
			gates, one = gates+1, n.ID
		}
	}
	if gates != 1 || !h.live(one) {
		return core.NoNode
	}
	return one
}

// astray looks for shards in datacenters that the gate of their job does not count with.
func (h *holders) astray(now core.Instant) {
	if !h.work.gated || h.ctx.View == nil || !h.quiet(now, cleared+endHeard) {
		return
	}
	for _, r := range h.work.running {
		x := h.work.jobs[r.job]
		if x == nil || !h.live(r.node) || now.Sub(r.since) <= cleared+endHeard {
			continue
		}
		g := h.leads(x)
		if g == core.NoNode {
			continue
		}
		site := h.ctx.Nodes[r.node].Site
		if counts, knows := h.ctx.View.Tracks(g, r.job, site); knows && !counts && h.fails(J7) {
			h.detail(J7, now, []core.NodeID{r.node, g}, "%s runs a shard of %v, and %s, which leads it, does not count with datacenter %d", h.name(r.node), job.ID(r.job), h.name(g), site)
		}
	}
}

// unsettled looks for managers that go on with a job which its gate ended for its time.
func (h *holders) unsettled(now core.Instant) {
	if k := h.ctx.Timeouts; k != nil && k.Job.Commands == jobtimeout.CommandsOnce { // as it was once (20/J7): who misses it goes on
		return
	}
	if !h.work.gated || !h.quiet(now, settled) {
		return
	}
	for _, x := range h.work.order {
		e := x.ended(whole)
		if e == nil || e.end != job.StateTimeout || h.ctx.Nodes[e.by].Role != core.RoleGate || now.Sub(e.at) <= settled || !h.live(e.by) {
			continue
		}
		if at, gone := h.work.gone[e.by]; gone && at >= e.at {
			continue
		}
		for _, y := range x.records {
			if h.ctx.Nodes[y.node].Role != core.RoleManager || !y.kept || y.lost || h.recordOver(y) || !h.lives(y) || !h.live(y.node) || now.Sub(y.since) <= settled {
				continue
			}
			k := h.of[holdKey{h.clusterOf(y.node), x.id}]
			stops := y.state == job.StateCancelling || y.state == job.StateNone && y.taken && k != nil && k.stopped
			if stops && now.Sub(max(y.since, y.moved)) <= cleared {
				continue // it, or who held the job before it, was told to stop before, and waits for a worker: it answers so, which settles it (spec 20 §6.6)
			}
			if k != nil && (!k.valid || k.now != (process{y.node, y.inst}) || now.Sub(k.validAt) <= settled) {
				continue // it does not lead the job, or has done so for a moment
			}
			if !h.forgiven(JT5, ofGates, e.at) && h.fails(JT5) { // else another gate may lead it now, which cannot know
				h.detail(JT5, now, []core.NodeID{y.node, e.by}, "%s holds %v %v, %v after %s ended it for its time", h.name(y.node), job.ID(x.id), y.state, now.Sub(e.at), h.name(e.by))
			}
		}
	}
}
