package story

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// packet names a message on its way. Two copies of one have the same name: the first that arrives is taken for it.
type packet struct {
	from, to int
	seq      uint64
	left     int64  // when it left its sender; that of one which is dropped is not told
	kind     uint32 // a hash of its name
}

func (l *Line) packet() packet {
	p := packet{from: l.Node, to: l.Peer, seq: l.Seq, left: l.At, kind: 2166136261}
	if string(l.Kind) == "delivered" {
		p.from, p.to, p.left = l.Peer, l.Node, l.Sent
	}
	for _, c := range l.Message {
		p.kind = (p.kind ^ uint32(c)) * 16777619 // FNV-1a
	}
	return p
}

// Because says how a link of a chain follows from the one before it.
type Because uint8

// The ways.
const (
	Root      Because = iota // nothing before it is known
	Sending                  // the message was sent there
	Step                     // it is of the step that began there
	Silence                  // a timer did it: there the node last said something of the same job or member
	numReason = 4
)

var becauses = [numReason]string{
	"", "it was sent:", "it follows from:", "no message led there; what it had said last of the same:",
}

func (b Because) String() string { return becauses[b] }

// Link is one line of a chain.
type Link struct {
	Line    string // as Tell has it
	Because Because
}

// Causes leads back from a line to what it follows from, the line itself first. It reads the recording twice: forwards for
// who follows from whom, which costs five bytes a line and what is on its way, and once more for what the chain says.
func Causes(open func() (*Reader, error), number uint64, depth int) ([]Link, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	w := newWeb()
	var l Line
	for err = r.Next(&l); err == nil; err = r.Next(&l) {
		w.add(&l)
		if l.Number == number {
			break
		}
	}
	last := l.Number
	if closed := r.Close(); closed != nil {
		return nil, closed
	}
	switch {
	case errors.Is(err, io.EOF), number == 0:
		return nil, fmt.Errorf("--causes %d: the recording has the lines 1 to %d", number, last)
	case err != nil:
		return nil, err
	}
	return texts(open, w.chain(number, depth))
}

// web knows of each line which one it follows from.
type web struct {
	from  []uint32 // by line; 0 nothing
	why   []Because
	sent  map[packet]uint32
	begun uint32 // the line that began the step
	timed bool   // no message and no fault began it
	said  map[topic]uint32
}

// topic is what a node may speak of.
type topic struct {
	node, about int
	job         uint64
}

func newWeb() *web {
	return &web{from: make([]uint32, 1), why: make([]Because, 1), sent: map[packet]uint32{}, said: map[topic]uint32{}}
}

func (w *web) add(l *Line) {
	n := uint32(l.Number)
	from, why := uint32(0), Root
	about := topic{node: l.Node, about: l.About, job: l.job()}
	spoken := about.job != 0 || about.about != Nobody && l.Moves
	switch {
	case string(l.Kind) == "delivered":
		from, why = w.take(l.packet())
	case l.Begins:
		if spoken {
			from = w.said[about]
		}
		if from != 0 {
			why = Silence
		}
	case w.begun != 0:
		from, why = w.begun, Step
		if last := w.said[about]; w.timed && spoken && last != 0 && last != from {
			from, why = last, Silence
		}
	}
	if l.Begins {
		w.begun, w.timed = n, string(l.Kind) != "delivered" && l.Fault == Nobody
	}
	if spoken && string(l.Kind) != "sent" {
		w.said[about] = n
	}
	if string(l.Kind) == "sent" {
		w.sent[l.packet()] = n
	}
	w.from, w.why = append(w.from, from), append(w.why, why)
}

// take finds where a message was sent, and forgets it.
func (w *web) take(p packet) (uint32, Because) {
	n, ok := w.sent[p]
	if !ok {
		return 0, Root // a second copy
	}
	delete(w.sent, p)
	return n, Sending
}

// place is a link that has no words yet.
type place struct {
	line uint32
	why  Because // it is told after the line before it
}

// chain has depth links at most: each round of a job's progress follows from the one before, back to its beginning.
func (w *web) chain(number uint64, depth int) []place {
	list := []place{{line: uint32(number)}}
	for n := uint32(number); len(list) < depth; {
		why := w.why[n]
		if n = w.from[n]; n == 0 {
			break
		}
		list = append(list, place{n, why})
	}
	return list
}

// texts reads what the lines of a chain say.
func texts(open func() (*Reader, error), list []place) ([]Link, error) {
	r, err := open()
	if err != nil {
		return nil, err
	}
	wanted := make([]uint32, 0, len(list))
	for _, p := range list {
		wanted = append(wanted, p.line)
	}
	slices.Sort(wanted)
	said := map[uint32]string{}
	var l Line
	for next := 0; next < len(wanted); {
		if err = r.Next(&l); err != nil {
			return nil, errors.Join(err, r.Close())
		}
		if uint32(l.Number) == wanted[next] {
			said[wanted[next]] = string(r.Tell(nil, &l))
			next++
		}
	}
	links := make([]Link, 0, len(list))
	for _, p := range list {
		links = append(links, Link{said[p.line], p.why})
	}
	return links, r.Close()
}
