package runner

import (
	"math"
	"strconv"

	"hypersim/core"
)

// bodyJSON prints a body as one JSON object, every field by its name, zero or not: numbers as numbers, words as
// strings, nodes as ids (null: nobody), durations in ns, lists as arrays of objects. Integers of 64 bits are digits in
// full, which a reader that keeps numbers as doubles rounds.
type bodyJSON struct {
	b    []byte
	more bool // the object has a field already
}

// Field implements core.Viewer.
func (j *bodyJSON) Field(name string, t core.FieldType, v uint64, w string, _ uint64) uint64 {
	j.name(name)
	switch t {
	case core.FieldWord:
		j.b = append(append(append(j.b, '"'), w...), '"')
	case core.FieldNode, core.FieldMaybeNode:
		if core.NodeID(v) == core.NoNode {
			j.b = append(j.b, "null"...)
		} else {
			j.b = strconv.AppendUint(j.b, v, 10)
		}
	case core.FieldBool:
		j.b = strconv.AppendBool(j.b, v != 0)
	case core.FieldFloat32:
		j.b = float(j.b, math.Float32frombits(uint32(v)))
	case core.FieldFloat64:
		if x := math.Float64frombits(v); math.IsNaN(x) || math.IsInf(x, 0) {
			j.b = append(j.b, "null"...)
		} else {
			j.b = strconv.AppendFloat(j.b, x, 'g', -1, 64)
		}
	case core.FieldDuration:
		j.b = strconv.AppendInt(j.b, int64(v), 10)
	case core.FieldUint8, core.FieldUint16, core.FieldUint32, core.FieldUint64, core.FieldVarint, core.FieldBlob:
		j.b = strconv.AppendUint(j.b, v, 10)
	}
	return v
}

func (j *bodyJSON) name(name string) {
	if j.more {
		j.b = append(j.b, ',')
	}
	j.more = true
	j.b = append(append(append(j.b, '"'), name...), `":`...)
}

// List implements core.Viewer.
func (j *bodyJSON) List(name string, n int) int {
	j.name(name)
	j.b = append(j.b, '[')
	return n
}

// Next implements core.Viewer.
func (j *bodyJSON) Next(i, n int) {
	switch {
	case n == 0:
	case i == n:
		j.b = append(j.b, '}')
	case i == 0:
		j.b = append(j.b, '{')
	default:
		j.b = append(j.b, "},{"...)
	}
	if j.more = i == n; j.more { // the list was a field of what is around it
		j.b = append(j.b, ']')
	}
}
