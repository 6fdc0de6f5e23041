package scenarios

import (
	"strconv"
	"strings"

	"hypersim/scenarios/form"

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
func dimensionOf(unit string) form.Dimension {
	switch unit {
	case "s", "ms":
		return form.OneTime
	case "B":
		return form.OneByte
	case "1/s", rateUnit, hourRateUnit:
		return form.PerTime
	case byteRateUnit:
		return form.Dimension{Seconds: -1, Bytes: 1}
	case unknownUnit:
		return form.Anything
	case "s/s", "1", "", "count", "fraction", "ratio", "relative":
		return form.PlainNumber
	}
	if strings.HasSuffix(unit, "/s") {
		return form.Anything
	}
	return form.PlainNumber
}

// bound reads a number in a metric's unit.
func bound(b *form.Binding, n *form.Node, key, unit string) (float64, bool) {
	s, isText := n.Val.(string)
	if isText && form.IsExpression(s) {
		v, ok := b.Evaluate(n, key, s, dimensionOf(unit))
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
			b.Wrong(n, key, "%v", form.ErrDuration)
			return 0, false
		}
		d, err = form.ParseDuration(s)
		v = d.Seconds()
		if unit == "ms" {
			v = float64(d) / 1e6
		}
	case "1/s", rateUnit:
		if !isText {
			b.Wrong(n, key, "%v", form.ErrRate)
			return 0, false
		}
		v, err = form.ParseRate(s)
	case hourRateUnit:
		if !isText {
			b.Wrong(n, key, "%v", form.ErrRate)
			return 0, false
		}
		v, err = form.ParseHourRate(s)
	case "B":
		if !isText {
			b.Wrong(n, key, "%v", form.ErrSize)
			return 0, false
		}
		v, err = form.ParseBytes(s)
	case byteRateUnit:
		text, cut := strings.CutSuffix(s, "/s")
		if v, err = form.ParseBytes(text); err != nil || !cut {
			b.Wrong(n, key, `must be bytes per second, such as "2KiB/s"`)
			return 0, false
		}
	default:
		if isText {
			if v, err = form.ParsePercent(s); err == nil {
				return v, true
			}
			b.Wrong(n, key, `must be a number, a share such as "5%%", or an expression`)
			return 0, false
		}
		return b.Number(n, key)
	}
	if err != nil {
		b.Wrong(n, key, "%v", err)
		return 0, false
	}
	return v, true
}

// showBound writes a bound as a file would.
func showBound(v float64, unit string) any {
	switch unit {
	case "s":
		return form.Seconds(v)
	case "ms":
		return form.Seconds(v / 1000)
	case "B":
		return form.Number(v) + "B"
	case "1/s", rateUnit:
		return form.Number(v) + "/s"
	case hourRateUnit:
		return form.Number(v) + "/h"
	case byteRateUnit:
		return form.Number(v) + "B/s"
	}
	return v
}

// showText writes a bound for a person.
func showText(v float64, unit string) string {
	text := strconv.FormatFloat(v, 'g', 6, 64)
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		text = form.Number(x)
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
