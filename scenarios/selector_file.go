package scenarios

import (
	"maps"
	"slices"
	"strings"

	"hypersim/scenarios/form"

	"hypersim/core"
)

// selectorKeys are the keys of a selector, what they mean, and how they are written.
var selectorKeys = []struct {
	name, doc string
	schema    map[string]any
}{
	{"id", "nodes by id, such as euw1/manager/3, or by glob: * is anything but a slash, ? one letter", selectorWords},
	{"ids", "the same as id", selectorWords},
	{"role", "nodes of these roles: gate, manager, worker or client", selectorWords},
	{"site", "nodes at these sites", selectorWords},
	{"group", "members of these membership groups", selectorWords},
	{"leader_of", "who leads a cluster when the fault fires: \"gates\", or \"site:<name>\" of the managers of a site; \"job:<workload>\": who leads most of the jobs of a workload that are not over, a gate, or, where there are none or role says manager, a manager of each site; while nobody does, the fault waits", map[string]any{"type": "string"}},
	{"state", "workers that run a shard when the fault fires, or none: \"running-workflow\" or \"idle\"; \"owner-of:<workload>\": gates and managers that lead a job of the workload that is not over; while there is none, the fault waits", map[string]any{"type": "string"}},
	{"event", "in a fault that waits for an event (on): \"node\", at whom it happened, or \"peer\", who is at the other end of the message or whom it is about", map[string]any{"enum": []any{PartyNode, PartyPeer}}},
	{"count", "so many of those that match, drawn by the seed; in the outermost selector only", map[string]any{"type": "integer", "minimum": 1}},
	{"pct", "this share of those that match, drawn by the seed; in the outermost selector only", map[string]any{"type": []any{"string", "number"}}},
	{"stratify", "site: count or pct is drawn at every site by itself", map[string]any{"const": "site"}},
	{"not", "nodes that this selector does not name", selectorSelf},
	{"any", "true: all nodes; a list of selectors: nodes that one of them names", map[string]any{"anyOf": []any{map[string]any{"const": true}, selectorList}}},
	{"all", "a list of selectors: nodes that every one of them names", selectorList},
	{"allow_empty", "it may name nobody, which is refused otherwise", map[string]any{"type": "boolean"}},
}

var (
	selectorWords = map[string]any{"anyOf": []any{
		map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
	}}
	selectorSelf = map[string]any{"$ref": "#/$defs/selector"}
	selectorList = map[string]any{"type": "array", "items": selectorSelf, "minItems": 1}
)

func selectorNames() []string {
	names := make([]string, len(selectorKeys))
	for i, k := range selectorKeys {
		names[i] = k.name
	}
	return names
}

// Bind reads a selector table. Names are resolved later, when the nodes are known.
func (s *Selector) Bind(b *form.Binding, n *form.Node, key string, _ form.Field) {
	*s = Selector{src: n, key: key, bad: true}
	if !n.IsTable {
		b.Wrong(n, key, "must be a selector table, such as { site = \"a\" } or { any = true }")
		return
	}
	if len(n.Kids) == 0 {
		b.Wrong(n, key, "an empty selector is ambiguous; everything is { any = true }")
		return
	}
	before := len(b.Problems)
	for _, name := range n.Names() {
		kid, at := n.Kids[name], form.Join(key, name)
		switch name {
		case "id", "ids":
			var ids []string
			b.Strings(kid, at, &ids, form.Field{})
			if len(ids) > form.EntriesMax {
				b.Wrong(kid, at, "%d ids; at most %d are supported, use globs", len(ids), form.EntriesMax)
				ids = nil
			}
			s.IDs = append(s.IDs, ids...)
		case "role":
			s.bindRoles(b, kid, at)
		case "site":
			b.Strings(kid, at, &s.siteNames, form.Field{})
		case "group":
			b.Strings(kid, at, &s.groupNames, form.Field{})
		case "leader_of":
			s.LeaderOf = bindWord(b, kid, at)
		case "state":
			s.State = bindWord(b, kid, at)
			if states := []string{StateIdle, StateRunning}; s.State != "" && !strings.HasPrefix(s.State, ownerOf) && !slices.Contains(states, s.State) {
				b.AtValue(kid, at, s.State, "must be %s%s", form.OneOf(append(states, ownerOf+"<workload>")), form.DidYouMean(s.State, states))
			}
		case "event":
			s.Event = bindWord(b, kid, at)
			if parties := []string{PartyNode, PartyPeer}; s.Event != "" && !slices.Contains(parties, s.Event) {
				b.AtValue(kid, at, s.Event, "must be %s%s", form.OneOf(parties), form.DidYouMean(s.Event, parties))
			}
		case "count":
			if v, ok := kid.Val.(int64); ok && v >= 1 && v <= 1<<31 {
				s.Count = int(v)
			} else {
				b.Wrong(kid, at, "must be a whole number ≥ 1")
			}
		case "pct":
			b.Share(kid, at, &s.Pct)
		case "stratify":
			if kid.Val == "site" {
				s.BySite = true
			} else {
				b.Wrong(kid, at, `must be "site"`)
			}
		case "not":
			s.Not = &Selector{}
			s.Not.Bind(b, kid, at, form.Field{})
		case "any":
			s.bindAny(b, kid, at)
		case "all":
			s.All = bindSelectors(b, kid, at)
		case "allow_empty":
			v, ok := kid.Val.(bool)
			if s.AllowEmpty = v; !ok {
				b.Wrong(kid, at, "must be true or false")
			}
		default:
			b.Unknown(kid, at, name, selectorNames())
		}
	}
	if s.BySite && !s.Draws() && len(b.Problems) == before {
		b.Wrong(n, form.Join(key, "stratify"), "needs count or pct: there is nothing to draw")
	}
	s.nestedDraw(b)
	s.bad = len(b.Problems) > before
}

// nestedDraw refuses draws inside of not, any and all, whose order would be undefined.
func (s *Selector) nestedDraw(b *form.Binding) {
	inner := append(slices.Clone(s.All), s.AnyOf...)
	if s.Not != nil {
		inner = append(inner, s.Not)
	}
	for _, x := range inner {
		if x.Draws() {
			b.Wrong(x.src, x.key, "count and pct may stand in the outermost selector only")
		}
	}
}

func bindWord(b *form.Binding, n *form.Node, key string) string {
	word, ok := n.Val.(string)
	if !ok || word == "" {
		b.Wrong(n, key, "must be a word")
	}
	return word
}

func (s *Selector) bindRoles(b *form.Binding, n *form.Node, key string) {
	var names []string
	b.Strings(n, key, &names, form.Field{})
	for _, name := range names {
		if r, ok := core.ParseRole(name); ok {
			s.Roles = append(s.Roles, r)
		} else {
			b.AtValue(n, key, name, "must be %s%s", form.OneOf(roleNames), form.DidYouMean(name, roleNames))
		}
	}
}

var roleNames = []string{"gate", "manager", "worker", "client"}

func (s *Selector) bindAny(b *form.Binding, n *form.Node, key string) {
	if v, ok := n.Val.(bool); ok {
		if !v {
			b.Wrong(n, key, "must be true, or a list of selectors")
		}
		s.Any = v
		return
	}
	s.AnyOf = bindSelectors(b, n, key)
}

func bindSelectors(b *form.Binding, n *form.Node, key string) []*Selector {
	if !n.IsArray || len(n.Items) == 0 {
		b.Wrong(n, key, "must be a list of selectors")
		return nil
	}
	out := make([]*Selector, len(n.Items))
	for i, item := range n.Items {
		out[i] = &Selector{}
		out[i].Bind(b, item, form.Element(key, i), form.Field{})
	}
	return out
}

// Encode implements form.Special.
func (s *Selector) Encode(form.Field) any {
	m := map[string]any{}
	put := func(name string, list []string) {
		if len(list) > 0 {
			m[name] = form.Anys(list)
		}
	}
	put("ids", s.IDs)
	put("site", s.siteNames)
	put("group", s.groupNames)
	var roles []string
	for _, r := range s.Roles {
		roles = append(roles, r.String())
	}
	put("role", roles)
	if s.LeaderOf != "" {
		m["leader_of"] = s.LeaderOf
	}
	if s.State != "" {
		m["state"] = s.State
	}
	if s.Event != "" {
		m["event"] = s.Event
	}
	if s.Any {
		m["any"] = true
	}
	if s.Count > 0 {
		m["count"] = int64(s.Count)
	}
	if s.Pct > 0 {
		m["pct"] = form.FormatPercent(s.Pct)
	}
	if s.BySite {
		m["stratify"] = "site"
	}
	if s.AllowEmpty {
		m["allow_empty"] = true
	}
	if s.Not != nil {
		m["not"] = s.Not.Encode(form.Field{})
	}
	nested := func(name string, list []*Selector) {
		var out []any
		for _, x := range list {
			out = append(out, x.Encode(form.Field{}))
		}
		if out != nil {
			m[name] = out
		}
	}
	nested("any", s.AnyOf)
	nested("all", s.All)
	if len(m) == 0 {
		return nil
	}
	return m
}

// Schema implements form.Special.
func (*Selector) Schema(form.Field) map[string]any { return map[string]any{"$ref": "#/$defs/selector"} }

func selectorSchema() map[string]any {
	props := map[string]any{}
	for _, k := range selectorKeys {
		described := maps.Clone(k.schema)
		described["description"] = k.doc
		props[k.name] = described
	}
	return map[string]any{
		"type": "object", "additionalProperties": false, "minProperties": 1,
		"description": "names nodes; all keys must match (spec 40 §8.2)", "properties": props,
	}
}

// release drops what only the loader needs.
func (s *Selector) release() {
	if s == nil {
		return
	}
	s.src = nil
	s.Not.release()
	for _, x := range append(slices.Clone(s.All), s.AnyOf...) {
		x.release()
	}
}
