package jobworld

import "hypersim/core"

// view is what membership tells one node of the others. Nobody's own health is ever bad.
type view struct {
	w    *World
	self core.NodeID
}

// View returns the view of a node.
func (w *World) View(self core.NodeID) interface {
	State(id core.NodeID) core.MemberState
	Instance(id core.NodeID) uint32
	LHM() int
	Level() int
} {
	return view{w, self}
}

// State implements the views that roles and voters have of membership.
func (v view) State(id core.NodeID) core.MemberState {
	if s, ok := v.w.seen[[2]core.NodeID{v.self, id}]; ok {
		return s
	}
	return v.w.State(id)
}

// Instance implements manager.Members. A crash counts as a life, whose process nobody has heard.
func (v view) Instance(id core.NodeID) uint32 {
	if n := v.w.lives[id]; n == 0 || v.w.nodes[id] != nil {
		return n
	}
	return v.w.lives[id] - 1
}

// LHM implements election.Members.
func (v view) LHM() int { return 0 }

// Level implements election.Members.
func (v view) Level() int { return 0 }

// State is how all hold a node that have no view of their own of it.
func (w *World) State(id core.NodeID) core.MemberState {
	if s, ok := w.Dead[id]; ok {
		return s
	}
	return core.StateOK
}

// Hold lets all others see a member in the given state from now on.
func (w *World) Hold(id core.NodeID, s core.MemberState) {
	from := w.State(id)
	w.Dead[id] = s
	if s == core.StateOK {
		delete(w.Dead, id)
	}
	f := core.Fact{Kind: core.FactTransition, Subject: id, From: from, To: s}
	for i := range w.nodes {
		delete(w.seen, [2]core.NodeID{core.NodeID(i), id})
		w.show(core.NodeID(i), f)
	}
}

// HoldAt lets one node see a member in the given state from now on, whatever the others see.
func (w *World) HoldAt(at, id core.NodeID, s core.MemberState) {
	from := view{w, at}.State(id)
	w.seen[[2]core.NodeID{at, id}] = s
	if from != s {
		w.show(at, core.Fact{Kind: core.FactTransition, Subject: id, From: from, To: s})
	}
}

// Restarted lets all others see that a member is another process.
func (w *World) Restarted(id core.NodeID) {
	for i := range w.nodes {
		w.show(core.NodeID(i), core.Fact{Kind: core.FactCallback, Callback: core.CallbackPeerRestarted, Subject: id, Cause: core.CauseSeen})
	}
}

func (w *World) show(at core.NodeID, f core.Fact) {
	if o, ok := w.nodes[at].(observer); ok && w.nodes[at] != nil {
		w.step(at, func() { o.Observe(w.Local(at), &f, &w.fx) })
	}
}
