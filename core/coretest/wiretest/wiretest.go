// Package wiretest tries out the bodies of messages: what is walked to be encoded comes back when it is decoded, with
// the size that was foretold, and no bytes of a stranger do harm. The rooms that own bodies run it over theirs.
package wiretest

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"hypersim/core"
	"hypersim/core/wire"
)

// codec returns a codec of simulated nodes for the given bodies.
func codec(bodies *core.Bodies) *wire.Codec {
	return &wire.Codec{
		Book:   wire.LinearBook{Port: 7000, Names: func(id core.NodeID) string { return fmt.Sprintf("node-%d", id) }},
		Bodies: bodies, Shelf: new(core.Shelf),
	}
}

// Kinds returns the kinds that have a body, ascending.
func Kinds(bodies *core.Bodies) []core.Kind {
	var out []core.Kind
	for k := range bodies {
		if bodies[k] != nil {
			out = append(out, core.Kind(k))
		}
	}
	return out
}

// drawer fills a body with anything that its fields can hold.
type drawer struct {
	t       *rapid.T
	blob    bool // the next field is the size of ballast
	ballast int
}

// Draw fills b with any value of each field and returns how many bytes of ballast it has.
func Draw(t *rapid.T, b core.Body) (ballast int) {
	d := &drawer{t: t}
	var w core.Walker
	w.View(b, d)
	return d.ballast
}

// Field implements core.Viewer.
func (d *drawer) Field(name string, t core.FieldType, _ uint64, _ string, limit uint64) uint64 {
	if d.blob {
		d.blob = false
		n := rapid.Uint64Range(0, 5000).Draw(d.t, name)
		d.ballast += int(n)
		return n
	}
	node := rapid.Uint64Range(0, wire.LinearNodes-1)
	switch t {
	case core.FieldUint8:
		return rapid.Uint64Range(0, 1<<8-1).Draw(d.t, name)
	case core.FieldUint16:
		return rapid.Uint64Range(0, 1<<16-1).Draw(d.t, name)
	case core.FieldUint32, core.FieldFloat32:
		return rapid.Uint64Range(0, 1<<32-1).Draw(d.t, name)
	case core.FieldVarint:
		return rapid.OneOf(rapid.Uint64Range(0, 300), rapid.Uint64Range(0, 1<<32-1)).Draw(d.t, name)
	case core.FieldBool:
		return rapid.Uint64Range(0, 1).Draw(d.t, name)
	case core.FieldWord:
		return rapid.Uint64Range(0, limit-1).Draw(d.t, name)
	case core.FieldNode:
		return node.Draw(d.t, name)
	case core.FieldMaybeNode:
		return rapid.OneOf(node, rapid.Just(uint64(core.NoNode))).Draw(d.t, name)
	case core.FieldBlob:
		d.blob = true
	case core.FieldUint64, core.FieldFloat64, core.FieldDuration:
	}
	return rapid.Uint64().Draw(d.t, name)
}

// List implements core.Viewer.
func (d *drawer) List(name string, n int) int { return rapid.IntRange(0, 4).Draw(d.t, name) }

// Next implements core.Viewer.
func (*drawer) Next(int, int) {}

// RoundTrip checks, for every kind that has a body, that any body survives its bytes, and that a clear one is as new.
func RoundTrip(t *testing.T, bodies *core.Bodies) {
	t.Helper()
	c := codec(bodies)
	for _, k := range Kinds(bodies) {
		t.Run(k.String(), func(t *testing.T) {
			var w core.Walker
			have := core.Message{}
			rapid.Check(t, func(t *rapid.T) {
				m := core.Message{Kind: k, From: core.NodeID(rapid.Uint32Range(0, wire.LinearNodes-1).Draw(t, "from")), Body: bodies[k]()}
				ballast := Draw(t, m.Body)
				p := c.Encode(nil, &m)
				if size := c.Size(&m); size != len(p)+ballast {
					t.Fatalf("Size is %d; %d encoded and %d of ballast", size, len(p), ballast)
				}
				if err := c.Decode(p, &have); err != nil {
					t.Fatal(err)
				}
				if w.Hash(1, have.Body) != w.Hash(1, m.Body) || !bytes.Equal(c.Encode(nil, &have), p) {
					t.Fatalf("have %+v\nwant %+v", have.Body, m.Body)
				}
				core.Hold(have.Body) // and back to the shelf, so that the next one is a used one
				c.Shelf.Drop(k, have.Body)
				w.Clear(m.Body) // fields that it does not tell once it is clear count too: they would come back
				if left, fresh := fmt.Sprintf("%+v", m.Body), fmt.Sprintf("%+v", bodies[k]()); left != fresh {
					t.Fatalf("cleared: %s", left)
				}
			})
		})
	}
}

// Truncation checks that no body can be read from fewer bytes than it has.
func Truncation(t *testing.T, bodies *core.Bodies) {
	t.Helper()
	c := codec(bodies)
	for _, k := range Kinds(bodies) {
		t.Run(k.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := core.Message{Kind: k, Body: bodies[k]()}
				Draw(t, m.Body)
				p := c.Encode(nil, &m)[wire.HeaderBytes:]
				n := rapid.IntRange(0, len(p)-1).Draw(t, "bytes")
				cut := core.Message{Kind: k, Body: bodies[k]()}
				var w core.Walker
				if _, err := w.Read(p[:n], &cut, c); err == nil {
					t.Fatalf("%d of %d bytes are read as %+v", n, len(p), cut.Body)
				}
			})
		})
	}
}

// Fuzz reads bodies from any bytes: what is accepted is written again as it was, and takes no more memory than
// the bytes allow.
func Fuzz(f *testing.F, bodies *core.Bodies) {
	f.Helper()
	c := codec(bodies)
	ks := Kinds(bodies)
	for i, k := range ks {
		m := core.Message{Kind: k, Body: bodies[k]()}
		f.Add(uint8(i), c.Encode(nil, &m)[wire.HeaderBytes:])
		f.Add(uint8(i), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	}
	f.Fuzz(func(t *testing.T, i uint8, p []byte) {
		k := ks[int(i)%len(ks)]
		m := core.Message{Kind: k, Body: bodies[k]()}
		var w core.Walker
		rest, err := w.Read(p, &m, c)
		if err != nil {
			return
		}
		read := p[:len(p)-len(rest)]
		if again := c.Encode(nil, &m)[wire.HeaderBytes:]; !bytes.Equal(again, read) {
			t.Fatalf("%v\nread %x\nwrote %x", k, read, again)
		}
	})
}
