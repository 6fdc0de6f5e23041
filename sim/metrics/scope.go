package metrics

import (
	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

var _ = reads("scope", func(r *Result, o *Observation) string {
	if o.Job >= 0 && int(o.Job) < len(r.Jobs) {
		return r.Workload(&r.Jobs[o.Job])
	}
	return r.scopeName(o.Param)
})

var _ = record(func(r *Recorder, on *hooks) {
	s := &scopes{r, map[worked]core.Instant{}}
	on.delivered[core.KindProgress] = append(on.delivered[core.KindProgress], s.progress)
	on.jobFact(s.placed, core.JobFactPlaced)
	on.jobFact(s.grew, core.JobFactProgress, core.JobFactResult)
	on.fact(s.scoped, core.FactScopeSuspected, core.FactScopeEnded)
}, words.JobSuspicion, words.JobSuspicionEnd)

// scopes follows what the job layer says of members.
type scopes struct {
	*Recorder
	worked map[worked]core.Instant // last progress
}

// worked names what one observer is told about the work of one subject.
type worked struct {
	scope             uint64
	observer, subject core.NodeID
}

// stageDead is the place of DEAD_JOB in words.Stages: what the job layer says of a (scope, node) (spec 10 §8).
const stageDead = 1

// progress remembers when an observer last handled progress.
func (r *scopes) progress(rec *trace.Record) {
	if b, ok := rec.Msg.Body.(core.Scoped); ok {
		r.worked[worked{b.ScopeID(), rec.Node, rec.Msg.From}] = rec.At
	}
}

// placed begins the time of a job at a worker, and grew remembers that it got on there.
func (r *scopes) placed(rec *trace.JobRecord) {
	if k := (worked{rec.Fact.Job, rec.Node, rec.Fact.Node}); r.worked[k] == 0 {
		r.worked[k] = rec.At
	}
}

func (r *scopes) grew(rec *trace.JobRecord) {
	r.worked[worked{rec.Fact.Job, rec.Node, rec.Fact.Node}] = rec.At
}

// scoped takes what the job layer of n says of a subject.
func (r *scopes) scoped(now core.Instant, n core.NodeID, f *core.Fact) {
	if int(f.Subject) >= len(r.peers) {
		return
	}
	expired := f.Kind == core.FactScopeEnded && f.Cause == core.CauseExpired
	if f.Kind == core.FactScopeSuspected || expired {
		at, ok := r.worked[worked{uint64(f.Get("scope")), n, f.Subject}]
		if !ok || at < r.peers[n].started { // this process was never told of any
			return
		}
		o := r.about(words.JobSuspicion, now, seconds(now.Sub(at)), n, f.Subject)
		o.Param, o.Cause, o.Job = float64(f.Get("scope")), f.Cause, r.jobs.of(uint64(f.Get("scope")))
		if expired {
			o.Type = stageDead
		}
		r.keep(&o)
		return
	}
	o := r.about(words.JobSuspicionEnd, now, float64(f.Get("age"))/1e9, n, f.Subject)
	o.Param, o.Cause, o.Type = float64(f.Get("scope")), f.Cause, uint8(min(max(f.Get("dead"), 0), stageDead))
	o.Job = r.jobs.of(uint64(f.Get("scope")))
	r.keep(&o)
}

// scopeName names a scope as the scenario does.
func (r *Result) scopeName(scope float64) string {
	if i := int(scope) - 1; i >= 0 && i < len(r.Scopes) {
		return r.Scopes[i]
	}
	return formatNumber(scope)
}
