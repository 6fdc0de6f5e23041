package metrics

import (
	"testing"

	"hypersim/core"
	"hypersim/sim/metrics/words"
	"hypersim/sim/trace"
)

// Times count from the last progress that this observer handled, of this subject, for this scope.
func TestJobSuspicions(t *testing.T) {
	s := flat(t, 3, func(c *Context) { c.Scopes = []string{"a", "b"} })
	progress := func(sec float64, to, from core.NodeID, scope uint64) {
		s.rec.Record(&trace.Record{
			At: at(sec), Kind: trace.KindDelivered, Node: to, Peer: from,
			Msg: &core.Message{Kind: core.KindProgress, From: from, To: to, Body: &progressOf{scope: scope}},
		})
	}
	job := func(sec float64, kind core.FactKind, scope int64, cause core.Cause, age, mark int64) {
		s.fact(sec, 0, core.Fact{Kind: kind, Subject: 2, A: scope, Cause: cause, B: age, N: int32(mark)})
	}
	progress(1, 0, 2, 1)
	progress(3, 0, 2, 1)
	progress(9, 0, 2, 2) // another scope
	progress(9, 1, 2, 1) // another observer
	progress(9, 0, 1, 1) // another subject
	job(70, core.FactScopeSuspected, 1, core.CauseNone, -1, 0)
	job(71, core.FactScopeConfirmed, 1, core.CauseNone, -2, 0) // says nothing new
	job(85, core.FactScopeEnded, 1, core.CauseExpired, 15e9, 0)
	job(90, core.FactScopeEnded, 1, core.CauseRefuted, 20e9, 1)
	job(91, core.FactScopeSuspected, 2, core.CauseNone, -1, 0)
	job(93, core.FactScopeEnded, 2, core.CauseGossip, 2e9, 0)
	s.truth(94, trace.KindCrash, 0)
	s.truth(94, trace.KindStart, 0)
	job(95, core.FactScopeSuspected, 1, core.CauseNone, -1, 0) // this process was never told of any progress
	s.end(100)
	s.want(words.JobSuspicion, []float64{67}, "scope", "a", "state", "SUSPECTED", "observer", "a/manager/0")
	s.want(words.JobSuspicion, []float64{82}, "scope", "a", "state", "DEAD_JOB")
	s.want(words.JobSuspicion, []float64{82}, "scope", "b")
	s.want(words.JobSuspicionEnd, []float64{20}, "scope", "a", "state", "DEAD_JOB", "cause", "refuted")
	s.want(words.JobSuspicionEnd, []float64{2}, "scope", "b", "state", "SUSPECTED", "cause", "gossip")
}

// progressOf is the body of a word about work of one scope.
type progressOf struct {
	core.Shared
	scope uint64
}

func (b *progressOf) Walk(w *core.Walker) { w.Uint64("scope", &b.scope) }

func (b *progressOf) ScopeID() uint64 { return b.scope }
