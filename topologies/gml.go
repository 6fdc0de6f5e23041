package topologies

import (
	"fmt"
	"io"
	"strings"

	"hypersim/topologies/input"
)

// gmlMax bounds the text of a graph, which is held in memory as a whole.
const gmlMax = 256 << 20

// gmlItem is a key of a GML text with a scalar, or with a list of further items.
type gmlItem struct {
	key, text string
	list      []gmlItem
	isList    bool
	line      int
}

// gml reads the graph of a Shadow simulation: nodes with ids, edges with a source, a target and a latency. An
// edge of a graph that is not directed counts both ways; one from a node to itself is the delay inside it.
func (p *parser) gml() (*Matrix, error) {
	text, err := io.ReadAll(input.Bounded(p.in, p.file, gmlMax))
	if err != nil {
		return nil, err
	}
	s := &gmlScanner{text: string(text), line: 1}
	items, err := s.list(0)
	if err != nil {
		p.at(s.line, 0, "%v", err)
		return nil, nil
	}
	for _, item := range items {
		if item.key == "graph" && item.isList {
			return p.gmlGraph(&item), nil
		}
	}
	p.at(0, 0, "this looks like GML, but has no graph")
	return nil, nil
}

func (p *parser) gmlGraph(graph *gmlItem) *Matrix {
	names := map[string]string{}
	l := newPairList(p)
	for i := range graph.list {
		if n := &graph.list[i]; n.key == "node" {
			id := n.get("id")
			if _, twice := names[id]; twice || id == "" {
				p.at(n.line, 0, "a node needs an id of its own, this one has %s", quote(id))
			}
			names[id] = or(n.get("label"), id)
		}
	}
	lossy := false
	for i := range graph.list {
		e := &graph.list[i]
		if e.key != "edge" {
			continue
		}
		lossy = lossy || strings.Trim(e.get("packet_loss"), "0.") != ""
		if !p.gmlEdge(l, e, names, graph.get("directed") == "1") {
			return nil
		}
	}
	if lossy {
		p.note("packet_loss of the edges was not read; links of a scenario hold it")
	}
	return l.matrix()
}

// gmlEdge adds an edge; false means that there is no use in going on.
func (p *parser) gmlEdge(l *pairList, e *gmlItem, names map[string]string, directed bool) bool {
	from, known := names[e.get("source")]
	to, known2 := names[e.get("target")]
	latency := e.get("latency")
	if !known || !known2 {
		p.at(e.line, 0, "an edge from %s to %s: one of them is no node", quote(e.get("source")), quote(e.get("target")))
		return true
	}
	if latency == "" {
		p.at(e.line, 0, "an edge without a latency")
		return true
	}
	d := p.value(latency, e.line, 0)
	return l.add(from, to, d, e.line) && (directed || from == to || l.add(to, from, d, e.line))
}

// get returns the text of the last item of that key, "" when there is none.
func (i *gmlItem) get(key string) (text string) {
	for _, kid := range i.list {
		if kid.key == key && !kid.isList {
			text = kid.text
		}
	}
	return text
}

// gmlScanner reads "key value" items. A value is a word, a "text", or a [ list ].
type gmlScanner struct {
	text string
	line int
}

func (s *gmlScanner) list(depth int) (items []gmlItem, err error) {
	if depth > 8 {
		return nil, fmt.Errorf("GML nested deeper than 8 lists")
	}
	for {
		key, quoted, err := s.word()
		switch {
		case err != nil:
			return nil, err
		case key == "" && !quoted && depth == 0, key == "]" && !quoted && depth > 0:
			return items, nil
		case key == "" || key == "]" || key == "[" || quoted:
			return nil, fmt.Errorf("this looks like GML, but is broken: a key must stand where %s does", or(key, "the end"))
		}
		item := gmlItem{key: key, line: s.line}
		value, quoted, err := s.word()
		switch {
		case err != nil:
			return nil, err
		case value == "[" && !quoted:
			item.isList = true
			item.list, err = s.list(depth + 1)
			if err != nil {
				return nil, err
			}
		case value == "]" && !quoted, value == "" && !quoted:
			return nil, fmt.Errorf("this looks like GML, but is broken: %s has no value", quote(key))
		default:
			item.text = value
		}
		items = append(items, item)
	}
}

// word returns the next word, bracket or text; "" that is not quoted is the end.
func (s *gmlScanner) word() (word string, quoted bool, err error) {
	for s.text != "" {
		switch c := s.text[0]; {
		case c == '\n':
			s.line++
			s.text = s.text[1:]
		case isBlank(c):
			s.text = s.text[1:]
		case c == '#':
			_, rest, _ := strings.Cut(s.text, "\n")
			s.text = s.text[len(s.text)-len(rest):]
			s.line++
		case c == '"':
			inside, rest, ok := strings.Cut(s.text[1:], `"`)
			if !ok {
				return "", true, fmt.Errorf("this looks like GML, but is broken: a text has no end")
			}
			s.line += strings.Count(inside, "\n")
			s.text = rest
			return inside, true, nil
		case c == '[' || c == ']':
			s.text = s.text[1:]
			return string(c), false, nil
		default:
			end := strings.IndexAny(s.text, " \t\r\n\v\f[]\"#")
			if end < 0 {
				end = len(s.text)
			}
			word, s.text = s.text[:end], s.text[end:]
			return word, false, nil
		}
	}
	return "", false, nil
}
