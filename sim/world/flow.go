package world

import (
	"hypersim/core"
	corenode "hypersim/core/node"
	"hypersim/core/node/client"
	"hypersim/core/rng"
	"hypersim/scenarios"
	"hypersim/sim/trace"
)

// takeIn lets the receiver judge a message before it waits (spec 01 no. 61), and reports whether it may. One that may not has
// been handled: its answer leaves at once, and it has cost the server what a refusal costs.
func (w *World) takeIn(now core.Instant, id core.NodeID, handle uint32) bool {
	n := &w.nodes[id]
	f := w.slab.at(handle)
	if n.flow.Admit(n.local(now), &f.msg, &w.fx) {
		f.judged = true
		if len(w.fx.JobFacts) > 0 { // it may only wait now, and this step is over
			w.drain(now, now, id)
		}
		return true
	}
	n.m.Overhear(n.local(now), &f.msg, &w.fx)
	w.turnAway(now, id, handle)
	return false
}

// turnAway ends a message that its receiver does not take: what it says to that leaves at once, and costs it a moment.
func (w *World) turnAway(now core.Instant, id core.NodeID, handle uint32) {
	n := &w.nodes[id]
	w.delivered(now, w.slab.at(handle), trace.Refused)
	d := w.sc.Node[w.sc.Nodes[id].Role].Refuse
	n.host.Occupy(now, d)
	if n.flow != nil {
		n.flow.Occupied(n.local(now), d)
	}
	w.slab.free(handle)
	w.drain(now, now, id)
	w.askTurn(now, id)
}

// unserved tells a server that a message which it had taken in went from its inbox.
func (w *World) unserved(id core.NodeID, handle uint32) {
	if f := w.slab.at(handle); f.judged {
		w.nodes[id].flow.Lost(&f.msg)
		f.judged = false
	}
}

// query lets a client ask a server what is about no job.
func (w *World) query(now core.Instant, h *hand, q *scenarios.Query) {
	n := &w.nodes[h.client]
	draw := rng.New(w.sc.Seed, "workload.query", w.specs[h.workload].Key, uint64(h.nth))
	to := q.Targets[int(draw.Float64()*float64(len(q.Targets)))]
	corenode.Of[*client.Client](&n.m).Query(n.local(now), to, q.Message, &w.fx)
	w.drain(now, max(now, n.host.Busy()), h.client)
}
