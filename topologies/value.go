package topologies

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"

	"hypersim/core"
)

// missingMarks are the ways to write a pair that was not measured, in small letters.
var missingMarks = []string{"", "-", "–", "—", "nan", "na", "n/a", "#n/a", "null", "none"}

// isMissing reports whether a cell says that there is no value.
func isMissing(cell string) bool {
	if len(cell) > 4 {
		return false
	}
	for _, mark := range missingMarks {
		if strings.EqualFold(cell, mark) {
			return true
		}
	}
	return false
}

// isValue reports whether a cell looks like a value, or like one that is missing, and not like a label.
func isValue(cell string) bool {
	number, _, _ := cutUnit(cell)
	_, err := strconv.ParseFloat(number, 64)
	return isMissing(cell) || err == nil || errors.Is(err, strconv.ErrRange)
}

// value parses one cell. A cell may carry a unit of its own, which then counts. A refused cell is reported
// and returned as Missing.
func (p *parser) value(s string, line, col int) core.Duration {
	if isMissing(s) {
		return Missing
	}
	number, unit, perUnit := s, string(p.opt.Unit), p.perUnit
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		if n, u, per := cutUnit(s); per > 0 {
			number, unit, perUnit = n, u, per
			v, err = strconv.ParseFloat(n, 64)
		}
	}
	switch {
	case thousands.MatchString(number):
		p.at(line, col, "%s is no number: write it with a point before the decimals and nothing between the thousands", quote(s))
	case err != nil && !errors.Is(err, strconv.ErrRange):
		p.at(line, col, "%s is no number; a pair that was not measured is left empty, or is -, NaN, NA, N/A or null", quote(s))
	case math.IsNaN(v) || math.IsInf(v, 0):
		p.at(line, col, "%s is not finite; leave a pair that was not measured empty", quote(s))
	case v < 0:
		p.at(line, col, "%s is negative; leave a pair that was not measured empty, or write 0", quote(s))
	case v*perUnit > float64(DelayMax):
		p.at(line, col, "%s%s is more than %v; is the unit right?", number, unit, DelayMax)
	default:
		return core.Duration(math.Round(v * perUnit))
	}
	return Missing
}

// thousands is a number with commas in it, be they between thousands or before decimals.
var thousands = regexp.MustCompile(`^[0-9]+(,[0-9]+)+(\.[0-9]*)?$`)

// unitWords are the words for units, the longest of those with the same end first.
var unitWords = []struct {
	word    string
	unit    Unit
	perUnit float64 // nanoseconds
}{
	{"milliseconds", Milliseconds, 1e6}, {"millisecond", Milliseconds, 1e6}, {"millis", Milliseconds, 1e6}, {"msec", Milliseconds, 1e6},
	{"microseconds", Microseconds, 1e3}, {"microsecond", Microseconds, 1e3}, {"micros", Microseconds, 1e3}, {"usec", Microseconds, 1e3},
	{"nanoseconds", "ns", 1}, {"nanosecond", "ns", 1}, {"nanos", "ns", 1}, {"nsec", "ns", 1},
	{"seconds", Seconds, 1e9}, {"second", Seconds, 1e9}, {"secs", Seconds, 1e9}, {"sec", Seconds, 1e9},
	{"ms", Milliseconds, 1e6}, {"us", Microseconds, 1e3}, {"µs", Microseconds, 1e3}, {"μs", Microseconds, 1e3}, {"ns", "ns", 1}, {"s", Seconds, 1e9},
}

// cutUnit splits "373.99 ms" into number and unit; perUnit is 0 when s ends in no unit.
func cutUnit(s string) (number, unit string, perUnit float64) {
	if s == "" || s[len(s)-1] >= '0' && s[len(s)-1] <= '9' { // most cells
		return s, "", 0
	}
	low := strings.ToLower(s)
	for _, u := range unitWords {
		n, found := strings.CutSuffix(low, u.word)
		n = strings.TrimRight(n, " \t")
		if found && n != "" && (n[len(n)-1] >= '0' && n[len(n)-1] <= '9' || n[len(n)-1] == '.') {
			return n, u.word, u.perUnit
		}
	}
	return s, "", 0
}

// columnUnit splits the name of a column, such as avg_ms or "rtt (us)", into what it says and its unit, "" if it
// names none.
func columnUnit(column string) (base string, unit Unit) {
	low := strings.ToLower(strings.TrimSpace(column))
	for _, u := range unitWords {
		for _, end := range []string{"(" + u.word + ")", "[" + u.word + "]"} {
			if n, found := strings.CutSuffix(low, end); found {
				return strings.TrimRight(n, " _.-"), u.unit
			}
		}
		if low == u.word {
			return "", u.unit
		}
		n, found := strings.CutSuffix(low, u.word)
		if found && strings.ContainsAny(n[max(0, len(n)-1):], "_ .-") {
			return strings.TrimRight(n, " _.-"), u.unit
		}
	}
	return low, ""
}

func quote(s string) string {
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return strconv.Quote(s)
}
