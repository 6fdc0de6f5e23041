package form

import "strings"

// Later is a key of the format that this version cannot honour.
type Later struct{}

// Bind implements Special.
func (*Later) Bind(b *Binding, n *Node, key string, f Field) {
	what := f.Tag.Get("later")
	if what == "" {
		what = "this is"
	}
	b.Later(n, key, what)
}

// Encode implements Special.
func (*Later) Encode(Field) any { return nil }

// Schema implements Special.
func (*Later) Schema(Field) map[string]any {
	return map[string]any{"description": "not supported yet"}
}

// Raw is a table whose keys are dotted keys of the same file; nested tables are flattened.
type Raw struct{ Items []RawItem }

// RawItem is one entry of a Raw.
type RawItem struct {
	Path  string // dotted, as a person writes it: fault.cut.for
	Key   string // full key for messages
	Value *Node
}

// Bind implements Special.
func (r *Raw) Bind(b *Binding, n *Node, key string, _ Field) {
	if !n.IsTable {
		b.Wrong(n, key, "must be a table of dotted keys")
		return
	}
	r.Items = nil
	r.flatten(n, key, "")
}

func (r *Raw) flatten(n *Node, key, path string) {
	for _, name := range n.Names() {
		kid, at, full := n.Kids[name], Join(key, name), name
		if path != "" {
			full = path + "." + name
		}
		if kid.IsTable && kid.Kids["dist"] == nil && kid.Kids["model"] == nil && len(kid.Kids) > 0 {
			r.flatten(kid, at, full)
			continue
		}
		r.Items = append(r.Items, RawItem{Path: full, Key: at, Value: kid})
	}
}

// Encode implements Special.
func (r *Raw) Encode(Field) any {
	if len(r.Items) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, it := range r.Items {
		out[it.Path] = it.Value.Plain()
	}
	return out
}

// Schema implements Special.
func (*Raw) Schema(Field) map[string]any { return map[string]any{"type": "object"} }

// Nest turns dotted keys back into tables.
func (r *Raw) Nest() *Node {
	root := &Node{IsTable: true, Kids: map[string]*Node{}}
	for _, it := range r.Items {
		at := root
		parts := strings.Split(it.Path, ".")
		for i, part := range parts {
			if i == len(parts)-1 {
				at.Kids[part] = it.Value
				break
			}
			next := at.Kids[part]
			if next == nil || !next.IsTable {
				next = &Node{IsTable: true, Kids: map[string]*Node{}, File: it.Value.File, key: it.Value.key, At: it.Value.At}
				at.Kids[part] = next
			}
			at = next
		}
	}
	return root
}

// Scalar is a literal or expression whose unit is known later.
type Scalar struct {
	Node  *Node
	Key   string
	Value any
}

// Bind implements Special.
func (s *Scalar) Bind(b *Binding, n *Node, key string, _ Field) {
	if n.IsArray {
		b.Wrong(n, key, "must be a number, a text with a unit, or an expression")
		return
	}
	*s = Scalar{Node: n, Key: key}
}

// Encode implements Special.
func (s *Scalar) Encode(Field) any { return s.Value }

// Schema implements Special.
func (*Scalar) Schema(Field) map[string]any {
	return map[string]any{
		"type":        []any{"number", "string", "object"},
		"description": `number, text with a unit, expression starting with "=", or, with per, a table by swept value`,
	}
}
