package form

import (
	"bytes"
	"encoding/json"
	"reflect"

	"hypersim/core"
)

// Canonical writes a configuration as JSON: keys sorted, two blanks of indentation.
func Canonical(m map[string]any) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		panic("form: the resolved configuration is no JSON: " + err.Error()) // only finite numbers and strings are in it
	}
	return buf.Bytes()
}

// Encode writes the keys of a struct; what was not given and has no default is left out.
func Encode(v reflect.Value) map[string]any {
	out := map[string]any{}
	if !v.CanAddr() {
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		v = c
	}
	for _, sf := range Fields(v.Type()) {
		f := Field{Name: sf.Tag.Get("key"), Tag: sf.Tag}
		if x := EncodeValue(v.FieldByIndex(sf.Index), f); x != nil {
			out[f.Name] = x
		}
	}
	return out
}

// EncodeValue writes the value of a key; nil where there is nothing to write.
func EncodeValue(v reflect.Value, f Field) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if !v.CanAddr() {
		c := reflect.New(v.Type()).Elem()
		c.Set(v)
		v = c
	}
	if v.IsZero() && !f.ZeroIsValue(v) {
		return nil
	}
	if s, ok := v.Addr().Interface().(interface{ Encode(f Field) any }); ok {
		return s.Encode(f)
	}
	if d, ok := v.Addr().Interface().(*core.Duration); ok {
		return FormatDuration(*d)
	}
	switch v.Kind() {
	case reflect.Struct:
		if m := Encode(v); len(m) > 0 {
			return m
		}
		return nil
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = EncodeValue(v.Index(i), f)
		}
		return out
	case reflect.Int, reflect.Int64:
		return v.Int()
	case reflect.Uint32, reflect.Uint64:
		return int64(v.Uint())
	case reflect.Float64:
		return v.Float()
	case reflect.Bool:
		return v.Bool()
	default: // string
		return v.String()
	}
}

// ZeroIsValue reports whether a zero is a value that the key may have, rather than "not given".
func (f Field) ZeroIsValue(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return false
	case reflect.Slice, reflect.Struct, reflect.Array:
		_, has := v.Addr().Interface().(interface{ ZeroIsValue() })
		return has
	case reflect.Int, reflect.Int64, reflect.Uint32, reflect.Uint64, reflect.Float64:
		return f.Interval().Has(0)
	default: // bool
		return true
	}
}
