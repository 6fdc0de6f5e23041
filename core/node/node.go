package node

import (
	"hypersim/core"
	"hypersim/core/front"
	"hypersim/core/swim"
	"hypersim/core/vivaldi"
)

// Node is one process. It implements core.Machine. Fields stand in the order in which an event needs them.
// The zero Node is a process that never began. It must not be copied once it has parts: they point into it.
type Node struct {
	by      [core.NumRooms]uint8 // whose messages of a room are: 1 + index into parts, 0 nobody's
	member  bool                 // it has a membership
	leaving bool                 // when its parts have finished
	parts   []part               // in the order in which they act
	first   [1]part              // the memory of parts as long as there is one
	shown   *core.Fact           // the fact in hand; nil: nobody observes
	strays  uint64
	cfg     *Config
	flow    *front.Server // what its messages pass first; nil: nothing is measured or refused

	// Swim is the membership. That of a node without one knows nobody.
	Swim swim.Machine
	viv  vivaldi.Node // the coordinate, of members that have one
}

var _ core.Machine = (*Node)(nil)

// Begin is called once by the driver, when the process starts.
func (n *Node) Begin(now core.Instant, fx *core.Effects) {
	mark := len(fx.Facts)
	for i := range n.parts {
		if b, ok := n.parts[i].it.(Beginner); ok {
			b.Begin(now, fx)
			n.Settle(now, mark, fx)
			mark = len(fx.Facts)
		}
	}
}

// Receive hands m to the part that its kind is for. Membership sees every stream of its group first, since whoever
// speaks lives, and whatever no part takes, which it counts as malformed.
func (n *Node) Receive(now core.Instant, m *core.Message, fx *core.Effects) {
	mark, sent, room := len(fx.Facts), len(fx.Messages), roomOf(m)
	to := n.by[room]
	if n.member && (to == 0 || room != core.RoomMembership && m.Kind.IsStream() && m.Group == n.Swim.Group()) {
		n.Swim.Receive(now, m, fx)
		n.Settle(now, mark, fx)
		mark = len(fx.Facts)
	}
	switch {
	case n.Swim.Stopped(), n.former(m):
	case to != 0:
		n.parts[to-1].receiver.Receive(now, m, fx)
		n.Settle(now, mark, fx)
	case !n.member:
		n.strays++
	}
	if n.leaving {
		n.depart(now, fx)
	}
	n.flow.Sent(fx.Messages[sent:])
}

// former reports whether m is a datagram for a part from a process that is known to be gone (10 §2.6); membership drops its own. What
// came on a stream is for the part to judge.
func (n *Node) former(m *core.Message) bool {
	return n.member && m.Kind.IsDatagram() && m.Kind.Room() != core.RoomMembership && n.by[m.Kind.Room()] != 0 && n.Swim.Former(m)
}

// roomOf returns which part a message is for; that a stream failed is for whoever sent it.
func roomOf(m *core.Message) core.Room {
	if m.Kind == core.KindStreamFailed {
		return m.Failed.Room()
	}
	return m.Kind.Room()
}

// Wake lets every part act on its deadlines, in the order of the parts. A process that has stopped does nothing more.
func (n *Node) Wake(now core.Instant, fx *core.Effects) {
	sent := len(fx.Messages)
	for i := range n.parts {
		if t := n.parts[i].timer; t != nil && !n.Swim.Stopped() {
			mark := len(fx.Facts)
			t.Wake(now, fx)
			n.Settle(now, mark, fx)
		}
	}
	if n.leaving {
		n.depart(now, fx)
	}
	n.flow.Sent(fx.Messages[sent:])
}

// Deadline reports the least deadline of all parts. A process that has stopped waits for nothing.
func (n *Node) Deadline() (core.Instant, bool) {
	least := core.Never
	if n.Swim.Stopped() {
		return least, false
	}
	for i := range n.parts {
		if t := n.parts[i].timer; t != nil {
			if at, ok := t.Deadline(); ok && at < least {
				least = at
			}
		}
	}
	return least, least != core.Never
}

// Due returns the parts whose deadlines are not after now. It is for who looks for the reason of a machine that never rests.
func (n *Node) Due(now core.Instant) (parts []Timer) {
	for i := range n.parts {
		if t := n.parts[i].timer; t != nil {
			if at, ok := t.Deadline(); ok && at <= now {
				parts = append(parts, t)
			}
		}
	}
	return parts
}

// Coordinates returns the coordinate engine, to be read only; that of a node without coordinates knows nobody.
func (n *Node) Coordinates() *vivaldi.Node { return &n.viv }

// Strays returns how many messages a node without a membership got that none of its parts takes.
func (n *Node) Strays() uint64 { return n.strays }

// Validate recomputes what n keeps incrementally and returns what does not agree.
func (n *Node) Validate(now core.Instant) []string {
	var bad []string
	if n.member {
		bad = n.Swim.ValidateState(now).Errors
	}
	for i := range n.parts {
		if v, ok := n.parts[i].it.(Validator); ok {
			bad = append(bad, v.Validate()...)
		}
	}
	return bad
}

// MemoryBytes returns the heap bytes that this node holds, coordinates included.
func (n *Node) MemoryBytes() int {
	b := 0
	if cap(n.parts) > len(n.first) {
		b = cap(n.parts) * partBytes
	}
	for i := range n.parts {
		if s, ok := n.parts[i].it.(Sizer); ok {
			b += s.MemoryBytes()
		}
	}
	return b
}
