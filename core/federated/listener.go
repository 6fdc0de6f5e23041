package federated

import "hypersim/core"

// Listener is who wants to hear what each answer to a gate's probes says, beside what the gate makes of it.
type Listener interface {
	// Acked is told of an accepted report. rtt is negative where the answer came too late to be a sample.
	Acked(now core.Instant, from core.NodeID, r *SiteReport, rtt core.Duration)
	// Answered is told of every other message of a manager.
	Answered(now core.Instant, from core.NodeID)
	// Unanswered is told of a probe that ran out.
	Unanswered(now core.Instant, to core.NodeID)
}

// Listen makes l hear of what comes from now on.
func (g *Gate) Listen(l Listener) { g.listener = l }

// Slot returns where the coordinate of a manager is, 0 if the gate has none of it.
func (g *Gate) Slot(id core.NodeID) uint16 {
	s, k := g.find(id)
	if s == nil || g.local.Viv == nil {
		return 0
	}
	if p := &s.peers[k]; g.local.Viv.Holds(p.slot, p.id) {
		return p.slot
	}
	return 0
}
