package form

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
)

// TableOf returns the struct of a table or a list of tables, nil for a value.
func TableOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		if _, ok := reflect.New(t).Interface().(Special); ok {
			return nil
		}
		t = t.Elem()
	}
	if _, ok := reflect.New(t).Interface().(Special); ok || t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

// DefaultOf returns a default as it is encoded, nil where there is none.
func DefaultOf(value reflect.Value, f Field) any {
	if !value.IsValid() || value.Kind() == reflect.Pointer && value.IsNil() {
		return nil
	}
	return EncodeValue(value, f)
}

// JSON writes a value as a file would.
func JSON(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("form: a default is no JSON: " + err.Error()) // only finite numbers and strings are in it
	}
	return strings.TrimSpace(b.String())
}

// Schema describes the keys of a struct; defaults holds their defaults, if there are any.
func Schema(t reflect.Type, defaults reflect.Value) map[string]any {
	props := map[string]any{}
	var required []any
	for _, sf := range Fields(t) {
		f := Field{Name: sf.Tag.Get("key"), Tag: sf.Tag}
		var value reflect.Value
		if defaults.IsValid() {
			value = defaults.FieldByIndex(sf.Index)
		}
		s := schemaOfValue(sf.Type, f, value)
		doc := f.Tag.Get("doc")
		if ref := f.Tag.Get("ref"); ref != "" {
			doc += " (" + ref + ")"
		}
		if doc != "" {
			if _, has := s["$ref"]; !has || len(s) == 1 {
				s["description"] = doc
			}
		}
		if d := DefaultOf(value, f); d != nil && TableOf(sf.Type) == nil {
			s["default"] = d
		}
		props[f.Name] = s
		if f.Required() {
			required = append(required, f.Name)
		}
	}
	out := map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	if required != nil {
		out["required"] = required
	}
	return out
}

// expressionForm lets a number be given as an expression where those are allowed.
var expressionForm = map[string]any{"type": "string", "pattern": "^ *="}

func schemaOfValue(t reflect.Type, f Field, value reflect.Value) map[string]any {
	if t.Kind() == reflect.Pointer {
		t, value = t.Elem(), reflect.Value{}
	}
	if s, ok := reflect.New(t).Interface().(Special); ok {
		return s.Schema(f)
	}
	switch {
	case t == DurationType:
		return map[string]any{"type": "string", "examples": []any{"250ms", "30s"}}
	case t == reflect.TypeFor[[]string]():
		item := map[string]any{"type": "string"}
		if e := f.Enum(); e != nil {
			item = map[string]any{"enum": Anys(e)}
		}
		return map[string]any{"anyOf": []any{item, map[string]any{"type": "array", "items": item}}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return Schema(t, value)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOfValue(t.Elem(), f, reflect.Value{})}
	case reflect.String:
		if def := f.Tag.Get("def"); def != "" {
			return map[string]any{"$ref": "#/$defs/" + def}
		}
		if e := f.Enum(); e != nil {
			return map[string]any{"enum": Anys(e)}
		}
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"anyOf": []any{bounded("number", f.Interval()), expressionForm}}
	default: // the integers
		return map[string]any{"anyOf": []any{bounded("integer", f.Interval()), expressionForm}}
	}
}

func bounded(typ string, in Interval) map[string]any {
	s := map[string]any{"type": typ}
	put := func(v float64, open bool, closed, exclusive string) {
		if math.IsInf(v, 0) {
			return
		}
		if open {
			s[exclusive] = v
		} else {
			s[closed] = v
		}
	}
	put(in.Lo, in.LoOpen, "minimum", "exclusiveMinimum")
	put(in.Hi, in.HiOpen, "maximum", "exclusiveMaximum")
	return s
}

// Anys returns words as JSON has them.
func Anys(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}
