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

func (d *routes) beginFailover(on *hooks) {
	d.fails = failures{gates: map[core.NodeID][]avoidance{}, list: make([][]core.NodeID, len(d.sites)), ready: map[core.NodeID]core.Instant{}}
	for id := range d.ctx.Nodes {
		if n := &d.ctx.Nodes[id]; n.Role == core.RoleManager {
			d.fails.list[n.SiteIndex] = append(d.fails.list[n.SiteIndex], core.NodeID(id))
		}
	}
	on.faults = append(on.faults, func(now core.Instant, _ int32) { d.fails.edge = now })
	manager := func(now core.Instant, n core.NodeID) {
		switch d.roles[n] {
		case core.RoleManager:
			d.fails.edge = now
		case core.RoleGate:
			d.fails.ready[n] = now
		case core.RoleWorker, core.RoleClient:
		}
	}
	on.started, on.ended = append(on.started, manager), append(on.ended, manager)
	on.sampled = append(on.sampled, func(now core.Instant, _ Probe) { d.lookAll(now) })
	on.finished = append(on.finished, func(end core.Instant) {
		for _, g := range d.fails.order {
			for s := range d.fails.gates[g] {
				d.recovered(g, s)
			}
		}
	})
	on.jobFact(d.bootstrapped, core.JobFactRouteMode)
}

// bootstrapped takes that a gate begins to trust its distances, or stops to.
func (d *routes) bootstrapped(rec *trace.JobRecord) {
	if at, ok := d.fails.ready[rec.Node]; ok && routing.Mode(rec.Fact.To) == routing.ModeScore {
		delete(d.fails.ready, rec.Node) // once a process
		o := d.about(words.BootstrapExit, rec.At, seconds(rec.At.Sub(at)), rec.Node, core.NoNode)
		d.keep(&o)
	}
}

func (d *routes) lookAll(now core.Instant) {
	for _, g := range d.fails.order {
		d.look(now, g)
	}
}

// look brings up to date which datacenters have failed for a gate. What a fault does follows its record, so that this is
// asked at the next decision or sample, and dated back.
func (d *routes) look(now core.Instant, gate core.NodeID) []avoidance {
	list := d.fails.gates[gate]
	if list == nil {
		list = make([]avoidance, len(d.sites))
		for s := range list {
			list[s] = avoidance{chosen: core.Never, failed: core.Never, first: core.Never}
		}
		d.fails.gates[gate] = list
		d.fails.order = append(d.fails.order, gate)
	}
	for s := range list {
		a := &list[s]
		switch failed := d.gone(gate, s); {
		case failed && a.failed == core.Never:
			a.failed, a.first = d.fails.edge, core.Never
			a.used = a.chosen != core.Never && d.fails.edge.Sub(a.chosen) < usedBefore
		case !failed && a.failed != core.Never:
			d.recovered(gate, s)
		}
	}
	return list
}

// gone reports whether no manager of a datacenter runs and can be reached.
func (d *routes) gone(gate core.NodeID, site int) bool {
	for _, m := range d.fails.list[site] {
		if d.peers[m].alive && (d.ctx.Reachable == nil || d.ctx.Reachable(gate, m) && d.ctx.Reachable(m, gate)) {
			return false
		}
	}
	return len(d.fails.list[site]) > 0
}

// decided takes a decision, before it counts as one that was made.
func (d *routes) decided(now core.Instant, gate core.NodeID, choice int32) {
	list := d.look(now, gate)
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
func (d *routes) recovered(gate core.NodeID, site int) {
	a := &d.fails.gates[gate][site]
	if a.failed == core.Never {
		return
	}
	late := a.chosen != core.Never && a.chosen >= a.failed
	if a.used || late {
		last := 0.0
		if late {
			last = seconds(a.chosen.Sub(a.failed))
		}
		d.tellFailover(a.failed, gate, site, 1, last)
		if a.first != core.Never {
			d.tellFailover(a.failed, gate, site, 0, seconds(a.first.Sub(a.failed)))
		}
	}
	a.failed = core.Never
}

func (d *routes) tellFailover(at core.Instant, gate core.NodeID, site int, which uint8, v float64) {
	o := d.about(words.Failover, at, v, gate, core.NoNode)
	o.Type, o.SiteA = which, int16(site)
	d.keep(&o)
}
