package rng

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const csvPointsMax = 1 << 20 // a file with more is refused before it fills memory

// ReadQuantilesCSV reads points for Empirical from a CSV file with the header "quantile,value" and one
// point a line; lines that begin with # are comments. Values keep the file's unit. Every bad line is
// reported with its number, up to the first ten.
func ReadQuantilesCSV(r io.Reader) (p, v []float64, err error) {
	c := csv.NewReader(r)
	c.Comment, c.TrimLeadingSpace, c.ReuseRecord = '#', true, true
	c.FieldsPerRecord = -1 // counted below, with a message of our own
	head, err := c.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, errors.New(`quantile CSV: the file is empty; the first line must be "quantile,value"`)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("quantile CSV: %w", err)
	}
	// Spreadsheets put a byte order mark before the header.
	if got := strings.TrimPrefix(strings.Join(head, ","), "\ufeff"); got != "quantile,value" {
		line, _ := c.FieldPos(0)
		return nil, nil, fmt.Errorf(`quantile CSV: line %d: header %.60q, must be "quantile,value"`, line, got)
	}
	var errs []error
	for len(errs) < 10 {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil && len(p) == csvPointsMax {
			return nil, nil, fmt.Errorf("quantile CSV: more than %d points", csvPointsMax)
		}
		if err != nil {
			return nil, nil, errors.Join(append(errs, fmt.Errorf("quantile CSV: %w", err))...)
		}
		line, _ := c.FieldPos(0)
		q, x, err := parsePoint(row)
		if err == nil {
			p, v = append(p, q), append(v, x)
			err = checkPoint(p, v, len(p)-1)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("quantile CSV: line %d: %w", line, err))
		}
	}
	if len(errs) == 0 && len(p) == 0 {
		errs = append(errs, errors.New("quantile CSV: no points after the header"))
	}
	if len(errs) > 0 {
		return nil, nil, errors.Join(errs...)
	}
	return p, v, nil
}

// parsePoint reads one row. Ranges and order are checked by checkPoint.
func parsePoint(row []string) (q, x float64, err error) {
	if len(row) != 2 {
		return 0, 0, fmt.Errorf("%d columns, must be 2: quantile,value", len(row))
	}
	q, err = strconv.ParseFloat(strings.TrimSpace(row[0]), 64)
	if err != nil {
		return 0, 0, fmt.Errorf("quantile %.40q is not a number", row[0])
	}
	x, err = strconv.ParseFloat(strings.TrimSpace(row[1]), 64)
	if err != nil {
		return 0, 0, fmt.Errorf("value %.40q is not a number", row[1])
	}
	return q, x, nil
}
