package coretest

import (
	"math"
	"strconv"

	"hypersim/core"
)

// bodyText prints a body: what is zero or nobody is left out, words stand for themselves, and so does the node that an
// element is about; "required=1 records{b OK manager, c SUSPECT manager accuser=d}".
type bodyText struct {
	b     *Bench
	s     []byte
	depth int  // inside of how many lists
	first bool // nothing of this element is printed yet
}

// Body prints what m's body says, nothing if it has none.
func (b *Bench) Body(m *core.Message) string {
	if m.Body == nil {
		return ""
	}
	t := bodyText{b: b}
	var w core.Walker
	w.View(m.Body, &t)
	return string(t.s)
}

// Field implements core.Viewer.
func (t *bodyText) Field(name string, k core.FieldType, v uint64, word string, _ uint64) uint64 {
	switch k {
	case core.FieldNode, core.FieldMaybeNode:
		if id := core.NodeID(v); id != core.NoNode {
			t.put(name, t.b.Name(id), t.depth > 0 && t.first)
		}
	case core.FieldWord:
		if v != 0 || t.depth > 0 {
			t.put(name, word, t.depth > 0)
		}
	case core.FieldBool:
		if v != 0 {
			t.put(name, name, true)
		}
	case core.FieldFloat32:
		t.number(name, float64(math.Float32frombits(uint32(v))))
	case core.FieldFloat64:
		t.number(name, math.Float64frombits(v))
	case core.FieldDuration:
		if v != 0 {
			t.put(name, core.Duration(v).String(), false)
		}
	case core.FieldUint8, core.FieldUint16, core.FieldUint32, core.FieldVarint:
		if v != 0 {
			t.put(name, strconv.FormatUint(v, 10), false)
		}
	case core.FieldUint64, core.FieldBlob:
		switch {
		case v >= 1<<32: // a hash or an id
			t.put(name, "0x"+strconv.FormatUint(v, 16), false)
		case v != 0:
			t.put(name, strconv.FormatUint(v, 10), false)
		}
	}
	return v
}

func (t *bodyText) number(name string, x float64) {
	if x != 0 {
		t.put(name, strconv.FormatFloat(x, 'g', -1, 64), false)
	}
}

func (t *bodyText) put(name, value string, bare bool) {
	if t.depth == 0 || !t.first {
		t.s = append(t.s, ' ')
	}
	t.first = false
	if !bare {
		t.s = append(append(t.s, name...), '=')
	}
	t.s = append(t.s, value...)
}

// List implements core.Viewer.
func (t *bodyText) List(name string, n int) int {
	if n > 0 {
		t.s = append(append(append(t.s, ' '), name...), '{')
	}
	t.depth++
	return n
}

// Next implements core.Viewer.
func (t *bodyText) Next(i, n int) {
	t.first = true
	switch {
	case i == n:
		t.depth--
		t.first = false
		if n > 0 {
			t.s = append(t.s, '}')
		}
	case i > 0:
		t.s = append(t.s, ", "...)
	}
}
