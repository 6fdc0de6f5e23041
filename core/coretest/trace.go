package coretest

import "hypersim/core"

// EventKind says what an Event is.
type EventKind uint8

// Events.
const (
	EventSent    EventKind = iota // a machine sent Msg
	EventDropped                  // Msg was lost: by a rule, or its receiver is down
	EventForged                   // Msg was made by the test
	EventFact                     // the machine of Node reported Fact
)

// Event is one line of the trace.
type Event struct {
	At   core.Instant
	Kind EventKind
	Node core.NodeID // who sent, lost or reported it
	Msg  core.Message
	Fact core.Fact
}

func (b *Bench) note(e Event) {
	e.At = b.now
	b.trace = append(b.trace, e)
}

// Take returns the events since the last call, in order.
func (b *Bench) Take() []Event {
	t := b.trace
	b.trace = nil
	return t
}
