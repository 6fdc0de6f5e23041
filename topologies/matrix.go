package topologies

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
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
	opt.check(c, true)
	if c.failed() {
		return nil, c.err()
	}
	in, err := decompress(r, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	form := opt.Form
	if form == Auto {
		form = detect(in)
	}
	p := &parser{collector: c, in: in, opt: opt}
	p.perUnit, _ = opt.Unit.nanoseconds()
	var m *Matrix
	switch form {
	case Wide:
		m, err = p.wide()
	case Long:
		m, err = p.long()
	case Pairs:
		m, err = p.pairs()
	default:
		m, err = p.text(form)
	}
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
	m.Name, m.Unit, m.Kind = name, opt.Unit, opt.Kind
	return m, nil
}

// parser is the state that the forms share.
type parser struct {
	*collector
	in      *bufio.Reader
	opt     Options
	perUnit float64
}

// value parses one cell. Empty and "-" are Missing. A refused cell is reported and returned as Missing.
func (p *parser) value(s string, line, col int) core.Duration {
	if s == "" || s == "-" {
		return Missing
	}
	v, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		p.at(line, col, "%s is no number", quote(s))
	case math.IsNaN(v) || math.IsInf(v, 0):
		p.at(line, col, "%s is not finite", quote(s))
	case v < 0:
		p.at(line, col, "%s is negative; leave a pair that was not measured empty, or write 0", quote(s))
	case v*p.perUnit > float64(DelayMax):
		p.at(line, col, "%s%s is more than %v; is the unit right?", s, p.opt.Unit, DelayMax)
	default:
		return core.Duration(math.Round(v * p.perUnit))
	}
	return Missing
}

func quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "…"
	}
	return strconv.Quote(s)
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

// detect tells the form from the first line that is neither blank nor a comment. Square and the two
// triangles are told apart by their row lengths, later.
func detect(in *bufio.Reader) Form {
	head, _ := in.Peek(1 << 16)
	for line := range strings.Lines(string(head)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Fields(line)
		if pairsKeyword(fields[0]) || isPair(fields) {
			return Pairs
		}
		if !strings.Contains(line, ",") {
			return Square
		}
		return detectCSV(strings.Split(line, ","))
	}
	return Square
}

func detectCSV(cells []string) Form {
	from, to, words := false, false, 0
	for _, cell := range cells {
		cell = strings.Trim(strings.TrimSpace(cell), `"`)
		switch strings.ToLower(cell) {
		case "from":
			from = true
		case "to":
			to = true
		}
		if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && cell != "-" {
			words++
		}
	}
	switch {
	case from && to:
		return Long
	case words > 0:
		return Wide
	}
	return Square
}
