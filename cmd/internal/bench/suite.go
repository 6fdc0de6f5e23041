package bench

import (
	"slices"

	"hypersim/scenarios"
)

// Way says which way a measure improves.
type Way uint8

// The ways.
const (
	Lower Way = iota
	Higher
)

// Measure is an expectation of a scenario that records a value.
type Measure struct {
	ID     string
	Way    Way
	Matter float64 // a change by this share of the baseline matters,
	Floor  float64 // and only one of at least so much, in the measure's unit
}

// Bench is one scenario of the suite.
type Bench struct {
	Scenario    string // bundled
	Quick, Full int    // seeds, from 1
	Measures    []Measure
}

// lower are measures of which less is better, and that matter from a twentieth on.
func lower(ids ...string) (list []Measure) {
	for _, id := range ids {
		list = append(list, Measure{ID: id, Matter: 0.05})
	}
	return list
}

// rare are measures that are 0, or nearly, while all is well; from so much more on they matter.
func rare(floor float64, ids ...string) (list []Measure) {
	for _, id := range ids {
		list = append(list, Measure{ID: id, Matter: 0.1, Floor: floor})
	}
	return list
}

// fixed are measures that follow from constants of the protocol, and matter from a hundredth on.
func fixed(way Way, ids ...string) (list []Measure) {
	for _, id := range ids {
		list = append(list, Measure{ID: id, Way: way, Matter: 0.01})
	}
	return list
}

// Suite returns the scenarios of the suite, in order.
func Suite() []Bench {
	return []Bench{
		{"bench-detection", 6, 20, slices.Concat(lower("first-suspect", "first-dead", "everywhere", "packets"), rare(0.5, "false-deaths"))},
		{"bench-loss", 6, 20, slices.Concat(lower("suspicions", "first-dead", "health"), rare(0.5, "false-deaths"))},
		{"bench-pauses", 6, 20, slices.Concat(lower("suspicions", "refuted"), rare(0.5, "false-deaths"))},
		{"bench-spread", 6, 20, lower("to-all", "to-half", "view", "bytes")},
		{"bench-coordinates", 6, 20, lower("error", "error-p95", "early")},
		{"bench-healing", 6, 20, slices.Concat(lower("rejoin", "view"), rare(0.5, "incarnations"))},
		{"bench-failover", 6, 20, slices.Concat(lower("gap"), rare(0.001, "two"), rare(0.1, "rounds"))},
		{"bench-churn", 6, 20, slices.Concat(lower("join", "packets"), rare(0.5, "suspicions"))},
		{"bench-jobs", 6, 20, slices.Concat(lower("accepted", "latency"), []Measure{{ID: "completed", Way: Higher, Matter: 0.001}},
			rare(0.5, "restarts", "twice"))},
		{"bench-timeout", 6, 20, slices.Concat(lower("lateness", "lateness-p95"), rare(0.5, "wrong", "missed"), []Measure{{ID: "completed", Way: Higher, Matter: 0.02}})},
		{"bench-routing", 6, 20, slices.Concat(lower("regret", "chance", "latency"), rare(0.002, "switches"))},
		{"bench-backpressure", 6, 20, slices.Concat(lower("flush", "flush-rejected", "updates", "staleness", "accepted", "attempts", "control"),
			fixed(Lower, "fill"), fixed(Higher, "throttles", "rejects", "kept"), rare(0.5, "dropped", "afterwards"),
			[]Measure{{ID: "goodput", Way: Higher, Matter: 0.02}, {ID: "lowest", Way: Higher, Matter: 0.1}})},
		{"bench-scale", 2, 4, slices.Concat(lower("packets", "bytes", "memory"), rare(0.5, "suspicions"))},
	}
}

// Seeds returns how many seeds the bench has.
func (b *Bench) Seeds(quick bool) int {
	if quick {
		return b.Quick
	}
	return b.Full
}

func (b *Bench) load(seed uint64) (*scenarios.Scenario, error) {
	return scenarios.Load(b.Scenario, nil, scenarios.Options{Seed: &seed})
}
