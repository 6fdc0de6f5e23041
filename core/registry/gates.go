package registry

import (
	"cmp"
	"slices"

	"hypersim/core"
	"hypersim/core/job"
)

// GateRecord is what a manager keeps of one gate.
type GateRecord struct {
	Pulse
	Node  core.NodeID
	State State
	Leads bool
	Term  uint64
	gone  bool // silent for so long that it counts as dead
}

// Gates is what a manager knows of the gates. The zero value is ready for Init.
type Gates struct {
	cfg  *job.Register
	list []GateRecord // by id
}

// Init makes g ready for the configured gates.
func (g *Gates) Init(cfg *job.Register, gates []core.NodeID) {
	*g = Gates{cfg: cfg}
	for _, id := range gates {
		g.list = append(g.list, GateRecord{Node: id})
	}
}

// Form lets all gates be just heard, as their first processes: a formed start (spec 01 no. 11).
func (g *Gates) Form(now core.Instant) {
	for i := range g.list {
		g.list[i].Pulse = Pulse{Instance: 1, At: now, every: g.cfg.Expected}
		g.list[i].State, g.list[i].Leads = StateActive, i == 0
	}
}

// Find returns the record of a gate, nil if the node is none.
func (g *Gates) Find(id core.NodeID) *GateRecord {
	i, ok := slices.BinarySearchFunc(g.list, id, func(x GateRecord, id core.NodeID) int { return cmp.Compare(x.Node, id) })
	if !ok {
		return nil
	}
	return &g.list[i]
}

// Hear takes in a heartbeat, and reports whether it said anything new, and whether a newer process said it.
func (g *Gates) Hear(now core.Instant, from core.NodeID, instance uint32, b *GateHeartbeat) (news, newer bool) {
	x := g.Find(from)
	if x == nil {
		return false, false
	}
	if news, newer = x.hear(now, g.cfg, instance, b.Version); news {
		x.State, x.Leads, x.Term, x.gone = b.State, b.Leads, b.Term, false
	}
	return news, newer
}

// Registered takes in the registration of a gate. It refuses an older process.
func (g *Gates) Registered(now core.Instant, b *GateRegistration) (newer, ok bool) {
	x := g.Find(b.Node)
	switch {
	case x == nil || b.Instance < x.Instance:
		return false, false
	case b.Instance > x.Instance:
		x.Pulse, newer = Pulse{Instance: b.Instance, At: now, every: g.cfg.Expected}, true
	}
	x.State, x.Leads, x.Term, x.gone = b.State, b.Leads, b.Term, false
	return newer, true
}

// Fresh reports whether a gate was heard lately.
func (g *Gates) Fresh(now core.Instant, id core.NodeID) bool {
	x := g.Find(id)
	return x != nil && !x.gone && x.fresh(now, g.cfg)
}

// Healthy reports whether a gate was heard lately, and takes jobs.
func (g *Gates) Healthy(now core.Instant, id core.NodeID) bool {
	return g.Fresh(now, id) && g.Find(id).State == StateActive
}

// Leader returns the gate that leads the others, as far as is known, or NoNode.
func (g *Gates) Leader(now core.Instant) core.NodeID {
	best := core.NoNode
	var term uint64
	for i := range g.list {
		if x := &g.list[i]; x.Leads && x.Term >= term && g.Fresh(now, x.Node) {
			best, term = x.Node, x.Term
		}
	}
	return best
}

// IDs appends all gates that count as alive or may come back: those that were silent for too long go last.
func (g *Gates) IDs(dst []core.NodeID) []core.NodeID {
	for _, gone := range [...]bool{false, true} {
		for i := range g.list {
			if g.list[i].gone == gone {
				dst = append(dst, g.list[i].Node)
			}
		}
	}
	return dst
}

// Sweep notes who has been silent for so long that it counts as dead (spec 20 §11).
func (g *Gates) Sweep(now core.Instant) {
	for i := range g.list {
		if x := &g.list[i]; !x.fresh(now, g.cfg) && now.Sub(x.At) >= g.cfg.DeadGate {
			x.gone, x.Leads = true, false
		}
	}
}

// Len returns how many gates are configured.
func (g *Gates) Len() int { return len(g.list) }

// MemoryBytes returns the heap bytes that g holds.
func (g *Gates) MemoryBytes() int { return gateBytes * cap(g.list) }

const gateBytes = 56
