package world

import (
	"slices"

	"hypersim/core"
)

// inForce is what the faults of one kind do at nodes, a value for each, in the order in which they began.
type inForce[V any] []forced[V]

type forced[V any] struct {
	node core.NodeID
	by   occurrence
	is   V
}

// begin puts v in force at all nodes of a.
func (x *inForce[V]) begin(a *activeFault, v V) {
	for _, id := range a.nodes {
		*x = append(*x, forced[V]{id, a.occurrence, v})
	}
}

// end takes back what a put in force.
func (x *inForce[V]) end(a *activeFault) {
	*x = slices.DeleteFunc(*x, func(f forced[V]) bool { return f.by == a.occurrence })
}

// at reports whether anything is in force at id, and what began last.
func (x inForce[V]) at(id core.NodeID) (v V, ok bool) {
	for i := range x {
		if x[i].node == id {
			v, ok = x[i].is, true
		}
	}
	return v, ok
}
