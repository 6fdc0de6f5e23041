package story

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

// Parting is where two recordings part.
type Parting struct {
	Number uint64 // of the first line that differs; 0: none does
	Lines  uint64 // that are the same before it
	Before []string
	A, B   string // what stands there; "": it has ended
}

// beforeParting is how many lines that both have are told before the first that differs.
const beforeParting = 3

// Diff finds the first line in which two recordings part. Their headers may differ: another seed is no part of what happens. Lines name
// nodes and faults by their places, so where those are called otherwise the same line says something else.
func Diff(a, b *Reader) (*Parting, error) {
	p := &Parting{}
	alike := slices.Equal(a.Nodes, b.Nodes) && slices.Equal(a.Faults, b.Faults)
	var x, y Line
	var before [beforeParting][]byte // a ring
	for {
		errA, errB := a.Next(&x), b.Next(&y)
		switch {
		case broken(errA) || broken(errB):
			return nil, errors.Join(errA, errB)
		case errA != nil && errB != nil:
			return p, nil
		}
		if errA == nil && errB == nil && bytes.Equal(x.Raw, y.Raw) && (alike || a.calls(&x, &b.Header)) {
			at := p.Lines % beforeParting
			before[at] = append(before[at][:0], x.Raw...)
			p.Lines++
			continue
		}
		for n := max(p.Lines, beforeParting) - beforeParting; n < p.Lines; n++ {
			var l Line
			l.parse(before[n%beforeParting], n+1)
			p.Before = append(p.Before, string(a.Tell(nil, &l)))
		}
		p.Number = p.Lines + 1
		if errA == nil {
			p.A = string(a.Tell(nil, &x))
		}
		if errB == nil {
			p.B = string(b.Tell(nil, &y))
		}
		return p, nil
	}
}

// calls reports whether all that a line names is called the same by another recording.
func (h *Header) calls(l *Line, other *Header) bool {
	return h.Name(l.Node) == other.Name(l.Node) && h.Name(l.Peer) == other.Name(l.Peer) && h.Name(l.About) == other.Name(l.About) &&
		h.FaultName(l.Fault) == other.FaultName(l.Fault)
}

func broken(err error) bool { return err != nil && !errors.Is(err, io.EOF) }
