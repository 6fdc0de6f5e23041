package node

import (
	"hypersim/core"
	"hypersim/core/cancel"
	"hypersim/core/dispatch"
	"hypersim/core/election"
	"hypersim/core/federated"
	"hypersim/core/hier"
	"hypersim/core/job"
	"hypersim/core/jobtimeout"
	"hypersim/core/registry"
	"hypersim/core/replica"
	"hypersim/core/swim"
)

// Bodies tells which kinds of message have a body and how one is made, for all parts that a node may have.
func Bodies() *core.Bodies {
	b := new(core.Bodies)
	swim.AddBodies(b)
	federated.AddBodies(b)
	hier.AddBodies(b)
	job.AddBodies(b)
	dispatch.AddBodies(b)
	registry.AddBodies(b)
	jobtimeout.AddBodies(b)
	cancel.AddBodies(b)
	election.AddBodies(b)
	replica.AddBodies(b)
	return b
}
