package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = record(func(r *Recorder, on *hooks) {
	on.jobFact(func(rec *trace.JobRecord) {
		o := r.about(words.CommitLatency, rec.At, seconds(core.Duration(rec.Fact.Get("elapsed"))), rec.Node, core.NoNode)
		r.keep(&o)
	}, core.JobFactCommit)
}, words.CommitLatency)
