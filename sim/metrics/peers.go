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
	on.jobFact(func(rec *trace.JobRecord) {
		o := r.about(words.Placed, rec.At, 1, rec.Node, rec.Fact.Node)
		o.Job = r.jobs.of(rec.Fact.Job)
		r.keep(&o)
	}, core.JobFactPlaced)
	on.jobFact(func(rec *trace.JobRecord) {
		o := r.about(words.Reaped, rec.At, seconds(core.Duration(rec.Fact.Get("dead"))), rec.Node, rec.Fact.Node)
		r.keep(&o)
	}, core.JobFactReaped)
	when := func(m words.Metric, word func(*core.JobFact) uint8) onJob {
		return func(rec *trace.JobRecord) {
			o := r.about(m, rec.At, seconds(core.Duration(rec.At)), rec.Node, rec.Fact.Node)
			o.Type = word(&rec.Fact)
			r.keep(&o)
		}
	}
	on.jobFact(when(words.NodeJudged, func(f *core.JobFact) uint8 { return f.To }), core.JobFactHealth)
	on.jobFact(when(words.Evicted, func(f *core.JobFact) uint8 { return f.Code }), core.JobFactEvicted)
}, words.Negotiations, words.Barred, words.BreakerChanges, words.Placed, words.NodeJudged, words.Evicted, words.Reaped)
