package world

import (
	"fmt"

	"hypersim/core"
	"hypersim/sim/kernel"
)

// wake is what a timer event wakes a host for.
type wake uint32

// The kinds of timer events.
const (
	wakeMachine wake = iota // a deadline of its machine
	wakeTurn                // its server is free again
	wakeStart               // its process starts
	wakeReturn              // churn brings its process back
	wakeJoin                // its process joins, as the fault of that index says
	wakeReport              // its worker reports what it does in the work of that index
	wakeHand                // its client is given what stands in that place of the hands
	wakeStorm               // its worker tells a manager something: the storm of that index
	wakeProbe               // its gate is asked where a job would go, which stands in that place of the probes
	wakeShift               // a shard that runs there may end: 1 + its place
)

// wakes say what they are for.
var wakes = [...]string{
	wakeMachine: "a deadline", wakeTurn: "its server", wakeStart: "a start", wakeReturn: "a return", wakeJoin: "a join", wakeReport: "a report of its work",
	wakeHand: "something to hand in", wakeStorm: "a storm", wakeProbe: "a question", wakeShift: "the end of a shard",
}

// change is what an event that no node causes changes in the world. Of two at one instant the lower goes first.
type change core.NodeID

// The kinds of changes.
const (
	changeFault    change = iota // a fault begins, toggles or ends: the edge of that index
	changeMatrix                 // the snapshot of that index replaces the delays
	changeChurn                  // somebody goes or comes: the churn of that index
	changeWorkload               // the workload of that index begins or ends
	changeWaiting                // faults that wait for somebody to hit look again
)

// The argument of a timer and of a change holds its kind, and an index into what the kind is about.
const (
	argBits = 28
	argMax  = 1<<argBits - 1
)

// argOf packs a kind of event and an index. It panics beyond 2^28 of them: a wrapped index would be another event.
func argOf(kind uint32, index int) uint32 {
	if index < 0 || index > argMax {
		badIndex(kind, index)
	}
	return kind<<argBits | uint32(index)
}

func badIndex(kind uint32, index int) {
	panic(fmt.Sprintf("world: index %d of an event of kind %d is out of range (max %d)", index, kind, argMax))
}

// pushTimer wakes id at an instant.
func (w *World) pushTimer(at core.Instant, id core.NodeID, what wake) { w.pushTimerOf(at, id, what, 0) }

// pushTimerOf wakes id at an instant for the index-th of what there is to be woken for.
func (w *World) pushTimerOf(at core.Instant, id core.NodeID, what wake, index int) {
	w.kernel.Schedule(kernel.Event{
		At: at, Key: kernel.MakeKey(kernel.KindTimer, id, w.nodes[id].host.Seq()), Node: id, Arg: argOf(uint32(what), index),
	})
}

// pushChange changes the world at an instant. nth tells changes of one kind and instant apart, and orders them.
func (w *World) pushChange(at core.Instant, what change, nth uint64, index int) {
	w.kernel.Schedule(kernel.Event{
		At: at, Key: kernel.MakeKey(kernel.KindFault, core.NodeID(what), nth), Node: core.NoNode, Arg: argOf(uint32(what), index),
	})
}

// timer handles what a host is woken for.
func (w *World) timer(now core.Instant, id core.NodeID, arg uint32) {
	switch index := int(arg & argMax); wake(arg >> argBits) {
	case wakeMachine:
		w.wake(now, id)
	case wakeTurn:
		w.turn(now, id)
	case wakeStart:
		w.start(now, id, false)
	case wakeReturn:
		if w.nodes[id].fate.due == now {
			w.start(now, id, false)
		}
	case wakeJoin:
		w.join(now, id, index)
	case wakeReport:
		w.report(now, index)
	case wakeHand:
		w.hand(now, index)
	case wakeStorm:
		w.storm(now, id, index)
	case wakeProbe:
		w.probe(now, index)
	case wakeShift:
		w.shiftDue(now, int32(index))
	}
}

// change handles what no node causes.
func (w *World) change(now core.Instant, arg uint32) {
	switch index := int(arg & argMax); change(arg >> argBits) {
	case changeFault:
		w.fault(now, &w.edges[index])
	case changeMatrix:
		w.fail(w.net.SetBase(w.sc.Topology.Snapshots[index].Base))
	case changeChurn:
		w.churnEvent(now, index)
	case changeWorkload:
		w.workEdge(now, index)
	case changeWaiting:
		w.lookAgain(now)
	}
}

// fail stops the run, if there is an error.
func (w *World) fail(err error) {
	if err != nil {
		w.failed = err
		w.kernel.Stop()
	}
}
