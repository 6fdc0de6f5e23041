package node

import "hypersim/core"

// Part is one mechanism of a node: a pointer to whatever implements one or more of the interfaces below.
type Part any

// Receiver takes the messages of the rooms that the part was added for.
type Receiver interface {
	Receive(now core.Instant, m *core.Message, fx *core.Effects)
}

// Timer has deadlines. A call of Wake that finds nothing due does nothing. Deadline is asked after every event, so it
// is a comparison or two.
type Timer interface {
	Wake(now core.Instant, fx *core.Effects)
	Deadline() (at core.Instant, ok bool)
}

// Observer is shown every fact that a part of the node found, its own included, in the event that found it: no message
// can come between a death and what follows from it. f is good for the call only. What an observer adds to fx is shown
// in its turn, so two observers must not answer each other for ever.
type Observer interface {
	Observe(now core.Instant, f *core.Fact, fx *core.Effects)
}

// Beginner has something to do when the process starts.
type Beginner interface {
	Begin(now core.Instant, fx *core.Effects)
}

// Drainer has something to finish or to hand over before its process leaves.
type Drainer interface {
	// Drain begins that; nothing new is taken from then on.
	Drain(now core.Instant, fx *core.Effects)

	// Drained reports whether nothing is left, or the time for it is over. It is asked after every event from then on, so
	// the part has an event at the end of its time.
	Drained(now core.Instant) bool
}

// Validator recomputes what it keeps incrementally and returns what does not agree.
type Validator interface {
	Validate() []string
}

// Sizer tells how many heap bytes it holds.
type Sizer interface {
	MemoryBytes() int
}

// Tabled tells how many entries each of its tables has that is about jobs.
type Tabled interface {
	Tables(each func(table string, entries int))
}

// part is a Part with what it can do, found out once.
type part struct {
	it       Part
	receiver Receiver // nil: takes no messages
	timer    Timer    // nil: has no deadlines
	observer Observer // nil: wants to hear nothing
}

// Add makes p a part of n, behind those that n has, and hands it the messages of the given rooms. It is called before
// Begin.
func (n *Node) Add(p Part, rooms ...core.Room) {
	x := part{it: p}
	x.timer, _ = p.(Timer)
	if x.observer, _ = p.(Observer); x.observer != nil && n.shown == nil {
		n.shown = new(core.Fact)
	}
	if n.parts == nil {
		n.parts = n.first[:0]
	}
	for _, r := range rooms {
		if n.by[r] != 0 {
			panic("node: a room has one part")
		}
		x.receiver = p.(Receiver)
		n.by[r] = uint8(1 + len(n.parts))
	}
	n.parts = append(n.parts, x)
}

// Of returns the part of n that is a P, the zero P if it has none. It is to be read only: what changes it goes through
// n, or is followed by Settle.
func Of[P Part](n *Node) (p P) {
	for i := range n.parts {
		if is, ok := n.parts[i].it.(P); ok {
			return is
		}
	}
	return p
}

// Settle shows the facts from mark on to the observers. The node does it after whatever it calls; who calls a part
// past the node does it then.
func (n *Node) Settle(now core.Instant, mark int, fx *core.Effects) {
	if n.shown == nil {
		return
	}
	for i := mark; i < len(fx.Facts); i++ {
		*n.shown = fx.Facts[i] // a copy: the slice may move
		for k := range n.parts {
			if o := n.parts[k].observer; o != nil {
				o.Observe(now, n.shown, fx)
			}
		}
	}
}

// partBytes is the size of a part, held to the truth by a test.
const partBytes = 64

// Tables tells how many entries each table of the parts has that is about jobs.
func (n *Node) Tables(each func(table string, entries int)) {
	for i := range n.parts {
		if is, ok := n.parts[i].it.(Tabled); ok {
			is.Tables(each)
		}
	}
}
