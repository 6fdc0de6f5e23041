package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// environment is what expressions may name.
func (l *loader) environment(built bool) *form.Environment {
	if !built {
		return &form.Environment{Broken: true}
	}
	var swept map[string]form.Dimension
	vars := sync.OnceValue(func() (vars map[string]any) {
		vars, swept = l.variables()
		return vars
	})
	e := form.NewEnvironment(vars, func(path string) form.Dimension {
		vars()
		if d, ok := swept[path]; ok {
			return d
		}
		return configDimension(path)
	})
	l.functions(e)
	return e
}

// variables are all that expressions may name, and of what those are that a sweep changes.
func (l *loader) variables() (vars map[string]any, swept map[string]form.Dimension) {
	cfg := configVars(&l.sc.Protocol.Configs[0])
	roles := map[string]any{}
	for r, layer := range l.proto.roles {
		c := l.proto.base
		if layer != nil {
			(&loader{b: &form.Binding{}, world: l.world}).bindRooms(&c, layer, "")
		}
		roles[core.Role(r).String()] = configVars(&c)
	}
	cfg["role"] = roles
	var size SiteCounts
	for _, s := range l.sc.Cluster.Sites {
		size.Gates += s.Gates
		size.Managers += s.Managers
		size.Workers += s.Workers
	}
	vars = map[string]any{
		"cfg": cfg,
		"cluster": map[string]any{
			"size": float64(size.Gates + size.Managers + size.Workers), "gates": float64(size.Gates),
			"managers": float64(size.Managers), "workers": float64(size.Workers), "sites": float64(len(l.sc.Cluster.Sites)),
		},
	}
	return vars, l.sweptVars(vars)
}

// functions declares what the world answers.
func (l *loader) functions(e *form.Environment) {
	e.Words("owd", 2, form.OneTime, func(s []string) (float64, error) { return l.delay(s[0], s[1]) })
	e.Words("rtt", 2, form.OneTime, func(s []string) (float64, error) {
		there, err := l.delay(s[0], s[1])
		if err != nil {
			return 0, err
		}
		back, err := l.delay(s[1], s[0])
		return there + back, err
	})
	e.Words("group_size", 1, form.PlainNumber, func(s []string) (float64, error) {
		n, err := l.groupSize(s[0])
		return float64(n), err
	})
	e.Words("baseline", 2, form.Anything, func([]string) (float64, error) {
		return 0, errors.New("baseline is not supported yet: bounds are numbers before the run starts")
	})
}

// configDimension is that of a variable that is a key of the protocol, or a count of the cluster.
func configDimension(path string) form.Dimension {
	rest, ok := strings.CutPrefix(path, "cfg.")
	if !ok {
		return form.PlainNumber // of the cluster
	}
	if r, ok := strings.CutPrefix(rest, "role."); ok {
		_, rest, _ = strings.Cut(r, ".")
	}
	if timeKeys()[rest] {
		return form.OneTime
	}
	return form.PlainNumber
}

// configVars returns the numbers and words of a configuration by room and key.
func configVars(c *Config) map[string]any {
	out := map[string]any{}
	rooms := roomsOf(c)
	for _, name := range roomNames() {
		room := map[string]any{}
		v := rooms[name]
		for _, f := range form.Fields(v.Type()) {
			x := v.FieldByIndex(f.Index)
			switch {
			case x.Type() == form.DurationType:
				room[f.Tag.Get("key")] = core.Duration(x.Int()).Seconds()
			case x.CanInt():
				room[f.Tag.Get("key")] = float64(x.Int())
			case x.CanUint():
				room[f.Tag.Get("key")] = float64(x.Uint())
			case x.Kind() == reflect.String: // also a word with a type of its own: it is compared with plain ones
				room[f.Tag.Get("key")] = x.String()
			default:
				room[f.Tag.Get("key")] = x.Interface()
			}
		}
		out[name] = room
	}
	return out
}

// sweptVars adds the current values of swept keys, unless a name is taken, and returns of what they are.
func (l *loader) sweptVars(vars map[string]any) map[string]form.Dimension {
	swept := map[string]form.Dimension{}
	for _, it := range slices.Concat(l.alt.Sweep.Grid.Items, l.alt.Sweep.Zip.Items) {
		text, ok := l.current(it.Path)
		if !ok {
			continue
		}
		parts := form.SplitPath(it.Path)
		at := vars
		for i, part := range parts {
			if i == len(parts)-1 {
				if _, taken := at[part]; !taken {
					at[part] = numberOf(text)
					swept[strings.Join(parts, ".")] = dimensionOfText(text)
				}
				break
			}
			next, ok := at[part].(map[string]any)
			if !ok {
				if _, taken := at[part]; taken {
					break
				}
				next = map[string]any{}
				at[part] = next
			}
			at = next
		}
	}
	return swept
}

// dimensionOfText is that of a value as written.
func dimensionOfText(text string) form.Dimension {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return form.PlainNumber
	}
	if _, err := form.ParseDuration(text); err == nil {
		return form.OneTime
	}
	return form.Anything
}

// numberOf turns a value as written into what an expression computes with: seconds, a number, or a word.
func numberOf(text string) any {
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		return v
	}
	if d, err := form.ParseDuration(text); err == nil {
		return d.Seconds()
	}
	if p, err := form.ParsePercent(text); err == nil {
		return p
	}
	return text
}

// current returns a key's value in this run as written: from the file with its changes, else the default.
func (l *loader) current(path string) (string, bool) {
	if path == "variant" {
		return l.sc.Variant, l.sc.Variant != ""
	}
	if n := l.root.Lookup(path); n != nil && !n.IsTable && !n.IsArray {
		return fmt.Sprint(n.Val), true
	}
	if l.pristine != nil && l.pristine.Lookup(path) != nil {
		return "", true // of a fault that this variant lacks
	}
	if l.encoded == nil {
		l.encoded = l.encodeWorld()
	}
	var at any = l.encoded
	for _, part := range form.SplitPath(path) {
		m, ok := at.(map[string]any)
		if !ok {
			return "", false
		}
		at = m[part]
	}
	switch at.(type) {
	case nil, map[string]any, []any:
		return "", false
	}
	return fmt.Sprint(at), true
}

// timeKeys are the protocol's keys that are durations, as "room.key".
var timeKeys = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	var c Config
	for name, room := range roomsOf(&c) {
		for _, f := range form.Fields(room.Type()) {
			if f.Type == form.DurationType || f.Type == reflect.PointerTo(form.DurationType) {
				out[name+"."+f.Tag.Get("key")] = true
			}
		}
	}
	return out
})
