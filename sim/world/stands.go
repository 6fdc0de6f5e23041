package world

import (
	"fmt"
	"strings"

	"hypersim/core"
	"hypersim/sim/kernel"
)

// mostHolds is how often the kernel may look up at one instant: some ten million events. A start of a million nodes at once has as
// many as it has nodes.
const mostHolds = 10

// stands is the failure of a run whose virtual time does not go on: something is scheduled for the instant at which it is handled,
// again and again. It names the event in hand, and whoever wants to be woken at once.
func (w *World) stands() error {
	e := w.kernel.Current()
	return fmt.Errorf("virtual time stands at %v: %d events and more happened there; the last was %s", e.At, mostHolds*kernel.AtOnce, w.describe(&e))
}

// describe says in words what an event is.
func (w *World) describe(e *kernel.Event) string {
	switch e.Kind() {
	case kernel.KindMessage:
		m := &w.slab.at(e.Arg).msg
		return fmt.Sprintf("%v from %s to %s", m.Kind, w.nameOf(m.From), w.nameOf(e.Node))
	case kernel.KindTimer:
		what := wake(e.Arg >> argBits)
		if what != wakeMachine {
			return fmt.Sprintf("a timer of %s (%s)", w.nameOf(e.Node), wakes[what])
		}
		return fmt.Sprintf("a timer of %s%s", w.nameOf(e.Node), w.overdue(e.Node))
	case kernel.KindFault:
		return fmt.Sprintf("a change of the world, no. %d", e.Arg&argMax)
	default:
		return "a sample"
	}
}

// overdue names the parts of a node whose deadlines are not after now, though they have just been woken.
func (w *World) overdue(id core.NodeID) string {
	n := &w.nodes[id]
	if n.machine != core.Machine(&n.m) {
		return ""
	}
	var parts []string
	for _, t := range n.m.Due(n.local(w.kernel.Now())) {
		parts = append(parts, strings.TrimPrefix(fmt.Sprintf("%T", t), "*"))
	}
	if parts == nil {
		return ""
	}
	return ": " + strings.Join(parts, ", ") + " wants to be woken at once"
}

func (w *World) nameOf(id core.NodeID) string {
	if int(id) < len(w.sc.Nodes) {
		return w.sc.Nodes[id].Name
	}
	return fmt.Sprintf("node %d", id)
}
