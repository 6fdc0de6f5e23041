package validate

import (
	"fmt"
	"math"

	"hypersim/analysis/plot"
)

var nan = math.NaN()

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
	TopicQueues      Topic = "Jobs: queueing theory"
	TopicStatistics  Topic = "Statistics: what intervals and comparisons promise"
)

// Experiment measures the values of its rows.
type Experiment struct {
	ID    string
	Topic Topic
	Title string
	Rows  []Row
	Quick bool    // part of the quick suite
	Full  float64 // s of one core that the full experiment takes, roughly: for progress
	Short float64 // s of one core in the quick suite
	// Study measures its own rows, which follow those named above; Run gives those their values, and returns the figure if
	// there is one. One of both is enough.
	Study *Study
	Run   func(l *Lab) *plot.Overlay
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
	add := func(list ...*Experiment) {
		for _, e := range list {
			if e.Study != nil {
				for i := range e.Study.Rows {
					e.Rows = append(e.Rows, e.Study.Rows[i].Row)
				}
			}
			all = append(all, e)
		}
	}
	add(swimDetection()...)
	add(probeIntervals())
	add(probeLoad()...)
	add(probeFailure()...)
	add(lossInBursts())
	add(piggyback()...)
	add(growth(), tooFewRepeats())
	add(serfEstimate())
	add(push()...)
	add(raise()...)
	add(suspicionTimeout(), suspicionScaled(), retransmitLimit())
	add(lifeguard()...)
	add(coordinates(matrices)...)
	add(truths()...)
	add(memberlist())
	add(criteria()...)
	add(queues()...)
	add(statistics()...)
	seen := map[string]bool{}
	for _, e := range all {
		if seen[e.ID] {
			return nil, fmt.Errorf("two data sets are called %s; rename a file", e.ID)
		}
		seen[e.ID] = true
	}
	return all, nil
}
