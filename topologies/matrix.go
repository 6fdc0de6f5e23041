package topologies

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"hypersim/core"
	"hypersim/topologies/input"
)

// Missing marks a cell of a Matrix that has no value.
const Missing core.Duration = -1

// Matrix is a latency matrix as read: nothing filled, symmetrised or halved.
type Matrix struct {
	Name   string // where it came from: a path or a bundled name
	Title  string // one line, "" for a file
	Source string // attribution, "" for a file
	Labels []string
	N      int
	Unit   Unit // unit of the file; Cells are nanoseconds always
	Kind   Kind
	// Cells is row-major N×N in nanoseconds; the row is the sender. Missing where not measured. A zero is
	// kept here and counts as missing off the diagonal everywhere else.
	Cells []core.Duration
	Notes []string // what was guessed while reading it, where another reading fits as well
}

// At returns the value from row a to row b, or Missing.
func (m *Matrix) At(a, b int) core.Duration { return m.Cells[a*m.N+b] }

// Label returns the name of row i; rows of an unlabelled matrix are called n0, n1, …
func (m *Matrix) Label(i int) string {
	if m.Labels == nil {
		return "n" + strconv.Itoa(i)
	}
	return m.Labels[i]
}

// known returns the off-diagonal value from a to b, and false when it is missing or zero.
func (m *Matrix) known(a, b int) (core.Duration, bool) {
	d := m.Cells[a*m.N+b]
	return d, d > 0
}

// LoadMatrixFile reads the matrix at path; see LoadMatrix.
func LoadMatrixFile(path string, opt Options) (*Matrix, error) {
	f, err := input.Open(path, textMax)
	if err != nil {
		return nil, fmt.Errorf("matrix: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return LoadMatrix(f, path, opt)
}

// textMax bounds a matrix file, and its text after decompression, so that a small gzip file cannot fill the
// memory.
const textMax = 1 << 30

// LoadMatrix reads a matrix from r, plain or gzip (told by its first bytes), in the form that opt names or
// the first line shows. name stands in messages. All problems of the text are returned at once, as Problems.
func LoadMatrix(r io.Reader, name string, opt Options) (*Matrix, error) {
	c := &collector{file: name}
	in, err := decompress(r, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p := &parser{collector: c, in: in, opt: opt, delimiter: blanks}
	if p.form(); c.failed() {
		return nil, c.err()
	}
	m, err := p.read()
	if err != nil {
		// What was found before the read broke is still worth telling.
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			c.at(syntax.Line, syntax.Column, "%v", syntax.Err)
		} else {
			c.at(0, 0, "%v", err)
		}
	}
	if c.failed() {
		return nil, c.err()
	}
	m.Name, m.Unit, m.Kind, m.Notes = name, p.opt.Unit, p.opt.Kind, p.notes
	return m, nil
}

// parser is the state that the forms share.
type parser struct {
	*collector
	in        *bufio.Reader
	opt       Options // with the form that was told
	perUnit   float64 // nanoseconds
	delimiter rune    // between cells
	corner    bool    // the header of a table between blanks is as long as its rows
	scan      *bufio.Scanner
	lineNo    int  // of scan
	guessed   bool // the form was not named
	notes     []string
}

// note says that something was guessed which could be meant in another way.
func (p *parser) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// form tells the form where opt names none, and checks the options that a text of that form needs.
func (p *parser) form() {
	if p.opt.Form != Auto {
		head, end := p.head()
		p.delimit(headLines(head, !end))
	} else if form, what := p.detect(); what != "" {
		p.at(0, 0, "%s", what)
		return
	} else {
		p.opt.Form, p.guessed = form, true
	}
	if p.opt.Form == GML { // says its own
		p.opt.Unit, p.opt.Kind = Unit(or(string(p.opt.Unit), string(Milliseconds))), Kind(or(string(p.opt.Kind), string(OneWay)))
	}
	p.opt.check(p.collector, true)
	p.perUnit, _ = p.opt.Unit.nanoseconds()
}

// delimit finds what stands between cells.
func (p *parser) delimit(lines []string) {
	if len(lines) == 0 {
		return
	}
	p.delimiter = delimiterOf(lines)
	if p.delimiter == blanks && p.opt.Form == Wide && strings.Contains(lines[0], ",") {
		p.delimiter = ','
	}
	p.corner = len(lines) < 2 || len(strings.Fields(lines[0])) >= len(strings.Fields(lines[1]))
}

func (p *parser) read() (*Matrix, error) {
	switch p.opt.Form {
	case Wide:
		return p.wide()
	case Long:
		return p.long()
	case Pairs:
		return p.pairs()
	case JSON:
		return p.json()
	case GML:
		return p.gml()
	case Auto, Square, Upper, UpperDiagonal, Lower, LowerDiagonal:
	}
	return p.text(p.opt.Form)
}

func decompress(r io.Reader, name string) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(input.Bounded(r, name, textMax), 1<<16)
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, err
		}
		in = bufio.NewReaderSize(input.Bounded(z, name, textMax), 1<<16)
	}
	if bom, _ := in.Peek(3); string(bom) == "\ufeff" {
		_, _ = in.Discard(3)
	}
	return in, nil
}
