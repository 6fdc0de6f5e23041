package topologies

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// table reads CSV records and knows where each field stands.
type table struct {
	r      *csv.Reader
	fields []string
}

func (p *parser) table() *table {
	r := csv.NewReader(p.in)
	r.Comment = '#'
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	r.TrimLeadingSpace = true
	return &table{r: r}
}

// next reads a record; its fields are valid until the next call.
func (t *table) next() (ok bool, err error) {
	fields, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	t.fields = fields
	return true, nil
}

func (t *table) pos(field int) (line, col int) { return t.r.FieldPos(field) }

func (t *table) line() int {
	line, _ := t.r.FieldPos(0)
	return line
}
