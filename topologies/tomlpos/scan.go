package tomlpos

import (
	"strings"
	"unicode/utf8"
)

// Bounds of what the scanner follows; no format of ours comes near them. The decoder's cost grows with depth,
// so a text beyond them is best refused before the decoder sees it.
const (
	DepthMax = 32 // values in each other
	PartsMax = 16 // parts of one dotted key
)

// Scan indexes text. It is meant for text the decoder accepts; on any other it may miss keys, but reads each
// byte once and does not panic. join spells the paths ([Join] or [JoinPlain]). deep reports that a part of text goes
// beyond the bounds. That part is not in the index; the rest is.
func Scan(text string, join func(path, key string) string) (ix *Index, deep bool) {
	s := &scanner{
		text: text, line: 1, join: join,
		ix:     &Index{keys: map[string]Place{}, values: map[string]Place{}},
		counts: map[string]int{},
	}
	s.document()
	return s.ix, s.deep
}

type scanner struct {
	text           string
	i              int
	line           int
	start          int // of the current line
	counted, chars int // up to here the line has so many characters
	join           func(path, key string) string
	ix             *Index
	counts         map[string]int // elements of each [[array]] so far
	depth          int
	deep           bool
}

func (s *scanner) done() bool             { return s.i >= len(s.text) }
func (s *scanner) has(prefix string) bool { return strings.HasPrefix(s.text[s.i:], prefix) }

// here returns the position of the next byte. Characters are counted on from the last call, so that a long
// line costs no more than a short one.
func (s *scanner) here() Place {
	if s.counted < s.start {
		s.counted, s.chars = s.start, 0
	}
	s.chars += utf8.RuneCountInString(s.text[s.counted:s.i])
	s.counted = s.i
	return Place{Line: s.line, Col: s.chars + 1, Byte: s.i - s.start + 1}
}

func (s *scanner) step() {
	if s.text[s.i] == '\n' {
		s.line++
		s.start = s.i + 1
	}
	s.i++
}

// blanks skips white space, line ends and comments.
func (s *scanner) blanks() {
	for !s.done() {
		switch s.text[s.i] {
		case ' ', '\t', '\r', '\n':
			s.step()
		case '#':
			for !s.done() && s.text[s.i] != '\n' {
				s.i++
			}
		default:
			return
		}
	}
}

func (s *scanner) document() {
	var table []string
	path := ""
	for s.blanks(); !s.done(); s.blanks() {
		before := s.i
		if s.text[s.i] == '[' {
			table, path = s.header()
		} else {
			s.pair(table, path)
		}
		if s.i == before {
			s.step() // not TOML: go on somewhere
		}
	}
}

// header reads [a.b] or [[a.b]] and returns the table it opens.
func (s *scanner) header() (parts []string, path string) {
	at := s.here()
	array := s.has("[[")
	for n := 0; n < 2 && !s.done() && s.text[s.i] == '['; n++ {
		s.step()
	}
	parts = s.key()
	for !s.done() && s.text[s.i] != '\n' {
		s.i++
	}
	for i, part := range parts {
		path = s.join(path, part)
		switch last := i == len(parts)-1; {
		case last && array:
			s.ix.note(path, at, at)
			s.counts[path]++
			path = Element(path, s.counts[path]-1)
		case !last && s.counts[path] > 0:
			path = Element(path, s.counts[path]-1) // the newest one
		}
		s.ix.note(path, at, at)
	}
	s.ix.keys[path], s.ix.values[path] = at, at // rather its own header than one that implied it
	s.ix.entries = append(s.ix.entries, entry{parts: parts, key: at, value: at})
	return parts, path
}

// pair reads key = value of a table.
func (s *scanner) pair(table []string, path string) {
	at := s.here()
	parts := s.key()
	if len(parts) == 0 || s.done() || s.text[s.i] != '=' {
		return
	}
	s.i++
	for !s.done() && (s.text[s.i] == ' ' || s.text[s.i] == '\t') {
		s.i++
	}
	value := s.here()
	for _, part := range parts {
		path = s.join(path, part)
		s.ix.note(path, at, value)
	}
	whole := append(append([]string(nil), table...), parts...)
	s.ix.entries = append(s.ix.entries, entry{parts: whole, key: at, value: value})
	s.value(whole, path)
}

func (s *scanner) value(parts []string, path string) {
	if s.done() {
		return
	}
	if s.depth++; s.depth > DepthMax {
		s.deep = true
	}
	defer func() { s.depth-- }()
	switch b := s.text[s.i]; {
	case b == '"' || b == '\'':
		s.str()
	case b == '[' && s.depth <= DepthMax:
		s.array(parts, path)
	case b == '{' && s.depth <= DepthMax:
		s.inline(parts, path)
	default:
		for !s.done() && !strings.ContainsRune(",]}\n#", rune(s.text[s.i])) {
			s.i++
		}
	}
}

func (s *scanner) array(parts []string, path string) {
	s.step()
	for n := 0; ; {
		s.blanks()
		switch {
		case s.done():
			return
		case s.text[s.i] == ']':
			s.i++
			return
		case s.text[s.i] == ',':
			s.i++
		default:
			before, at := s.i, s.here()
			s.ix.note(Element(path, n), at, at)
			s.value(parts, Element(path, n))
			n++
			if s.i == before {
				s.step()
			}
		}
	}
}

func (s *scanner) inline(parts []string, path string) {
	s.step()
	for {
		s.blanks()
		switch {
		case s.done():
			return
		case s.text[s.i] == '}':
			s.i++
			return
		case s.text[s.i] == ',':
			s.i++
		default:
			before := s.i
			s.pair(parts, path)
			if s.i == before {
				s.step()
			}
		}
	}
}
