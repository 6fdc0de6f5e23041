package core

import "math"

// Shared is embedded by every body: how many messages have it, or that it is on a shelf. It is not part of what the body says.
type Shared struct{ refs int32 }

const shelved = math.MinInt32

func (s *Shared) shared() *Shared { return s }

// Hold adds one to the messages that have b. A driver holds the body of each message that it has in hand or on
// the way, so that one body serves all receivers of a broadcast. Whoever wants to keep a received body beyond
// Receive holds it too, and never lets go: it is garbage when the keeper forgets it. Hold panics if b is on a shelf: whoever had it let go
// too early, and the next who takes it from there would write into a message on its way.
func Hold(b Body) {
	if h := b.shared(); h.refs >= 0 {
		h.refs++
		return
	}
	panic("core: a body is held that nobody has any more")
}

// Bodies make the body of each kind that has one; nil where a kind has none.
type Bodies [NumKinds]func() Body

// Shelf keeps bodies that nobody has any more, by the kind of message that they were made for, and gives them out
// again. It belongs to one driver.
type Shelf struct {
	free [NumKinds][]Body
	walk Walker
}

// Drop takes back one Hold of the body of a message of kind k, and puts it on the shelf if that was the last.
func (s *Shelf) Drop(k Kind, b Body) {
	h := b.shared()
	if h.refs--; h.refs < 0 {
		panic("core: a " + k.String() + " body was dropped more often than held")
	}
	if h.refs == 0 {
		h.refs = shelved
		s.free[k] = append(s.free[k], b)
	}
}

// take returns a clear body for messages of kind k, nil if the shelf has none.
func (s *Shelf) take(k Kind) Body {
	n := len(s.free[k])
	if n == 0 {
		return nil
	}
	b := s.free[k][n-1]
	s.free[k] = s.free[k][:n-1]
	s.walk.Clear(b)
	b.shared().refs = 0
	return b
}

// Take returns a clear body for messages of kind k, made by make if the shelf has none.
func (s *Shelf) Take(k Kind, make func() Body) Body {
	if b := s.take(k); b != nil {
		return b
	}
	return make()
}

// Attach gives m, whose kind is set, a clear body of type T and returns it to be filled in. Messages of one kind
// have bodies of one type.
func Attach[T any, P interface {
	*T
	Body
}](fx *Effects, m *Message) P {
	b, ok := fx.Bodies.take(m.Kind).(P)
	if !ok {
		b = P(new(T))
	}
	m.Body = b
	return b
}
