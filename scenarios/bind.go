package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hypersim/core"
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
// configuration (encode.go). Types with a form of their own implement special.
type special interface {
	bind(b *binding, n *node, key string, f field)
	encode(f field) any // nil: nothing to write
	schema(f field) map[string]any
}

// field is the description of a key.
type field struct {
	name string
	tag  reflect.StructTag
}

func (f field) required() bool { return f.tag.Get("required") == "true" }
func (f field) enum() []string {
	if e := f.tag.Get("enum"); e != "" {
		return strings.Split(e, ",")
	}
	return nil
}

// interval is a range tag.
type interval struct {
	lo, hi         float64
	loOpen, hiOpen bool
}

var everything = interval{lo: math.Inf(-1), hi: math.Inf(1)}

func (f field) interval() interval {
	t := f.tag.Get("range")
	if t == "" {
		return everything
	}
	in := interval{loOpen: t[0] == '(', hiOpen: t[len(t)-1] == ')'}
	lo, hi, _ := strings.Cut(t[1:len(t)-1], ",")
	var errLo, errHi error
	in.lo, errLo = strconv.ParseFloat(lo, 64)
	in.hi, errHi = strconv.ParseFloat(hi, 64)
	if errLo != nil || errHi != nil {
		panic("scenarios: key " + f.name + " has the range tag " + t)
	}
	return in
}

func (in interval) has(v float64) bool {
	return (v > in.lo || v == in.lo && !in.loOpen) && (v < in.hi || v == in.hi && !in.hiOpen)
}

// text says what the interval allows: "must be > 0s".
func (in interval) text(show func(float64) string) string {
	lo, hi := math.IsInf(in.lo, -1), math.IsInf(in.hi, 1)
	above, below := "≥ ", "≤ "
	if in.loOpen {
		above = "> "
	}
	if in.hiOpen {
		below = "< "
	}
	switch {
	case lo && hi:
		return "must be a number"
	case hi:
		return "must be " + above + show(in.lo)
	case lo:
		return "must be " + below + show(in.hi)
	case in.lo == in.hi:
		return "must be " + show(in.lo)
	}
	return "must be " + above + show(in.lo) + " and " + below + show(in.hi)
}

// binding collects what is wrong while a tree is bound.
type binding struct {
	problems Problems
	env      *environment // nil: expressions are not allowed here
	dir      string       // folder that relative paths of the file are meant from
	setDir   string       // and those of --set
}

// wrong reports a value.
func (b *binding) wrong(n *node, key, format string, args ...any) {
	b.problems = append(b.problems, Problem{
		File: n.file, Line: n.at.Line, Col: n.at.Col, Key: key, Found: n.found(), Text: fmt.Sprintf(format, args...),
	})
}

// found is the literal of a scalar; the contents of a table are in front of the reader.
func (n *node) found() string {
	if n.isTable || n.isArray {
		return ""
	}
	return n.literal()
}

// atKey reports a key rather than its value.
func (b *binding) atKey(n *node, key, format string, args ...any) {
	b.problems = append(b.problems, Problem{
		File: n.file, Line: n.key.Line, Col: n.key.Col, Key: key, Text: fmt.Sprintf(format, args...),
	})
}

func (b *binding) unknown(n *node, key, name string, known []string) {
	b.atKey(n, key, "unknown key%s", didYouMean(name, known))
}

// later reports something that the format has and this version does not.
func (b *binding) later(n *node, key, what string) {
	b.atKey(n, key, "%s not supported yet", what)
}

// known remembers the fields of struct types: a sweep loads the same ones thousands of times.
var known sync.Map // reflect.Type → []reflect.StructField

// fieldsOf returns the keys of a struct type in order, embedded structs flattened. Do not write to it.
func fieldsOf(t reflect.Type) []reflect.StructField {
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

func keysOf(t reflect.Type) []string {
	var names []string
	for _, f := range fieldsOf(t) {
		names = append(names, f.Tag.Get("key"))
	}
	return names
}

// table binds the keys of n to the fields of v, a struct that already holds the defaults. Keys named in
// also are known but bound elsewhere.
func (b *binding) table(n *node, key string, v reflect.Value, also ...string) {
	if !n.isTable {
		b.wrong(n, key, "must be a table")
		return
	}
	fields := fieldsOf(v.Type())
	known := append(keysOf(v.Type()), also...)
	for _, name := range n.names() {
		if !slices.Contains(known, name) {
			b.unknown(n.kids[name], join(key, name), name, known)
		}
	}
	for _, sf := range fields {
		f := field{name: sf.Tag.Get("key"), tag: sf.Tag}
		kid := n.kids[f.name]
		if kid == nil {
			if f.required() {
				b.problems = append(b.problems, Problem{
					File: n.file, Line: n.at.Line, Col: n.at.Col, Key: join(key, f.name), Text: "missing",
				})
			}
			continue
		}
		b.value(kid, join(key, f.name), v.FieldByIndex(sf.Index), f)
	}
}

// value binds n to v.
func (b *binding) value(n *node, key string, v reflect.Value, f field) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if s, ok := v.Addr().Interface().(special); ok {
		s.bind(b, n, key, f)
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *core.Duration:
		b.duration(n, key, p, f)
		return
	case *[]string:
		b.strings(n, key, p, f)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		b.table(n, key, v)
	case reflect.Slice:
		b.array(n, key, v, f)
	case reflect.String:
		b.str(n, key, v, f)
	case reflect.Bool:
		if x, ok := n.val.(bool); ok {
			v.SetBool(x)
		} else {
			b.wrong(n, key, "must be true or false")
		}
	case reflect.Int, reflect.Int64, reflect.Uint32, reflect.Uint64:
		b.integer(n, key, v, f)
	case reflect.Float64:
		if x, ok := b.number(n, key); ok && b.inside(n, key, x, f, number) {
			v.SetFloat(x)
		}
	default:
		panic("scenarios: no binding for a " + v.Type().String())
	}
}

// entriesMax bounds arrays of tables, whose entries are each compared with all nodes or all links.
const entriesMax = 1000

func (b *binding) array(n *node, key string, v reflect.Value, f field) {
	if !n.isArray {
		if v.Type().Elem().Kind() == reflect.Struct && n.isTable {
			b.wrong(n, key, "must be an array of tables: each begins with [[%s]]", key)
			return
		}
		b.wrong(n, key, "must be an array, such as [1, 2]")
		return
	}
	if v.Type().Elem().Kind() == reflect.Struct && len(n.items) > entriesMax {
		b.wrong(n, key, "%d entries; at most %d are supported", len(n.items), entriesMax)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		e := out.Index(i)
		if d, ok := e.Addr().Interface().(interface{ defaults() }); ok {
			d.defaults()
		}
		b.value(item, element(key, i), e, field{name: f.name, tag: f.tag})
	}
	v.Set(out)
}

func (b *binding) str(n *node, key string, v reflect.Value, f field) {
	s, ok := n.val.(string)
	switch enum := f.enum(); {
	case enum != nil && !slices.Contains(enum, s):
		b.wrong(n, key, "must be %s%s", oneOf(enum), didYouMean(s, enum))
	case !ok:
		b.wrong(n, key, "must be a string")
	case f.required() && strings.TrimSpace(s) == "":
		b.wrong(n, key, "must not be empty")
	default:
		v.SetString(s)
	}
}

// strings binds a list of strings; a single string is a list of one.
func (b *binding) strings(n *node, key string, p *[]string, f field) {
	items := []*node{n}
	if n.isArray {
		items = n.items
	}
	out := make([]string, 0, len(items))
	for i, item := range items {
		at := key
		if n.isArray {
			at = element(key, i)
		}
		s, ok := item.val.(string)
		switch enum := f.enum(); {
		case !ok:
			b.wrong(item, at, "must be a string")
		case enum != nil && !slices.Contains(enum, s):
			b.wrong(item, at, "must be %s%s", oneOf(enum), didYouMean(s, enum))
		default:
			out = append(out, s)
		}
	}
	*p = out
}

func (b *binding) duration(n *node, key string, p *core.Duration, f field) {
	s, ok := n.val.(string)
	if !ok {
		b.wrong(n, key, "%v", errDuration)
		return
	}
	if isExpression(s) {
		if sec, ok := b.evaluate(n, key, s, oneTime); ok && b.inside(n, key, sec, f, seconds) {
			*p = core.Seconds(sec)
		}
		return
	}
	d, err := parseDuration(s)
	if err != nil {
		b.wrong(n, key, "%v", err)
		return
	}
	if b.inside(n, key, d.Seconds(), f, seconds) {
		*p = d
	}
}

func seconds(v float64) string { return number(v) + "s" }

// inside checks the range of a key.
func (b *binding) inside(n *node, key string, v float64, f field, show func(float64) string) bool {
	in := f.interval()
	if in.has(v) {
		return true
	}
	b.wrong(n, key, "%s", in.text(show))
	return false
}

// number reads a plain number or an expression.
func (b *binding) number(n *node, key string) (float64, bool) {
	switch x := n.val.(type) {
	case int64:
		return float64(x), true
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			b.wrong(n, key, "must be a finite number")
			return 0, false
		}
		return x, true
	case string:
		if isExpression(x) {
			return b.evaluate(n, key, x, plainNum)
		}
	}
	b.wrong(n, key, "must be a number")
	return 0, false
}

func (b *binding) integer(n *node, key string, v reflect.Value, f field) {
	var x int64
	switch val := n.val.(type) {
	case int64:
		x = val
	case string:
		if !isExpression(val) {
			b.wrong(n, key, "must be a whole number")
			return
		}
		y, ok := b.evaluate(n, key, val, plainNum)
		if !ok {
			return
		}
		if y != math.Trunc(y) || math.Abs(y) > 1<<53 {
			b.wrong(n, key, "must be a whole number, it is %s", number(y))
			return
		}
		x = int64(y)
	default:
		b.wrong(n, key, "must be a whole number")
		return
	}
	in := f.interval()
	if v.CanUint() {
		in.lo = math.Max(in.lo, 0)
	}
	switch {
	case !in.has(float64(x)):
		b.wrong(n, key, "%s", in.text(number))
	case v.CanUint():
		v.SetUint(uint64(x))
	default:
		v.SetInt(x)
	}
}

var durationType = reflect.TypeFor[core.Duration]()

// missing reports a key that is not there at its table.
func (b *binding) missing(table *node, key, format string, args ...any) {
	b.problems = append(b.problems, Problem{
		File: table.file, Line: table.at.Line, Col: table.at.Col, Key: key, Text: "missing: " + fmt.Sprintf(format, args...),
	})
}

// atValue is wrong for one string of a list.
func (b *binding) atValue(n *node, key, name, format string, args ...any) {
	for i, item := range n.items {
		if item.val == name {
			b.wrong(item, element(key, i), format, args...)
			return
		}
	}
	b.wrong(n, key, format, args...)
}
