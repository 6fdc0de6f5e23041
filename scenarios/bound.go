package scenarios

import (
	"strconv"
	"strings"

	"hypersim/core"
)

// Units of sim/metrics that are written with a suffix of their own.
const (
	rateUnit     = "1/s per node"
	hourRateUnit = "1/node-hour"
	byteRateUnit = "B/s per node"
)

// unknownUnit is that of a metric that does not exist, which was reported.
const unknownUnit = "?"

// dimensionOf is that of a metric's unit, or of a key's.
func dimensionOf(unit string) dimension {
	switch unit {
	case "s", "ms":
		return oneTime
	case "B":
		return oneByte
	case "1/s", rateUnit, hourRateUnit:
		return perTime
	case byteRateUnit:
		return dimension{seconds: -1, bytes: 1}
	case unknownUnit:
		return anything
	case "s/s", "1", "", "count", "fraction", "ratio", "relative":
		return plainNum
	}
	if strings.HasSuffix(unit, "/s") {
		return anything
	}
	return plainNum
}

// bound reads a number in a metric's unit.
func bound(b *binding, n *node, key, unit string) (float64, bool) {
	s, isText := n.val.(string)
	if isText && isExpression(s) {
		v, ok := b.evaluate(n, key, s, dimensionOf(unit))
		switch unit { // durations are seconds in expressions, and rates per second
		case "ms":
			v *= 1000
		case hourRateUnit:
			v *= 3600
		}
		return v, ok
	}
	var err error
	var v float64
	switch unit {
	case "s", "ms":
		var d core.Duration
		if !isText {
			b.wrong(n, key, "%v", errDuration)
			return 0, false
		}
		d, err = parseDuration(s)
		v = d.Seconds()
		if unit == "ms" {
			v = float64(d) / 1e6
		}
	case "1/s", rateUnit:
		if !isText {
			b.wrong(n, key, "%v", errRate)
			return 0, false
		}
		v, err = parseRate(s)
	case hourRateUnit:
		if !isText {
			b.wrong(n, key, "%v", errRate)
			return 0, false
		}
		v, err = parseHourRate(s)
	case "B":
		if !isText {
			b.wrong(n, key, "%v", errSize)
			return 0, false
		}
		v, err = parseBytes(s)
	case byteRateUnit:
		text, cut := strings.CutSuffix(s, "/s")
		if v, err = parseBytes(text); err != nil || !cut {
			b.wrong(n, key, `must be bytes per second, such as "2KiB/s"`)
			return 0, false
		}
	default:
		if isText {
			if v, err = parsePercent(s); err == nil {
				return v, true
			}
			b.wrong(n, key, `must be a number, a share such as "5%%", or an expression`)
			return 0, false
		}
		return b.number(n, key)
	}
	if err != nil {
		b.wrong(n, key, "%v", err)
		return 0, false
	}
	return v, true
}

// showBound writes a bound as a file would.
func showBound(v float64, unit string) any {
	switch unit {
	case "s":
		return secondsText(v)
	case "ms":
		return secondsText(v / 1000)
	case "B":
		return number(v) + "B"
	case "1/s", rateUnit:
		return number(v) + "/s"
	case hourRateUnit:
		return number(v) + "/h"
	case byteRateUnit:
		return number(v) + "B/s"
	}
	return v
}

// showText writes a bound for a person.
func showText(v float64, unit string) string {
	text := strconv.FormatFloat(v, 'g', 6, 64)
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		text = number(x)
	}
	switch unit {
	case "s", "ms", "B":
		return text + " " + unit
	case "1/s", rateUnit:
		return text + "/s"
	case hourRateUnit:
		return text + " per node-hour"
	case byteRateUnit:
		return text + " B/s"
	}
	return text // dimensionless
}
