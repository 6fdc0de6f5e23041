package scenarios

import (
	"encoding/json"
	"reflect"
	"slices"

	"hypersim/scenarios/form"
	"hypersim/sim/fault"
	"hypersim/sim/metrics/words"
)

// Schema returns the JSON Schema (draft 2020-12) of scenario files, made from the structs that bind them.
func Schema() []byte {
	root := form.Schema(reflect.TypeFor[worldT](), reflect.ValueOf(defaultWorld()))
	props := root["properties"].(map[string]any)
	for _, t := range []reflect.Type{reflect.TypeFor[claimsT](), reflect.TypeFor[alternativesT]()} {
		for name, s := range form.Schema(t, reflect.Value{})["properties"].(map[string]any) {
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
		byRoom[name] = form.Schema(rooms[name].Type(), rooms[name])
		layers[name] = form.Schema(rooms[name].Type(), reflect.Value{}) // what a layer leaves out is the layer's below it
	}
	role := map[string]any{"type": "object", "properties": layers, "additionalProperties": false}
	all := form.Schema(reflect.TypeFor[protocolT](), reflect.ValueOf(protocolT{Profile: ProfileSpecified}))["properties"].(map[string]any)
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
		kinds = append(kinds, map[string]any{"const": kind, "description": fault.Kind(kind).Row().Doc})
	}
	return map[string]any{"anyOf": kinds}
}

func metricSchema() map[string]any {
	var names []any
	for _, metric := range words.All() {
		m := metric.Def()
		names = append(names, map[string]any{"const": m.Name, "description": m.Doc + " (" + m.Unit + ")"})
	}
	return map[string]any{"anyOf": names}
}

// Keys returns every protocol key as "room.key", sorted.
func Keys() []string {
	var c Config
	rooms := roomsOf(&c)
	var out []string
	for _, name := range roomNames() {
		for _, k := range form.Keys(rooms[name].Type()) {
			out = append(out, name+"."+k)
		}
	}
	slices.Sort(out)
	return out
}
