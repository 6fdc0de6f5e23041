package runner

import (
	"time"

	"hypersim/analysis/account"
	"hypersim/analysis/judge"
	"hypersim/core"
	"hypersim/scenarios"
	"hypersim/sim/metrics"
	"hypersim/sim/trace"
)

// Options say what to run and what to leave behind.
type Options struct {
	Scenario *scenarios.Scenario
	Dir      string // the run folder; "" is Default(Scenario)
	Force    bool   // replace a run folder that exists, once the new one is complete

	Plots    bool
	SVG      bool // beside the PNG files
	Trace    bool // write trace.jsonl.zst
	FailFast bool // stop at the first broken invariant
	Small    bool // world.Options.Small

	// Until is when the run is given up, with what broke by then; 0: never. For Measure.
	Until core.Instant

	// Bare is a run that invariants alone judge: nothing is measured, so that there are neither metrics nor verdicts nor an account.
	// What happens in it is the same; it takes two thirds of the time. For Measure.
	Bare bool

	Build    Build
	Progress func(Progress) // called about ten times a second of wall time; nil: nobody is told
	Fault    func(at core.Instant, id string, start bool)
	Sinks    []trace.Sink // see every record, too
}

// Progress is how far a run has got.
type Progress struct {
	Now, End core.Instant
	Events   uint64
	Wall     time.Duration
	Phase    string // "" while virtual time passes, else what is being done
}

// Result is a finished run, or one that was stopped.
type Result struct {
	Scenario *scenarios.Scenario
	Dir      string
	Files    []string // written, relative to Dir, sorted
	Plots    []string // those of Files that are pictures

	Digest     string // 16 hexadecimal digits
	Events     uint64
	Virtual    core.Instant // how far virtual time got
	Verdicts   []judge.Verdict
	Violations []Violation
	Metrics    *metrics.Result
	Account    []account.Sentence // what happened
	Warnings   []string

	Exceeded int      // how often a cluster forgot more than it survives (spec 20 §1.5)
	Spared   []Spared // what is not counted for that

	Stopped     string // why the run ended early, "" if it did not
	Interrupted bool   // … because somebody asked
	Performance Performance
}

// Spared is an invariant that would have been broken so many times, had durability not been exceeded.
type Spared struct {
	Invariant string
	Times     uint64
}

// Failed reports whether an expectation or an invariant failed, or a budget ended the run. With strict,
// expectations of level should count.
func (r *Result) Failed(strict bool) bool {
	for i := range r.Verdicts {
		if r.Verdicts[i].Fails(strict) {
			return true
		}
	}
	return len(r.Violations) > 0 || r.Stopped != ""
}
