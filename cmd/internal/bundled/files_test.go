package bundled

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hypersim/analysis/account"
	"hypersim/cmd/internal/runner"
)

type row map[string]string

// files are the tables of a run as anybody reads them: nothing here knows how they were made.
type files struct {
	dir   string
	rows  map[string][]row
	sides map[string][]map[string]bool // of each fault: names of the nodes
}

func openFiles(t *testing.T, res *runner.Result) *files {
	f := &files{dir: res.Dir, rows: map[string][]row{}, sides: map[string][]map[string]bool{}}
	for i := range res.Metrics.Faults {
		x := &res.Metrics.Faults[i]
		for _, ids := range x.Sides {
			set := map[string]bool{}
			for _, id := range ids {
				set[res.Scenario.Nodes[id].Name] = true
			}
			f.sides[x.ID] = append(f.sides[x.ID], set)
		}
	}
	return f
}

func (f *files) read(name string) ([]row, error) {
	if list, ok := f.rows[name]; ok {
		return list, nil
	}
	file, err := os.Open(filepath.Join(f.dir, name))
	if os.IsNotExist(err) {
		return nil, nil // it has no rows
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	list := make([]row, len(lines)-1)
	for i, line := range lines[1:] {
		list[i] = row{}
		for k, cell := range line {
			list[i][lines[0][k]] = cell
		}
	}
	f.rows[name] = list
	return list, nil
}

// take carries out a source.
func (f *files) take(s *account.Source) (float64, error) {
	list, err := f.read(s.File)
	if err != nil {
		return 0, err
	}
	var values []float64
	words, sums := map[string]bool{}, map[string]float64{}
	n := 0
	for _, r := range list {
		ok, err := f.meets(r, s.Where)
		if err != nil {
			return 0, err
		}
		if !ok || r.cell(s.Column) == "" {
			continue
		}
		n++
		words[r[s.Column]] = true
		if v, err := strconv.ParseFloat(r.cell(s.Column), 64); err == nil {
			values = append(values, v)
			sums[r[s.Per]] += v
		}
	}
	switch {
	case s.Take == "count":
		return float64(n), nil
	case s.Take == "distinct":
		return float64(len(words)), nil
	case len(values) == 0:
		return 0, fmt.Errorf("%+v: no rows", *s)
	case s.Take == "first":
		return slices.Min(values), nil
	case s.Take == "last":
		return slices.Max(values), nil
	case s.Take == "sum":
		sum := 0.0
		for _, v := range values {
			sum += v
		}
		return sum, nil
	case s.Take == "most":
		return slices.Max(slices.Collect(maps.Values(sums))), nil
	}
	return 0, fmt.Errorf("take %q is unknown", s.Take)
}

// cell returns a cell, or the difference of two; "" if one of them is empty.
func (r row) cell(column string) string {
	a, b, two := strings.Cut(column, "-")
	if !two {
		return r[column]
	}
	x, errX := strconv.ParseFloat(r[a], 64)
	y, errY := strconv.ParseFloat(r[b], 64)
	if errX != nil || errY != nil {
		return ""
	}
	return strconv.FormatFloat(x-y, 'f', 9, 64)
}

func (f *files) meets(r row, where []string) (bool, error) {
	for _, w := range where {
		ok, err := f.meetsOne(r, w)
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func (f *files) meetsOne(r row, w string) (bool, error) {
	for _, op := range []string{"!@", "@", ">=", "<=", "~", "="} {
		column, right, found := strings.Cut(w, op)
		if !found {
			continue
		}
		words := strings.Split(right, "|")
		switch op {
		case "=":
			return slices.Contains(words, r[column]), nil
		case "~":
			key, right, _ := strings.Cut(right, "=")
			for _, label := range strings.Split(r[column], ";") {
				if k, v, _ := strings.Cut(label, "="); k == key && slices.Contains(strings.Split(right, "|"), v) {
					return true, nil
				}
			}
			return false, nil
		case "@", "!@":
			faults, nth, _ := strings.Cut(right, ":")
			side, err := strconv.Atoi(nth)
			if err != nil {
				return false, err
			}
			in := false
			for _, id := range strings.Split(faults, "|") {
				in = in || len(f.sides[id]) > side && f.sides[id][side][r[column]]
			}
			return in == (op == "@"), nil
		}
		have, err := strconv.ParseFloat(r.cell(column), 64)
		if err != nil {
			return false, nil // an empty cell is neither; cells have nine digits
		}
		bound, err := strconv.ParseFloat(right, 64)
		return op == ">=" && have >= bound-1e-6 || op == "<=" && have <= bound+1e-6, err
	}
	return false, fmt.Errorf("condition %q is unknown", w)
}

func near(a, b, share float64) bool {
	return math.Abs(a-b) <= share*max(math.Abs(a), math.Abs(b), 1e-3)
}

// says reports whether text is v, rounded to its last digit, in some unit.
func says(text string, v float64) bool {
	x, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
	_, places, _ := strings.Cut(text, ".")
	half := 0.5 * math.Pow(10, -float64(len(places)))
	if !strings.Contains(text, ".") && x < 100 {
		half = 0.051 // a zero behind the point was left out
	}
	for _, scale := range []float64{1, 1e3, 1e6, 1e9, 1e12} {
		if err == nil && math.Abs(x-v/scale) <= half+1e-9 {
			return true
		}
	}
	return false
}
