package scenarios

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
)

// Schema returns the JSON Schema (draft 2020-12) of scenario files, made from the structs that bind them.
func Schema() []byte {
	root := schemaOf(reflect.TypeFor[worldT]())
	props := root["properties"].(map[string]any)
	for _, t := range []reflect.Type{reflect.TypeFor[claimsT](), reflect.TypeFor[alternativesT]()} {
		for name, s := range schemaOf(t)["properties"].(map[string]any) {
			props[name] = s
		}
	}
	props["protocol"] = protocolSchema()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "hypersim scenario"
	root["$defs"] = map[string]any{"selector": selectorSchema(), "fault_kind": map[string]any{"enum": anys(FaultKinds())}}
	fault := props["fault"].(map[string]any)["items"].(map[string]any)["properties"].(map[string]any)
	fault["kind"] = map[string]any{"$ref": "#/$defs/fault_kind"}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("scenarios: the schema is no JSON: " + err.Error())
	}
	return append(out, '\n')
}

func protocolSchema() map[string]any {
	var c Config
	rooms := roomsOf(&c)
	byRoom := map[string]any{}
	for _, name := range roomNames() {
		byRoom[name] = schemaOf(rooms[name].Type())
	}
	role := map[string]any{"type": "object", "properties": byRoom, "additionalProperties": false}
	all := map[string]any{
		"unsafe": map[string]any{"type": "boolean", "description": "checks between parameters become warnings"},
		"profile": map[string]any{
			"enum": []any{ProfileSpecified, ProfileInherited}, "default": ProfileSpecified,
			"description": "inherited: every switch of protocol.inherited is on; keys that are given win",
		},
		"override": schemaOfValue(reflect.TypeFor[[]overrideT](), field{}),
		"role": map[string]any{
			"type": "object", "additionalProperties": false,
			"properties": map[string]any{"gate": role, "manager": role, "worker": role},
		},
	}
	for name, s := range byRoom {
		all[name] = s
	}
	return map[string]any{"type": "object", "properties": all, "additionalProperties": false}
}

func schemaOf(t reflect.Type) map[string]any {
	props := map[string]any{}
	var required []any
	for _, sf := range fieldsOf(t) {
		f := field{name: sf.Tag.Get("key"), tag: sf.Tag}
		s := schemaOfValue(sf.Type, f)
		doc := f.tag.Get("doc")
		if ref := f.tag.Get("ref"); ref != "" {
			doc += " (" + ref + ")"
		}
		if doc != "" {
			if _, has := s["$ref"]; !has || len(s) == 1 {
				s["description"] = doc
			}
		}
		props[f.name] = s
		if f.required() {
			required = append(required, f.name)
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

func schemaOfValue(t reflect.Type, f field) map[string]any {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if s, ok := reflect.New(t).Interface().(special); ok {
		return s.schema(f)
	}
	switch {
	case t == durationType:
		return map[string]any{"type": "string", "examples": []any{"250ms", "30s"}}
	case t == reflect.TypeFor[[]string]():
		item := map[string]any{"type": "string"}
		if e := f.enum(); e != nil {
			item = map[string]any{"enum": anys(e)}
		}
		return map[string]any{"anyOf": []any{item, map[string]any{"type": "array", "items": item}}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return schemaOf(t)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOfValue(t.Elem(), f)}
	case reflect.String:
		if e := f.enum(); e != nil {
			return map[string]any{"enum": anys(e)}
		}
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Float64:
		return map[string]any{"anyOf": []any{bounded("number", f.interval()), expressionForm}}
	default: // the integers
		return map[string]any{"anyOf": []any{bounded("integer", f.interval()), expressionForm}}
	}
}

func bounded(typ string, in interval) map[string]any {
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
	put(in.lo, in.loOpen, "minimum", "exclusiveMinimum")
	put(in.hi, in.hiOpen, "maximum", "exclusiveMaximum")
	return s
}

// Keys returns every protocol key as "room.key", sorted.
func Keys() []string {
	var c Config
	rooms := roomsOf(&c)
	var out []string
	for _, name := range roomNames() {
		for _, k := range keysOf(rooms[name].Type()) {
			out = append(out, name+"."+k)
		}
	}
	slices.Sort(out)
	return out
}
