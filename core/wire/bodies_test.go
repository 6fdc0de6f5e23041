package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"hypersim/core"
)

// everything is a body with a field of each type: how fields are written is this room's, what a body has is its
// owner's (core/coretest/wiretest).
type everything struct {
	core.Shared
	a     uint8
	b     uint16
	c, v  uint32
	d     uint64
	f     float32
	g     float64
	yes   bool
	long  core.Duration
	node  core.NodeID
	maybe core.NodeID
	state core.MemberState
	blob  core.Blob
	list  []core.NodeID
}

func (e *everything) Walk(w *core.Walker) {
	w.Uint8("a", &e.a)
	w.Uint16("b", &e.b)
	w.Uint32("c", &e.c)
	w.Uint64("d", &e.d)
	w.Varint("v", &e.v)
	w.Float32("f", &e.f)
	w.Float64("g", &e.g)
	w.Bool("yes", &e.yes)
	w.Duration("long", &e.long)
	w.Node("node", &e.node)
	w.MaybeNode("maybe", &e.maybe)
	core.Word(w, "state", &e.state, core.NumStates)
	w.Blob("blob", &e.blob)
	core.List(w, "list", &e.list, keyBytes, func(id *core.NodeID, w *core.Walker) { w.Node("element", id) })
	w.Name(w.Sender())
}

func newEverything() core.Body { return new(everything) }

var testBodies = core.Bodies{
	core.KindXAck: newEverything, core.KindXNack: newEverything, core.KindJoin: newEverything, core.KindJoinAck: newEverything,
	core.KindSyncDigest: newEverything, core.KindSyncFull: newEverything, core.KindProgress: newEverything,
}

func someBody() *everything {
	return &everything{
		a: 0x11, b: 0x1213, c: 0x21222324, d: 0x3132333435363738, v: 300, f: 1, g: 2, yes: true, long: 0x4142434445464748,
		node: 0x0a0b0c, maybe: core.NoNode, state: core.StateDead, blob: core.Blob{ID: 0x5152535455565758, Size: 70000},
		list: []core.NodeID{1, 2},
	}
}

// Encode and Decode are those of b's codec, without its books around them.
func Encode(dst []byte, m *core.Message, b Book) []byte { return newCodec(b).Encode(dst, m) }

func Decode(src []byte, m *core.Message, b Book) error { return newCodec(b).Decode(src, m) }

// sizeOf is how many bytes of m exist: its size without ballast.
func sizeOf(m *core.Message, b Book) int {
	n := newCodec(b).Size(m)
	if e, ok := m.Body.(*everything); ok {
		n -= int(e.blob.Size)
	}
	return n
}

func newCodec(b Book) *Codec { return &Codec{Book: b, Bodies: &testBodies} }

// Every type of field, written down by hand from doc.go.
func TestBodyBytes(t *testing.T) {
	m := core.Message{Kind: core.KindXAck, From: 5, Body: someBody()}
	const want = "11 1213 21222324 3132333435363738 ac02 3f800000 4000000000000000 01 4142434445464748 04 0a0a0b0c 1b58 00 04" +
		"5152535455565758 00011170 00000002 04 0a000001 1b58 04 0a000002 1b58 06 6e6f64652d35"
	p := unhex(t, strings.ReplaceAll(want, " ", ""))
	if have := Encode(nil, &m, linear)[HeaderBytes:]; !bytes.Equal(have, p) {
		t.Errorf("have %x\nwant %x", have, p)
	}
	if size, want := newCodec(linear).Size(&m), HeaderBytes+len(p)+70000; size != want {
		t.Errorf("size %d, want %d", size, want)
	}
}

// A bool of 2, an unknown word, a varint in a longer form and a list longer than the message are refused.
func TestBodyValues(t *testing.T) {
	m := core.Message{Kind: core.KindXAck, From: 5, Body: someBody()}
	good := Encode(nil, &m, linear)
	for _, c := range []struct {
		what string
		at   int // of the body
		to   []byte
		want error
	}{
		{"bool", 29, []byte{2}, ErrValue},
		{"known", 45, []byte{2}, ErrValue},
		{"word", 46, []byte{core.NumStates}, ErrValue},
		{"varint", 15, []byte{0x80, 0x00}, ErrVarint},
		{"list", 59, []byte{0xff, 0xff, 0xff, 0xff}, ErrShort},
		{"key", 38, []byte{5}, ErrKey},
		{"name", 78, []byte{'N'}, ErrName},
	} {
		p := bytes.Clone(good)
		copy(p[HeaderBytes+c.at:], c.to)
		var have core.Message
		if err := Decode(reseal(p), &have, linear); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
}
