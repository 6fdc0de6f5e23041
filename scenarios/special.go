package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hypersim/core"
)

// serviceT is one distribution for all classes, or a table of them by class.
type serviceT [core.NumClasses]Dist

var serviceField = field{name: "service", tag: `unit:"s" range:"[0,inf)"`}

func classNames() []string {
	names := make([]string, core.NumClasses)
	for i := range names {
		names[i] = strings.ToLower(core.Class(i).String())
	}
	return names
}

func (s *serviceT) bind(b *binding, n *node, key string, _ field) {
	if !n.isTable || n.kids["dist"] != nil {
		var d Dist
		before := len(b.problems)
		if d.bind(b, n, key, serviceField); len(b.problems) == before {
			for i := range s {
				s[i] = d
			}
		}
		return
	}
	classes := classNames()
	for _, name := range n.names() {
		i := slices.Index(classes, strings.ToLower(name))
		switch {
		case i >= 0:
			s[i].bind(b, n.kids[name], join(key, name), serviceField)
		case isMessageKind(name):
			b.later(n.kids[name], join(key, name), "service times by message type are")
		default:
			b.unknown(n.kids[name], join(key, name), name, classes)
		}
	}
}

func isMessageKind(name string) bool { return kindNamed(name) != core.KindNone }

func (s *serviceT) encode(field) any {
	out := map[string]any{}
	for i, name := range classNames() {
		out[name] = s[i].encode(serviceField)
	}
	return out
}

func (s *serviceT) schema(field) map[string]any {
	one := (&Dist{}).schema(serviceField)
	props := map[string]any{}
	for _, name := range classNames() {
		props[name] = one
	}
	byClass := map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	return map[string]any{"anyOf": append(slices.Clone(one["anyOf"].([]any)), byClass)}
}

// laterT is a key of the format that this version cannot honour.
type laterT struct{}

func (*laterT) bind(b *binding, n *node, key string, f field) {
	what := f.tag.Get("later")
	if what == "" {
		what = "this is"
	}
	b.later(n, key, what)
}
func (*laterT) encode(field) any { return nil }
func (*laterT) schema(field) map[string]any {
	return map[string]any{"description": "not supported yet"}
}

// rawT is a table whose keys are dotted keys of the same file; nested tables are flattened.
type rawT struct{ items []rawItem }

// rawItem is one entry of a rawT.
type rawItem struct {
	path  string // dotted, as a person writes it: fault.cut.for
	key   string // full key for messages
	value *node
}

func (r *rawT) bind(b *binding, n *node, key string, _ field) {
	if !n.isTable {
		b.wrong(n, key, "must be a table of dotted keys")
		return
	}
	r.items = nil
	r.flatten(n, key, "")
}

func (r *rawT) flatten(n *node, key, path string) {
	for _, name := range n.names() {
		kid, at, full := n.kids[name], join(key, name), name
		if path != "" {
			full = path + "." + name
		}
		if kid.isTable && kid.kids["dist"] == nil && kid.kids["model"] == nil && len(kid.kids) > 0 {
			r.flatten(kid, at, full)
			continue
		}
		r.items = append(r.items, rawItem{path: full, key: at, value: kid})
	}
}

func (r *rawT) encode(field) any {
	if len(r.items) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, it := range r.items {
		out[it.path] = it.value.plain()
	}
	return out
}
func (*rawT) schema(field) map[string]any { return map[string]any{"type": "object"} }

// plain returns n as nested maps, slices and scalars.
func (n *node) plain() any {
	switch {
	case n.isTable:
		m := map[string]any{}
		for k, x := range n.kids {
			m[k] = x.plain()
		}
		return m
	case n.isArray:
		s := make([]any, len(n.items))
		for i, x := range n.items {
			s[i] = x.plain()
		}
		return s
	}
	return n.val
}

// labelsT is a label filter: label = value or list; label_not negates.
type labelsT []Label

func (l *labelsT) bind(b *binding, n *node, key string, _ field) {
	if !n.isTable {
		b.wrong(n, key, "must be a table of labels")
		return
	}
	*l = nil
	for _, name := range n.names() {
		kid := n.kids[name]
		label, not := strings.CutSuffix(name, "_not")
		out := Label{Key: label, Not: not}
		items := []*node{kid}
		if kid.isArray {
			items = kid.items
		}
		for _, item := range items {
			switch v := item.val.(type) {
			case string:
				out.Values = append(out.Values, v)
			case int64, float64, bool:
				out.Values = append(out.Values, fmt.Sprint(v))
			default:
				b.wrong(item, join(key, name), "must be a label's value or a list of them")
			}
		}
		*l = append(*l, out)
	}
}

func (l *labelsT) encode(field) any {
	if len(*l) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, x := range *l {
		name := x.Key
		if x.Not {
			name += "_not"
		}
		out[name] = anys(x.Values)
	}
	return out
}

func (*labelsT) schema(field) map[string]any {
	scalar := []any{map[string]any{"type": []any{"string", "number", "boolean"}}}
	list := map[string]any{"type": "array", "items": scalar[0]}
	return map[string]any{"type": "object", "additionalProperties": map[string]any{"anyOf": append(scalar, list)}}
}

// seedsT is "1..30" or a list of seeds.
type seedsT []uint64

const seedsMax = 100_000

func (s *seedsT) bind(b *binding, n *node, key string, f field) {
	*s = nil
	if text, ok := n.val.(string); ok {
		lo, hi, cut := strings.Cut(text, "..")
		from, err1 := strconv.ParseUint(strings.TrimSpace(lo), 10, 53)
		to, err2 := strconv.ParseUint(strings.TrimSpace(hi), 10, 53)
		if !cut || err1 != nil || err2 != nil || from > to || to-from >= seedsMax {
			b.wrong(n, key, `must be a range such as "1..30" or a list of whole numbers`)
			return
		}
		for v := from; v <= to; v++ {
			*s = append(*s, v)
		}
		return
	}
	if !n.isArray {
		b.wrong(n, key, `must be a range such as "1..30" or a list of whole numbers`)
		return
	}
	for i, item := range n.items {
		v, ok := item.val.(int64)
		if !ok || v < 0 || v > 1<<53 {
			b.wrong(item, element(key, i), "must be a whole number ≥ 0")
			continue
		}
		if slices.Contains(*s, uint64(v)) {
			b.wrong(item, element(key, i), "is in the list twice")
		}
		*s = append(*s, uint64(v))
	}
}

func (s *seedsT) encode(field) any {
	if len(*s) == 0 {
		return nil
	}
	out := make([]any, len(*s))
	for i, v := range *s {
		out[i] = int64(v)
	}
	return out
}

func (*seedsT) schema(field) map[string]any {
	return map[string]any{"anyOf": []any{
		map[string]any{"type": "string", "pattern": `^\s*[0-9]+\s*\.\.\s*[0-9]+\s*$`},
		map[string]any{"type": "array", "items": map[string]any{"type": "integer", "minimum": 0}},
	}}
}

// instantT is a point of the run: a duration from its start, or relative to a fault.
type instantT struct {
	n      *node
	key    string
	ref    string // id of a fault, or "faults"; "" for an absolute instant
	end    bool
	offset core.Duration
	at     core.Duration // once resolved
	bad    bool          // reported already
	off    bool          // relative to a fault that this variant lacks
}

var instantForm = regexp.MustCompile(`^([A-Za-z0-9_-]+)\.(start|end)(?:\s*([+-])\s*(\S+))?$`)

func (t *instantT) bind(b *binding, n *node, key string, _ field) {
	*t = instantT{n: n, key: key, bad: true}
	s, ok := n.val.(string)
	if ok && isExpression(s) {
		if sec, ok := b.evaluate(n, key, s, oneTime); ok {
			t.offset, t.bad = core.Seconds(sec), false
			t.notBefore(b)
		}
		return
	}
	m := instantForm.FindStringSubmatch(s)
	if m == nil {
		d, err := parseDuration(s)
		if !ok || err != nil {
			b.wrong(n, key, `must be an instant: "30s" from the start, or "<fault>.start" or "<fault>.end", with "+5s" after it if need be`)
			return
		}
		t.offset, t.bad = d, false
		t.notBefore(b)
		return
	}
	t.ref, t.end = m[1], m[2] == "end"
	if m[4] != "" {
		d, err := parseDuration(m[4])
		if err != nil {
			b.wrong(n, key, "%q %v", m[4], err)
			return
		}
		if m[3] == "-" {
			d = -d
		}
		t.offset = d
	}
	switch {
	case t.ref == "load":
		b.wrong(n, key, "workloads are not supported yet, so there is no load.end")
	case t.ref == "faults" && !t.end:
		b.wrong(n, key, "there is faults.end, but no faults.start")
	default:
		t.bad = false
	}
}

func (t *instantT) notBefore(b *binding) {
	if t.offset < 0 {
		b.wrong(t.n, t.key, "must be ≥ 0s")
		t.bad = true
	}
}

func (*instantT) wantsText() {}

func (t *instantT) encode(field) any { return formatDuration(t.at) }
func (*instantT) schema(field) map[string]any {
	return map[string]any{"type": "string", "description": `"30s" from the start, or "<fault id>.start" or ".end" with an offset`}
}

// scalarT is a literal or expression whose unit is known later.
type scalarT struct {
	n     *node
	key   string
	value any
}

func (s *scalarT) bind(b *binding, n *node, key string, _ field) {
	if n.isArray {
		b.wrong(n, key, "must be a number, a text with a unit, or an expression")
		return
	}
	*s = scalarT{n: n, key: key}
}
func (s *scalarT) encode(field) any { return s.value }
func (*scalarT) schema(field) map[string]any {
	return map[string]any{
		"type":        []any{"number", "string", "object"},
		"description": `number, text with a unit, expression starting with "=", or, with per, a table by swept value`,
	}
}
