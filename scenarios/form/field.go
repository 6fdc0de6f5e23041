package form

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// The file's format is a set of Go structs whose fields carry the tags of the protocol's Config structs:
//
//	key       name in the file; a struct field without it is not part of the format
//	range     interval of a number ("(0,inf)" excludes 0), in seconds for durations
//	enum      the words allowed
//	required  "true": must be there
//	unit      of a distribution: "s", "ppm" or "1"; "relative" lets it be a share of the base value
//	def       the definition of the schema that lists the words
//	doc       one line for the schema
//
// One walk over them binds a tree (this file), one writes the schema (schema.go), one the resolved
// configuration (encode.go).

// Special is a type with a form of its own.
type Special interface {
	Bind(b *Binding, n *Node, key string, f Field)
	Encode(f Field) any // nil: nothing to write
	Schema(f Field) map[string]any
}

// Field is the description of a key.
type Field struct {
	Name string
	Tag  reflect.StructTag
}

// Required reports whether the key must be there.
func (f Field) Required() bool { return f.Tag.Get("required") == "true" }

// Enum returns the words allowed, nil where any word is.
func (f Field) Enum() []string {
	if e := f.Tag.Get("enum"); e != "" {
		return strings.Split(e, ",")
	}
	return nil
}

// Interval is a range tag.
type Interval struct {
	Lo, Hi         float64
	LoOpen, HiOpen bool
}

// Everything is the interval of all numbers.
var Everything = Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}

// Interval returns the numbers allowed.
func (f Field) Interval() Interval {
	t := f.Tag.Get("range")
	if t == "" {
		return Everything
	}
	in := Interval{LoOpen: t[0] == '(', HiOpen: t[len(t)-1] == ')'}
	lo, hi, _ := strings.Cut(t[1:len(t)-1], ",")
	var errLo, errHi error
	in.Lo, errLo = strconv.ParseFloat(lo, 64)
	in.Hi, errHi = strconv.ParseFloat(hi, 64)
	if errLo != nil || errHi != nil {
		panic("form: key " + f.Name + " has the range tag " + t)
	}
	return in
}

// Has reports whether v lies in the interval.
func (in Interval) Has(v float64) bool {
	return (v > in.Lo || v == in.Lo && !in.LoOpen) && (v < in.Hi || v == in.Hi && !in.HiOpen)
}

// Text says what the interval allows: "must be > 0s".
func (in Interval) Text(show func(float64) string) string {
	lo, hi := math.IsInf(in.Lo, -1), math.IsInf(in.Hi, 1)
	above, below := "≥ ", "≤ "
	if in.LoOpen {
		above = "> "
	}
	if in.HiOpen {
		below = "< "
	}
	switch {
	case lo && hi:
		return "must be a number"
	case hi:
		return "must be " + above + show(in.Lo)
	case lo:
		return "must be " + below + show(in.Hi)
	case in.Lo == in.Hi:
		return "must be " + show(in.Lo)
	}
	return "must be " + above + show(in.Lo) + " and " + below + show(in.Hi)
}

// known remembers the fields of struct types: a sweep loads the same ones thousands of times.
var known sync.Map // reflect.Type → []reflect.StructField

// Fields returns the keys of a struct type in order, embedded structs flattened. Do not write to it.
func Fields(t reflect.Type) []reflect.StructField {
	if out, ok := known.Load(t); ok {
		return out.([]reflect.StructField)
	}
	var out []reflect.StructField
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("key") != "" {
			out = append(out, f)
		}
	}
	known.Store(t, out)
	return out
}

// Keys returns the names of the keys of a struct type, in order.
func Keys(t reflect.Type) []string {
	var names []string
	for _, f := range Fields(t) {
		names = append(names, f.Tag.Get("key"))
	}
	return names
}
