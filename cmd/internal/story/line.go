package story

import (
	"bytes"
	"strconv"
)

// Nobody is a node that a line does not name.
const Nobody = -1

// Line is what a line says at its outermost level, as far as anything here asks. The bytes are the reader's, until it is asked
// for the next one.
type Line struct {
	Number uint64 // from 1
	At     int64  // ns
	Sent   int64  // ns, of a message that was delivered
	Due    int64  // ns, when a datagram arrives
	Begins bool   // it begins a step
	Moves  bool   // it says a new state
	Copy   bool   // an extra copy, made by the network
	Node   int    // whose it is
	Peer   int
	About  int // the member that a fact is about
	Seq    uint64
	Bytes  uint64
	Fault  int

	Kind, Message, Fact, Why []byte
	Job                      []byte // 16 digits

	Raw []byte // the whole line
}

// parse takes a line apart. It reads what traceSink writes: one object, no spaces, keys without escapes; anything else is
// refused, not guessed at.
func (l *Line) parse(raw []byte, number uint64) bool {
	*l = Line{Number: number, Node: Nobody, Peer: Nobody, About: Nobody, Fault: Nobody, Raw: raw}
	if len(raw) < 2 || raw[0] != '{' || raw[len(raw)-1] != '}' {
		return false
	}
	for rest := raw[1:]; ; {
		name, value, after, ok := field(rest)
		if !ok || !l.take(name, value) {
			return false
		}
		if after[0] == '}' {
			break
		}
		rest = after[1:]
	}
	l.Begins = l.Begins || string(l.Kind) == "delivered"
	return len(l.Kind) > 0
}

// field cuts `"name":value` off the front of b; after begins with what follows, a comma or the end of the object.
func field(b []byte) (name, value, after []byte, ok bool) {
	if len(b) < 4 || b[0] != '"' {
		return nil, nil, nil, false
	}
	end := bytes.IndexByte(b[1:], '"') + 1
	if end < 1 || end+1 >= len(b) || b[end+1] != ':' {
		return nil, nil, nil, false
	}
	name, b = b[1:end], b[end+2:]
	n := extent(b)
	if n <= 0 || n >= len(b) || b[n] != ',' && b[n] != '}' {
		return nil, nil, nil, false
	}
	return name, b[:n], b[n:], true
}

// extent is the length of the value that b begins with, -1 if it does not end.
func extent(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := text(b[i:])
			if n < 0 {
				return -1
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// text is the length of the string that b begins with, quotes and all; -1 if it does not end.
func text(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// job is the id of the job, 0 if it names none.
func (l *Line) job() (id uint64) {
	for _, c := range l.Job {
		id = id<<4 | uint64(c&15) + uint64(c>>6)*9
	}
	return id
}

// take keeps a field that somebody asks for. It reports whether the value is of the type that it has to be.
func (l *Line) take(name, value []byte) bool {
	ok := true
	switch string(name) {
	case "t":
		l.At, ok = integer(value)
	case "k":
		l.Kind, ok = word(value)
	case "m":
		l.Message, ok = word(value)
	case "fact":
		l.Fact, ok = word(value)
	case "why":
		l.Why, ok = word(value)
	case "j":
		l.Job, ok = word(value)
	case "n":
		l.Node, ok = id(value)
	case "p":
		l.Peer, ok = id(value)
	case "s":
		return l.takeS(value)
	case "fault":
		l.Fault, ok = id(value)
	case "due":
		l.Due, ok = integer(value)
	case "q":
		l.Seq, ok = natural(value)
	case "b":
		l.Bytes, ok = natural(value)
	case "to":
		l.Moves = true
	case "e":
		l.Begins = true
	case "x":
		l.Copy = string(l.Kind) == "sent"
	}
	return ok
}

// takeS takes the one key of two meanings: whom a fact is about, and when a message was sent. The kind comes before it.
func (l *Line) takeS(value []byte) (ok bool) {
	if string(l.Kind) == "fact" {
		l.About, ok = id(value)
	} else {
		l.Sent, ok = integer(value)
	}
	return ok
}

func integer(b []byte) (int64, bool) {
	v, err := strconv.ParseInt(string(b), 10, 64)
	return v, err == nil
}

func natural(b []byte) (uint64, bool) {
	v, err := strconv.ParseUint(string(b), 10, 64)
	return v, err == nil
}

func id(b []byte) (int, bool) {
	v, err := strconv.Atoi(string(b))
	return v, err == nil && v >= 0
}

func word(b []byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != '"' || b[len(b)-1] != '"' {
		return nil, false
	}
	return b[1 : len(b)-1], true
}
