package manager

import (
	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/registry"
	"hypersim/core/routing"
)

// Fill implements federated.Work: what the leader of a datacenter says of it in its answers to gates (spec 30 §2.4, §3.1).
// It is a load report like a heartbeat (01-53, 02-10), only more often, and it says how the datacenter judges itself.
func (m *Manager) Fill(now core.Instant, r *federated.SiteReport) {
	l := m.load()
	r.Cores, r.CoresAvailable, r.Pending, r.Counter = l.Cores, l.CoresAvailable, l.Pending, l.Report
	r.Workers, r.WorkersHealthy = m.census()
	r.Jobs, r.Workflows = 0, 0
	for _, x := range m.records.order {
		if !x.state.Terminal() {
			r.Jobs++
			r.Workflows += uint32(x.live)
		}
	}
	r.Health = uint8(m.class(now, r)) + 1
}

// class is how the datacenter looks from inside: rules 3–6 and 8–13 of spec 30 §3.3, over the leader's own membership.
func (m *Manager) class(now core.Instant, r *federated.SiteReport) routing.Class {
	x := routing.Condition{
		Reach: core.ReachReachable, Managers: max(1, len(m.p.Cluster)), Alive: int(r.ManagersHealthy), Heard: true,
		Workers: r.Workers, Fit: r.WorkersHealthy, Available: r.CoresAvailable,
	}
	switch state, _, _ := m.standing(now); {
	case state == registry.StateSyncing, !m.quorum():
		x.NotReady = x.Alive // it cannot know that another one is, and by its word gates take the datacenter for one that has begun (ADR 0043)
	case state != registry.StateActive:
		x.NotReady = 1
	}
	m.strained(&x)
	c, _ := m.p.Classes.Classify(&x)
	return c
}
