package form

import (
	"math"
	"reflect"
	"slices"
	"strings"

	"hypersim/core"
)

// Table binds the keys of n to the fields of v, a struct that already holds the defaults. Keys named in
// also are known but bound elsewhere.
func (b *Binding) Table(n *Node, key string, v reflect.Value, also ...string) {
	if !n.IsTable {
		b.Wrong(n, key, "must be a table")
		return
	}
	fields := Fields(v.Type())
	known := append(Keys(v.Type()), also...)
	for _, name := range n.Names() {
		if !slices.Contains(known, name) {
			b.Unknown(n.Kids[name], Join(key, name), name, known)
		}
	}
	for _, sf := range fields {
		f := Field{Name: sf.Tag.Get("key"), Tag: sf.Tag}
		kid := n.Kids[f.Name]
		if kid == nil {
			if f.Required() {
				b.Problems = append(b.Problems, Problem{
					File: n.File, Line: n.At.Line, Col: n.At.Col, Key: Join(key, f.Name), Text: "missing",
				})
			}
			continue
		}
		b.Value(kid, Join(key, f.Name), v.FieldByIndex(sf.Index), f)
	}
}

// Value binds n to v.
func (b *Binding) Value(n *Node, key string, v reflect.Value, f Field) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if s, ok := v.Addr().Interface().(Special); ok {
		s.Bind(b, n, key, f)
		return
	}
	switch p := v.Addr().Interface().(type) {
	case *core.Duration:
		b.duration(n, key, p, f)
		return
	case *[]string:
		b.Strings(n, key, p, f)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		b.Table(n, key, v)
	case reflect.Slice:
		b.array(n, key, v, f)
	case reflect.String:
		b.str(n, key, v, f)
	case reflect.Bool:
		if x, ok := n.Val.(bool); ok {
			v.SetBool(x)
		} else {
			b.Wrong(n, key, "must be true or false")
		}
	case reflect.Int, reflect.Int64, reflect.Uint32, reflect.Uint64:
		b.integer(n, key, v, f)
	case reflect.Float64:
		if x, ok := b.Number(n, key); ok && b.Inside(n, key, x, f, Number) {
			v.SetFloat(x)
		}
	default:
		panic("form: no binding for a " + v.Type().String())
	}
}

// EntriesMax bounds arrays of tables, whose entries are each compared with all nodes or all links.
const EntriesMax = 1000

func (b *Binding) array(n *Node, key string, v reflect.Value, f Field) {
	if !n.IsArray {
		if v.Type().Elem().Kind() == reflect.Struct && n.IsTable {
			b.Wrong(n, key, "must be an array of tables: each begins with [[%s]]", key)
			return
		}
		b.Wrong(n, key, "must be an array, such as [1, 2]")
		return
	}
	if v.Type().Elem().Kind() == reflect.Struct && len(n.Items) > EntriesMax {
		b.Wrong(n, key, "%d entries; at most %d are supported", len(n.Items), EntriesMax)
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Items), len(n.Items))
	for i, item := range n.Items {
		e := out.Index(i)
		if d, ok := e.Addr().Interface().(interface{ Defaults() }); ok {
			d.Defaults()
		}
		b.Value(item, Element(key, i), e, Field{Name: f.Name, Tag: f.Tag})
	}
	v.Set(out)
}

func (b *Binding) str(n *Node, key string, v reflect.Value, f Field) {
	s, ok := n.Val.(string)
	switch enum := f.Enum(); {
	case enum != nil && !slices.Contains(enum, s):
		b.Wrong(n, key, "must be %s%s", OneOf(enum), DidYouMean(s, enum))
	case !ok:
		b.Wrong(n, key, "must be a string")
	case f.Required() && strings.TrimSpace(s) == "":
		b.Wrong(n, key, "must not be empty")
	default:
		v.SetString(s)
	}
}

// Strings binds a list of strings; a single string is a list of one.
func (b *Binding) Strings(n *Node, key string, p *[]string, f Field) {
	items := []*Node{n}
	if n.IsArray {
		items = n.Items
	}
	out := make([]string, 0, len(items))
	for i, item := range items {
		at := key
		if n.IsArray {
			at = Element(key, i)
		}
		s, ok := item.Val.(string)
		switch enum := f.Enum(); {
		case !ok:
			b.Wrong(item, at, "must be a string")
		case enum != nil && !slices.Contains(enum, s):
			b.Wrong(item, at, "must be %s%s", OneOf(enum), DidYouMean(s, enum))
		default:
			out = append(out, s)
		}
	}
	*p = out
}

func (b *Binding) duration(n *Node, key string, p *core.Duration, f Field) {
	s, ok := n.Val.(string)
	if !ok {
		b.Wrong(n, key, "%v", ErrDuration)
		return
	}
	if IsExpression(s) {
		if sec, ok := b.Evaluate(n, key, s, OneTime); ok && b.Inside(n, key, sec, f, ShowSeconds) {
			*p = core.Seconds(sec)
		}
		return
	}
	d, err := ParseDuration(s)
	if err != nil {
		b.Wrong(n, key, "%v", err)
		return
	}
	if b.Inside(n, key, d.Seconds(), f, ShowSeconds) {
		*p = d
	}
}

// ShowSeconds writes seconds for a message.
func ShowSeconds(v float64) string { return Number(v) + "s" }

// Inside checks the range of a key.
func (b *Binding) Inside(n *Node, key string, v float64, f Field, show func(float64) string) bool {
	in := f.Interval()
	if in.Has(v) {
		return true
	}
	b.Wrong(n, key, "%s", in.Text(show))
	return false
}

// Number reads a plain number or an expression.
func (b *Binding) Number(n *Node, key string) (float64, bool) {
	switch x := n.Val.(type) {
	case int64:
		return float64(x), true
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			b.Wrong(n, key, "must be a finite number")
			return 0, false
		}
		return x, true
	case string:
		if IsExpression(x) {
			return b.Evaluate(n, key, x, PlainNumber)
		}
	}
	b.Wrong(n, key, "must be a number")
	return 0, false
}

func (b *Binding) integer(n *Node, key string, v reflect.Value, f Field) {
	var x int64
	switch val := n.Val.(type) {
	case int64:
		x = val
	case string:
		if !IsExpression(val) {
			b.Wrong(n, key, "must be a whole number")
			return
		}
		y, ok := b.Evaluate(n, key, val, PlainNumber)
		if !ok {
			return
		}
		if y != math.Trunc(y) || math.Abs(y) > 1<<53 {
			b.Wrong(n, key, "must be a whole number, it is %s", Number(y))
			return
		}
		x = int64(y)
	default:
		b.Wrong(n, key, "must be a whole number")
		return
	}
	in := f.Interval()
	if v.CanUint() {
		in.Lo = math.Max(in.Lo, 0)
	}
	switch {
	case !in.Has(float64(x)):
		b.Wrong(n, key, "%s", in.Text(Number))
	case v.CanUint():
		v.SetUint(uint64(x))
	default:
		v.SetInt(x)
	}
}

// DurationType is that of keys that are times.
var DurationType = reflect.TypeFor[core.Duration]()
