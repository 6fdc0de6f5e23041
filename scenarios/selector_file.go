package scenarios

import (
	"slices"
	"strings"

	"hypersim/core"
)

var selectorKeys = []string{
	"id", "ids", "role", "site", "group", "leader_of", "state", "count", "pct", "stratify", "not", "any", "all", "allow_empty",
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
			s.All = b.selectors(kid, at)
		case "allow_empty":
			v, ok := kid.val.(bool)
			if s.AllowEmpty = v; !ok {
				b.wrong(kid, at, "must be true or false")
			}
		default:
			b.unknown(kid, at, name, selectorKeys)
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

// atValue is wrong for one string of a list.
func (b *binding) atValue(n *node, key, name, format string, args ...any) {
	for i, item := range n.items {
		if item.val == name {
			b.wrong(item, element(key, i), format, args...)
			return
		}
	}
	b.wrong(n, key, format, args...)
}

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
	s.AnyOf = b.selectors(n, key)
}

func (b *binding) selectors(n *node, key string) []*Selector {
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
	words := map[string]any{"anyOf": []any{
		map[string]any{"type": "string"}, map[string]any{"type": "array", "items": map[string]any{"type": "string"}},
	}}
	self := map[string]any{"$ref": "#/$defs/selector"}
	list := map[string]any{"type": "array", "items": self, "minItems": 1}
	return map[string]any{
		"type": "object", "additionalProperties": false, "minProperties": 1,
		"description": "names nodes; all keys must match (spec 40 §8.2)",
		"properties": map[string]any{
			"id": words, "ids": words, "role": words, "site": words, "group": words,
			"leader_of": map[string]any{"type": "string"}, "state": map[string]any{"type": "string"},
			"count":    map[string]any{"type": "integer", "minimum": 1},
			"pct":      map[string]any{"type": []any{"string", "number"}},
			"stratify": map[string]any{"const": "site"}, "not": self,
			"any": map[string]any{"anyOf": []any{map[string]any{"const": true}, list}}, "all": list,
			"allow_empty": map[string]any{"type": "boolean"},
		},
	}
}

// resolve fills Sites, Groups and Fixed. processes says that the selector names processes to disturb, so that
// clients are only meant when named.
func (s *Selector) resolve(b *binding, sc *Scenario, processes bool) {
	if s == nil || s.bad {
		return
	}
	before := len(b.problems)
	s.resolveNames(b, sc)
	if len(b.problems) > before {
		return
	}
	for i := range sc.Nodes {
		n := &sc.Nodes[i]
		named := s.names(n)
		if n.Ghost && !named || processes && n.Role == core.RoleClient && !named {
			continue
		}
		if s.matches(n) {
			s.Fixed = append(s.Fixed, n.ID)
		}
	}
	if len(s.Fixed) == 0 && !s.AllowEmpty {
		b.wrong(s.src, s.key, "matches no node; say allow_empty = true if that is meant")
	}
	if s.Count > len(s.Fixed) && !s.AllowEmpty && len(s.Fixed) > 0 {
		b.wrong(s.src.kid("count"), join(s.key, "count"), "more than the %d nodes that match", len(s.Fixed))
	}
}

func (s *Selector) resolveNames(b *binding, sc *Scenario) {
	for _, name := range s.siteNames {
		i, ok := sc.Topology.SiteIndex(name)
		if !ok {
			n := s.src.kids["site"]
			b.atValue(n, join(s.key, "site"), name, "no site %q in topology %q (has %s)%s",
				name, sc.Topology.Name, shortList(sc.Topology.SiteNames()), didYouMean(name, sc.Topology.SiteNames()))
		}
		s.Sites = append(s.Sites, i)
	}
	var groups []string
	for _, g := range sc.Groups {
		groups = append(groups, g.Name)
	}
	for _, name := range s.groupNames {
		i := slices.Index(groups, name)
		if i < 0 {
			n := s.src.kids["group"]
			b.atValue(n, join(s.key, "group"), name, "no group %q (has %s)%s", name, shortList(groups), didYouMean(name, groups))
		}
		s.Groups = append(s.Groups, core.GroupID(i+1))
	}
	for _, id := range s.IDs {
		if strings.ContainsAny(id, "*?") {
			continue
		}
		if !slices.ContainsFunc(sc.Nodes, func(n NodeSpec) bool { return n.Name == id }) {
			n := s.src.kids["id"]
			if n == nil || !n.mentions(id) {
				n = s.src.kids["ids"]
			}
			b.atValue(n, join(s.key, "id"), id, "no node %q%s", id, nearestNode(sc, id))
		}
	}
	for _, x := range append(append(slices.Clone(s.All), s.AnyOf...), s.Not) {
		if x != nil {
			x.resolveNames(b, sc)
		}
	}
}

func (n *node) mentions(word string) bool {
	return n.val == word || slices.ContainsFunc(n.items, func(i *node) bool { return i.val == word })
}

// nearestNode explains why a node id does not exist.
func nearestNode(sc *Scenario, id string) string {
	parts := strings.Split(id, "/")
	if len(parts) != 3 {
		return `; node ids are "site/role/index"`
	}
	count := 0
	for i := range sc.Nodes {
		if strings.HasPrefix(sc.Nodes[i].Name, parts[0]+"/"+parts[1]+"/") {
			count++
		}
	}
	if count > 0 {
		return "; " + parts[0] + "/" + parts[1] + " has the indices 0 to " + number(float64(count-1))
	}
	return `; node ids are "site/role/index"`
}

// names reports whether s asks for n's id or its role by name.
func (s *Selector) names(n *NodeSpec) bool {
	if slices.ContainsFunc(s.IDs, func(p string) bool { return glob(p, n.Name) }) {
		return true
	}
	return !n.Ghost && slices.Contains(s.Roles, n.Role)
}

func (s *Selector) matches(n *NodeSpec) bool {
	switch {
	case s.IDs != nil && !slices.ContainsFunc(s.IDs, func(p string) bool { return glob(p, n.Name) }),
		s.Roles != nil && !slices.Contains(s.Roles, n.Role),
		s.Sites != nil && !slices.Contains(s.Sites, n.Site),
		s.Groups != nil && !slices.Contains(s.Groups, n.Group),
		s.Not != nil && s.Not.matches(n),
		s.AnyOf != nil && !slices.ContainsFunc(s.AnyOf, func(x *Selector) bool { return x.matches(n) }):
		return false
	}
	return !slices.ContainsFunc(s.All, func(x *Selector) bool { return !x.matches(n) })
}

// glob matches a node's name; * is any run of characters, ? any one. Linear in both for one star, and
// never worse than their product.
func glob(pattern, name string) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p++
			n++
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
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
