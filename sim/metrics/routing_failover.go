package metrics

import (
	"time"

	"hypersim/core"
	"hypersim/core/routing"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Failover is judged by truth: a datacenter has failed for a gate as long as no manager of it runs and can be reached from there,
// whatever fault made it so. The quantity that counts is the last decision that does not avoid it, not the first that does,
// which measures how often the gate decides (02-5).

// avoidance is what a gate and a datacenter that failed for it have to do with each other.
type avoidance struct {
	chosen core.Instant // last decision for it, Never: none
	failed core.Instant // since then, Never: it has not
	first  core.Instant // decision since then for another one, Never: none yet
	used   bool         // it was the gate's choice shortly before
}

// usedBefore is how long before a failure a gate must have chosen the datacenter for its decisions to say anything: ten decisions
// of the slowest gate that 02-5 speaks of.
const usedBefore = 100 * time.Second

// failures follows which datacenters have failed for which gates.
type failures struct {
	gates map[core.NodeID][]avoidance // by site
	order []core.NodeID               // the gates, as they came
	edge  core.Instant                // the last one of a fault or of a manager's life
	list  [][]core.NodeID             // managers by site
	ready map[core.NodeID]core.Instant
}

func (r *routes) beginFailover(on *hooks) {
	r.fails = failures{gates: map[core.NodeID][]avoidance{}, list: make([][]core.NodeID, len(r.sites)), ready: map[core.NodeID]core.Instant{}}
	for id := range r.ctx.Nodes {
		if n := &r.ctx.Nodes[id]; n.Role == core.RoleManager {
			r.fails.list[n.SiteIndex] = append(r.fails.list[n.SiteIndex], core.NodeID(id))
		}
	}
	on.faults = append(on.faults, func(now core.Instant, _ int32) { r.fails.edge = now })
	manager := func(now core.Instant, n core.NodeID) {
		switch r.roles[n] {
		case core.RoleManager:
			r.fails.edge = now
		case core.RoleGate:
			r.fails.ready[n] = now
		case core.RoleWorker, core.RoleClient:
		}
	}
	on.started, on.ended = append(on.started, manager), append(on.ended, manager)
	on.sampled = append(on.sampled, func(now core.Instant, _ Probe) { r.lookAll(now) })
	on.finished = append(on.finished, func(end core.Instant) {
		for _, g := range r.fails.order {
			for s := range r.fails.gates[g] {
				r.recovered(g, s)
			}
		}
	})
	on.jobFact(r.bootstrapped, core.JobFactRouteMode)
}

// bootstrapped takes that a gate begins to trust its distances, or stops to.
func (r *routes) bootstrapped(rec *trace.JobRecord) {
	if at, ok := r.fails.ready[rec.Node]; ok && routing.Mode(rec.Fact.To) == routing.ModeScore {
		delete(r.fails.ready, rec.Node) // once a process
		o := r.about(words.BootstrapExit, rec.At, seconds(rec.At.Sub(at)), rec.Node, core.NoNode)
		r.keep(&o)
	}
}

func (r *routes) lookAll(now core.Instant) {
	for _, g := range r.fails.order {
		r.look(now, g)
	}
}

// look brings up to date which datacenters have failed for a gate. What a fault does follows its record, so that this is
// asked at the next decision or sample, and dated back.
func (r *routes) look(now core.Instant, gate core.NodeID) []avoidance {
	list := r.fails.gates[gate]
	if list == nil {
		list = make([]avoidance, len(r.sites))
		for s := range list {
			list[s] = avoidance{chosen: core.Never, failed: core.Never, first: core.Never}
		}
		r.fails.gates[gate] = list
		r.fails.order = append(r.fails.order, gate)
	}
	for s := range list {
		a := &list[s]
		switch failed := r.gone(gate, s); {
		case failed && a.failed == core.Never:
			a.failed, a.first = r.fails.edge, core.Never
			a.used = a.chosen != core.Never && r.fails.edge.Sub(a.chosen) < usedBefore
		case !failed && a.failed != core.Never:
			r.recovered(gate, s)
		}
	}
	return list
}

// gone reports whether no manager of a datacenter runs and can be reached.
func (r *routes) gone(gate core.NodeID, site int) bool {
	for _, m := range r.fails.list[site] {
		if r.peers[m].alive && (r.ctx.Reachable == nil || r.ctx.Reachable(gate, m) && r.ctx.Reachable(m, gate)) {
			return false
		}
	}
	return len(r.fails.list[site]) > 0
}

// decided takes a decision, before it counts as one that was made.
func (r *routes) decided(now core.Instant, gate core.NodeID, choice int32) {
	list := r.look(now, gate)
	for s := range list {
		a := &list[s]
		switch {
		case int32(s) == choice:
			a.chosen = now
		case choice >= 0 && a.failed != core.Never && a.first == core.Never:
			a.first = now
		}
	}
}

// recovered ends a failure, and tells how the gate fared.
func (r *routes) recovered(gate core.NodeID, site int) {
	a := &r.fails.gates[gate][site]
	if a.failed == core.Never {
		return
	}
	late := a.chosen != core.Never && a.chosen >= a.failed
	if a.used || late {
		last := 0.0
		if late {
			last = seconds(a.chosen.Sub(a.failed))
		}
		r.tellFailover(a.failed, gate, site, 1, last)
		if a.first != core.Never {
			r.tellFailover(a.failed, gate, site, 0, seconds(a.first.Sub(a.failed)))
		}
	}
	a.failed = core.Never
}

func (r *routes) tellFailover(at core.Instant, gate core.NodeID, site int, which uint8, v float64) {
	o := r.about(words.Failover, at, v, gate, core.NoNode)
	o.Type, o.SiteA = which, int16(site)
	r.keep(&o)
}
