package topologies

import (
	"fmt"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Problem is one thing wrong with an input. Line and Col are 1-based, 0 where unknown; Key is the dotted
// key of a topology file ("sites[2].region"), "" for a bare matrix.
type Problem struct {
	File      string
	Line, Col int
	Key       string
	Text      string
}

func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Col > 0 {
			fmt.Fprintf(&b, ":%d", p.Col)
		}
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Text)
	return b.String()
}

// Problems is everything wrong with one input, in the order it was met. It is the error type of every
// loader of this package: errors.As reaches it.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// problemsMax bounds a report: a matrix in the wrong unit has n² equal complaints, and the first few say it all.
const problemsMax = 50

// collector gathers the problems of one file.
type collector struct {
	file    string
	list    Problems
	dropped int
}

func (c *collector) at(line, col int, format string, args ...any) {
	c.add(Problem{Line: line, Col: col, Text: fmt.Sprintf(format, args...)})
}

func (c *collector) key(key, format string, args ...any) {
	c.add(Problem{Key: key, Text: fmt.Sprintf(format, args...)})
}

func (c *collector) add(p Problem) {
	if len(c.list) >= problemsMax {
		c.dropped++
		return
	}
	if p.File == "" {
		p.File = c.file
	}
	c.list = append(c.list, p)
}

func (c *collector) failed() bool { return len(c.list) > 0 }

// err returns nil, or all that was collected.
func (c *collector) err() error {
	if !c.failed() {
		return nil
	}
	list := c.list
	if c.dropped > 0 {
		list = append(list[:len(list):len(list)], Problem{File: c.file, Text: fmt.Sprintf("… and %d more of this kind", c.dropped)})
	}
	return list
}

// didYouMean returns ` (did you mean "x"?)` with the nearest of have, or "" when nothing is near.
func didYouMean(word string, have []string) string {
	best, bestDistance := "", 1+max(2, len(word)/3)
	for _, h := range have {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(h)); d < bestDistance {
			best, bestDistance = h, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// shortList prints names for an error message, cut after a dozen.
func shortList(names []string) string {
	const most = 12
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
