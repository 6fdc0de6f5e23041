package scenarios

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"hypersim/core"
	"hypersim/scenarios/form"
	"hypersim/topologies/input"
)

// Arrivals that a file tells: a CSV with the header "t_s,jobs", or "t_s" alone where each line is one job. t_s counts from the
// start of the workload and never falls; lines that begin with # are comments.

const (
	arrivalsBytes = 64 << 20  // that are read of such a file
	arrivalsMax   = 1_000_000 // jobs in it
	arrivalsTold  = 20        // problems of one file that are told
	arrivalsLast  = 366 * 86400.0
)

// arrivalsFile reads the file of a process "trace". Every problem is told with its line and column, up to the first twenty.
func (l *loader) arrivalsFile(name string, n *form.Node, key string) []core.Duration {
	path := l.b.Path(n, name)
	r, err := input.Open(path, arrivalsBytes)
	if err != nil {
		l.b.Wrong(n, key, "%v", plain(err))
		return nil
	}
	defer func() { _ = r.Close() }() // it was only read
	at, wrong := readArrivals(r)
	for i, w := range wrong {
		w.File, w.Key = path, key
		if i == arrivalsTold {
			w.Text = "and so on: there are more"
			l.b.Problems = append(l.b.Problems, w)
			break
		}
		l.b.Problems = append(l.b.Problems, w)
	}
	if len(wrong) > 0 {
		return nil
	}
	return at
}

// readArrivals returns when each job arrives, or all that is wrong with the text: line, column, what was found, what is allowed.
func readArrivals(r io.Reader) (at []core.Duration, wrong []form.Problem) {
	c := csv.NewReader(r)
	c.Comment, c.TrimLeadingSpace, c.ReuseRecord, c.FieldsPerRecord = '#', true, true, -1
	bad := func(line, col int, found, text string) {
		wrong = append(wrong, form.Problem{Line: line, Col: col, Found: found, Text: text})
	}
	columns, last := 0, core.Duration(0)
	for len(wrong) <= arrivalsTold {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			bad(syntax.Line, syntax.Column, "", syntax.Err.Error())
			return nil, wrong
		} else if err != nil {
			bad(1, 1, "", plain(err).Error())
			return nil, wrong
		}
		line, _ := c.FieldPos(0)
		switch {
		case columns == 0:
			if columns = arrivalsHeader(row); columns == 0 {
				bad(line, 1, strconv.Quote(strings.Join(row, ",")), `the first line must be "t_s" or "t_s,jobs"`)
				return nil, wrong
			}
			continue
		case len(row) != columns:
			bad(line, 1, strconv.Quote(strings.Join(row, ",")), "must have as many fields as the first line, "+strconv.Itoa(columns))
			continue
		}
		jobs := 1
		if t, text := arrivalTime(row[0], last); text != "" {
			_, col := c.FieldPos(0)
			bad(line, col, strconv.Quote(row[0]), text)
		} else {
			last = t
		}
		if columns == 2 {
			v, err := strconv.Atoi(strings.TrimSpace(row[1]))
			if err != nil || v < 1 || v > arrivalsMax {
				_, col := c.FieldPos(1)
				bad(line, col, strconv.Quote(row[1]), "must be a whole number of jobs, at least 1 and at most "+strconv.Itoa(arrivalsMax))
				continue
			}
			jobs = v
		}
		if len(at)+jobs > arrivalsMax {
			bad(line, 1, "", "must not bring the jobs of the file above "+strconv.Itoa(arrivalsMax))
			return nil, wrong
		}
		for range jobs {
			at = append(at, last)
		}
	}
	if columns == 0 && len(wrong) == 0 {
		bad(1, 1, "", `the file is empty; the first line must be "t_s" or "t_s,jobs"`)
	} else if len(at) == 0 && len(wrong) == 0 {
		bad(1, 1, "", "there are no jobs after the first line")
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return at, nil
}

// arrivalsHeader returns how many columns the file has, 0 if its first line is none of ours.
func arrivalsHeader(row []string) int {
	switch strings.TrimPrefix(strings.Join(row, ","), "\ufeff") { // spreadsheets put a byte order mark before it
	case "t_s":
		return 1
	case "t_s,jobs":
		return 2
	}
	return 0
}

// arrivalTime reads one time, which must not be before the last one.
func arrivalTime(field string, last core.Duration) (core.Duration, string) {
	v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
	switch {
	case err != nil, math.IsNaN(v), v < 0, v > arrivalsLast:
		return 0, "must be seconds from the start of the workload, from 0 to a year"
	}
	t := core.Duration(math.Round(v * float64(time.Second)))
	if t < last {
		return 0, "must not be before the line above it, " + form.FormatDuration(last)
	}
	return t, ""
}
