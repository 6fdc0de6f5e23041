package topologies

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"hypersim/core"
)

// lineMax bounds one line of text: RowsMax numbers of 50 characters.
const lineMax = 1 << 20

var errLongLine = errors.New("a line of more than 1 MiB; this is no matrix")

// lines calls each for every line that is neither blank nor a comment, with its 1-based number.
func (p *parser) lines(each func(line string, no int) (more bool)) error {
	s := bufio.NewScanner(p.in)
	s.Buffer(make([]byte, 0, 1<<16), lineMax)
	for no := 1; s.Scan(); no++ {
		line := s.Text()
		if t := strings.TrimSpace(line); t == "" || t[0] == '#' {
			continue
		}
		if !each(line, no) {
			return nil
		}
	}
	if err := s.Err(); errors.Is(err, bufio.ErrTooLong) {
		return errLongLine
	} else if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
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

// text reads a square or triangular matrix: one row a line, cells separated by blanks or, when the line
// has one, by commas.
func (p *parser) text(form Form) (*Matrix, error) {
	var rows ragged
	err := p.lines(func(line string, no int) bool {
		if len(rows.ends) == RowsMax {
			p.at(no, 0, "more than %d rows", RowsMax)
			return false
		}
		before := len(rows.cells)
		forCells(line, func(cell string, col int) {
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

// forCells cuts line into cells and tells the 1-based column of each.
func forCells(line string, each func(cell string, col int)) {
	if strings.Contains(line, ",") {
		col := 1
		for cell := range strings.SplitSeq(line, ",") {
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
	count, first, last := len(rows.ends), len(rows.row(0)), len(rows.row(len(rows.ends)-1))
	if form == Auto || form == Square {
		switch {
		case p.opt.Form == Square || first == last && count == first:
			return p.square(rows)
		case count > 1 && first == last+count-1 && descending(rows):
			form = Upper
		case count > 1 && last == first+count-1 && ascending(rows):
			form = Lower
		default:
			return p.square(rows)
		}
	}
	switch {
	case form == Upper && !descending(rows):
		p.at(rows.nos[0], 0, "not upper triangular: each row must be one cell shorter than the row above")
		return nil
	case form == Lower && !ascending(rows):
		p.at(rows.nos[0], 0, "not lower triangular: each row must be one cell longer than the row above")
		return nil
	}
	return triangle(rows, form == Upper)
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

// triangle mirrors the given half. Row lengths do not tell whether the diagonal is part of it (the last row
// of N nodes without it looks like that of N−1 nodes with it): it is taken to be there when all of it is
// zero or empty.
func triangle(rows *ragged, upper bool) *Matrix {
	count := len(rows.ends)
	longest := max(len(rows.row(0)), len(rows.row(count-1)))
	withDiagonal := true
	for i := range count {
		row := rows.row(i)
		if len(row) == 0 {
			withDiagonal = false
			break
		}
		d := row[0]
		if !upper {
			d = row[len(row)-1]
		}
		if d > 0 {
			withDiagonal = false
			break
		}
	}
	n, skip := longest, 0
	if !withDiagonal {
		n, skip = longest+1, 1
	}
	m := newMatrix(n)
	for i := range count {
		for k, d := range rows.row(i) {
			a, b := i, i+skip+k
			if !upper {
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
