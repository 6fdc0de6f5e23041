package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// What processes make of each other: each fact is one observation.
var _ = record(func(r *Recorder, on *hooks) {
	tells := func(m words.Metric) onJob {
		return func(rec *trace.JobRecord) {
			o := r.about(m, rec.At, 1, rec.Node, rec.Fact.Node)
			o.Type = rec.Fact.To
			r.keep(&o)
		}
	}
	on.jobFact(tells(words.Negotiations), core.JobFactNegotiated)
	on.jobFact(tells(words.Barred), core.JobFactBarred)
	on.jobFact(tells(words.BreakerChanges), core.JobFactBreaker)
}, words.Negotiations, words.Barred, words.BreakerChanges)
