package topologies

import (
	"hypersim/core"
)

// Unit is the unit of a matrix file's numbers.
type Unit string

// The units. A file never says its own, so the reader has to be told (spec 40 §8.3: unit is required).
const (
	Milliseconds Unit = "ms"
	Seconds      Unit = "s"
	Microseconds Unit = "us"
)

func (u Unit) nanoseconds() (float64, bool) {
	switch u {
	case Milliseconds:
		return 1e6, true
	case Seconds:
		return 1e9, true
	case Microseconds:
		return 1e3, true
	}
	return 0, false
}

// Kind says what a matrix holds: round trips, which are halved per direction, or one-way delays.
type Kind string

// The kinds.
const (
	RTT    Kind = "rtt"
	OneWay Kind = "one-way"
)

// Form is the shape of a matrix file. Auto recognises all but a Pairs file of bare "a b value" lines.
type Form string

// The forms.
const (
	Auto   Form = ""
	Square Form = "square" // one row a line, separated by blanks or commas; PlanetLab, Seattle, King "matrix"
	Upper  Form = "upper"  // row i holds columns i… or i+1…; Meridian
	Lower  Form = "lower"  // row i holds columns …i or …i−1
	Wide   Form = "wide"   // CSV: a header of labels, then labelled rows
	Long   Form = "long"   // CSV with the columns from, to and a value
	Pairs  Form = "pairs"  // "a,b value" or "a b value" lines; p2psim's uking-t and mking-t
)

// Options say how a matrix is read and what becomes of it. Unit and Kind are required for a file; the
// other zero values are the defaults of spec 40 §8.3.
type Options struct {
	Form   Form
	Unit   Unit
	Kind   Kind
	Column string // value column of a Long file; default: the first of a list of usual names

	Symmetrize string        // "none" (default), "mean" or "min" of the two directions
	Missing    string        // "error" (default) or "shortest-path", for pairs without a value in either direction
	IntraRTT   core.Duration // round trip inside a site; 0: the matrix' own diagonal, else IntraRTTDefault
	PerNode    bool          // rows are nodes, not sites
}

// check reports unusable options; what concerns only the reading is left out for a matrix in memory.
func (o *Options) check(c *collector, reading bool) {
	if reading {
		if _, ok := o.Unit.nanoseconds(); !ok {
			c.key("unit", `%q, must be "ms", "s" or "us"`, string(o.Unit))
		}
		if o.Kind != RTT && o.Kind != OneWay {
			c.key("kind", `%q, must be "rtt" or "one-way"`, string(o.Kind))
		}
		switch o.Form {
		case Auto, Square, Upper, Lower, Wide, Long, Pairs:
		default:
			c.key("form", "%q, must be one of square, upper, lower, wide, long, pairs", string(o.Form))
		}
	}
	switch o.Symmetrize {
	case "", "none", "mean", "min":
	default:
		c.key("symmetrize", `%q, must be "none", "mean" or "min"`, o.Symmetrize)
	}
	switch o.Missing {
	case "", "error", "shortest-path":
	default:
		c.key("missing", `%q, must be "error" or "shortest-path"`, o.Missing)
	}
	if o.IntraRTT < 0 || o.IntraRTT > DelayMax {
		c.key("intra_rtt", "%v, must be > 0s and at most %v", o.IntraRTT, DelayMax)
	}
}
