package scenarios

import (
	"maps"
	"slices"
	"strings"

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
	{"leader_of", "not supported yet: the leader of a datacenter", map[string]any{"type": "string"}},
	{"state", "not supported yet: nodes in a state", map[string]any{"type": "string"}},
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

// bind reads a selector table. Names are resolved later, when the nodes are known.
func (s *Selector) bind(b *binding, n *node, key string, _ field) {
	*s = Selector{src: n, key: key, bad: true}
	if !n.isTable {
		b.wrong(n, key, "must be a selector table, such as { site = \"a\" } or { any = true }")
		return
	}
	if len(n.kids) == 0 {
		b.wrong(n, key, "an empty selector is ambiguous; everything is { any = true }")
		return
	}
	before := len(b.problems)
	for _, name := range n.names() {
		kid, at := n.kids[name], join(key, name)
		switch name {
		case "id", "ids":
			var ids []string
			b.strings(kid, at, &ids, field{})
			if len(ids) > entriesMax {
				b.wrong(kid, at, "%d ids; at most %d are supported, use globs", len(ids), entriesMax)
				ids = nil
			}
			s.IDs = append(s.IDs, ids...)
		case "role":
			s.bindRoles(b, kid, at)
		case "site":
			b.strings(kid, at, &s.siteNames, field{})
		case "group":
			b.strings(kid, at, &s.groupNames, field{})
		case "leader_of", "state":
			b.later(kid, at, "selecting by "+name+" is")
		case "count":
			if v, ok := kid.val.(int64); ok && v >= 1 && v <= 1<<31 {
				s.Count = int(v)
			} else {
				b.wrong(kid, at, "must be a whole number ≥ 1")
			}
		case "pct":
			b.share(kid, at, &s.Pct)
		case "stratify":
			if kid.val == "site" {
				s.BySite = true
			} else {
				b.wrong(kid, at, `must be "site"`)
			}
		case "not":
			s.Not = &Selector{}
			s.Not.bind(b, kid, at, field{})
		case "any":
			s.bindAny(b, kid, at)
		case "all":
			s.All = bindSelectors(b, kid, at)
		case "allow_empty":
			v, ok := kid.val.(bool)
			if s.AllowEmpty = v; !ok {
				b.wrong(kid, at, "must be true or false")
			}
		default:
			b.unknown(kid, at, name, selectorNames())
		}
	}
	if s.BySite && !s.Draws() && len(b.problems) == before {
		b.wrong(n, join(key, "stratify"), "needs count or pct: there is nothing to draw")
	}
	s.nestedDraw(b)
	s.bad = len(b.problems) > before
}

// nestedDraw refuses draws inside of not, any and all, whose order would be undefined.
func (s *Selector) nestedDraw(b *binding) {
	inner := append(slices.Clone(s.All), s.AnyOf...)
	if s.Not != nil {
		inner = append(inner, s.Not)
	}
	for _, x := range inner {
		if x.Draws() {
			b.wrong(x.src, x.key, "count and pct may stand in the outermost selector only")
		}
	}
}

func (s *Selector) bindRoles(b *binding, n *node, key string) {
	var names []string
	b.strings(n, key, &names, field{})
	for _, name := range names {
		if r, ok := core.ParseRole(name); ok {
			s.Roles = append(s.Roles, r)
		} else {
			b.atValue(n, key, name, "must be %s%s", oneOf(roleNames), didYouMean(name, roleNames))
		}
	}
}

var roleNames = []string{"gate", "manager", "worker", "client"}

// share reads "30%" or a number in (0, 1].
func (b *binding) share(n *node, key string, p *float64) {
	v, ok := 0.0, false
	switch x := n.val.(type) {
	case string:
		pc, err := parsePercent(x)
		v, ok = pc, err == nil
	case float64:
		v, ok = x, true
	case int64:
		v, ok = float64(x), true
	}
	if !ok || !(v > 0 && v <= 1) {
		b.wrong(n, key, `must be a share such as "30%%" or 0.3, > 0 and ≤ 100%%`)
		return
	}
	*p = v
}

func (s *Selector) bindAny(b *binding, n *node, key string) {
	if v, ok := n.val.(bool); ok {
		if !v {
			b.wrong(n, key, "must be true, or a list of selectors")
		}
		s.Any = v
		return
	}
	s.AnyOf = bindSelectors(b, n, key)
}

func bindSelectors(b *binding, n *node, key string) []*Selector {
	if !n.isArray || len(n.items) == 0 {
		b.wrong(n, key, "must be a list of selectors")
		return nil
	}
	out := make([]*Selector, len(n.items))
	for i, item := range n.items {
		out[i] = &Selector{}
		out[i].bind(b, item, element(key, i), field{})
	}
	return out
}

func (s *Selector) encode(field) any {
	m := map[string]any{}
	put := func(name string, list []string) {
		if len(list) > 0 {
			m[name] = anys(list)
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
	if s.Any {
		m["any"] = true
	}
	if s.Count > 0 {
		m["count"] = int64(s.Count)
	}
	if s.Pct > 0 {
		m["pct"] = formatPercent(s.Pct)
	}
	if s.BySite {
		m["stratify"] = "site"
	}
	if s.AllowEmpty {
		m["allow_empty"] = true
	}
	if s.Not != nil {
		m["not"] = s.Not.encode(field{})
	}
	nested := func(name string, list []*Selector) {
		var out []any
		for _, x := range list {
			out = append(out, x.encode(field{}))
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

func (*Selector) schema(field) map[string]any { return map[string]any{"$ref": "#/$defs/selector"} }

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

// has says what there is beside what was asked for.
func has(names []string) string {
	if len(names) == 0 {
		return "; there is none"
	}
	return " (has " + shortList(names) + ")"
}

// shortList prints names for a message, cut after a dozen.
func shortList(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
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
