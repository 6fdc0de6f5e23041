package topologies

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// table reads records of cells and knows where each stands.
type table struct {
	p      *parser
	r      *csv.Reader // nil for lines that are no CSV
	fields []string
	no     int // line of the record, without r
	first  bool
}

// table reads what stands between the delimiters of the text.
func (p *parser) table() *table {
	t := &table{p: p, first: true}
	if p.delimiter == blanks || p.delimiter == markdown {
		return t
	}
	r := csv.NewReader(p.in)
	r.Comma, r.Comment = p.delimiter, '#'
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	r.TrimLeadingSpace = p.delimiter != '\t' // which would be trimmed itself
	t.r = r
	return t
}

// next reads a record; its fields are valid until the next call.
func (t *table) next() (ok bool, err error) {
	if t.r == nil {
		return t.nextLine()
	}
	fields, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for i := range fields {
		fields[i] = oneLine(fields[i])
	}
	t.fields = fields
	return true, nil
}

// oneLine is a label or value without blanks around it and line breaks in it.
func oneLine(cell string) string {
	if strings.ContainsAny(cell, "\r\n\t") {
		cell = strings.Join(strings.Fields(cell), " ")
	}
	return strings.TrimSpace(cell)
}

// nextLine reads a row of a Markdown table, or a line of cells between blanks, whose header has no corner.
func (t *table) nextLine() (ok bool, err error) {
	for {
		line, no, err := t.p.line()
		if err != nil || no == 0 {
			return false, err
		}
		t.no = no
		if t.p.delimiter == markdown {
			if t.fields = markdownCells(line); ruler(t.fields) {
				continue
			}
			return true, nil
		}
		t.fields = strings.Fields(line)
		if t.first && !t.p.corner {
			t.fields = append([]string{""}, t.fields...)
		}
		t.first = false
		return true, nil
	}
}

func (t *table) pos(field int) (line, col int) {
	if t.r == nil {
		return t.no, 0
	}
	return t.r.FieldPos(field)
}

func (t *table) line() int {
	line, _ := t.pos(0)
	return line
}

// markdownCells cuts a row of a Markdown table into cells, without what makes them bold or code. A bar in a
// cell is written with a backslash.
func markdownCells(line string) []string {
	const bar = "\x00"
	line = strings.Trim(strings.ReplaceAll(line, `\|`, bar), " \t\r")
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	cells := strings.Split(line, "|")
	for i, cell := range cells {
		cell = strings.TrimSpace(strings.ReplaceAll(cell, bar, "|"))
		for _, mark := range []string{"**", "__", "`"} {
			if len(cell) > 2*len(mark) && strings.HasPrefix(cell, mark) && strings.HasSuffix(cell, mark) {
				cell = strings.TrimSpace(cell[len(mark) : len(cell)-len(mark)])
			}
		}
		cells[i] = cell
	}
	return cells
}

// ruler reports whether a row is the line below the header of a Markdown table.
func ruler(cells []string) bool {
	for _, cell := range cells {
		if len(strings.Trim(cell, ":")) == 0 || strings.Trim(cell, ":-") != "" {
			return false
		}
	}
	return true
}
