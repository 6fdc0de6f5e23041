package scenarios

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"maps"

	"github.com/BurntSushi/toml"

	"hypersim/topologies/tomlpos"
)

// node is a value of a decoded TOML text that knows where it stands. A scalar has val; a table has kids,
// an array items.
type node struct {
	file    string
	key, at tomlpos.Place // of the key, and of the value
	val     any           // string, int64, float64, bool or time.Time
	kids    map[string]*node
	items   []*node
	isTable bool
	isArray bool
}

// textMax bounds a scenario file.
const textMax = 1 << 19

// byteOrderMark is what some editors begin a file with; it says nothing.
const byteOrderMark = "\ufeff"

// textStart is where a file begins.
var textStart = tomlpos.Place{Line: 1, Col: 1, Byte: 1}

// join and element spell the keys of messages as the index spells its paths.
func join(path, key string) string      { return tomlpos.Join(path, key) }
func element(path string, i int) string { return tomlpos.Element(path, i) }

// parse decodes text into a tree with positions. The error is Problems.
func parse(text, file string) (*node, error) {
	fail := func(at tomlpos.Place, format string, args ...any) (*node, error) {
		return nil, Problems{{File: file, Line: at.Line, Col: at.Col, Text: fmt.Sprintf(format, args...)}}
	}
	text = strings.TrimPrefix(text, byteOrderMark)
	if len(text) > textMax {
		return fail(tomlpos.Place{}, "%d bytes; a scenario may have %d", len(text), textMax)
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
	root       *node
}

// read is parse; the caller may write to what it gets.
func read(text, file string) (*node, error) {
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
	return l.root.clone(), nil
}

// build makes the tree of the decoded value v at path. A path that ix does not know stands nowhere.
func build(ix *tomlpos.Index, file, path string, v any) *node {
	n := &node{file: file}
	n.key, _ = ix.Key(path)
	n.at, _ = ix.Value(path)
	switch v := v.(type) {
	case map[string]any:
		n.isTable = true
		n.kids = make(map[string]*node, len(v))
		for k, x := range v {
			n.kids[k] = build(ix, file, join(path, k), x)
		}
		if path == "" {
			n.key, n.at = textStart, textStart
		}
	case []map[string]any:
		n.isArray = true
		for i, x := range v {
			n.items = append(n.items, build(ix, file, element(path, i), x))
		}
	case []any:
		n.isArray = true
		for i, x := range v {
			n.items = append(n.items, build(ix, file, element(path, i), x))
		}
	default:
		n.val = v
	}
	return n
}

func (n *node) names() []string { return slices.Sorted(maps.Keys(n.kids)) }

func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	return n.kids[name]
}

// clone returns a copy that shares no table or array with n.
func (n *node) clone() *node {
	c := *n
	if n.kids != nil {
		c.kids = make(map[string]*node, len(n.kids))
		for k, x := range n.kids {
			c.kids[k] = x.clone()
		}
	}
	c.items = nil
	for _, x := range n.items {
		c.items = append(c.items, x.clone())
	}
	return &c
}

// literal prints n as it would be written in a file; tables and arrays in short.
func (n *node) literal() string {
	switch {
	case n.isTable:
		return "{…}"
	case n.isArray:
		return "[…]"
	}
	return literal(n.val)
}

func literal(v any) string {
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
