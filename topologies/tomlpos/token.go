package tomlpos

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// key reads a dotted key up to what cannot be part of one. It keeps the first PartsMax + 1 parts.
func (s *scanner) key() []string {
	var parts []string
	for !s.done() {
		if len(parts) > PartsMax {
			s.deep = true
		}
		var part string
		switch b := s.text[s.i]; {
		case b == ' ' || b == '\t' || b == '.':
			s.i++
			continue
		case b == '"' || b == '\'':
			start := s.i
			s.str()
			part = unquote(s.text[start:s.i])
		case isBare(b):
			start := s.i
			for !s.done() && isBare(s.text[s.i]) {
				s.i++
			}
			part = s.text[start:s.i]
		default:
			return parts
		}
		if len(parts) <= PartsMax {
			parts = append(parts, part)
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
