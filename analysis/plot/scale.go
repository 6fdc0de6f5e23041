package plot

import (
	"math"
	"slices"
	"strconv"
	"strings"

	gonum "gonum.org/v1/plot"
)

// countScale is logarithmic in 1+v: it shows one and a million together, and 0 at its foot.
type countScale struct{}

// Normalize implements gonum's Normalizer.
func (countScale) Normalize(lo, hi, v float64) float64 {
	return (math.Log1p(max(v, 0)) - math.Log1p(lo)) / (math.Log1p(hi) - math.Log1p(lo))
}

// scaleKind is how an axis counts.
type scaleKind uint8

const (
	linear scaleKind = iota
	logarithmic
	counts  // log(1+v)
	seconds // linear, ticks at whole parts of minutes
	percent // linear, 0–1 printed as 0–100
)

// axis is one axis of a panel: hi ≤ lo means from the data.
type axis struct {
	label  string
	kind   scaleKind
	lo, hi float64
	names  []string     // rows instead of numbers: names[i] stands at −i
	ticks  []gonum.Tick // these, instead of those of the kind
	turned bool         // their words stand upright
}

// apply sets up a for the range that was decided. The label is left to the figure: gonum centres it on the
// middle value, which on a logarithmic axis is not the middle.
func (x axis) apply(a *gonum.Axis) {
	a.Min, a.Max = x.lo, x.hi
	if x.names != nil {
		ticks := make([]gonum.Tick, len(x.names))
		for i, n := range x.names {
			ticks[i] = gonum.Tick{Value: -float64(i), Label: n}
		}
		a.Tick.Marker = gonum.ConstantTicks(ticks)
		return
	}
	switch x.kind {
	case logarithmic:
		a.Scale, a.Tick.Marker = gonum.LogScale{}, gonum.TickerFunc(logTicks)
	case counts:
		a.Scale, a.Tick.Marker = countScale{}, gonum.TickerFunc(countTicks)
	case seconds:
		a.Tick.Marker = gonum.TickerFunc(secondTicks)
	case percent:
		a.Tick.Marker = gonum.TickerFunc(percentTicks)
	default:
		a.Tick.Marker = gonum.TickerFunc(linearTicks)
	}
	if x.ticks != nil {
		a.Tick.Marker = gonum.TickerFunc(func(float64, float64) []gonum.Tick { return slices.Clone(x.ticks) }) // a bare panel takes the words off
	}
}

// fit widens lo and hi to where an axis of that kind may well end.
func (x axis) fit(lo, hi float64) axis {
	if math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		lo, hi = 0, 1
		if x.kind == logarithmic {
			lo = 0.1
		}
	}
	if x.kind == logarithmic {
		x.lo, x.hi = lo/1.15, hi*1.15
		if x.hi/x.lo < 10 {
			mid := math.Sqrt(x.lo * x.hi)
			x.lo, x.hi = mid/math.Sqrt(10), mid*math.Sqrt(10)
		}
		return x
	}
	x.lo = min(lo, 0)
	switch {
	case x.kind == counts:
		x.hi = max(hi*1.6, 2)
	case hi <= x.lo:
		x.hi = x.lo + 1
	default:
		x.hi = hi + 0.06*(hi-x.lo)
	}
	return x
}

// nice returns the smallest of 1, 2, 5 times a power of ten that is at least v.
func nice(v float64) float64 {
	e := math.Pow10(int(math.Floor(math.Log10(v))))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*e >= v*(1-1e-9) {
			return m * e
		}
	}
	return 10 * e
}

// every returns ticks at the multiples of step within [lo, hi], labelled by label.
func every(lo, hi, step float64, label func(float64) string) []gonum.Tick {
	var out []gonum.Tick
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step; i++ {
		out = append(out, gonum.Tick{Value: i * step, Label: label(i * step)})
	}
	return out
}

// ticksMax bounds the parts that ticks divide a linear axis into; there are at least 3.
const ticksMax = 7.5

func linearTicks(lo, hi float64) []gonum.Tick {
	step := nice((hi - lo) / ticksMax)
	return every(lo, hi, step, func(v float64) string { return number(v, step) })
}

func percentTicks(lo, hi float64) []gonum.Tick {
	step := nice((hi - lo) / ticksMax)
	return every(lo, hi, step, func(v float64) string { return number(100*v, 100*step) })
}

// secondSteps are what a person counts time in.
var secondSteps = []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 21600, 43200, 86400}

func secondTicks(lo, hi float64) []gonum.Tick {
	step := secondSteps[len(secondSteps)-1]
	for _, s := range secondSteps {
		if (hi-lo)/s <= 11 {
			step = s
			break
		}
	}
	if (hi-lo)/step > 12 || (hi-lo) < 1 {
		step = nice((hi - lo) / 8)
	}
	return every(lo, hi, step, func(v float64) string { return trim(v, step) })
}

func logTicks(lo, hi float64) []gonum.Tick {
	var out []gonum.Tick
	first, last := int(math.Floor(math.Log10(lo))), int(math.Ceil(math.Log10(hi)))
	few := math.Log10(hi/lo) < 3
	skip := max(1, (last-first)/7)
	for e := first; e <= last; e++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow10(e)
			if v < lo*(1-1e-9) || v > hi*(1+1e-9) {
				continue
			}
			label := ""
			if m == 1 && (e-first)%skip == 0 || few && (m == 2 || m == 5) {
				label = number(v, v)
			}
			out = append(out, gonum.Tick{Value: v, Label: label})
		}
	}
	return out
}

func countTicks(lo, hi float64) []gonum.Tick {
	out := []gonum.Tick{{Value: 0, Label: "0"}}
	decades := math.Log10(max(hi, 1))
	for e := 0; e <= int(decades); e++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow10(e)
			if v > hi {
				break
			}
			label := ""
			if m == 1 || decades < 1.5 && (m == 2 || m == 5) {
				label = number(v, v)
			}
			out = append(out, gonum.Tick{Value: v, Label: label})
		}
	}
	return out
}

// number prints v, a multiple of step, with the decimals that step needs and thousands as k, M, G.
func number(v, step float64) string {
	for _, u := range []struct {
		size float64
		sign string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(v) >= u.size*(1-1e-9) && (u.size > 1e3 || math.Abs(v) >= 1e4*(1-1e-9) || step >= 1e3*(1-1e-9)) {
			return trim(v/u.size, step/u.size) + u.sign
		}
	}
	return trim(v, step)
}

func trim(v, step float64) string {
	digits := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}
