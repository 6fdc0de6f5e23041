package node

import (
	"hypersim/core"
	"hypersim/core/federated"
	"hypersim/core/hier"
	"hypersim/core/swim"
)

// Bodies tells which kinds of message have a body and how one is made, for all parts that a node may have.
func Bodies() *core.Bodies {
	b := new(core.Bodies)
	swim.AddBodies(b)
	federated.AddBodies(b)
	hier.AddBodies(b)
	return b
}
