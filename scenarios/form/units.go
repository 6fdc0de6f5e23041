package form

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"hypersim/core"
)

// DurationMax is the longest time a scenario may name: it refuses mistakes and keeps sums from overflowing.
const DurationMax = 365 * 24 * time.Hour

// What is wrong with a value of a unit; what is not exported is found nowhere else.
var (
	ErrDuration  = errors.New(`must be a duration with a unit, such as "250ms", "30s" or "2h"`)
	errYear      = errors.New("must not be longer than 8760h, a year")
	ErrSize      = errors.New(`must be a size with a unit, such as "1400B", "64KiB" or "1MiB"`)
	errBandwidth = errors.New(`must be a bandwidth with a unit, such as "1Gbit/s" or "200kbit/s"`)
	ErrRate      = errors.New(`must be a rate with a unit, such as "20/s" or "3/min"`)
	errPercent   = errors.New(`must be a share such as "5%"`)
)

// ParseDuration reads "250ms", "30s", "1h30m". A bare number is refused, "0" too.
func ParseDuration(s string) (core.Duration, error) {
	if s == "0" {
		return 0, ErrDuration
	}
	d, err := time.ParseDuration(s)
	switch {
	case err != nil:
		return 0, ErrDuration
	case d > DurationMax || d < -DurationMax:
		return 0, errYear
	}
	return d, nil
}

// FormatDuration writes d so that parseDuration reads the same back: "90s", "0.5ms".
func FormatDuration(d core.Duration) string {
	switch {
	case d == 0:
		return "0s"
	case d%time.Millisecond == 0 && (d >= time.Second || d <= -time.Second):
		return Number(float64(d/time.Millisecond)/1000) + "s"
	case d < time.Second && d > -time.Second:
		return Number(float64(d)/1e6) + "ms"
	}
	return d.String()
}

// Number writes a number without an exponent.
func Number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

type suffix struct {
	text   string
	factor float64
}

var (
	sizeUnits      = []suffix{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}}
	bandwidthUnits = []suffix{{"kbit/s", 1e3}, {"Mbit/s", 1e6}, {"Gbit/s", 1e9}, {"bit/s", 1}}
	rateUnits      = []suffix{{"/s", 1}, {"/min", 1.0 / 60}, {"/h", 1.0 / 3600}}
	shareRateUnits = []suffix{{"%/s", 1e-2}, {"%/min", 1e-2 / 60}, {"%/h", 1e-2 / 3600}}
	hourRateUnits  = []suffix{{"/s", 3600}, {"/min", 60}, {"/h", 1}}
)

// parseUnit reads a number followed by one of the suffixes, longest match first as listed.
func parseUnit(s string, units []suffix, wrong error) (float64, error) {
	i := slices.IndexFunc(units, func(u suffix) bool { return strings.HasSuffix(s, u.text) })
	if i < 0 {
		return 0, wrong
	}
	v, ok := parseNumber(strings.TrimSuffix(s, units[i].text))
	if !ok {
		return 0, wrong
	}
	return v * units[i].factor, nil
}

// parseNumber reads a finite decimal number; no hexadecimal, no "inf", no underscores.
func parseNumber(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "0123456789.eE+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// ParseSize reads bytes.
func ParseSize(s string) (int64, error) {
	v, err := parseUnit(s, sizeUnits, ErrSize)
	if err != nil || math.Abs(v) > 1<<53 {
		return 0, ErrSize
	}
	return int64(math.Round(v)), nil
}

// ParseBytes reads bytes, of which a mean may be no whole number.
func ParseBytes(s string) (float64, error) { return parseUnit(s, sizeUnits, ErrSize) }

// ParseHourRate reads a rate as so many per hour.
func ParseHourRate(s string) (float64, error) { return parseUnit(s, hourRateUnits, ErrRate) }

// ParseShareRate reads "10%/min" as so many shares per second.
func ParseShareRate(s string) (float64, error) { return parseUnit(s, shareRateUnits, ErrRate) }

// ParseBandwidth reads bits per second.
func ParseBandwidth(s string) (float64, error) { return parseUnit(s, bandwidthUnits, errBandwidth) }

// ParseRate reads events per second.
func ParseRate(s string) (float64, error) { return parseUnit(s, rateUnits, ErrRate) }

// ParsePercent reads "5%" as 0.05.
func ParsePercent(s string) (float64, error) {
	v, err := parseUnit(s, []suffix{{"%", 1}}, errPercent)
	return v / 100, err
}

// FormatSize writes bytes so that ParseSize reads the same back.
func FormatSize(v int64) string {
	for _, u := range []suffix{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if f := int64(u.factor); v != 0 && v%f == 0 {
			return strconv.FormatInt(v/f, 10) + u.text
		}
	}
	return strconv.FormatInt(v, 10) + "B"
}

// FormatBandwidth writes bits per second so that ParseBandwidth reads the same back.
func FormatBandwidth(v float64) string {
	for _, u := range []suffix{{"Gbit/s", 1e9}, {"Mbit/s", 1e6}, {"kbit/s", 1e3}} {
		if x := v / u.factor; x >= 1 && x*u.factor == v && x == math.Trunc(x) {
			return Number(x) + u.text
		}
	}
	return Number(v) + "bit/s"
}

// FormatPercent writes a share so that ParsePercent reads the same back.
func FormatPercent(v float64) string {
	p := strconv.FormatFloat(v*100, 'g', 12, 64)
	if x, err := strconv.ParseFloat(p, 64); err == nil && x/100 == v {
		return Number(x) + "%"
	}
	return Number(v*100) + "%"
}
