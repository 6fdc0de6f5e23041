package scenarios

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// place is a position in a text: both 1-based, col counts characters. The zero place is "nowhere".
type place struct{ line, col int }

// entry is one key of a TOML text, in the order of the text: where it stands and where its value begins.
// A table header is an entry whose value stands at the header.
type entry struct {
	parts  []string // as toml.MetaData.Keys gives them: no indices
	path   string   // with indices: fault[0].at
	key    place
	value  place
	header bool
}

// index is where everything of a TOML text stands. The decoder keeps positions for syntax errors only.
type index struct {
	entries []entry
	keys    map[string]place // path of a key or of the newest header that opened it → its position
	values  map[string]place // path of a key, array element or table → where its value begins
}

// Bounds of what the scanner follows. A text beyond them is refused before the decoder sees it, whose cost
// grows with depth.
const (
	depthMax = 32
	partsMax = 16
)

// scan indexes text. It is meant for text the decoder accepts; on any other it may miss keys, but ends
// in linear time and does not panic. deep reports that text nests deeper than the bounds.
func scan(text string) (ix *index, deep bool) {
	s := &scanner{
		text: text, line: 1,
		ix:     &index{keys: map[string]place{}, values: map[string]place{}},
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
	ix             *index
	counts         map[string]int // elements of each [[array]] so far
	depth          int
	deep           bool
}

func (s *scanner) done() bool             { return s.i >= len(s.text) }
func (s *scanner) has(prefix string) bool { return strings.HasPrefix(s.text[s.i:], prefix) }

// here returns the position of the next byte. Characters are counted on from the last call, so that a long
// line costs no more than a short one.
func (s *scanner) here() place {
	if s.counted < s.start {
		s.counted, s.chars = s.start, 0
	}
	s.chars += utf8.RuneCountInString(s.text[s.counted:s.i])
	s.counted = s.i
	return place{s.line, s.chars + 1}
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
		path = join(path, part)
		switch last := i == len(parts)-1; {
		case last && array:
			s.ix.note(path, at, at)
			s.counts[path]++
			path = element(path, s.counts[path]-1)
		case !last && s.counts[path] > 0:
			path = element(path, s.counts[path]-1) // the newest one
		}
		s.ix.note(path, at, at)
	}
	s.ix.keys[path], s.ix.values[path] = at, at // rather its own header than one that implied it
	s.ix.entries = append(s.ix.entries, entry{parts: parts, path: path, key: at, value: at, header: true})
	return parts, path
}

// note records the first mention of a path.
func (ix *index) note(path string, key, value place) {
	if _, twice := ix.keys[path]; !twice {
		ix.keys[path], ix.values[path] = key, value
	}
}

// key reads a dotted key up to what cannot be part of one.
func (s *scanner) key() []string {
	var parts []string
	for !s.done() {
		if len(parts) > partsMax {
			s.deep, s.i = true, len(s.text) // refused; the rest does not matter
			return nil
		}
		switch b := s.text[s.i]; {
		case b == ' ' || b == '\t' || b == '.':
			s.i++
		case b == '"' || b == '\'':
			start := s.i
			s.str()
			parts = append(parts, unquote(s.text[start:s.i]))
		case isBare(b):
			start := s.i
			for !s.done() && isBare(s.text[s.i]) {
				s.i++
			}
			parts = append(parts, s.text[start:s.i])
		default:
			return parts
		}
	}
	return parts
}

func isBare(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '-' || b >= utf8.RuneSelf
}

// unquote returns what a quoted key means; escapes that it does not know stay.
func unquote(quoted string) string {
	if quoted[0] == '\'' {
		return strings.Trim(quoted, "'")
	}
	if u, err := strconv.Unquote(quoted); err == nil {
		return u
	}
	return strings.Trim(quoted, `"`)
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
		path = join(path, part)
		s.ix.note(path, at, value)
	}
	whole := append(append([]string(nil), table...), parts...)
	s.ix.entries = append(s.ix.entries, entry{parts: whole, path: path, key: at, value: value})
	s.value(whole, path)
}

func (s *scanner) value(parts []string, path string) {
	if s.done() {
		return
	}
	if s.depth++; s.depth > depthMax {
		s.deep = true
	}
	defer func() { s.depth-- }()
	switch b := s.text[s.i]; {
	case b == '"' || b == '\'':
		s.str()
	case b == '[' && !s.deep:
		s.array(parts, path)
	case b == '{' && !s.deep:
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
			s.ix.note(element(path, n), at, at)
			s.value(parts, element(path, n))
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

// str skips a string of any of the four kinds.
func (s *scanner) str() {
	quote := s.text[s.i]
	if triple := strings.Repeat(string(rune(quote)), 3); s.has(triple) {
		s.i += 3
		for !s.done() && !s.has(triple) {
			s.escaped(quote)
		}
		for n := 0; n < 5 && !s.done() && s.text[s.i] == quote; n++ { // two quotes may stand before the closing three
			s.i++
		}
		return
	}
	for s.i++; !s.done() && s.text[s.i] != quote && s.text[s.i] != '\n'; {
		s.escaped(quote)
	}
	if !s.done() && s.text[s.i] == quote {
		s.i++
	}
}

// escaped steps over one character of a string, or over two when a backslash takes the meaning of the second.
func (s *scanner) escaped(quote byte) {
	if quote == '"' && s.text[s.i] == '\\' {
		s.i++
		if s.done() {
			return
		}
	}
	s.step()
}

// join appends a key to a path; a key that is not bare is quoted, so that paths are unique.
func join(path, key string) string {
	bare := key != ""
	for i := 0; i < len(key); i++ {
		bare = bare && isBare(key[i]) && key[i] < utf8.RuneSelf
	}
	if !bare {
		key = strconv.Quote(key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
