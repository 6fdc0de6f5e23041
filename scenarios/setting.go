package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"hypersim/scenarios/form"
)

// SettingKind is what a key's values are.
type SettingKind string

// The kinds.
const (
	SettingDuration SettingKind = "duration"
	SettingNumber   SettingKind = "number"
	SettingWhole    SettingKind = "whole number"
	SettingWords    SettingKind = "words"
	SettingSwitch   SettingKind = "switch"
)

// Setting is a key of a loaded scenario that has one plain value: what it may be, and what it is.
type Setting struct {
	Key      string // dotted, from the top of the file
	Kind     SettingKind
	Interval form.Interval // of numbers; of durations in s
	Words    []string      // of SettingWords
	Value    string        // as a file would say it, without quotes; "" where the scenario leaves it open
	Doc      string
}

// SettingOf returns the setting that key names in s. The error says what there is instead.
func SettingOf(s *Scenario, key string) (*Setting, error) {
	plain := plainPath(key)
	sf, ok := settingField(form.SplitPath(plain))
	if !ok {
		return nil, fmt.Errorf("no such key%s", form.DidYouMean(plain, tunable()))
	}
	t := sf.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	f := form.Field{Name: sf.Tag.Get("key"), Tag: sf.Tag}
	out := &Setting{Key: key, Interval: f.Interval(), Words: f.Enum(), Doc: f.Tag.Get("doc"), Value: settingValue(s, key)}
	if out.Value == "" {
		out.Value = settingValue(s, plain)
	}
	_, special := reflect.New(t).Interface().(form.Special)
	switch {
	case special || form.TableOf(t) != nil:
		return nil, fmt.Errorf("it is no single value: %s", formOf(t))
	case t == form.DurationType:
		out.Kind = SettingDuration
	case out.Words != nil && t.Kind() == reflect.String:
		out.Kind = SettingWords
	case t.Kind() == reflect.Bool:
		out.Kind, out.Words = SettingSwitch, []string{"false", "true"}
	case t.Kind() == reflect.Float64:
		out.Kind = SettingNumber
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64:
		out.Kind = SettingWhole
	default:
		return nil, fmt.Errorf("it is no number, duration, switch or word of a list: %s", formOf(t))
	}
	return out, nil
}

// settingField finds the field of a key.
func settingField(parts []string) (sf reflect.StructField, ok bool) {
	if len(parts) == 3 && parts[0] == "protocol" {
		var c Config
		if room, there := roomsOf(&c)[parts[1]]; there {
			return fieldAt(room.Type(), parts[2:])
		}
	}
	for _, t := range []reflect.Type{reflect.TypeFor[worldT](), reflect.TypeFor[claimsT]()} {
		if sf, ok := fieldAt(t, parts); ok {
			return sf, true
		}
	}
	return sf, false
}

func fieldAt(t reflect.Type, parts []string) (out reflect.StructField, ok bool) {
	for len(parts) > 0 {
		table := form.TableOf(t)
		if table == nil {
			return out, false
		}
		if t.Kind() == reflect.Slice && ok { // an entry's id or index
			if parts = parts[1:]; len(parts) == 0 {
				return out, false
			}
		}
		i := slices.IndexFunc(form.Fields(table), func(f reflect.StructField) bool { return f.Tag.Get("key") == parts[0] })
		if i < 0 {
			return out, false
		}
		out, ok = form.Fields(table)[i], true
		t, parts = out.Type, parts[1:]
	}
	return out, ok
}

// tunable lists the keys of the protocol.
func tunable() (names []string) {
	var c Config
	for room, v := range roomsOf(&c) {
		for _, key := range form.Keys(v.Type()) {
			names = append(names, form.Join(form.Join("protocol", room), key))
		}
	}
	slices.Sort(names)
	return names
}

// settingValue looks up a dotted key in the resolved configuration.
func settingValue(s *Scenario, key string) string {
	d := json.NewDecoder(bytes.NewReader(s.Config))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic("scenarios: the resolved configuration is no JSON: " + err.Error()) // the loader made it
	}
	for _, part := range form.SplitPath(key) {
		switch x := v.(type) {
		case map[string]any:
			v = x[part]
		case []any:
			v = entryOf(x, part)
		default:
			return ""
		}
	}
	switch v.(type) {
	case string, json.Number, bool:
		return strings.TrimSpace(fmt.Sprint(v))
	}
	return ""
}

// entryOf finds an entry of a list of tables by its id or name.
func entryOf(list []any, name string) any {
	for _, x := range list {
		if t, ok := x.(map[string]any); ok && (t["id"] == name || t["name"] == name) {
			return x
		}
	}
	return nil
}
