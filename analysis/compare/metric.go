package compare

import (
	"slices"

	"hypersim/sim/metrics/words"
)

// Direction is which way a metric gets better.
type Direction string

// The directions. Of a metric without one, more is neither good nor bad: its verdict is "differs".
const (
	Lower   Direction = "lower"
	Higher  Direction = "higher"
	Neither Direction = ""
)

// directionOf returns which way the metric gets better; an unknown one has no direction.
func directionOf(name string) Direction {
	m, _ := words.Lookup(name)
	switch m.Def().Better {
	case words.Lower:
		return Lower
	case words.Higher:
		return Higher
	}
	return Neither
}

// Tolerance is how much a difference may be without mattering: a share of A's value, or an amount in the
// metric's own unit.
type Tolerance struct {
	Share  float64 // of |A|, 0.02 is 2 %
	Amount float64 // used if Share is 0
}

// margin returns the tolerance around the value a, in its unit.
func (t Tolerance) margin(a float64) float64 {
	if t.Share > 0 {
		return t.Share * max(a, -a)
	}
	return t.Amount
}

// DefaultTolerance returns the tolerance of a metric of that unit:
//
//	2 %    of times, traffic and memory
//	10 %   of event rates, in which there is more chance
//	0.01   of fractions and what else lies between 0 and 1: 2 % of next to nothing would be nothing
//	0.05   of the health score, which goes from 0 to 8
//	5 %    of all else, such as errors of coordinates, ratios and sizes of queues
func DefaultTolerance(unit string) Tolerance {
	switch unit {
	case "s", "B", "1/s per node", "B/s per node":
		return Tolerance{Share: 0.02}
	case perNodeHour:
		return Tolerance{Share: 0.1}
	case "fraction", "0-1":
		return Tolerance{Amount: 0.01}
	case "0-8":
		return Tolerance{Amount: 0.05}
	}
	return Tolerance{Share: 0.05}
}

// perNodeHour is the unit of what is counted.
const perNodeHour = "1/node-hour"

// key are the rows that are shown even if nothing is to be said about them.
var key = []string{"detection_first", "detection_full", "false_suspicions", "false_positives", "accusations", "messages", "bytes"}

func isKey(metric, labels string) bool {
	switch metric {
	case "messages", "bytes":
		return labels == "direction=sent"
	case "false_suspicions", "false_positives":
		return labels == ""
	}
	return slices.Contains(key, metric)
}
