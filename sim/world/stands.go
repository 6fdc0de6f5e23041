package world

import (
	"cmp"
	"fmt"
	"strings"

	"hypersim/core"
	"hypersim/sim/kernel"
)

// mostHolds is how often the kernel may look up at one instant: some ten million events. A start of a million nodes at once has as
// many as it has nodes.
const mostHolds = 10

func (w *World) mostHolds() int {
	if w.opt.Small {
		return 1
	}
	return mostHolds
}

// creeps is within what time as many events as the kernel looks up after mean that time creeps: a deadline that is armed a nanosecond
// or four after it fired, whatever it is for. In a world of creepsMost nodes that is 100 events of each within 4.2 ms, and ten times as
// many before the run fails: 26,000 a second, of all of them at once. In larger ones that may come to pass, and only an instant counts.
const (
	creeps     = core.Duration(4 * kernel.AtOnce)
	creepsMost = 10_000
)

// StandsError is the failure of a run whose virtual time does not go on: something is scheduled for the instant at which it is handled,
// or the next one, again and again.
type StandsError struct {
	At     core.Instant
	Within core.Duration // 0: at that instant; else the time in which so much happened at last
	Events int           // that happened then
	Last   string        // the event in hand, in words
	Owner  string        // what wants it, without the names of this run: parts of a node, a kind of message
}

func (e *StandsError) Error() string {
	if e.Within > 0 {
		return fmt.Sprintf("virtual time creeps at %v: %d events and more happened, of the last %d all within %v; the last was %s", e.At, e.Events, kernel.AtOnce, e.Within, e.Last)
	}
	return fmt.Sprintf("virtual time stands at %v: %d events and more happened there; the last was %s", e.At, e.Events, e.Last)
}

// stands names the event in hand, and whoever wants to be woken at once.
func (w *World) stands() error {
	e := w.kernel.Current()
	return &StandsError{At: e.At, Within: w.kernel.Crowd(), Events: w.mostHolds() * kernel.AtOnce, Last: w.describe(&e), Owner: w.ownerOf(&e)}
}

// ownerOf says whose an event is: of two runs that stand because of one thing it says the same.
func (w *World) ownerOf(e *kernel.Event) string {
	switch e.Kind() {
	case kernel.KindMessage:
		return w.slab.at(e.Arg).msg.Kind.String()
	case kernel.KindTimer:
		what := wake(e.Arg >> argBits)
		if what != wakeMachine {
			return wakes[what]
		}
		return cmp.Or(strings.Join(w.overdue(e.Node), ", "), wakes[what])
	case kernel.KindFault:
		return "a change of the world"
	default:
		return "a sample"
	}
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
		who := "a timer of " + w.nameOf(e.Node)
		if parts := w.overdue(e.Node); parts != nil {
			return who + ": " + strings.Join(parts, ", ") + " wants to be woken at once"
		}
		return who
	case kernel.KindFault:
		return fmt.Sprintf("a change of the world, no. %d", e.Arg&argMax)
	default:
		return "a sample"
	}
}

// overdue names the parts of a node whose deadlines are not after now, though they have just been woken; where time creeps, those
// whose deadlines are hardly later.
func (w *World) overdue(id core.NodeID) (parts []string) {
	n := &w.nodes[id]
	if n.machine != core.Machine(&n.m) {
		return nil
	}
	now := n.local(w.kernel.Now())
	if within := w.kernel.Crowd(); within > 0 {
		now = now.Add(4*within/kernel.AtOnce + 1)
	}
	for _, t := range n.m.Due(now) {
		parts = append(parts, strings.TrimPrefix(fmt.Sprintf("%T", t), "*"))
	}
	return parts
}

func (w *World) nameOf(id core.NodeID) string {
	if int(id) < len(w.sc.Nodes) {
		return w.sc.Nodes[id].Name
	}
	return fmt.Sprintf("node %d", id)
}
