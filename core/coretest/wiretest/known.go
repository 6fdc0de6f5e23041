package wiretest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"hypersim/core"
	"hypersim/core/wire"
)

// Known is a body and its bytes, written down by hand from its layout, field by field: "8:a1" is 0xa1 in eight bytes,
// "n5" the tagged endpoint of node 5, "?5" that of a node that may be missing, and "-" the missing one; all else is
// hex as it stands.
type Known struct {
	Kind core.Kind
	Body core.Body
	Want string
}

// Bytes checks that each body has the bytes that were written down and comes back from them, and that every type of
// body is among them.
func Bytes(t *testing.T, bodies *core.Bodies, known []Known) {
	t.Helper()
	c := codec(bodies)
	seen := map[string]bool{}
	for _, x := range known {
		seen[fmt.Sprintf("%T", x.Body)] = true
		m := core.Message{Kind: x.Kind, Body: x.Body}
		want := layout(t, x.Want)
		if have := c.Encode(nil, &m)[wire.HeaderBytes:]; !bytes.Equal(have, want) {
			t.Errorf("%v\nhave %x\nwant %x", x.Kind, have, want)
			continue
		}
		back := core.Message{Kind: x.Kind, Body: bodies[x.Kind]()}
		var w core.Walker
		if rest, err := w.Read(want, &back, c); err != nil || len(rest) > 0 || w.Hash(1, back.Body) != w.Hash(1, x.Body) {
			t.Errorf("%v: %d bytes left, %v\nhave %+v\nwant %+v", x.Kind, len(rest), err, back.Body, x.Body)
		}
	}
	for _, k := range Kinds(bodies) {
		if name := fmt.Sprintf("%T", bodies[k]()); !seen[name] {
			t.Errorf("%v: no bytes are written down for %s", k, name)
		}
	}
}

// layout returns the bytes that s describes.
func layout(t *testing.T, s string) []byte {
	t.Helper()
	var out []byte
	for _, word := range strings.Fields(s) {
		p, err := piece(word)
		if err != nil {
			t.Fatalf("%q of %q: %v", word, s, err)
		}
		out = append(out, p...)
	}
	return out
}

func piece(word string) ([]byte, error) {
	switch {
	case word == "-":
		return []byte{0}, nil
	case word[0] == 'n':
		return node(word[1:])
	case word[0] == '?':
		p, err := node(word[1:])
		return append([]byte{1}, p...), err
	case len(word) > 2 && word[1] == ':':
		v, err := strconv.ParseUint(word[2:], 16, 64)
		size := int(word[0] - '0')
		return binary.BigEndian.AppendUint64(nil, v)[8-size:], err
	}
	return hex.DecodeString(word)
}

// node is the tagged endpoint of a node in wire.LinearBook with port 7000.
func node(id string) ([]byte, error) {
	n, err := strconv.ParseUint(id, 10, 24)
	p := binary.BigEndian.AppendUint32([]byte{wire.TagV4}, 0x0a000000|uint32(n))
	return binary.BigEndian.AppendUint16(p, 7000), err
}
