package world

import "hypersim/core"

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
	w.delivered(now, f, now.Sub(f.came))
	d := w.sc.Node[w.sc.Nodes[id].Role].Refuse
	n.host.Occupy(now, d)
	n.flow.Occupied(n.local(now), d)
	w.slab.free(handle)
	w.drain(now, now, id)
	w.askTurn(now, id)
	return false
}

// unserved tells a server that a message which it had taken in went from its inbox.
func (w *World) unserved(id core.NodeID, handle uint32) {
	if f := w.slab.at(handle); f.judged {
		w.nodes[id].flow.Lost(&f.msg)
		f.judged = false
	}
}
