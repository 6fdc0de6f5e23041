package account

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"hypersim/core"
)

// Sentence is one sentence of the account. Its JSON keys are stable; new ones may be added.
type Sentence struct {
	Text    string   `json:"text"`
	Faults  []string `json:"faults,omitempty"` // that it is about, by id
	Names   []string `json:"names,omitempty"`  // of nodes, sites and faults in the text
	Figures []Figure `json:"figures"`          // every number in the text, in order
}

// Figure is one number of a sentence.
type Figure struct {
	Text  string  `json:"text"` // as the sentence says it, without its unit
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // s, count, B or B/s per node
	From  Source  `json:"from"`

	word  string  // the unit as the text says it, where that differs
	scale float64 // what word stands for, in Unit; 0: 1
}

// Source says how a figure follows from a file of the run: Take of Column over the rows that meet all of Where. A column
// may be the difference of two, as in agreed_s-last_s; rows where one of them is empty do not count.
//
// Where holds column=word|word, labels~key=word|word (of the labels of timeseries.csv), column>=number and column<=number; for a column of nodes also column@fault|fault:N,
// which is "is on side N (from 0) of one of those faults", and column!@fault:N, which is "is not".
type Source struct {
	File   string   `json:"file"`
	Take   string   `json:"take"` // first and last (by value), count, distinct, sum, or most (the largest sum of equal Per)
	Column string   `json:"column"`
	Per    string   `json:"per,omitempty"`
	Where  []string `json:"where,omitempty"`
}

// line is a sentence on its way.
type line struct {
	text strings.Builder
	out  Sentence
}

// name is a word of the run, not of ours: it may hold digits.
type name string

// say appends words, names and figures. A figure brings its unit along, unless it is a count.
func (l *line) say(parts ...any) {
	for _, p := range parts {
		switch v := p.(type) {
		case string:
			l.text.WriteString(v)
		case name:
			l.text.WriteString(string(v))
			l.out.Names = append(l.out.Names, string(v))
		case Figure:
			l.text.WriteString(v.Text)
			if v.Unit != "count" {
				l.text.WriteString("\u00a0" + cmp.Or(v.word, v.Unit))
			}
			l.out.Figures = append(l.out.Figures, v)
		case []any:
			l.say(v...)
		default:
			panic(fmt.Sprintf("account: a %T is no part of a sentence", p))
		}
	}
}

// end returns the sentence.
func (l *line) end() Sentence {
	l.out.Text = l.capital() + "."
	if l.out.Figures == nil {
		l.out.Figures = []Figure{}
	}
	return l.out
}

// capital begins a sentence with a capital letter, unless it begins with a name.
func (l *line) capital() string {
	s := l.text.String()
	if s == "" || s[0] < 'a' || s[0] > 'z' || len(l.out.Names) > 0 && strings.HasPrefix(s, l.out.Names[0]) {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// seconds is a figure of a time.
func seconds(v float64, from Source) Figure {
	return Figure{Text: digits(v), Value: v, Unit: "s", From: from}
}

func instant(at core.Instant, from Source) Figure { return seconds(at.Seconds(), from) }

// count is a figure of a number of things.
func count(n int, from Source) Figure {
	return Figure{Text: thousands(n), Value: float64(n), Unit: "count", From: from}
}

// digits writes about three digits, and never an exponent.
func digits(v float64) string {
	places := 0
	switch a := math.Abs(v); {
	case a == 0 || a >= 99.95:
	case a >= 9.995:
		places = 1
	case a >= 0.09995:
		places = 2
	default:
		places = 4
	}
	s := fmt.Sprintf("%.*f", places, v)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// thousands writes 12,345.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// plural returns one of two words.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// size is a figure of bytes, told in the unit that suits it.
func size(v float64, from Source) Figure { return scaled(v, "B", "B", from) }

// rate is a figure of bytes per second and node.
func rate(v float64, from Source) Figure { return scaled(v, "B/s per node", "B/s", from) }

// scaled words a large number with a prefix, which belongs to its text.
func scaled(v float64, unit, word string, from Source) Figure {
	for _, p := range []struct {
		at   float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= p.at {
			return Figure{Text: digits(v / p.at), Value: v, Unit: unit, word: p.name + word, scale: p.at, From: from}
		}
	}
	return Figure{Text: digits(v), Value: v, Unit: unit, word: word, From: from}
}
