package form

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/BurntSushi/toml"

	"hypersim/topologies/tomlpos"
)

// Node is a value of a decoded TOML text that knows where it stands. A scalar has Val; a table has Kids,
// an array Items.
type Node struct {
	File    string
	key, At tomlpos.Place // of the key, and of the value
	Val     any           // string, int64, float64, bool or time.Time
	Kids    map[string]*Node
	Items   []*Node
	IsTable bool
	IsArray bool
}

// TextMax bounds a scenario file.
const TextMax = 1 << 19

// ByteOrderMark is what some editors begin a file with; it says nothing.
const ByteOrderMark = "\ufeff"

// textStart is where a file begins.
var textStart = tomlpos.Place{Line: 1, Col: 1, Byte: 1}

// Join spells the key of a message, below path, as the index spells its paths.
func Join(path, key string) string { return tomlpos.Join(path, key) }

// Element spells the key of an element of an array.
func Element(path string, i int) string { return tomlpos.Element(path, i) }

// parse decodes text into a tree with positions. The error is Problems.
func parse(text, file string) (*Node, error) {
	fail := func(at tomlpos.Place, format string, args ...any) (*Node, error) {
		return nil, Problems{{File: file, Line: at.Line, Col: at.Col, Text: fmt.Sprintf(format, args...)}}
	}
	text = strings.TrimPrefix(text, ByteOrderMark)
	if len(text) > TextMax {
		return fail(tomlpos.Place{}, "%d bytes; a scenario may have %d", len(text), TextMax)
	}
	ix, deep := tomlpos.Scan(text, tomlpos.Join)
	if deep {
		return fail(tomlpos.Place{}, "nested deeper than %d values or %d dotted keys", tomlpos.DepthMax, tomlpos.PartsMax)
	}
	var tree map[string]any
	md, err := toml.Decode(text, &tree)
	if err != nil {
		var pe toml.ParseError
		if errors.As(err, &pe) {
			msg := pe.Message
			if msg == "" {
				msg = strings.TrimPrefix(pe.Error(), "toml: ")
			}
			return fail(tomlpos.Place{Line: max(1, pe.Position.Line), Col: max(1, pe.Position.Col)}, "not TOML: %s", msg)
		}
		return fail(textStart, "not TOML: %v", err)
	}
	if err := ix.Check(md.Keys()); err != nil {
		return fail(textStart, "%v", err) // our own mistake, but the positions could not be trusted
	}
	return build(ix, file, "", tree), nil
}

// parsed is the text that was parsed last: the cells of a sweep are one text, loaded thousands of times.
var parsed lastText

type lastText struct {
	mu         sync.Mutex
	text, file string
	root       *Node
}

// Read is parse, which it saves for the text that it read last; the caller may write to what it gets.
func Read(text, file string) (*Node, error) {
	l := &parsed
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.root == nil || l.text != text || l.file != file {
		root, err := parse(text, file)
		if err != nil {
			return nil, err
		}
		l.text, l.file, l.root = text, file, root
	}
	return l.root.Clone(), nil
}

// build makes the tree of the decoded value v at path. A path that ix does not know stands nowhere.
func build(ix *tomlpos.Index, file, path string, v any) *Node {
	n := &Node{File: file}
	n.key, _ = ix.Key(path)
	n.At, _ = ix.Value(path)
	switch v := v.(type) {
	case map[string]any:
		n.IsTable = true
		n.Kids = make(map[string]*Node, len(v))
		for k, x := range v {
			n.Kids[k] = build(ix, file, Join(path, k), x)
		}
		if path == "" {
			n.key, n.At = textStart, textStart
		}
	case []map[string]any:
		n.IsArray = true
		for i, x := range v {
			n.Items = append(n.Items, build(ix, file, Element(path, i), x))
		}
	case []any:
		n.IsArray = true
		for i, x := range v {
			n.Items = append(n.Items, build(ix, file, Element(path, i), x))
		}
	default:
		n.Val = v
	}
	return n
}

// Names returns the keys of a table, sorted.
func (n *Node) Names() []string { return slices.Sorted(maps.Keys(n.Kids)) }

// Kid returns the value of a key, nil where there is none.
func (n *Node) Kid(name string) *Node {
	if n == nil {
		return nil
	}
	return n.Kids[name]
}

// Clone returns a copy that shares no table or array with n.
func (n *Node) Clone() *Node {
	c := *n
	if n.Kids != nil {
		c.Kids = make(map[string]*Node, len(n.Kids))
		for k, x := range n.Kids {
			c.Kids[k] = x.Clone()
		}
	}
	c.Items = nil
	for _, x := range n.Items {
		c.Items = append(c.Items, x.Clone())
	}
	return &c
}

// Literal prints n as it would be written in a file; tables and arrays in short.
func (n *Node) Literal() string {
	switch {
	case n.IsTable:
		return "{…}"
	case n.IsArray:
		return "[…]"
	}
	return Literal(n.Val)
}

// Literal prints a scalar as it would be written in a file, long strings in short.
func Literal(v any) string {
	switch v := v.(type) {
	case string:
		const most = 60
		if r := []rune(v); len(r) > most {
			v = string(r[:most]) + "…"
		}
		return strconv.Quote(v)
	case float64:
		switch {
		case math.IsNaN(v):
			return "nan"
		case math.IsInf(v, 1):
			return "inf"
		case math.IsInf(v, -1):
			return "-inf"
		}
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(v)
}

// Or returns a, or b where there is no a.
func Or(a, b *Node) *Node {
	if a != nil {
		return a
	}
	return b
}

// Plain returns n as nested maps, slices and scalars.
func (n *Node) Plain() any {
	switch {
	case n.IsTable:
		m := map[string]any{}
		for k, x := range n.Kids {
			m[k] = x.Plain()
		}
		return m
	case n.IsArray:
		s := make([]any, len(n.Items))
		for i, x := range n.Items {
			s[i] = x.Plain()
		}
		return s
	}
	return n.Val
}
