package metrics

import (
	"bufio"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"
)

// Value is one observation as statistics see it.
type Value struct {
	V float64
	W float64 // weight > 0; 1 for an ordinary observation
}

// Summary describes a distribution (spec 50 §6). All but Count are NaN if it is empty; SD is NaN below
// two observations.
type Summary struct {
	Count                                        uint64
	Mean, SD, Min, P50, P90, P95, P99, P999, Max float64
}

// Percentile returns the p-th percentile, 0 < p ≤ 100, of values sorted by V: the nearest rank, that
// is the least value such that at least p % of all weight lies at or below it. The one definition used
// everywhere here: it is always a value that was observed. NaN if there are none.
func Percentile(sorted []Value, p float64) float64 {
	total := 0.0
	for i := range sorted {
		total += sorted[i].W
	}
	return percentile(sorted, p, total)
}

func percentile(sorted []Value, p, total float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	// The slack undoes the rounding of p/100: 0.07·100 is a little above 7, and rank 8 would be wrong.
	rank, sum := float64(p*total)/100-float64(1e-9*total), 0.0
	for i := range sorted {
		if sum += sorted[i].W; sum >= rank {
			return sorted[i].V
		}
	}
	return sorted[len(sorted)-1].V
}

// SortValues sorts v by value, then weight. NaN comes first; do not feed it any.
func SortValues(v []Value) {
	slices.SortFunc(v, func(a, b Value) int {
		switch {
		case a.V < b.V:
			return -1
		case a.V > b.V:
			return 1
		case a.W < b.W:
			return -1
		case a.W > b.W:
			return 1
		}
		return 0
	})
}

// Summarize describes the values, which it sorts.
func Summarize(v []Value) Summary {
	nan := math.NaN()
	s := Summary{0, nan, nan, nan, nan, nan, nan, nan, nan, nan}
	if len(v) == 0 {
		return s
	}
	SortValues(v)
	total, sum := 0.0, 0.0
	for i := range v {
		total += v[i].W
		sum += float64(v[i].V * v[i].W)
	}
	s.Count, s.Mean = uint64(math.Round(total)), sum/total
	if total > 1 {
		squares := 0.0
		for i := range v {
			d := v[i].V - s.Mean
			squares += float64(float64(d*d) * v[i].W)
		}
		s.SD = math.Sqrt(squares / (total - 1))
	}
	s.Min, s.Max = v[0].V, v[len(v)-1].V
	for _, q := range []struct {
		at *float64
		p  float64
	}{{&s.P50, 50}, {&s.P90, 90}, {&s.P95, 95}, {&s.P99, 99}, {&s.P999, 99.9}} {
		*q.at = percentile(v, q.p, total)
	}
	return s
}

// SummaryJSON is the name of the JSON form of summary.csv.
const SummaryJSON = "summary.json"

// WriteSummary writes rows as a JSON array of objects whose keys are the columns of summary.csv; empty
// cells are left out. Same rows, same bytes.
func WriteSummary(w io.Writer, rows []SummaryRow) error {
	var b strings.Builder
	b.WriteString("[")
	for i := range rows {
		b.WriteString(separator(i, "\n  {"))
		n := 0
		for _, c := range summaryColumns {
			x := c.cell(&rows[i])
			s := x.format()
			if s == "" {
				continue
			}
			if _, text := x.(textCell); text || strings.HasSuffix(s, "Inf") {
				s = quote(s)
			}
			b.WriteString(separator(n, "\n    ") + quote(c.name) + ": " + s)
			n++
		}
		b.WriteString("\n  }")
	}
	b.WriteString("\n]\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func separator(i int, s string) string {
	if i == 0 {
		return s
	}
	return "," + s
}

// quote returns s as a JSON string; bytes that are not UTF-8 become U+FFFD.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("metrics: a string has no JSON form: " + err.Error())
	}
	return string(b)
}

func newBuffered(w io.Writer) *bufio.Writer { return bufio.NewWriterSize(w, 1<<16) }
func newReader(r io.Reader) *bufio.Reader   { return bufio.NewReaderSize(r, 1<<16) }
