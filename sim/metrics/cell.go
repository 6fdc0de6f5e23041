package metrics

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"hypersim/core"
)

// cell is one field of a row: how it is written and how it is read back. What format prints, parse
// accepts, and formatting that again prints the same bytes.
type cell interface {
	format() string
	parse(s string) error
}

type (
	textCell    struct{ p *string }
	numberCell  struct{ p *float64 } // 9 significant digits; NaN = empty
	countCell   struct{ p *uint64 }
	instantCell struct{ p *core.Instant } // seconds, exact to the nanosecond; core.Never = empty
)

func (c textCell) format() string { return *c.p }

func (c textCell) parse(s string) error {
	*c.p = s
	return nil
}

func (c countCell) format() string { return strconv.FormatUint(*c.p, 10) }

func (c countCell) parse(s string) (err error) {
	*c.p, err = strconv.ParseUint(s, 10, 64)
	if err != nil {
		return fmt.Errorf("%.40q is not a count", s)
	}
	return nil
}

func (c numberCell) format() string { return formatNumber(*c.p) }

// formatNumber prints 9 significant digits: enough for every conclusion, few enough that the last bits
// of a sum do not show. Both zeros print as 0.
func formatNumber(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case v == 0:
		return "0"
	}
	return strconv.FormatFloat(v, 'g', 9, 64)
}

func (c numberCell) parse(s string) (err error) {
	if s == "" {
		*c.p = math.NaN()
		return nil
	}
	*c.p, err = strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(*c.p) {
		return fmt.Errorf("%.40q is not a number", s)
	}
	return nil
}

func (c instantCell) format() string { return formatInstant(*c.p) }

// formatInstant prints t in seconds without rounding and without trailing zeros.
func formatInstant(t core.Instant) string {
	if t == core.Never {
		return ""
	}
	sign, u := "", uint64(t)
	if t < 0 {
		sign, u = "-", -u
	}
	s := fmt.Sprintf("%s%d.%09d", sign, u/1e9, u%1e9)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

var errInstant = errors.New("not a number of seconds with at most 9 decimals")

func (c instantCell) parse(s string) error {
	if s == "" {
		*c.p = core.Never
		return nil
	}
	digits, negative := strings.CutPrefix(s, "-")
	whole, part, _ := strings.Cut(digits, ".")
	sec, err := strconv.ParseUint(whole, 10, 33)
	if err != nil || len(part) > 9 {
		return fmt.Errorf("%.40q: %w", s, errInstant)
	}
	ns := uint64(0)
	if part != "" {
		ns, err = strconv.ParseUint(part+"000000000"[len(part):], 10, 64)
	}
	if err != nil {
		return fmt.Errorf("%.40q: %w", s, errInstant)
	}
	v := int64(sec*1e9 + ns)
	if negative {
		v = -v
	}
	*c.p = core.Instant(v)
	return nil
}
