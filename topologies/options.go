package topologies

import (
	"slices"
	"strconv"
	"strings"

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

// Form is the shape of a matrix file. Auto tells it from the first lines; where another form fits as well,
// Matrix.Notes says so.
type Form string

// The forms.
const (
	Auto   Form = ""
	Square Form = "square" // one row a line; PlanetLab, Seattle, King "matrix"
	Upper  Form = "upper"  // row i holds columns i+1…; Meridian
	Lower  Form = "lower"  // row i holds columns …i−1
	Wide   Form = "wide"   // CSV or Markdown: a header of labels, then labelled rows
	Long   Form = "long"   // CSV or Markdown with columns for the two ends of a pair and a value
	Pairs  Form = "pairs"  // "a,b value" or "a b value" lines; p2psim's uking-t and mking-t
	JSON   Form = "json"   // {"a": {"b": value}}, [[value, …], …] or [{"from": "a", "to": "b", "avg_ms": value}]
	GML    Form = "gml"    // a graph of Shadow: edges with one-way latencies

	UpperDiagonal Form = "upper-diagonal" // row i holds columns i…
	LowerDiagonal Form = "lower-diagonal" // row i holds columns …i
)

// Forms returns the forms but Auto.
func Forms() []Form {
	return []Form{Square, Upper, UpperDiagonal, Lower, LowerDiagonal, Wide, Long, Pairs, JSON, GML}
}

func formNames() []string {
	var names []string
	for _, f := range Forms() {
		names = append(names, string(f))
	}
	return names
}

// Ways to make one value of those of a pair that a file holds several times.
var repeatedRules = []string{"median", "mean", "min", "last", "error"}

// RepeatedDefault holds where Options.Repeated is empty.
const RepeatedDefault = "median"

// Options say how a matrix is read and what becomes of it. Unit and Kind are required for a file; the
// other zero values are the defaults of spec 40 §8.3.
type Options struct {
	Form   Form
	Unit   Unit
	Kind   Kind
	Column string // value column of a Long file; default: the first of a list of usual names
	From   string // column of the senders of a Long file; default: from, source, src, sender or origin
	To     string // column of its receivers. Where only one of the two is given, the other end is the file itself

	Repeated string // what a pair on several lines is worth: "median" (default), "mean", "min", "last" or "error"

	Symmetrize string        // "none" (default), "mean" or "min" of the two directions
	Missing    string        // "error" (default) or "shortest-path", for pairs without a value in either direction
	IntraRTT   core.Duration // round trip inside a site; 0: the matrix' own diagonal, else IntraRTTDefault
	PerNode    bool          // rows are nodes, not sites
}

// check reports unusable options; what concerns only the reading is left out for a matrix in memory.
func (o *Options) check(c *collector, reading bool) {
	if reading {
		if _, ok := o.Unit.nanoseconds(); !ok {
			c.key("unit", `%s, must be "ms", "s" or "us"`, given(string(o.Unit)))
		}
		if o.Kind != RTT && o.Kind != OneWay {
			c.key("kind", `%s, must be "rtt" or "one-way"`, given(string(o.Kind)))
		}
		if o.Form != Auto && !slices.Contains(Forms(), o.Form) {
			c.key("form", "%q, must be one of %s", string(o.Form), strings.Join(formNames(), ", "))
		}
		if o.Form == GML && o.Kind == RTT {
			c.key("kind", `the latencies of a graph are one-way delays, as in Shadow; must be "one-way"`)
		}
		if o.Repeated != "" && !slices.Contains(repeatedRules, o.Repeated) {
			c.key("repeated", "%q, must be one of %s", o.Repeated, strings.Join(repeatedRules, ", "))
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

// given shows a word that was given, or says that none was.
func given(word string) string {
	if word == "" {
		return "missing"
	}
	return strconv.Quote(word)
}
