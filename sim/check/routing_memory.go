package check

import (
	"time"

	"hypersim/core"
	"hypersim/core/job"
	"hypersim/core/routing"
	"hypersim/sim/trace"
)

// What a gate has to remember of a job from one decision to the next, and to forget when it ends.
var (
	R8  = rule("I-R8", "a datacenter that cools for a job goes on to for as long as was said", "spec 30 §14")
	R11 = rule("I-R11", "a gate decides nothing about a job that ended there", "spec 30 §14")
)

// routeKey names a job at a process of a gate.
type routeKey struct {
	gate core.NodeID
	inst uint32
	job  uint64
}

// cooled is a datacenter that cools until then, by the gate's clock.
type cooled struct {
	site  uint16
	until core.Instant
}

// routeMemory follows decisions about the same job.
type routeMemory struct {
	*Checker
	cools map[routeKey][]cooled
	over  map[routeKey]core.Instant
}

var _ = judge(func(c *Checker, on *hooks) {
	m := &routeMemory{Checker: c, cools: map[routeKey][]cooled{}, over: map[routeKey]core.Instant{}}
	c.routes = m
	on.jobFact(m.moved, core.JobFactState)
	on.jobFact(m.dropped, core.JobFactTable)
})

// moved takes a step of a job.
func (m *routeMemory) moved(r *trace.JobRecord) {
	if m.ctx.Nodes[r.Node].Role != core.RoleGate {
		return
	}
	k := routeKey{r.Node, m.hot[r.Node].inst, r.Fact.Job}
	if job.State(r.Fact.To).Terminal() {
		m.over[k] = r.At
		delete(m.cools, k)
	} else {
		delete(m.over, k)
	}
}

// dropped takes that a node keeps no more of a job, or begins to.
func (m *routeMemory) dropped(r *trace.JobRecord) {
	delete(m.cools, routeKey{r.Node, m.hot[r.Node].inst, r.Fact.Job})
}

// decided holds a decision against those before.
func (m *routeMemory) decided(now core.Instant, gate core.NodeID, d *routing.Record, k *routing.Keys) {
	key := routeKey{gate, m.hot[gate].inst, uint64(d.Job)}
	if at, ok := m.over[key]; ok && now.Sub(at) > time.Second && m.fails(R11) {
		m.detail(R11, now, []core.NodeID{gate}, "%s decides about %s, which ended there at %v", m.name(gate), d.Job, at)
	}
	for _, x := range m.cools[key] {
		c := d.Find(x.site)
		if left := x.until.Sub(d.At); left > 0 && c != nil && c.CoolingLeft < left && m.fails(R8) {
			m.detail(R8, now, []core.NodeID{gate}, "%s, decision %d about %s: site %d cools for %v more, and was to for %v", m.name(gate), d.ID, d.Job, x.site, c.CoolingLeft, left)
		}
	}
	var cools []cooled
	for i := range d.Candidates {
		c := &d.Candidates[i]
		if c.CoolingLeft > k.Cooldown && m.fails(R8) {
			m.detail(R8, now, []core.NodeID{gate}, "%s, decision %d about %s: site %d cools for %v, longer than any failure makes it", m.name(gate), d.ID, d.Job, c.Site, c.CoolingLeft)
		}
		left := c.CoolingLeft
		if d.Reason == routing.ExclusionForced && int32(c.Site) == d.Previous {
			left = k.Cooldown
		}
		if left > 0 {
			cools = append(cools, cooled{c.Site, d.At.Add(left)})
		}
	}
	if len(cools) > 0 {
		m.cools[key] = cools
	} else {
		delete(m.cools, key)
	}
}
