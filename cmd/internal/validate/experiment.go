package validate

import (
	"fmt"
	"regexp"

	"hypersim/analysis/plot"
	"hypersim/sim/trace"
)

// Topic groups rows in the table.
type Topic string

// The topics, in the order of the table.
const (
	TopicDetection   Topic = "SWIM: detection"
	TopicFailure     Topic = "SWIM: load, and probes under loss"
	TopicSpread      Topic = "SWIM: dissemination"
	TopicSuspicion   Topic = "Suspicion and retransmit limit"
	TopicLifeguard   Topic = "Lifeguard"
	TopicCoordinates Topic = "Coordinates"
	TopicTruths      Topic = "Coordinates: Serf's synthetic truths"
	TopicLibrary     Topic = "Beside a library: memberlist"
	TopicCriteria    Topic = "AD-35: its own success criteria"
	TopicElections   Topic = "Elections: time without a leader"
	TopicQueues      Topic = "Jobs: queueing theory"
	TopicStatistics  Topic = "Statistics: what intervals and comparisons promise"
)

// Experiment is some cells of runs, and rows that are given their values by them. A run is a scenario file with what the
// cell sets in it, or, where no file can say it, a program (Cell.Do).
type Experiment struct {
	ID    string
	Topic Topic
	Title string
	Quick bool    // part of the quick suite
	Full  float64 // s of one core that the full experiment takes, roughly: for progress
	Short float64 // s of one core in the quick suite
	Rows  []Measured

	File      string   // of runs/, without .toml
	Measured  bool     // with metrics and invariants, as a sweep runs it: rows refer to expectations of the file
	Cells     []Cell   // nil: one, as the file has it
	Seeds     [2]int   // of each cell that says nothing else: in full, and quick
	From      uint64   // the first seed; 0 is 1
	On        bool     // seeds go on from one cell to the next
	QuickSets []string // set in the quick suite
	Counts    []string // numbers that the following tell, 0 to begin with

	First  func(l *Lab) // before all runs
	Before func(t *Trial)
	Watch  func(t *Trial, r *trace.Record) // every record of a run
	Jobs   func(t *Trial, r *trace.JobRecord)
	Drive  func(t *Trial) // lets a world go on by hand, and
	After  func(t *Trial) // looks at it when it has come to its end: World is nil with Measured
	Figure func(l *Lab) *plot.Overlay
}

// add adds a row, of one cell and what is made of its runs.
func (e *Experiment) add(r Row, cell string, of Measure) {
	e.Rows = append(e.Rows, Measured{r, cell, of, nil})
}

// cost is the expected time on one core, s.
func (e *Experiment) cost(quick bool) float64 {
	if quick {
		return max(e.Short, 0.05)
	}
	return max(e.Full, 0.05)
}

// FullID of a row of e.
func (e *Experiment) FullID(r *Row) string {
	if r.ID == "" {
		return e.ID
	}
	return e.ID + "/" + r.ID
}

// Suite returns all experiments in the order of the table; matrices are added to the bundled ones. Two of one
// name would have rows of one name, which is an error.
func Suite(matrices ...Matrix) ([]*Experiment, error) {
	var all []*Experiment
	for _, room := range [][]*Experiment{
		swimDetection(), probeLoad(), probeFailure(), spreading(), suspicions(), lifeguard(), coordinates(matrices), truths(),
		memberlist(), criteria(), elections(), queues(), statistics(),
	} {
		all = append(all, room...)
	}
	seen := map[string]bool{}
	for _, e := range all {
		if seen[e.ID] {
			return nil, fmt.Errorf("two data sets are called %s; rename a file", e.ID)
		}
		seen[e.ID] = true
	}
	return all, nil
}

// Choose returns the experiments of the suite that have a row whose whole id matches only (nil: all), in
// quick those of the quick suite. Of a chosen experiment all rows are measured and printed.
func Choose(suite []*Experiment, quick bool, only *regexp.Regexp) ([]*Experiment, error) {
	var out []*Experiment
	left := 0
	for _, e := range suite {
		switch {
		case only != nil && !e.matches(only):
		case quick && !e.Quick:
			left++
		default:
			out = append(out, e)
		}
	}
	switch {
	case len(out) > 0:
		return out, nil
	case left > 0:
		return nil, fmt.Errorf("--only %s: the quick suite has no such row, the full one has", only)
	}
	return nil, fmt.Errorf("--only %s: no such row; hypersim validate --list shows all", only)
}

func (e *Experiment) matches(only *regexp.Regexp) bool {
	for i := range e.Rows {
		if only.MatchString(e.FullID(&e.Rows[i].Row)) {
			return true
		}
	}
	return only.MatchString(e.ID)
}

// Listed is one row before it is measured.
type Listed struct {
	Topic      string   `json:"topic"`
	Experiment string   `json:"experiment"`
	Title      string   `json:"title"`
	Quick      bool     `json:"quick"` // part of the quick suite
	Row        string   `json:"row"`
	What       string   `json:"what"`
	Reference  *float64 `json:"reference"` // null: a model gives it during the run, or there is none
	Source     string   `json:"source"`
	Certainty  string   `json:"certainty"`
}

// List returns the rows of the experiments.
func List(list []*Experiment) []Listed {
	out := []Listed{}
	for _, e := range list {
		for i := range e.Rows {
			r := &e.Rows[i].Row
			out = append(out, Listed{string(e.Topic), e.ID, e.Title, e.Quick, e.FullID(r), r.What, finite(r.Ref), r.Source, string(r.Certainty)})
		}
	}
	return out
}
