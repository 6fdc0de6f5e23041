package metrics

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// table is one CSV file, whatever the type of its rows.
type table interface {
	describe() File
	rows(t *Tables) int
	write(w io.Writer, t *Tables) error
	read(r io.Reader, t *Tables) error
}

// of is the table of rows of type T.
type of[T any] struct {
	name, doc string
	columns   []column[T]
	list      func(*Tables) *[]T
}

func (f of[T]) describe() File {
	d := File{Name: f.name, Doc: f.doc}
	for _, c := range f.columns {
		d.Columns = append(d.Columns, Column{c.name, c.doc})
	}
	return d
}

func (f of[T]) rows(t *Tables) int { return len(*f.list(t)) }

func (f of[T]) header() []string {
	h := make([]string, len(f.columns))
	for i, c := range f.columns {
		h[i] = c.name
	}
	return h
}

func (f of[T]) write(w io.Writer, t *Tables) error {
	c := csv.NewWriter(w)
	if err := c.Write(f.header()); err != nil {
		return err
	}
	list, row := *f.list(t), make([]string, len(f.columns))
	for i := range list {
		for k := range f.columns {
			row[k] = f.columns[k].cell(&list[i]).format()
		}
		if err := c.Write(row); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

const badRowsMax = 10 // a reader stops after so many

func (f of[T]) read(r io.Reader, t *Tables) error {
	c := csv.NewReader(r)
	c.ReuseRecord, c.FieldsPerRecord = true, len(f.columns)
	head, err := c.Read()
	if err != nil {
		return fmt.Errorf("%s: %w", f.name, errors.Join(err, fmt.Errorf("the first line must be %q", strings.Join(f.header(), ","))))
	}
	if !slices.Equal(head, f.header()) {
		return fmt.Errorf("%s:1: header is %.200q, must be %q", f.name, strings.Join(head, ","), strings.Join(f.header(), ","))
	}
	var errs []error
	for len(errs) < badRowsMax {
		row, err := c.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", f.name, err))
			break // after a broken quote nothing can be trusted
		}
		var v T
		for k := range f.columns {
			if err := f.columns[k].cell(&v).parse(row[k]); err != nil {
				line, pos := c.FieldPos(k)
				errs = append(errs, fmt.Errorf("%s:%d:%d: %s: %w", f.name, line, pos, f.columns[k].name, err))
			}
		}
		*f.list(t) = append(*f.list(t), v)
	}
	return errors.Join(errs...)
}

// WriteCSV writes the file of that name to w. Same tables, same bytes.
func WriteCSV(w io.Writer, name string, t *Tables) error {
	f, err := find(name)
	if err != nil {
		return err
	}
	return f.write(w, t)
}

// ReadCSV appends the rows of the file of that name, read from r, to t. Errors name line and column.
func ReadCSV(r io.Reader, name string, t *Tables) error {
	f, err := find(name)
	if err != nil {
		return err
	}
	return f.read(r, t)
}

func find(name string) (table, error) {
	for _, f := range tables {
		if f.describe().Name == name {
			return f, nil
		}
	}
	return nil, fmt.Errorf("no result file is called %q", name)
}

// WriteDir writes every CSV file that has rows, and summary.json if there is a summary, into dir, which
// must exist. It returns the names written. Replacing a run as a whole is the caller's business.
func WriteDir(dir string, t *Tables) ([]string, error) {
	var names []string
	for _, f := range tables {
		if f.rows(t) == 0 {
			continue
		}
		name := f.describe().Name
		if err := writeFile(filepath.Join(dir, name), func(w io.Writer) error { return f.write(w, t) }); err != nil {
			return names, err
		}
		names = append(names, name)
	}
	if len(t.Summary) > 0 {
		err := writeFile(filepath.Join(dir, SummaryJSON), func(w io.Writer) error { return WriteSummary(w, t.Summary) })
		if err != nil {
			return names, err
		}
		names = append(names, SummaryJSON)
	}
	return names, nil
}

func writeFile(path string, fill func(io.Writer) error) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write results: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := newBuffered(f)
	if err := fill(w); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return w.Flush()
}

// ReadDir reads back what WriteDir wrote into the folder dir. Files that are not there had no rows.
func ReadDir(dir fs.FS) (*Tables, error) {
	t := &Tables{}
	var errs []error
	for _, f := range tables {
		file, err := dir.Open(f.describe().Name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, f.read(newReader(file), t), file.Close())
	}
	return t, errors.Join(errs...)
}
