package form

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Problem is one thing wrong with a scenario: where, which key, what was found, what is allowed.
type Problem struct {
	File      string // "--set" for a change given from outside
	Line, Col int    // 1-based, 0 where there is no position
	Key       string // dotted: "fault[0].at"; "" for the file as a whole
	Found     string // as it would be written in the file; "" where nothing was found
	Text      string // what is allowed, and the nearest valid name
}

func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
	}
	b.WriteString(": ")
	if p.Key != "" {
		b.WriteString(p.Key)
		if p.Found != "" {
			b.WriteString(" = " + p.Found)
		}
		b.WriteString(": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Problems is everything wrong with a scenario, in the order of the file. It is the error type of Load for
// what a user wrote: errors.As reaches it.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// problemsMax bounds a report.
const problemsMax = 200

// Sorted returns p in file order without repetitions.
func (p Problems) Sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	p = slices.Compact(p)
	if len(p) > problemsMax {
		more := len(p) - problemsMax
		p = append(p[:problemsMax:problemsMax], Problem{File: p[0].File, Text: fmt.Sprintf("… and %d more problems", more)})
	}
	return p
}

// DidYouMean returns ` (did you mean "x"?)` with the nearest of have, or "" when nothing is near.
func DidYouMean(word string, have []string) string {
	if len(word) > 64 {
		return ""
	}
	best, bestDistance := "", 1+max(1, len(word)/3) // a third of the letters; more is another word
	for _, h := range have {
		d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(h))
		if d == 2 && slices.Equal(letters(word), letters(h)) {
			d = 1 // two letters changed places
		}
		if d < bestDistance {
			best, bestDistance = h, d
		}
	}
	if best == "" || best == word {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

func letters(word string) []rune {
	r := []rune(strings.ToLower(word))
	slices.Sort(r)
	return r
}

// OneOf prints what is allowed, cut after two dozen.
func OneOf(words []string) string {
	quoted := make([]string, 0, len(words))
	for i, w := range words {
		if i == 24 {
			quoted = append(quoted, fmt.Sprintf("%d more", len(words)-i))
			break
		}
		quoted = append(quoted, fmt.Sprintf("%q", w))
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " or " + quoted[len(quoted)-1]
}

// Has says what there is beside what was asked for.
func Has(names []string) string {
	if len(names) == 0 {
		return "; there is none"
	}
	return " (has " + shortList(names) + ")"
}

// shortList prints names for a message, cut after a dozen.
func shortList(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
