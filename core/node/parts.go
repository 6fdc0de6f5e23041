package node

import "hypersim/core"

// parts are what a node runs beside its membership. A nil field is a part that its role does not have.
type parts struct{}

// observe shows the parts what membership found out in the step that is under way: the facts from mark
// on. They hear of it in the same event, so no message can come between a death and what follows from it.
func (n *Node) observe(now core.Instant, mark int, fx *core.Effects) {
	if n.parts == nil {
		return
	}
	for i, end := mark, len(fx.Facts); i < end; i++ { // parts append facts of their own behind end
		f := fx.Facts[i] // a copy: the slice may move
		if f.Kind == core.FactTransition {
			n.transition(now, &f, fx)
		}
	}
}

// transition tells the parts that membership changed the record of f.Subject.
func (n *Node) transition(core.Instant, *core.Fact, *core.Effects) {}
