package topologies

import (
	"strconv"
	"strings"
)

// position is 1-based; col counts bytes.
type position struct{ line, col int }

// keyPositions finds where each key of a TOML text stands: "a.b", "sites[2].region". The decoder keeps
// positions for syntax errors only. It is called with text the decoder accepted; on any other it may miss
// keys, but ends and does not panic. Keys written with quotes or dots are joined as they mean.
func keyPositions(text string) map[string]position {
	s := &keyScanner{text: text, line: 1, found: map[string]position{}, counts: map[string]int{}}
	s.document()
	return s.found
}

type keyScanner struct {
	text      string
	i         int
	line      int
	lineStart int
	found     map[string]position
	counts    map[string]int // elements of each [[array]] so far
	depth     int
}

func (s *keyScanner) done() bool { return s.i >= len(s.text) }

func (s *keyScanner) here() position { return position{s.line, s.i - s.lineStart + 1} }

// step moves over one byte.
func (s *keyScanner) step() {
	if s.text[s.i] == '\n' {
		s.line++
		s.lineStart = s.i + 1
	}
	s.i++
}

func (s *keyScanner) has(prefix string) bool { return strings.HasPrefix(s.text[s.i:], prefix) }

// blanks skips white space, line ends and comments.
func (s *keyScanner) blanks() {
	for !s.done() {
		switch s.text[s.i] {
		case ' ', '\t', '\r', '\n':
			s.step()
		case '#':
			for !s.done() && s.text[s.i] != '\n' {
				s.step()
			}
		default:
			return
		}
	}
}

func (s *keyScanner) note(key string, at position) {
	if _, twice := s.found[key]; !twice {
		s.found[key] = at
	}
}

func (s *keyScanner) document() {
	table := ""
	for s.blanks(); !s.done(); s.blanks() {
		before := s.i
		if s.text[s.i] == '[' {
			table = s.tableHeader()
		} else {
			s.keyValue(table)
		}
		if s.i == before {
			s.step() // not TOML: go on somewhere
		}
	}
}

// tableHeader reads [a.b] or [[a.b]] and returns the path of the table it opens.
func (s *keyScanner) tableHeader() string {
	at := s.here()
	array := s.has("[[")
	for !s.done() && s.text[s.i] == '[' {
		s.step()
	}
	parts := s.key()
	for !s.done() && s.text[s.i] != '\n' {
		s.step()
	}
	path := ""
	for i, part := range parts {
		path = joinKey(path, part)
		switch last := i == len(parts)-1; {
		case last && array:
			s.note(path, at)
			s.counts[path]++
			path = index(path, s.counts[path]-1)
		case !last && s.counts[path] > 0:
			path = index(path, s.counts[path]-1) // the newest element
		}
	}
	s.note(path, at)
	return path
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// key reads a dotted key up to '=' or ']'.
func (s *keyScanner) key() []string {
	var parts []string
	for !s.done() {
		switch s.text[s.i] {
		case ' ', '\t', '.':
			s.step()
		case '"', '\'':
			start := s.i
			s.str()
			parts = append(parts, strings.Trim(s.text[start:s.i], `"'`))
		case '=', ']', '\n', '#', ',', '}', '{', '[':
			return parts
		default:
			start := s.i
			for !s.done() && !strings.ContainsRune(" \t.=]\n\"'#,{}[", rune(s.text[s.i])) {
				s.step()
			}
			parts = append(parts, s.text[start:s.i])
		}
	}
	return parts
}

// keyValue reads key = value of the table at path.
func (s *keyScanner) keyValue(table string) {
	at := s.here()
	path := table
	for _, part := range s.key() {
		path = joinKey(path, part)
		s.note(path, at)
	}
	if s.done() || s.text[s.i] != '=' {
		return
	}
	s.step()
	s.value(path)
}

// depthMax bounds the nesting that is followed; deeper values are skipped byte by byte.
const depthMax = 100

func (s *keyScanner) value(path string) {
	for !s.done() && (s.text[s.i] == ' ' || s.text[s.i] == '\t') {
		s.step()
	}
	if s.done() {
		return
	}
	s.depth++
	defer func() { s.depth-- }()
	switch b := s.text[s.i]; {
	case b == '"' || b == '\'':
		s.str()
	case b == '[' && s.depth < depthMax:
		s.array(path)
	case b == '{' && s.depth < depthMax:
		s.inlineTable(path)
	default:
		for !s.done() && !strings.ContainsRune(",]}\n#", rune(s.text[s.i])) {
			s.step()
		}
	}
}

func (s *keyScanner) array(path string) {
	s.step()
	for n := 0; ; {
		s.blanks()
		switch {
		case s.done():
			return
		case s.text[s.i] == ']':
			s.step()
			return
		case s.text[s.i] == ',':
			s.step()
		default:
			before := s.i
			s.note(index(path, n), s.here())
			s.value(index(path, n))
			n++
			if s.i == before {
				s.step()
			}
		}
	}
}

func (s *keyScanner) inlineTable(path string) {
	s.step()
	for {
		s.blanks()
		switch {
		case s.done():
			return
		case s.text[s.i] == '}':
			s.step()
			return
		case s.text[s.i] == ',':
			s.step()
		default:
			before := s.i
			s.keyValue(path)
			if s.i == before {
				s.step()
			}
		}
	}
}

// str skips a string of any of the four kinds.
func (s *keyScanner) str() {
	quote := s.text[s.i : s.i+1]
	if triple := quote + quote + quote; s.has(triple) {
		s.i += 3
		for !s.done() && !s.has(triple) {
			s.escape(quote)
			if !s.done() {
				s.step()
			}
		}
		for !s.done() && s.has(quote) { // up to two quotes may stand before the closing three
			s.step()
		}
		return
	}
	s.step()
	for !s.done() && !s.has(quote) && s.text[s.i] != '\n' {
		s.escape(quote)
		if !s.done() && s.text[s.i] != '\n' {
			s.step()
		}
	}
	if !s.done() && s.has(quote) {
		s.step()
	}
}

// escape skips the backslash of a basic string, so that the byte after it ends nothing.
func (s *keyScanner) escape(quote string) {
	if quote == `"` && s.text[s.i] == '\\' {
		s.step()
	}
}
