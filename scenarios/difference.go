package scenarios

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"hypersim/scenarios/form"
)

// Difference is a key of a scenario's world or protocol that is not as it would be if the file said nothing.
type Difference struct {
	Key     string `json:"key"` // dotted, from the top of the file
	Value   string `json:"value"`
	Default string `json:"default,omitempty"` // "" where there is none: the file has to say it
}

// Differences returns what of a loaded scenario's topology, network, hosts, cluster and protocol differs from
// the defaults, sorted by key. Every expression and variant is resolved. Tables that inherit (network.inter,
// node.gate) are compared with the table around them.
func Differences(s *Scenario) []Difference {
	var have map[string]any
	if err := json.Unmarshal(s.Config, &have); err != nil {
		panic("scenarios: the resolved configuration is no JSON: " + err.Error()) // the loader made it
	}
	is, usual := map[string]string{}, map[string]string{}
	for _, name := range []string{"scenario", "topology", "network", "node", "cluster", "protocol"} {
		flatten(name, have[name], is)
	}
	base := form.Encode(reflect.ValueOf(defaultWorld()))
	c := defaultConfig()
	rooms, protocol := roomsOf(&c), map[string]any{"unsafe": false, "profile": ProfileSpecified}
	for _, name := range roomNames() {
		protocol[name] = form.Encode(rooms[name])
	}
	base["protocol"] = protocol
	flatten("", roundTrip(base), usual)
	var out []Difference
	for _, key := range slices.Sorted(maps.Keys(is)) {
		def, known := usual[key]
		if outer := plainPath(key); outer != strings.ReplaceAll(key, `"`, "") { // network.inter.x, node.gate.x
			def, known = is[outer]
			if strings.HasPrefix(key, "protocol.") {
				def, known = usual[outer]
			}
		}
		if known && def == is[key] || quiet(key) {
			continue
		}
		out = append(out, Difference{key, is[key], def})
	}
	return out
}

// quiet keys say what a scenario is about and nothing of what it does, or follow from others.
func quiet(key string) bool {
	switch key {
	case "scenario.name", "scenario.title", "scenario.description", "scenario.covers", "scenario.tags", "scenario.seed",
		"protocol.membership.initial": // cluster.start.mode says it
		return true
	}
	return false
}

// roundTrip makes of encoded values what decoding a configuration makes of them.
func roundTrip(v any) (out any) {
	if err := json.Unmarshal([]byte(form.JSON(v)), &out); err != nil {
		panic("scenarios: the defaults are no JSON: " + err.Error())
	}
	return out
}

// flatten writes the scalars and lists below v by their dotted keys. A distribution is one value.
func flatten(path string, v any, into map[string]string) {
	if m, ok := v.(map[string]any); ok && m["dist"] == nil {
		for k, x := range m {
			flatten(form.Join(path, k), x, into)
		}
		return
	}
	if v != nil {
		into[path] = form.JSON(v)
	}
}

// ProtocolDefault returns the default of a key of [protocol], "room.key", as a file would say it; "" if there is no such key.
func ProtocolDefault(key string) string {
	room, name, _ := strings.Cut(key, ".")
	c := defaultConfig()
	v, ok := roomsOf(&c)[room]
	if !ok {
		return ""
	}
	x, ok := form.Encode(v)[name]
	if !ok {
		return ""
	}
	return strings.Trim(form.JSON(x), `"`)
}
