package scenarios

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
)

// Schema returns the JSON Schema (draft 2020-12) of scenario files, made from the structs that bind them.
func Schema() []byte {
	root := schemaOf(reflect.TypeFor[worldT](), reflect.ValueOf(defaultWorld()))
	props := root["properties"].(map[string]any)
	for _, t := range []reflect.Type{reflect.TypeFor[claimsT](), reflect.TypeFor[alternativesT]()} {
		for name, s := range schemaOf(t, reflect.Value{})["properties"].(map[string]any) {
			props[name] = s
		}
	}
	props["protocol"] = protocolSchema()
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "hypersim scenario"
	root["$defs"] = map[string]any{"selector": selectorSchema(), "fault_kind": faultKindSchema(), "metric": metricSchema()}
	fault := props["fault"].(map[string]any)["items"].(map[string]any)["properties"].(map[string]any)
	fault["kind"] = map[string]any{"$ref": "#/$defs/fault_kind"}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("scenarios: the schema is no JSON: " + err.Error())
	}
	return append(out, '\n')
}

func protocolSchema() map[string]any {
	c := defaultConfig()
	rooms := roomsOf(&c)
	byRoom, layers := map[string]any{}, map[string]any{}
	for _, name := range roomNames() {
		byRoom[name] = schemaOf(rooms[name].Type(), rooms[name])
		layers[name] = schemaOf(rooms[name].Type(), reflect.Value{}) // what a layer leaves out is the layer's below it
	}
	role := map[string]any{"type": "object", "properties": layers, "additionalProperties": false}
	all := schemaOf(reflect.TypeFor[protocolT](), reflect.ValueOf(protocolT{Profile: ProfileSpecified}))["properties"].(map[string]any)
	all["role"] = map[string]any{
		"type": "object", "additionalProperties": false, "description": "parameters of one role",
		"properties": map[string]any{"gate": role, "manager": role, "worker": role},
	}
	for name, s := range byRoom {
		all[name] = s
	}
	return map[string]any{"type": "object", "properties": all, "additionalProperties": false}
}

// faultKindSchema and metricSchema list names with what they mean.
func faultKindSchema() map[string]any {
	var kinds []any
	for _, kind := range FaultKinds() {
		kinds = append(kinds, map[string]any{"const": kind, "description": faultRules[FaultKind(kind)].doc})
	}
	return map[string]any{"anyOf": kinds}
}

func metricSchema() map[string]any {
	var names []any
	for _, m := range measured {
		names = append(names, map[string]any{"const": m.Name, "description": m.Doc + " (" + m.Unit + ")"})
	}
	return map[string]any{"anyOf": names}
}

// schemaOf describes the keys of a struct; defaults holds their defaults, if there are any.
func schemaOf(t reflect.Type, defaults reflect.Value) map[string]any {
	props := map[string]any{}
	var required []any
	for _, sf := range fieldsOf(t) {
		f := field{name: sf.Tag.Get("key"), tag: sf.Tag}
		var value reflect.Value
		if defaults.IsValid() {
			value = defaults.FieldByIndex(sf.Index)
		}
		s := schemaOfValue(sf.Type, f, value)
		doc := f.tag.Get("doc")
		if ref := f.tag.Get("ref"); ref != "" {
			doc += " (" + ref + ")"
		}
		if doc != "" {
			if _, has := s["$ref"]; !has || len(s) == 1 {
				s["description"] = doc
			}
		}
		if d := defaultOf(value, f); d != nil && tableOf(sf.Type) == nil {
			s["default"] = d
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

func schemaOfValue(t reflect.Type, f field, value reflect.Value) map[string]any {
	if t.Kind() == reflect.Pointer {
		t, value = t.Elem(), reflect.Value{}
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
		return schemaOf(t, value)
	case reflect.Slice:
		return map[string]any{"type": "array", "items": schemaOfValue(t.Elem(), f, reflect.Value{})}
	case reflect.String:
		if def := f.tag.Get("def"); def != "" {
			return map[string]any{"$ref": "#/$defs/" + def}
		}
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
