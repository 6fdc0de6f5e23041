package world

import (
	"hypersim/core"
	corenode "hypersim/core/node"
	"hypersim/core/node/gate"
	"hypersim/core/routing"
)

// routeSink is what a sink may implement beside: it is given every decision about where a job goes with all that it rests
// on. The digest has the fact, which carries a digest of the record.
type routeSink interface {
	// RecordRoute is called in the step that decided. The record is to be read only, and not kept.
	RecordRoute(at core.Instant, gate core.NodeID, d *routing.Record, k *routing.Keys)
}

// routed hands a decision of a gate to those who want it.
func (w *World) routed(now core.Instant, id core.NodeID, decision uint64) {
	if len(w.routeSinks) == 0 {
		return
	}
	g := corenode.Of[*gate.Gate](&w.nodes[id].m)
	if g == nil || g.Router() == nil {
		return
	}
	d := g.Router().Decision(decision)
	if d == nil { // the gate keeps fewer records than it made in this step
		return
	}
	for _, s := range w.routeSinks {
		s.RecordRoute(now, id, d, g.Router().Keys())
	}
}
