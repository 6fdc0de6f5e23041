package scenarios

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hypersim/scenarios/form"
	"hypersim/sim/fault"
	"hypersim/sim/metrics/words"
)

// Explanation is what there is to say about a name of the format: a key, a kind of fault, a metric or a key of
// selectors. All of it comes from the tags and tables that load a file.
type Explanation struct {
	Kind     string   `json:"kind"` // "key", "table", "fault", "event", "metric" or "selector key"
	Name     string   `json:"name"` // of a key dotted, from the top of the file; no indices
	Doc      string   `json:"doc"`
	Form     string   `json:"form,omitempty"` // how a value is written
	Unit     string   `json:"unit,omitempty"`
	Values   []string `json:"values,omitempty"` // the words allowed
	Range    string   `json:"range,omitempty"`
	Default  string   `json:"default,omitempty"` // as written in a file; "" where there is none
	Required bool     `json:"required,omitempty"`
	Source   string   `json:"source,omitempty"` // the constant or passage of the specification it comes from
	Needs    []string `json:"needs,omitempty"`  // keys of a fault that must be there
	Takes    []string `json:"takes,omitempty"`  // keys of a table or fault, labels of a metric
}

// Explain returns what name may mean: what is called exactly so, or else every key whose last parts are so.
// Indices, the places of links and roles are left out: network.inter.jitter is network.jitter.
func Explain(name string) []Explanation {
	all := explanations()
	name = plainPath(name)
	bare := func(e Explanation) string { return strings.ReplaceAll(e.Name, `"`, "") }
	exact := slices.DeleteFunc(slices.Clone(all), func(e Explanation) bool { return bare(e) != name })
	if len(exact) > 0 {
		return exact
	}
	return slices.DeleteFunc(slices.Clone(all), func(e Explanation) bool { return !strings.HasSuffix(bare(e), "."+name) })
}

// NamesExplained returns every name that Explain knows, sorted.
func NamesExplained() []string {
	var names []string
	for _, e := range explanations() {
		names = append(names, e.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// plainPath leaves out of a dotted key what stands for one of several equal tables.
func plainPath(key string) string {
	var parts []string
	all := form.SplitPath(indices.ReplaceAllString(key, ""))
	for i, part := range all {
		before := strings.Join(parts, ".")
		switch {
		case i > 0 && before == "network" && (part == "intra" || part == "inter") && len(all) > i+1:
		case i > 0 && before == "node" && slices.Contains(roleNames, part) && len(all) > i+1:
		case i > 0 && before == "protocol" && part == "role":
		case i == 2 && before == "protocol" && slices.Contains(roleNames, part) && strings.HasPrefix(key, "protocol.role."):
		default:
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ".")
}

var indices = regexp.MustCompile(`\[[^\]]*\]`)

// explanations are made once: nothing in them changes.
var explanations = sync.OnceValue(func() []Explanation {
	var out []Explanation
	add := func(e Explanation) { out = append(out, e) }
	explainTable(reflect.TypeFor[worldT](), reflect.ValueOf(defaultWorld()), "", add)
	explainProtocol(add)
	explainTable(reflect.TypeFor[claimsT](), reflect.Value{}, "", add)
	explainTable(reflect.TypeFor[alternativesT](), reflect.Value{}, "", add)
	for _, k := range selectorKeys {
		add(Explanation{Kind: "selector key", Name: k.name, Doc: k.doc})
	}
	for _, o := range fault.Occasions() {
		add(Explanation{Kind: "event", Name: o.Name, Doc: o.Doc})
	}
	for _, kind := range FaultKinds() {
		rule, row := faultRules[fault.Kind(kind)], fault.Kind(kind).Row()
		e := Explanation{Kind: "fault", Name: kind, Doc: row.Doc, Needs: rule.need, Takes: rule.may}
		if rule.links {
			e.Needs = append(slices.Clone(e.Needs), "links or target")
		}
		if row.Course.Ends() && !slices.Contains(rule.need, "for") {
			e.Takes = append([]string{"for"}, e.Takes...)
		}
		add(e)
	}
	for _, metric := range words.All() {
		m := metric.Def()
		e := Explanation{Kind: "metric", Name: m.Name, Doc: m.Doc, Unit: m.Unit, Takes: m.Labels}
		if m.PerNodeHour {
			e.Unit += " (the statistic rate: per node-hour)"
		}
		add(e)
	}
	return out
})

func explainProtocol(add func(Explanation)) {
	c := defaultConfig()
	rooms := roomsOf(&c)
	add(Explanation{Kind: "table", Name: "protocol", Doc: "parameters of the protocol, by room", Takes: append(form.Keys(reflect.TypeFor[protocolT]()), roomNames()...)})
	explainTable(reflect.TypeFor[protocolT](), reflect.ValueOf(protocolT{Profile: ProfileSpecified}), "protocol", add)
	for _, name := range roomNames() {
		path := form.Join("protocol", name)
		add(Explanation{Kind: "table", Name: path, Doc: "parameters of this room", Takes: form.Keys(rooms[name].Type())})
		explainTable(rooms[name].Type(), rooms[name], path, add)
	}
}

// explainTable explains the keys of a struct and of those below it; defaults holds their defaults, if there are any.
func explainTable(t reflect.Type, defaults reflect.Value, path string, add func(Explanation)) {
	for _, sf := range form.Fields(t) {
		f := form.Field{Name: sf.Tag.Get("key"), Tag: sf.Tag}
		var value reflect.Value
		if defaults.IsValid() {
			value = defaults.FieldByIndex(sf.Index)
		}
		at := form.Join(path, f.Name)
		inner := form.TableOf(sf.Type)
		if inner == nil {
			add(explainKey(at, sf.Type, value, f))
			continue
		}
		add(Explanation{Kind: "table", Name: at, Doc: f.Tag.Get("doc"), Takes: form.Keys(inner)})
		repeats := inner == reflect.TypeFor[hostT]() || inner == reflect.TypeFor[linkT]() // the same keys as the table around it
		if repeats {
			continue
		}
		if sf.Type.Kind() != reflect.Struct {
			value = reflect.Value{}
		}
		explainTable(inner, value, at, add)
	}
}

func explainKey(at string, t reflect.Type, value reflect.Value, f form.Field) Explanation {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	e := Explanation{Kind: "key", Name: at, Doc: f.Tag.Get("doc"), Form: formOf(t), Unit: f.Tag.Get("unit"), Values: f.Enum(), Source: f.Tag.Get("ref")}
	if in := f.Interval(); in != form.Everything {
		e.Range = strings.TrimPrefix(in.Text(showOf(t, f)), "must be ")
	}
	if d := form.DefaultOf(value, f); f.Required() {
		e.Required = true
	} else if d != nil {
		e.Default = form.JSON(d)
	}
	return e
}

func showOf(t reflect.Type, f form.Field) func(float64) string {
	switch {
	case t == reflect.TypeFor[form.Bytes]():
		return form.ShowBytes
	case t == reflect.TypeFor[form.Bandwidth]():
		return form.FormatBandwidth
	case t == form.DurationType, f.Tag.Get("unit") == "s":
		return form.ShowSeconds
	}
	return form.Number
}

// formOf says how a value of a type is written.
func formOf(t reflect.Type) string {
	switch s := reflect.New(t).Interface().(type) {
	case *Dist:
		return `a constant, or a distribution: { dist = "normal", mean = …, std = … }`
	case *Selector:
		return `a selector, such as { site = "a" } or { role = "worker", count = 1 }`
	case form.Special:
		text, _ := s.Schema(form.Field{})["description"].(string)
		return strings.TrimPrefix(text, "must be ")
	}
	switch {
	case t == form.DurationType:
		return `a duration with its unit, such as "250ms"`
	case t == reflect.TypeFor[[]string]():
		return "a word or a list of words"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int64, reflect.Uint32, reflect.Uint64, reflect.Uint8, reflect.Uint16, reflect.Int32:
		return "a whole number"
	default:
		return ""
	}
}
