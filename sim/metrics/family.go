package metrics

import (
	"slices"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// family is a group of metrics that are recorded together: a value in one file, which names its metrics and hooks
// what records them to what happens in a run. Their words are a file of the same name in words.
type family struct {
	metrics []words.Metric
	begin   func(r *Recorder, on *hooks) // makes what the family keeps of one run
}

var families []family

// record adds a family, while the package is initialised.
func record(begin func(*Recorder, *hooks), list ...words.Metric) bool {
	families = append(families, family{list, begin})
	return true
}

// hooks are who wants to be told of what. They are called in the order of the families' places (words.Metric.Order
// of their first metric), so that a family may read in a sample what an earlier one took. Nobody is told of a
// message or fact that it did not ask for, and telling allocates nothing.
type hooks struct {
	facts [core.NumFactKinds][]onFact // of members that run
	// before and after are told of the transition of a subject at a live observer of its group, before and after
	// the view changes.
	before, after []onFact
	delivered     [core.NumKinds][]func(rec *trace.Record)
	dropped       [core.NumKinds][]func(rec *trace.Record)
	jobs          [trace.NumJobKinds][]onJob            // what the world did with jobs and shards
	jobFacts      [core.NumJobFactKinds][]onJob         // what nodes reported about jobs
	faults        []func(now core.Instant, fault int32) // one begins or ends
	started       []onNode                              // a process of a member began, and nobody has noticed yet
	ended         []onNode                              // the process of a node is gone, or goes
	withdrawn     []onNode                              // a member is no longer up: as subject and as observer
	sampled       []func(now core.Instant, probe Probe) // a sample ends; probe may be nil
	finished      []func(end core.Instant)
}

type (
	onFact func(now core.Instant, n core.NodeID, f *core.Fact)
	onNode func(now core.Instant, n core.NodeID)
	onJob  func(rec *trace.JobRecord)
)

// fact hooks f to facts of these kinds.
func (h *hooks) fact(f onFact, kinds ...core.FactKind) {
	for _, k := range kinds {
		h.facts[k] = append(h.facts[k], f)
	}
}

// jobFact hooks f to facts about jobs of these kinds.
func (h *hooks) jobFact(f onJob, kinds ...core.JobFactKind) {
	for _, k := range kinds {
		h.jobFacts[k] = append(h.jobFacts[k], f)
	}
}

// job hooks f to other records about jobs.
func (h *hooks) job(f onJob, kinds ...trace.JobKind) {
	for _, k := range kinds {
		h.jobs[k] = append(h.jobs[k], f)
	}
}

// beginAll makes what the families keep of this run.
func (r *Recorder) beginAll() {
	all := slices.Clone(families)
	slices.SortStableFunc(all, func(a, b family) int { return a.metrics[0].Order() - b.metrics[0].Order() })
	for _, f := range all {
		f.begin(r, &r.on)
	}
}

func tell(list []onFact, now core.Instant, n core.NodeID, f *core.Fact) {
	for _, hook := range list {
		hook(now, n, f)
	}
}

func tellNode(list []onNode, now core.Instant, n core.NodeID) {
	for _, hook := range list {
		hook(now, n)
	}
}
