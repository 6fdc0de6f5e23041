package topologies

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"hypersim/topologies/input"
)

// jsonMax bounds the text of a JSON matrix, which is held in memory as a whole, and jsonDepth its nesting.
const (
	jsonMax   = 64 << 20
	jsonDepth = 8
)

// jsonNode is a value of a JSON text: an object, whose members keep their order, an array, or a scalar as text.
type jsonNode struct {
	kind byte // '{', '[' or 0 for a scalar
	keys []string
	kids []*jsonNode
	text string
	line int
}

// json reads the first object of objects, array of arrays or array of records, whatever it is wrapped in.
func (p *parser) json() (*Matrix, error) {
	r := &jsonReader{lines: &lineCounter{r: input.Bounded(p.in, p.file, jsonMax)}}
	r.d = json.NewDecoder(r.lines)
	r.d.UseNumber()
	root, err := r.node(0)
	if err != nil {
		p.at(r.lines.at(r.d.InputOffset()), 0, "%v", err)
		return nil, nil
	}
	if _, err := r.d.Token(); err == nil {
		p.at(r.lines.at(r.d.InputOffset()), 0, "something follows the JSON value")
		return nil, nil
	}
	found := map[string]*jsonNode{}
	var paths []string
	root.matrices("", func(path string, n *jsonNode) {
		found[path] = n
		paths = append(paths, path)
	})
	switch len(paths) {
	case 0:
		p.at(0, 0, `this looks like JSON without a matrix; these are read: {"a": {"b": 1.5}}, [[0, 1.5], [1.5, 0]] and [{"from": "a", "to": "b", "avg_ms": 1.5}]`)
		return nil, nil
	case 1:
	default:
		p.at(0, 0, "this looks like JSON with %d matrices, %s: leave one of them in the file", len(paths), shortList(paths))
		return nil, nil
	}
	switch n := found[paths[0]]; {
	case n.kind == '{':
		return p.jsonObjects(n), nil
	case n.kids[0].kind == '[':
		return p.jsonRows(n), nil
	default:
		return p.jsonRecords(n), nil
	}
}

// matrices calls each for the outermost values that could be a matrix.
func (n *jsonNode) matrices(path string, each func(string, *jsonNode)) {
	if n.kind == 0 || len(n.kids) == 0 {
		return
	}
	if n.isMatrix() {
		each(or(path, "the whole"), n)
		return
	}
	for i, kid := range n.kids {
		name := fmt.Sprintf("%s[%d]", path, i)
		if n.kind == '{' {
			name = strings.TrimPrefix(path+"."+n.keys[i], ".")
		}
		kid.matrices(name, each)
	}
}

// isMatrix reports whether n holds objects of values, arrays of values or records, and nothing else.
func (n *jsonNode) isMatrix() bool {
	for _, kid := range n.kids {
		if kid.kind == 0 || n.kind == '{' && kid.kind != '{' || kid.kind != n.kids[0].kind || len(kid.kids) == 0 {
			return false
		}
		for _, cell := range kid.kids {
			if cell.kind != 0 || n.kind == '{' && !isValue(cell.text) {
				return false
			}
		}
	}
	return true
}

func (p *parser) jsonObjects(n *jsonNode) *Matrix {
	l := newPairList(p)
	for i, row := range n.kids {
		for k, cell := range row.kids {
			if !l.add(n.keys[i], row.keys[k], p.value(cell.text, cell.line, 0), cell.line) {
				return nil
			}
		}
	}
	return l.matrix()
}

func (p *parser) jsonRows(n *jsonNode) *Matrix {
	var rows ragged
	if len(n.kids) > RowsMax {
		p.at(0, 0, "more than %d rows", RowsMax)
		return nil
	}
	for _, row := range n.kids {
		for _, cell := range row.kids {
			rows.cells = append(rows.cells, p.value(cell.text, cell.line, 0))
		}
		rows.ends, rows.nos = append(rows.ends, len(rows.cells)), append(rows.nos, row.line)
	}
	p.guessed = true
	return p.assemble(&rows, Square)
}

// jsonRecords reads an array of objects as a long table whose columns are the keys of the first.
func (p *parser) jsonRecords(n *jsonNode) *Matrix {
	t := &table{p: p, fields: n.kids[0].keys, no: n.kids[0].line}
	c := p.longColumns(t)
	if p.failed() {
		return nil
	}
	l, here := newPairList(p), baseName(p.file)
	for _, record := range n.kids {
		from, to, value := here, here, ""
		if c.from >= 0 {
			from = record.get(t.fields[c.from])
		}
		if c.to >= 0 {
			to = record.get(t.fields[c.to])
		}
		value = record.get(t.fields[c.value])
		if !l.add(from, to, p.value(value, record.line, 0), record.line) {
			return nil
		}
	}
	return l.matrix()
}

// get returns the text of a member, "" when there is none.
func (n *jsonNode) get(key string) string {
	for i, k := range n.keys {
		if k == key {
			return n.kids[i].text
		}
	}
	return ""
}

// jsonReader makes nodes of tokens, which a decoder into Go values could not: it would lose the order of keys.
type jsonReader struct {
	d     *json.Decoder
	lines *lineCounter
}

func (r *jsonReader) node(depth int) (*jsonNode, error) {
	if depth > jsonDepth {
		return nil, fmt.Errorf("JSON nested deeper than %d values", jsonDepth)
	}
	token, err := r.d.Token()
	if err != nil {
		return nil, brokenJSON(err)
	}
	n := &jsonNode{line: r.lines.at(r.d.InputOffset())}
	switch v := token.(type) {
	case json.Delim:
		n.kind = byte(v)
		return n, r.members(n, depth)
	case string:
		n.text = v
	case nil: // a missing value is an empty text
	default:
		n.text = fmt.Sprint(v)
	}
	return n, nil
}

func (r *jsonReader) members(n *jsonNode, depth int) error {
	for r.d.More() {
		if n.kind == '{' {
			key, err := r.d.Token()
			if err != nil {
				return brokenJSON(err)
			}
			n.keys = append(n.keys, fmt.Sprint(key))
		}
		kid, err := r.node(depth + 1)
		if err != nil {
			return err
		}
		n.kids = append(n.kids, kid)
	}
	_, err := r.d.Token() // the closing bracket
	return brokenJSON(err)
}

// brokenJSON says that a text which begins like JSON is none.
func brokenJSON(err error) error {
	if err == nil || errors.Is(err, input.ErrTooLong) {
		return err
	}
	return fmt.Errorf("this looks like JSON, but is broken: %w", err)
}
