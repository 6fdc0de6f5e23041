package topologies

import (
	"bufio"
	"errors"
	"math"
	"strings"

	"hypersim/core"
)

// lineMax bounds one line of text: RowsMax numbers of 50 characters.
const lineMax = 1 << 20

var errLongLine = errors.New("a line of more than 1 MiB; this is no matrix")

// line returns the next line that is neither blank nor a comment, with its 1-based number; 0 at the end.
func (p *parser) line() (line string, no int, err error) {
	if p.scan == nil {
		p.scan = bufio.NewScanner(p.in)
		p.scan.Buffer(make([]byte, 0, 1<<16), lineMax)
	}
	for p.scan.Scan() {
		p.lineNo++
		line := p.scan.Text()
		if t := strings.TrimSpace(line); t != "" && t[0] != '#' {
			return line, p.lineNo, nil
		}
	}
	err = p.scan.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = errLongLine
	}
	return "", 0, err
}

// lines calls each for every line that is neither blank nor a comment, with its 1-based number.
func (p *parser) lines(each func(line string, no int) (more bool)) error {
	for {
		line, no, err := p.line()
		if err != nil || no == 0 || !each(line, no) {
			return err
		}
	}
}

// ragged is the rows of a text matrix before its form is known.
type ragged struct {
	cells []core.Duration
	ends  []int // ends[i] is the end of row i in cells
	nos   []int // line number of row i
}

func (r *ragged) row(i int) []core.Duration {
	start := 0
	if i > 0 {
		start = r.ends[i-1]
	}
	return r.cells[start:r.ends[i]]
}

// text reads a square or triangular matrix: one row a line, cells separated by blanks, or by commas,
// semicolons or tabs.
func (p *parser) text(form Form) (*Matrix, error) {
	var rows ragged
	err := p.lines(func(line string, no int) bool {
		if len(rows.ends) == RowsMax {
			p.at(no, 0, "more than %d rows", RowsMax)
			return false
		}
		before := len(rows.cells)
		p.forCells(line, func(cell string, col int) {
			if len(rows.cells)-before <= RowsMax {
				rows.cells = append(rows.cells, p.value(cell, no, col))
			}
		})
		if len(rows.cells)-before > RowsMax {
			p.at(no, 0, "more than %d columns", RowsMax)
			return false
		}
		rows.ends = append(rows.ends, len(rows.cells))
		rows.nos = append(rows.nos, no)
		return true
	})
	if err != nil || p.failed() {
		return nil, err
	}
	if len(rows.ends) == 0 {
		p.at(0, 0, "empty: no row of numbers")
		return nil, nil
	}
	return p.assemble(&rows, form), nil
}

// forCells cuts line into cells and tells the 1-based column of each. A comma counts wherever cells do not stand
// between semicolons or tabs.
func (p *parser) forCells(line string, each func(cell string, col int)) {
	delimiter := string(p.delimiter)
	if p.delimiter == blanks {
		delimiter = ","
	}
	if strings.Contains(line, delimiter) {
		col := 1
		for cell := range strings.SplitSeq(line, delimiter) {
			trimmed := strings.TrimSpace(cell)
			lead := len(cell) - len(strings.TrimLeft(cell, " \t"))
			each(trimmed, col+lead)
			col += len(cell) + 1
		}
		return
	}
	for i := 0; i < len(line); {
		if isBlank(line[i]) {
			i++
			continue
		}
		start := i
		for i < len(line) && !isBlank(line[i]) {
			i++
		}
		each(line[start:i], start+1)
	}
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\v' || b == '\f' }

// assemble decides between the square and the triangular forms by row lengths and lays the cells out.
func (p *parser) assemble(rows *ragged, form Form) *Matrix {
	if p.guessed {
		form = rows.shape()
	}
	switch upper := form == Upper || form == UpperDiagonal; {
	case form == Square:
		return p.square(rows)
	case upper && !descending(rows):
		p.at(rows.nos[0], 0, "not upper triangular: each row must be one cell shorter than the row above")
		return nil
	case !upper && !ascending(rows):
		p.at(rows.nos[0], 0, "not lower triangular: each row must be one cell longer than the row above")
		return nil
	}
	return triangle(rows, p.withDiagonal(rows, form))
}

// shape tells the form from the lengths of the rows.
func (r *ragged) shape() Form {
	switch count, first, last := len(r.ends), len(r.row(0)), len(r.row(len(r.ends)-1)); {
	case first == last && count == first:
		return Square
	case count > 1 && first == last+count-1 && descending(r):
		return Upper
	case count > 1 && last == first+count-1 && ascending(r):
		return Lower
	}
	return Square
}

func (p *parser) square(rows *ragged) *Matrix {
	n := len(rows.row(0))
	for i, no := range rows.nos {
		if have := len(rows.row(i)); have != n {
			p.at(no, 0, "row %d has %d cells, row 1 has %d", i+1, have, n)
		}
	}
	if count := len(rows.ends); count != n {
		p.at(rows.nos[count-1], 0, "not square: %d rows of %d cells", count, n)
	}
	if p.failed() {
		return nil
	}
	return &Matrix{N: n, Cells: rows.cells}
}

// descending and ascending tell whether the row lengths are those of an upper or lower triangle.
func descending(rows *ragged) bool { return stepping(rows, -1, len(rows.row(len(rows.ends)-1))) }
func ascending(rows *ragged) bool  { return stepping(rows, 1, len(rows.row(0))) }

func stepping(rows *ragged, step, shortest int) bool {
	for i := 1; i < len(rows.ends); i++ {
		if len(rows.row(i)) != len(rows.row(i-1))+step {
			return false
		}
	}
	return shortest <= 1
}

// withDiagonal decides about a triangle whose form was guessed, and says so: row lengths do not tell whether the
// diagonal is part of it (the last row of N nodes without it looks like that of N−1 nodes with it). The cells
// that could be the diagonal are taken for it when they are measured and far smaller than all others, as a
// round trip inside a site is. Zeros are no such sign: in the published triangles, which have no diagonal,
// a pair that was not measured is 0.
func (p *parser) withDiagonal(rows *ragged, form Form) Form {
	if !p.guessed {
		return form
	}
	most, least := core.Duration(0), core.Duration(math.MaxInt64)
	all := true
	for i := range rows.ends {
		row := rows.row(i)
		at := 0
		if form == Lower {
			at = len(row) - 1
		}
		for k, d := range row {
			switch {
			case k == at:
				most = max(most, d)
				all = all && d > 0
			case d > 0:
				least = min(least, d)
			}
		}
	}
	n, with := len(rows.ends), form+"-diagonal"
	if all && most < least/4 {
		p.note("a triangle of %d lines was read with its diagonal: %d rows; form = %q reads it without: %d rows", n, n, form, n+1)
		return with
	}
	p.note("a triangle of %d lines was read without a diagonal: %d rows; form = %q reads it with it: %d rows", n, n+1, with, n)
	return form
}

// triangle mirrors the given half.
func triangle(rows *ragged, form Form) *Matrix {
	count := len(rows.ends)
	n, skip := max(len(rows.row(0)), len(rows.row(count-1))), 0
	if form == Upper || form == Lower {
		n, skip = n+1, 1
	}
	m := newMatrix(n)
	for i := range count {
		for k, d := range rows.row(i) {
			a, b := i, i+skip+k
			if form == Lower || form == LowerDiagonal {
				// Without the diagonal the first row, of node 0, is empty and mostly left out of the file.
				a, b = i+n-count, k
			}
			m.Cells[a*n+b], m.Cells[b*n+a] = d, d
		}
	}
	return m
}

// newMatrix returns an n×n matrix without any value.
func newMatrix(n int) *Matrix {
	m := &Matrix{N: n, Cells: make([]core.Duration, n*n)}
	for i := range m.Cells {
		m.Cells[i] = Missing
	}
	return m
}
